//! PgBouncer in transaction mode before a test's PostgreSQL database, on a port of its own, with few connections to
//! the server, so that clients take turns on them.
#![allow(clippy::panic, clippy::expect_used)] // a test without its pooler must fail, and say why

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Connections to the server that all clients share.
const CONNECTIONS: u32 = 3;

/// Ports may be taken by another program between the choice and the start.
const ATTEMPTS: u32 = 4;

/// A running PgBouncer. It ends when this is dropped, and when the test's process ends in whatever way.
pub struct PgBouncer {
    /// `postgres://…`, the way through it.
    pub url: String,
    script: Child,
    _folder: TempDir,
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        self.script.wait().ok();
    }
}

impl PgBouncer {
    /// Before the database of this address.
    pub fn before(database_url: &str) -> Self {
        let program = program().unwrap_or_else(|| {
            panic!(
                "these tests need PgBouncer, and there is none in the path or in /usr/sbin: \
                 apt-get install -y pgbouncer"
            )
        });
        let mut said = String::new();
        for _ in 0..ATTEMPTS {
            let folder = TempDir::new().expect("a folder can be made");
            let port = free_port();
            let (ini, database) = configuration(database_url, port);
            let path = folder.path().join("pgbouncer.ini");
            std::fs::write(&path, ini).expect("the folder can be written");
            let mut script = Command::new("sh")
                .args(["-c", SCRIPT, "ledgate-pgbouncer"])
                .arg(&program)
                .arg(&path)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("sh can be started");
            let mut lines = BufReader::new(script.stderr.take().expect("stderr is a pipe")).lines();
            let up = lines.by_ref().map_while(Result::ok).find(|line| {
                said.push_str(line);
                said.push('\n');
                line.contains("process up")
            });
            // A full pipe would stop it.
            std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
            let url = format!("postgres://ledgate@127.0.0.1:{port}/{database}");
            let bouncer = Self { url, script, _folder: folder };
            if up.is_some() {
                return bouncer;
            }
        }
        panic!("PgBouncer could not be started:\n{said}");
    }
}

/// The file, and the database's name.
fn configuration(database_url: &str, port: u16) -> (String, String) {
    let url = reqwest::Url::parse(database_url).expect("an address");
    let (host, server) = (url.host_str().expect("a host"), url.port().expect("a port"));
    let (user, password) = (url.username(), url.password().expect("a password"));
    let database = url.path().trim_start_matches('/').to_owned();
    let ini = format!(
        "[databases]\n\
         {database} = host={host} port={server} user={user} password={password}\n\
         [pgbouncer]\n\
         listen_addr = 127.0.0.1\n\
         listen_port = {port}\n\
         unix_socket_dir =\n\
         auth_type = any\n\
         pool_mode = transaction\n\
         default_pool_size = {CONNECTIONS}\n"
    );
    (ini, database)
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join("pgbouncer"))
        .find(|program| program.is_file())
}

fn free_port() -> u16 {
    let held = TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has free ports");
    held.local_addr().expect("a bound socket has an address").port()
}

/// Arguments: the program and its file. It refuses to run as root and becomes `nobody` then. It is ended when
/// the standard input closes.
const SCRIPT: &str = r#"
if [ "$(id -u)" = 0 ]; then "$1" -u nobody "$2" </dev/null & else "$1" "$2" </dev/null & fi
exec 2>/dev/null
cat >/dev/null
kill "$!"
"#;
