//! The command line: one file a sub-command. Translates, calls a use case, prints.

mod demo;
mod doctor;
mod export;
mod import;
mod migrate;
mod output;
mod schema;
mod serve;
mod settings_help;
mod systems;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::app;
use crate::config::{Overrides, Settings};
use crate::domain::Clock;
use crate::service::Ledger;

/// Knows, for every accounting entry and every system, whether it has been sent.
///
/// Start with `ledgate serve --demo`, then open http://127.0.0.1:8080/. For your own books: `ledgate import
/// FILE`, then `ledgate serve`. When something does not work, `ledgate doctor` says why.
#[derive(Debug, Parser)]
#[command(
    name = "ledgate",
    version,
    after_help = "`ledgate COMMAND --help` shows a command with examples; `ledgate --help` lists every setting.",
    after_long_help = settings_help::settings()
)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Flags that every command takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
struct Common {
    /// Where the entries are: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME
    /// [env: LEDGATE_DATABASE_URL] [default: sqlite://ledgate.db]
    #[arg(long, global = true, value_name = "URL", display_order = 900)]
    database_url: Option<String>,
    /// Read settings from this file [env: LEDGATE_CONFIG] [default: ledgate.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE", display_order = 901)]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer GraphQL and REST until stopped
    Serve(serve::Arguments),
    /// Load ledger files: FEC, CSV or NDJSON; safe to run again
    Import(import::Arguments),
    /// Write what a system has not been sent to standard output; marks nothing
    Export(export::Arguments),
    /// List the systems that were marked for, and how far behind they are
    Systems(systems::Arguments),
    /// Make, list and revoke the tokens that callers bring
    Token(token::Arguments),
    /// Print the GraphQL schema, or check a file against it
    Schema(schema::Arguments),
    /// Change the database's schema, or list its versions
    Migrate(migrate::Arguments),
    /// Say what is wrong with configuration and database, and what to do
    Doctor(doctor::Arguments),
}

/// Why a command could not run: a sentence for the person at the terminal. Exit code 2.
#[derive(Debug)]
struct Failure(String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure(error.to_string())
    }
}

type Outcome = Result<ExitCode, Failure>;

/// Ran, but something is left to be looked at: rejected lines, a schema that differs.
const WITH_FINDINGS: u8 = 1;
/// Could not run.
const COULD_NOT_RUN: u8 = 2;

/// Runs the command line of this process.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Serve(arguments) => serve::run(&cli.common, arguments).await,
        Command::Import(arguments) => import::run(&cli.common, arguments).await,
        Command::Export(arguments) => export::run(&cli.common, arguments).await,
        Command::Systems(arguments) => systems::run(&cli.common, arguments).await,
        Command::Token(arguments) => token::run(&cli.common, arguments).await,
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Migrate(arguments) => migrate::run(&cli.common, arguments).await,
        Command::Doctor(arguments) => doctor::run(&cli.common, &arguments).await,
    };
    outcome.unwrap_or_else(|Failure(sentence)| {
        output::complain(&format!("error: {sentence}"));
        ExitCode::from(COULD_NOT_RUN)
    })
}

impl Common {
    fn settings(&self) -> Result<Settings, Failure> {
        self.settings_with(None)
    }

    fn settings_with(&self, listen: Option<String>) -> Result<Settings, Failure> {
        let overrides =
            Overrides { config: self.config.clone(), database_url: self.database_url.clone(), listen };
        Ok(Settings::load(&overrides)?)
    }

    /// The ledger that settings and flags name, to read it.
    async fn open_existing(&self) -> Result<Ledger, Failure> {
        Ok(app::open_existing(&self.settings()?.database, Clock::system()).await?)
    }
}

/// Lets the ledger go. SQLite puts everything back into the one file then.
async fn close(ledger: &Ledger) -> Result<(), Failure> {
    Ok(ledger.database().clone().close().await?)
}
