//! SIGTERM under load: who was heard is answered, in whole, and no answer is lost.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Barrier;

use crate::program_on_both_databases;
use crate::scaling::number;
use crate::support::program::{Serving, fec};

const CLIENTS: i64 = 8;
/// Marks that each has made before the signal.
const EACH: i64 = 5;

program_on_both_databases! {
    async fn every_mark_that_was_made_is_acknowledged(program: Program) {
        program.write("ledger.fec.txt", fec(8_000));
        program.ok(&["import", "ledger.fec.txt", "--json"]);
        let mut serving = program.serve(&[]).await;
        let busy = Barrier::new(CLIENTS as usize + 1);
        let clients = join_all((1..=CLIENTS).map(|lane| client(&serving, lane, &busy)));
        let stop = async {
            busy.wait().await;
            serving.signal("TERM");
        };
        let (acknowledged, ()) = join(clients, stop).await;
        let acknowledged: i64 = acknowledged.into_iter().sum();
        assert_eq!(serving.ended().await.0, 0);
        let other = program.other_program().await;
        let marked = number(&other, "SELECT count(*) AS n FROM export_marks").await;
        assert_eq!(marked, acknowledged, "a mark was made whose answer did not come");
        assert!(marked >= CLIENTS * EACH, "{marked}");
    }

    async fn an_export_that_streams_ends_whole(program: Program) {
        program.write("ledger.fec.txt", fec(8_000));
        program.ok(&["import", "ledger.fec.txt", "--json"]);
        let mut serving = program.serve(&[]).await;
        let body = export_during_stop(&mut serving).await.expect("it was cut before the deadline");
        let answer: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(answer["accounting_entries"].as_array().unwrap().len(), 8_000);
        assert_eq!(serving.ended().await.0, 0);
    }

    async fn an_export_that_is_cut_at_the_deadline_is_seen_to_be(program: Program) {
        program.set("LEDGATE_HTTP_SHUTDOWN_DEADLINE_SECONDS", "0");
        // More than fits between the server and a client that does not read.
        program.write("ledger.fec.txt", fec(60_000));
        program.ok(&["import", "ledger.fec.txt", "--json"]);
        let mut serving = program.serve(&[]).await;
        assert!(export_during_stop(&mut serving).await.is_err(), "it is whole: nothing was cut");
        assert_eq!(serving.ended().await.0, 0);
    }
}

/// An export whose first part was read before the signal, and the rest after; an error when it broke off.
async fn export_during_stop(serving: &mut Serving) -> Result<Vec<u8>, reqwest::Error> {
    let path = "/v10/accounting-entries/export?system_id=erp";
    let mut answer = serving.request(reqwest::Method::GET, path).send().await.unwrap();
    let mut body = answer.chunk().await.unwrap().unwrap().to_vec();
    serving.signal("TERM");
    serving.logged("letting running requests end").await;
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Marks one entry after the other on a connection that is kept, until it is closed. Gives how many were acknowledged.
async fn client(serving: &Serving, lane: i64, busy: &Barrier) -> i64 {
    let stream = TcpStream::connect(serving.url.trim_start_matches("http://")).await.unwrap();
    let mut stream = BufReader::new(stream);
    let mut acknowledged = 0;
    loop {
        let entry = lane + CLIENTS * acknowledged;
        let item = json!({ "accounting_entry_id": entry, "system_id": "erp" });
        let body = json!({ "accounting_entries": [item] }).to_string();
        let request = format!(
            "POST /v10/accounting-entries/mark-as-exported HTTP/1.1\r\nhost: localhost\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        // A connection that is closed while a request is on its way was idle for the server: not one byte comes back.
        if stream.write_all(request.as_bytes()).await.is_err() {
            return acknowledged;
        }
        let Some((status, closes)) = answer(&mut stream).await else { return acknowledged };
        assert_eq!(status, "HTTP/1.1 200 OK");
        acknowledged += 1;
        if acknowledged == EACH {
            busy.wait().await;
        }
        if closes {
            let mut more = Vec::new();
            stream.read_to_end(&mut more).await.ok();
            assert_eq!(more, b"", "an answer that said it was the last one was not");
            return acknowledged;
        }
    }
}

/// The status line, and whether the connection closes; nothing when not a byte came. Half an answer fails.
async fn answer(stream: &mut BufReader<TcpStream>) -> Option<(String, bool)> {
    let mut status = String::new();
    if stream.read_line(&mut status).await.unwrap_or(0) == 0 {
        return None;
    }
    let (mut length, mut closes) = (0, false);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        assert!(line.ends_with("\r\n"), "the answer is cut in its head: {line:?}");
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        closes |= line == "connection: close";
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.expect("the answer is cut in its body");
    serde_json::from_slice::<Value>(&body).unwrap();
    Some((status.trim_end().to_owned(), closes))
}
