//! Workers that call the gateway by https, behind nginx.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::support::authority::Authority;
use crate::support::gateway::entry;
use crate::support::nginx::{Nginx, PREFIX};

/// Makes a token, and gives it.
fn token(program: &Program, name: &str, rights: &str) -> String {
    let made = program.run(&["token", "create", "--name", name, "--can", rights]);
    assert_eq!(made.code, 0, "{made:?}");
    made.stdout.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_mark_by_https_and_share_a_subscription_that_wakes_them_up() {
    let mut program = Program::on_sqlite();
    program.write("books.txt", books(3, goods));
    program.ok(&["import", "books.txt"]);
    let (worker, recorder) =
        (token(&program, "worker", "export,mark"), token(&program, "recorder", "record"));
    program.set("LEDGATE_METRICS_LISTEN", "127.0.0.1:0");
    let serving = program.serve(&[]).await;
    let line = serving.log.iter().find(|line| line["message"] == "metrics are at /metrics").unwrap();
    let metrics = format!("http://{}/metrics", line["address"].as_str().unwrap());

    let authority = Authority::new();
    let nginx = Nginx::over_tls(&serving.url, &authority);
    let server = format!("{}{PREFIX}", nginx.url);
    program.set("PATH", std::env::var("PATH").unwrap());
    program.set("SSL_CERT_FILE", authority.file()).set("LEDGATE_TOKEN", worker);
    let arguments = arguments_for(&server, &["--workers", "3", "--json"], &["sh", "-c", ECHO]);
    let mut worker = Worker::started(&program, &arguments);
    until("the first vouchers", async || program.exported("erp").is_empty()).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    until("the subscription", async || {
        let text = client.get(&metrics).send().await.unwrap().text().await.unwrap();
        text.lines().any(|line| line == "ledgate_subscriptions_open 1")
    })
    .await;

    let mut later = entry("later");
    later["entryNumber"] = json!("900");
    let query = "mutation($input: RecordAccountingEntriesInput!) {
        recordAccountingEntries(input: $input) { entries { entryId } userErrors { message } } }";
    let body = json!({ "query": query, "variables": { "input": { "entries": [later] } } });
    let request = serving.request(Method::POST, "/graphql").bearer_auth(recorder).json(&body);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["data"]["recordAccountingEntries"]["userErrors"], json!([]), "{answer}");
    until("what came later", async || program.exported("erp").is_empty()).await;

    worker.signal("TERM");
    let (code, stdout) = worker.ended().await;
    let summary: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, counts(&summary)), (0, [4, 0, 0, 0]), "{summary} {}", worker.said());
    assert!(!worker.said().contains("nothing wakes"), "{}", worker.said());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_trusted_is_sent_nothing_and_the_reason_is_said_at_once() {
    let mut program = Program::on_sqlite();
    let serving = serve(&mut program, &books(2, goods)).await;
    let (authority, other) = (Authority::new(), Authority::new());
    let nginx = Nginx::over_tls(&serving.url, &authority);
    let server = format!("{}{PREFIX}", nginx.url);
    let by_name = server.replace("127.0.0.1", "localhost");
    let plain = serving.url.replace("http://", "https://");
    for (trusted, server, reason) in [
        (other.file(), &server, "its certificate is of an authority that this machine does not know"),
        (authority.file(), &by_name, "its certificate is for another name"),
        (authority.file(), &plain, "does not speak TLS"),
        (
            program.path("no.pem").display().to_string(),
            &server,
            "there is no authority for certificates to trust",
        ),
    ] {
        program.set("SSL_CERT_FILE", trusted);
        let ran = program.run(&arguments_for(server, &["--once"], &["sh", "-c", ECHO]));
        assert!(ran.code == 2 && ran.stderr.contains(reason), "{reason}: {ran:?}");
        assert!(!ran.stderr.contains("made again"), "no repeating mends it: {ran:?}");
    }
    assert_eq!(waiting(&serving, "PENDING").await, (4, vec![0]));
}

/// A proxy that passes connections on as they are, and what it was asked.
async fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://erp:secret@{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            tokio::spawn(pass_on(client, Arc::clone(&told)));
        }
    });
    (url, asked)
}

async fn pass_on(mut client: TcpStream, told: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let to = head.split(' ').nth(1).unwrap().to_owned();
    told.lock().unwrap().push(head);
    let mut server = TcpStream::connect(to).await.unwrap();
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    copy_bidirectional(&mut client, &mut server).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_by_https_go_through_the_proxy_of_the_environment() {
    let mut program = Program::on_sqlite();
    let serving = serve(&mut program, &books(2, goods)).await;
    let authority = Authority::new();
    let nginx = Nginx::over_tls(&serving.url, &authority);
    let (proxy, asked) = proxy().await;
    program.set("SSL_CERT_FILE", authority.file()).set("ALL_PROXY", proxy);
    let server = format!("{}{PREFIX}", nginx.url);
    let ran = program.run(&arguments_for(&server, &["--once"], &["sh", "-c", ECHO]));
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "2 vouchers in 1 claim: 2 sent, 0 failed.\n"), "{ran:?}");
    let heads = std::mem::take(&mut *asked.lock().unwrap());
    let begin = format!("CONNECT {} HTTP/1.1\r\n", nginx.url.strip_prefix("https://").unwrap());
    assert!(!heads.is_empty());
    for head in heads {
        assert!(head.starts_with(&begin), "{head}");
        assert!(head.contains("Basic ZXJwOnNlY3JldA=="), "the proxy is told who calls: {head}");
    }

    // Nor does a call by http, which anybody on the way could read.
    program.run(&arguments(&serving, &["--once"], &["sh", "-c", ECHO]));
    program.set("NO_PROXY", "127.0.0.1");
    let ran = program.run(&arguments_for(&server, &["--once"], &["sh", "-c", ECHO]));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(asked.lock().unwrap().is_empty(), "{asked:?}");
}
