//! Streams that break in the middle, read by a client of HTTP/1.0: it has no chunks, and the end of an answer is that the
//! connection closes, so that what it is sent must tell by itself whether it is complete.

use std::io::{Read, Seek, SeekFrom, Write};

use sea_orm::ConnectionTrait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{EXPORT, JSON, MANY, NDJSON, assert_incomplete, export, fill, read_on};
use crate::program_on_both_databases;
use crate::support::ndjson;
use crate::support::program::{Program, Serving};

/// The connection of a client that has read the head of an answer, and the beginning of its body.
struct OldClient {
    connection: TcpStream,
    read: Vec<u8>,
}

impl OldClient {
    async fn ask(serving: &Serving, form: &str) -> Self {
        let mut connection = TcpStream::connect(serving.url.trim_start_matches("http://")).await.unwrap();
        let request = format!("GET {EXPORT} HTTP/1.0\r\naccept: {form}\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut client = Self { connection, read: Vec::new() };
        while client.read.len() < 4_000 && client.connection.read_buf(&mut client.read).await.unwrap() > 0 {}
        client
    }

    /// The body, as far as it came.
    async fn rest(mut self) -> Vec<u8> {
        // It ends with an error or without one: what came counts.
        self.connection.read_to_end(&mut self.read).await.ok();
        let end_of_head = self.read.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        let body = self.read.split_off(end_of_head);
        let head = String::from_utf8(self.read).unwrap().to_ascii_lowercase();
        assert!(head.starts_with("http/1.0 200 ok\r\n"), "{head}");
        assert!(head.contains("\r\nx-as-of: 20"), "{head}");
        assert!(!head.contains("transfer-encoding") && !head.contains("content-length"), "{head}");
        body
    }
}

/// Has the database fail those who read from it: sessions are ended, or the second half of the file is destroyed.
async fn break_the_database(program: &Program) {
    if !program.is_sqlite() {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        return program.execute(end).await;
    }
    let mut file = std::fs::OpenOptions::new().write(true).open(program.path("ledger.db")).unwrap();
    let length = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(length / 2)).unwrap();
    file.write_all(&vec![0xff; usize::try_from(length / 2).unwrap()]).unwrap();
}

/// The ledger, with all of it in the file itself and nothing in SQLite's log.
async fn filled(program: &Program) {
    fill(program, MANY).await;
    if program.is_sqlite() {
        let other = program.other_program().await;
        other
            .query_all_raw(sea_orm::Statement::from_string(
                other.get_database_backend(),
                "PRAGMA wal_checkpoint(TRUNCATE)",
            ))
            .await
            .unwrap();
        other.close().await.unwrap();
    }
}

program_on_both_databases! {
    async fn a_complete_answer_has_its_end_over_http_1_0(program: Program) {
        program.write("demo.txt", ledgate::ledger_files::DEMO);
        program.ok(&["import", "demo.txt"]);
        let serving = program.serve(&[]).await;
        let lines = OldClient::ask(&serving, NDJSON).await.rest().await;
        assert_eq!(ndjson::entries(std::str::from_utf8(&lines).unwrap()).len(), 57);
        let whole: serde_json::Value =
            serde_json::from_slice(&OldClient::ask(&serving, JSON).await.rest().await).unwrap();
        assert_eq!(whole["accounting_entries"].as_array().unwrap().len(), 57);
    }

    async fn a_gateway_that_is_killed_leaves_no_answer_that_looks_complete(program: Program) {
        fill(&program, MANY).await;
        for form in [JSON, NDJSON] {
            let serving = program.serve(&[]).await;
            let client = OldClient::ask(&serving, form).await;
            serving.signal("KILL");
            assert_incomplete(form, &client.rest().await, MANY);
        }
    }

    async fn a_database_that_fails_leaves_no_answer_that_looks_complete(program: Program) {
        filled(&program).await;
        let mut serving = program.serve(&[]).await;
        let old = [OldClient::ask(&serving, JSON).await, OldClient::ask(&serving, NDJSON).await];
        let mut new = Vec::new();
        for form in [JSON, NDJSON] {
            let mut answer = export(&serving, form).await;
            let begun = answer.chunk().await.unwrap().unwrap().to_vec();
            new.push((form, answer, begun));
        }
        break_the_database(&program).await;
        for (form, client) in [JSON, NDJSON].into_iter().zip(old) {
            assert_incomplete(form, &client.rest().await, MANY);
            serving.logged("an export broke off").await;
        }
        for (form, answer, mut body) in new {
            assert!(!read_on(answer, &mut body).await, "with chunks the client itself sees that it is cut");
            assert_incomplete(form, &body, MANY);
        }
    }

    async fn the_command_fails_when_its_stream_breaks(program: Program) {
        filled(&program).await;
        let mut exports: Vec<_> = ["ndjson", "csv"].into_iter().map(|form| {
            let mut child = program.command(&["export", "--system", "erp", "--format", form]).spawn().unwrap();
            let mut begun = vec![0; 4_000];
            child.stdout.as_mut().unwrap().read_exact(&mut begun).unwrap();
            (form, child, begun)
        }).collect();
        break_the_database(&program).await;
        for (form, child, mut text) in exports.drain(..) {
            let output = child.wait_with_output().unwrap();
            text.extend_from_slice(&output.stdout);
            let complaint = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{form}: {complaint}");
            assert!(complaint.starts_with("error: "), "{form}: {complaint}");
            if form == "ndjson" {
                assert_incomplete(NDJSON, &text, MANY);
            }
        }
    }
}
