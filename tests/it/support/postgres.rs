//! A PostgreSQL server for the tests: one cluster a test process, one database a test.
//!
//! The programs are those that [`super::postgres_programs`] finds. The server runs in a temporary folder on a free
//! port of 127.0.0.1. It is owned by a small shell script ([`SUPERVISOR`]) that reads a pipe held by this process: when
//! the process ends, SIGKILL included, the pipe closes, and the script stops the server and deletes the folder. Nothing
//! here depends on a destructor.
//!
//! Why not the crate pgtemp 0.7: its server lives by `Drop`, which neither a static nor a killed process
//! ever runs, it makes a cluster (a second of work) for every handle, and it has no templates.
#![allow(clippy::panic, clippy::expect_used)] // a test without its database must fail, and say why

use std::future::Future;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::postgres_programs::binaries;
pub use super::postgres_programs::free_ports;

/// Makes an empty database and gives its `postgres://` address. Each call makes another one.
pub async fn fresh_database() -> String {
    let cluster = cluster();
    let name = unused_name("test");
    cluster.run(&[format!("CREATE DATABASE {name}")]).await;
    cluster.url(&name)
}

/// Ends all connections with a database and lets nobody in, until [`open`].
pub async fn shut(database: &str) {
    cluster().shut(database).await;
}

/// Lets everybody into a database again.
pub async fn open(database: &str) {
    cluster().run(&[format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true")]).await;
}

/// The server's log so far, of one database: every line begins with the database's name and a colon, lines that go on
/// with a tab.
pub fn log_of(database_url: &str) -> String {
    let database = database_url.rsplit('/').next().expect("an address ends with a name");
    let log = std::fs::read_to_string(&cluster().log).expect("the server's log can be read");
    let begins = format!("{database}:");
    let mut ours = false;
    let lines = log.lines().filter(|line| {
        if !line.starts_with('\t') {
            ours = line.starts_with(&begins);
        }
        ours
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// A database prepared once a process (migrated, say) and then copied for each test, which takes
/// milliseconds. Made to live in a static:
///
/// ```ignore
/// static MIGRATED: postgres::Template = postgres::Template::new();
/// let url = MIGRATED.fresh_database(|url| async move { migrate(&url).await }).await;
/// ```
pub struct Template(OnceCell<String>);

impl Template {
    /// A template that the first [`Template::fresh_database`] prepares.
    pub const fn new() -> Self {
        Self(OnceCell::const_new())
    }

    /// Makes a copy and gives its address. The first caller prepares the template while the others wait;
    /// when its `prepare` panics, the next caller starts anew.
    pub async fn fresh_database<F: Future<Output = ()>>(&self, prepare: impl FnOnce(String) -> F) -> String {
        let cluster = cluster();
        let template = self
            .0
            .get_or_init(async || {
                let template = unused_name("template");
                cluster.run(&[format!("CREATE DATABASE {template}")]).await;
                prepare(cluster.url(&template)).await;
                // A template with a guest cannot be copied, and `prepare` may have left a pool open.
                cluster.shut(&template).await;
                template
            })
            .await;
        let name = unused_name("test");
        cluster.run(&[format!("CREATE DATABASE {name} TEMPLATE {template}")]).await;
        cluster.url(&name)
    }
}

/// A server of the test's own, which it may stop and start again. It ends when this is dropped.
pub struct OwnServer {
    cluster: Cluster,
    answers: BufReader<ChildStdout>,
}

impl OwnServer {
    /// Starts one.
    pub fn start() -> Self {
        let (cluster, answers) = start(Commits::Waited, None);
        Self { cluster, answers }
    }

    /// A copy of this one, which follows it: a streaming replica. It begins with what is there now.
    pub fn replica(&self) -> Self {
        let (cluster, answers) = start(Commits::Waited, Some(&self.cluster));
        Self { cluster, answers }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.cluster.port).into()
    }

    /// Makes an empty database on it and gives its address.
    pub async fn fresh_database(&self) -> String {
        let name = unused_name("test");
        self.cluster.run(&[format!("CREATE DATABASE {name}")]).await;
        self.cluster.url(&name)
    }

    /// Tells it to `stop fast`, to `stop immediate`, which is a crash, to `start`, to `kill` itself with SIGKILL, or to
    /// `promote` itself to a primary; gives back when that is done.
    pub fn tell(&mut self, words: &str) {
        let lifeline = self.cluster.supervisor.stdin.as_mut().expect("stdin is a pipe");
        writeln!(lifeline, "{words}").expect("the script listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the script's answer is text");
        assert_eq!(answer, "done\n", "the server could not {words}");
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        drop(self.cluster.supervisor.stdin.take());
        self.cluster.supervisor.wait().ok();
    }
}

/// A server.
struct Cluster {
    port: u16,
    password: String,
    log: PathBuf,
    /// Holds the pipe whose closing ends the server.
    supervisor: Child,
}

impl Cluster {
    fn url(&self, database: &str) -> String {
        format!("postgres://postgres:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Ends all connections with a database and lets nobody in. `pg_stat_activity` does not list a connection that is
    /// only being made; renaming the database waits for it, and fails while anybody is connected.
    async fn shut(&self, database: &str) {
        self.run(&[format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false")]).await;
        let end = format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
             WHERE datname = '{database}' AND backend_type = 'client backend'"
        );
        let shut = format!("{database}_shut");
        let mut admin = self.admin().await;
        loop {
            admin.execute(AssertSqlSafe(end.as_str())).await.expect("connections can be ended");
            let rename = format!("ALTER DATABASE {database} RENAME TO {shut}");
            match admin.execute(AssertSqlSafe(rename)).await {
                Ok(_) => break,
                // object_in_use: somebody is still connected.
                Err(error)
                    if error.as_database_error().is_some_and(|told| told.code() == Some("55006".into())) => {}
                Err(error) => panic!("{database} cannot be shut: {error}"),
            }
        }
        self.run(&[format!("ALTER DATABASE {shut} RENAME TO {database}")]).await;
    }

    async fn admin(&self) -> PgConnection {
        PgConnection::connect(&self.url("postgres"))
            .await
            .unwrap_or_else(|error| panic!("the test server does not answer: {error}"))
    }

    /// Runs statements on a connection of their own. A connection is not kept: the runtime that made it
    /// ends with its test.
    async fn run(&self, statements: &[String]) {
        let mut admin = self.admin().await;
        for statement in statements {
            admin
                .execute(AssertSqlSafe(statement.as_str()))
                .await
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        admin.close().await.ok();
    }
}

/// The server, started by the first call (a second or so, which blocks the caller's thread).
fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| start(Commits::Hurried, None).0)
}

/// Whether a commit waits until the system has it, so that it outlives a crash of the server.
#[derive(Clone, Copy)]
enum Commits {
    Waited,
    Hurried,
}

/// An empty server, or a replica of a primary, whose password it shares.
fn start(commits: Commits, primary: Option<&Cluster>) -> (Cluster, BufReader<ChildStdout>) {
    let binaries = binaries();
    // A process group of its own, or Ctrl-C at the tests would end the script before its work is done.
    let mut supervisor = Command::new("sh")
        .args(["-c", SUPERVISOR, "ledgate-postgres"])
        .arg(&binaries)
        .arg(match commits {
            Commits::Waited => "on",
            Commits::Hurried => "off",
        })
        .arg(primary.map(|primary| primary.port.to_string()).unwrap_or_default())
        .args(free_ports().map(|port| port.to_string()))
        .env("LC_ALL", "C")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sh can be started");
    let lifeline = supervisor.stdin.as_mut().expect("stdin is a pipe");
    let stdout = supervisor.stdout.take().expect("stdout is a pipe");
    let mut stderr = supervisor.stderr.take().expect("stderr is a pipe");

    let password =
        primary.map_or_else(|| Uuid::new_v4().simple().to_string(), |primary| primary.password.clone());
    // A script that is already gone is reported below, with its own words.
    writeln!(lifeline, "{password}").ok();

    let mut answer = String::new();
    let mut answers = BufReader::new(stdout);
    answers.read_line(&mut answer).expect("the script's answer is text");
    let (port, log) = answer.trim().split_once(' ').unwrap_or_default();
    let Ok(port) = port.parse() else {
        let mut reason = String::new();
        stderr.read_to_string(&mut reason).ok();
        panic!("PostgreSQL in {} could not be started:\n{reason}", binaries.display());
    };
    (Cluster { port, password, log: log.into(), supervisor }, answers)
}

/// A name that no database has.
fn unused_name(kind: &str) -> String {
    format!("{kind}_{}", Uuid::new_v4().simple())
}

/// What the scripts do is said in them.
const SUPERVISOR: &str = concat!(include_str!("postgres_user.sh"), include_str!("postgres.sh"));
