//! The program as its users have it: the built binary as a process, in a folder of its own and with nothing in
//! its environment but what the test puts there.

mod serving;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::Value;
use tempfile::TempDir;

use super::{ndjson, postgres};

pub use serving::Serving;

/// The built binary.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_ledgate");

/// The program, its working directory and its environment.
pub struct Program {
    /// `sqlite://…` in the working directory, or `postgres://…`; in neither is anything yet.
    pub database_url: String,
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Program {
    /// With a SQLite file to be made.
    pub fn on_sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let database_url = format!("sqlite://{}", folder.path().join("ledger.db").display());
        Self::new(folder, database_url)
    }

    /// With an empty PostgreSQL database.
    pub async fn on_postgres() -> Self {
        Self::on(postgres::fresh_database().await)
    }

    /// With the database at this address.
    pub fn on(database_url: String) -> Self {
        Self::new(TempDir::new().unwrap(), database_url)
    }

    /// With the other kind of database than this one.
    pub async fn on_the_other(&self) -> Self {
        if self.is_sqlite() { Self::on_postgres().await } else { Self::on_sqlite() }
    }

    fn new(folder: TempDir, database_url: String) -> Self {
        let temporary = folder.path().join("tmp");
        std::fs::create_dir(&temporary).unwrap();
        let environment = vec![
            ("LEDGATE_DATABASE_URL".to_owned(), database_url.clone()),
            ("TMPDIR".to_owned(), temporary.display().to_string()),
        ];
        Self { database_url, folder, environment }
    }

    /// Whether its database is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.database_url.starts_with("sqlite:")
    }

    /// A path in its working directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into its working directory.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// The names in its working directory, but for the folder of temporary files.
    pub fn files(&self) -> Vec<String> {
        let names = names_in(self.folder.path());
        names.into_iter().filter(|name| name != "tmp").collect()
    }

    /// The names of its temporary files.
    pub fn temporary_files(&self) -> Vec<String> {
        names_in(&self.path("tmp"))
    }

    /// Sets a variable of its environment.
    pub fn set(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.unset(name);
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Takes a variable out of its environment.
    pub fn unset(&mut self, name: &str) -> &mut Self {
        self.environment.retain(|(known, _)| known != name);
        self
    }

    /// The command, to be started by the test.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments);
        self.at_home(command)
    }

    /// The command in its folder and environment, with its outputs caught.
    fn at_home(&self, mut command: Command) -> Command {
        command
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).spawn().unwrap())
    }

    /// Runs it to its end with this on standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Ran::of(child)
    }

    /// Runs it, and asserts that all went well. Gives standard output.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}: {ran:?}");
        ran.stdout
    }

    /// Everything that the system has not been sent, as `export` writes it.
    pub fn exported(&self, system: &str) -> Vec<Value> {
        ndjson::entries(&self.ok(&["export", "--system", system]))
    }

    /// Starts `serve` on a free port, and waits until it says that it serves.
    pub async fn serve(&self, arguments: &[&str]) -> Serving {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        Serving::start(command.args(arguments)).await
    }

    /// Starts `serve` at this address, and waits until it says that it serves.
    pub async fn serve_at(&self, address: &str) -> Serving {
        Serving::start(&mut self.command(&["serve", "--listen", address])).await
    }

    /// The same as [`Program::serve`], with a signal ignored that would end it.
    pub async fn serve_with_signal_ignored(&self, signal: &str) -> Serving {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("trap '' {signal}; exec \"$0\" \"$@\""), PROGRAM]).args([
            "serve",
            "--listen",
            "127.0.0.1:0",
        ]);
        Serving::start(&mut self.at_home(shell)).await
    }

    /// A connection of another program to the same database.
    pub async fn other_program(&self) -> DatabaseConnection {
        let mut options = sea_orm::ConnectOptions::new(self.database_url.clone());
        options.max_connections(1).sqlx_logging(false);
        sea_orm::Database::connect(options).await.unwrap()
    }

    /// Another program runs one statement.
    pub async fn execute(&self, sql: &str) {
        let connection = self.other_program().await;
        connection.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        connection.close().await.unwrap();
    }
}

impl Ran {
    /// Waits for the end of a process.
    pub fn of(child: Child) -> Self {
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap_or(-1);
        Self { code, stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Both outputs.
    pub fn output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// So many balanced lines of a FEC, with its header.
pub fn fec(lines: usize) -> String {
    let header = ledgate::ledger_files::DEMO.lines().next().unwrap();
    let rows = (0..lines).map(|line| {
        let (voucher, amount) = (line / 2, format!("{},50", line / 2 % 9_000 + 1));
        let (account, debit, credit) = match line % 2 {
            0 => ("411000", amount.as_str(), "0,00"),
            _ => ("707000", "0,00", amount.as_str()),
        };
        format!(
            "VE\tVentes\t{voucher}\t20260131\t{account}\t\t\t\tF{voucher}\t20260131\tFacture {voucher}\t\
             {debit}\t{credit}\t\t\t20260228\t\t\n"
        )
    });
    format!("{header}\n{}", rows.collect::<String>())
}

/// Makes two tests of each promise: the program on SQLite, and on PostgreSQL.
#[macro_export]
macro_rules! program_on_both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($program:ident: Program) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$attribute])*
            #[allow(unused_mut)]
            async fn promise(mut $program: $crate::support::program::Program) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                promise($crate::support::program::Program::on_sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                promise($crate::support::program::Program::on_postgres().await).await;
            }
        }
    )*};
}
