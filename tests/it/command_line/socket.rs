//! `ledgate serve` on a Unix socket, and who may read its files.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ledgate::ledger_files::DEMO;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::doctor::doctor;
use crate::support::program::Program;

/// Who may read and write a file.
pub fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode()
        & 0o777
}

/// What is answered on a Unix socket to a request without its last line.
pub async fn ask(socket: &Path, request: &str) -> String {
    let mut stream = UnixStream::connect(socket).await.unwrap();
    stream.write_all(format!("{request}connection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unix_socket_is_served_guarded_and_taken_away_again() {
    let mut program = Program::on_sqlite();
    let socket = program.path("ledgate.sock");
    let address = format!("unix:{}", socket.display());
    // What a killed server left behind is no hindrance.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let mut serving = program.serve_at(&address).await;
    assert_eq!(mode(&socket), 0o660);
    for host in ["localhost", "ledger.example.com"] {
        let answer = ask(&socket, &format!("GET /v10/accounting-entries HTTP/1.1\r\nhost: {host}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let line = serving.logged("answered").await;
    assert_eq!(line["span"].get("client"), None, "a socket has no address");
    let (ok, findings) = doctor(program.set("LEDGATE_HTTP_LISTEN", &address));
    assert!(ok && findings[1].ends_with(&format!("answers on {address}, with this ledger")), "{findings:?}");
    assert!(program.ok(&["ready"]).ends_with(&format!(" is ready on {address}\n")));
    let second = program.run(&["serve"]);
    assert!(second.code == 2 && second.stderr.contains("is taken by another program"), "{second:?}");
    serving.signal("TERM");
    assert_eq!(serving.ended().await.0, 0);
    assert!(!socket.exists(), "the socket is left behind");
    let (ok, findings) = doctor(&program);
    assert!(ok && findings[1] == format!("{address} is free"), "{findings:?}");

    // A file that is no socket is not touched.
    program.write("ledgate.sock", "mine");
    assert_eq!(program.run(&["serve"]).code, 2);
    assert_eq!(std::fs::read(&socket).unwrap(), b"mine");
    program.set("LEDGATE_HTTP_LISTEN", format!("unix:{}", program.path("no/folder.sock").display()));
    let nowhere = program.run(&["serve"]);
    assert!(nowhere.code == 2 && nowhere.stderr.contains("its folder is not there"), "{nowhere:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_files_of_a_ledger_are_its_owner_s_alone() {
    let program = Program::on_sqlite();
    program.write("demo.txt", DEMO);
    program.ok(&["import", "demo.txt"]);
    let serving = program.serve(&[]).await;
    assert_eq!(serving.mark(1, "erp").send().await.unwrap().status(), 200);
    program.ok(&["backup", "copy.db"]);
    let files = program.files();
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm", "copy.db"] {
        assert!(files.contains(&name.to_owned()), "{name} is not among {files:?}");
        assert_eq!(mode(&program.path(name)), 0o600, "{name}");
    }
}
