//! PgBouncer before a test's PostgreSQL database: in transaction mode with few connections to the server, so that clients
//! take turns on them, or in session mode.
#![allow(clippy::expect_used)] // a test without its pooler must fail, and say why

use super::neighbour::{Kind, Neighbour};

/// In transaction mode, and how many connections to the server all clients share.
const TRANSACTION: &str = "pool_mode = transaction\ndefault_pool_size = 3\n";

/// In session mode, with a connection for each client. It takes the start-up parameter that the driver sends, and does not
/// hand it on.
const SESSION: &str =
    "pool_mode = session\ndefault_pool_size = 40\nignore_startup_parameters = extra_float_digits\n";

/// It refuses to run as root and becomes `nobody` then.
const PGBOUNCER: Kind = Kind {
    program: "pgbouncer",
    up: "process up",
    script: r#"
if [ "$(id -u)" = 0 ]; then "$1" -u nobody "$2" </dev/null & else "$1" "$2" </dev/null & fi
exec 2>/dev/null
cat >/dev/null
kill "$!"
"#,
};

/// A running PgBouncer.
pub struct PgBouncer {
    /// `postgres://…`, the way through it.
    pub url: String,
    _running: Neighbour,
}

impl PgBouncer {
    /// Before the database of this address, in transaction mode.
    pub fn before(database_url: &str) -> Self {
        Self::start(database_url, TRANSACTION)
    }

    /// Before the database of this address, in session mode.
    pub fn in_session_mode_before(database_url: &str) -> Self {
        Self::start(database_url, SESSION)
    }

    fn start(database_url: &str, mode: &str) -> Self {
        let running = Neighbour::start(&PGBOUNCER, |_, port| configuration(database_url, port, mode));
        let database = database_url.rsplit('/').next().expect("an address ends with a name");
        let url = format!("postgres://ledgate@127.0.0.1:{}/{database}", running.port);
        Self { url, _running: running }
    }
}

fn configuration(database_url: &str, port: u16, mode: &str) -> String {
    let url = reqwest::Url::parse(database_url).expect("an address");
    let (host, server) = (url.host_str().expect("a host"), url.port().expect("a port"));
    let (user, password) = (url.username(), url.password().expect("a password"));
    let database = url.path().trim_start_matches('/');
    format!(
        "[databases]\n\
         {database} = host={host} port={server} user={user} password={password}\n\
         [pgbouncer]\n\
         listen_addr = 127.0.0.1\n\
         listen_port = {port}\n\
         unix_socket_dir =\n\
         auth_type = any\n\
         {mode}"
    )
}
