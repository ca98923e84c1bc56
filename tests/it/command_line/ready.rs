//! `ledgate ready`: whether a gateway can work, as the health check of a container asks.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use crate::program_on_both_databases;
use crate::support::postgres;
use crate::support::program::Program;

program_on_both_databases! {
    async fn a_gateway_is_ready_until_its_database_no_longer_fits(program: Program) {
        let serving = program.serve(&[]).await;
        let address = serving.url.trim_start_matches("http://").to_owned();
        program.set("LEDGATE_HTTP_LISTEN", &address);
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(program.ok(&["ready"]), format!("ledgate {version} is ready on {address}\n"));
        program.execute("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_to_come_offline', 1)").await;
        let ran = program.run(&["ready"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:?}");
        let told = format!("error: ledgate {version} on {address} is not ready: the database's schema is newer");
        assert!(ran.stderr.starts_with(&told) && ran.stderr.lines().count() == 1, "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_listens_at_every_address_is_asked_at_one() {
    let program = Program::on_sqlite();
    let serving = program.serve(&[]).await;
    let (_, port) = serving.url.rsplit_once(':').unwrap();
    let told = program.ok(&["ready", "--listen", &format!("0.0.0.0:{port}")]);
    assert!(told.ends_with(&format!(" is ready on 0.0.0.0:{port}\n")), "{told}");
}

#[test]
fn where_no_ledgate_answers_nothing_is_ready() {
    let program = Program::on_sqlite();
    let not_ready = |address: &str, why: &str| {
        let ran = program.run(&["ready", "--listen", address]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:?}");
        let told = format!("error: no ledgate is ready on {address}: {why}");
        assert!(ran.stderr.starts_with(&told) && ran.stderr.lines().count() == 1, "{ran:?}");
    };
    not_ready(&format!("127.0.0.1:{}", postgres::free_ports()[0]), "nobody answers there");
    not_ready(&format!("unix:{}", program.path("no.sock").display()), "nobody answers there");

    // Programs of somebody else: one that says that it is well, one that does not speak HTTP, one that says nothing.
    for says in
        ["HTTP/1.1 200 OK\r\nserver: nginx\r\nconnection: close\r\n\r\n{}", "SSH-2.0-OpenSSH_9.2\r\n", ""]
    {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let stranger = std::thread::spawn(move || {
            let (mut client, _) = taken.accept().unwrap();
            let head = BufReader::new(&client).lines().map_while(Result::ok);
            head.take_while(|line| !line.is_empty()).for_each(drop);
            client.write_all(says.as_bytes()).ok();
        });
        not_ready(&address, "what answers there is not ledgate");
        stranger.join().unwrap();
    }
    let ran = program.run(&["ready", "--listen", "nowhere"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
    assert_eq!(program.files(), [""; 0], "asking made a database");
}
