//! How `ledgate serve` ends while a request is at work.

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{others_lock, with_the_demo_ledger};
use crate::program_on_both_databases;
use crate::support::program::Serving;

program_on_both_databases! {
    async fn a_running_request_is_answered_before_the_program_ends(program: Program) {
        let mut serving = with_the_demo_ledger(&program).await;
        let other = program.other_program().await;
        let lock = others_lock(&program, &other).await;
        let request = running_mark(&serving, 1).await;
        serving.signal("TERM");
        serving.logged("letting running requests end").await;
        assert!(serving.request(Method::GET, "/livez").send().await.is_err(), "it still accepts connections");
        lock.rollback().await.unwrap();

        let answer = whole_answer(request).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"exported_at\""), "{answer}");
        assert_eq!(serving.ended().await, (0, String::new()));
        assert_eq!(serving.log.last().unwrap()["message"], "stopped");
        assert_eq!(program.exported("erp").len(), 56, "an acknowledged mark was lost");
    }

    async fn a_second_signal_ends_it_at_once(program: Program) {
        let mut serving = with_the_demo_ledger(&program).await;
        let other = program.other_program().await;
        let lock = others_lock(&program, &other).await;
        let request = running_mark(&serving, 1).await;
        serving.signal("INT");
        serving.logged("letting running requests end").await;
        serving.signal("TERM");
        assert_eq!(serving.ended().await.0, 1);
        assert_eq!(whole_answer(request).await, "");
        lock.rollback().await.unwrap();
        assert_eq!(program.exported("erp").len(), 57, "a mark that nobody acknowledged");
    }

    async fn what_runs_longer_than_the_deadline_is_cut(program: Program) {
        program.set("LEDGATE_HTTP_SHUTDOWN_DEADLINE_SECONDS", "0");
        let mut serving = with_the_demo_ledger(&program).await;
        let other = program.other_program().await;
        let lock = others_lock(&program, &other).await;
        let request = running_mark(&serving, 1).await;
        serving.signal("TERM");
        serving.logged("the deadline has come").await;
        assert_eq!(whole_answer(request).await, "");
        lock.rollback().await.unwrap();
        assert_eq!(serving.ended().await.0, 0);
        assert_eq!(program.exported("erp").len(), 57);
    }
}

/// A request to mark an entry for erp that is at work: the server asks for a body when it begins with it.
async fn running_mark(serving: &Serving, entry: i64) -> TcpStream {
    let body =
        json!({ "accounting_entries": [{ "accounting_entry_id": entry, "system_id": "erp" }] }).to_string();
    let head = format!(
        "POST /v10/accounting-entries/mark-as-exported HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(serving.url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut begun = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.unwrap();
    stream
}

/// What came until the connection was closed; nothing when it was cut.
async fn whole_answer(mut request: TcpStream) -> String {
    let mut answer = Vec::new();
    request.read_to_end(&mut answer).await.ok();
    String::from_utf8(answer).unwrap()
}
