//! PgBouncer in transaction mode before a test's PostgreSQL database, with few connections to the server, so that
//! clients take turns on them.
#![allow(clippy::expect_used)] // a test without its pooler must fail, and say why

use super::neighbour::{Kind, Neighbour};

/// Connections to the server that all clients share.
const CONNECTIONS: u32 = 3;

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
    /// Before the database of this address.
    pub fn before(database_url: &str) -> Self {
        let running = Neighbour::start(&PGBOUNCER, |_, port| configuration(database_url, port));
        let database = database_url.rsplit('/').next().expect("an address ends with a name");
        let url = format!("postgres://ledgate@127.0.0.1:{}/{database}", running.port);
        Self { url, _running: running }
    }
}

fn configuration(database_url: &str, port: u16) -> String {
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
         pool_mode = transaction\n\
         default_pool_size = {CONNECTIONS}\n"
    )
}
