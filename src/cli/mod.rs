//! The command line, with one file for each sub-command. It translates, calls a use case and prints.

mod backup;
mod changed;
mod claims;
mod conflicts;
mod demo;
mod doctor;
mod export;
mod failures;
mod import;
mod ledger;
mod migrate;
mod moved;
mod output;
mod pages;
mod park;
mod probe;
mod ready;
mod reconcile;
mod replay;
mod requeue;
mod schema;
mod serve;
mod settings;
mod settings_help;
mod systems;
mod targets;
mod token;
mod unmark;
mod webhook;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ContextValue;
use clap::{Args, Parser, Subcommand};

use crate::app;
use crate::config::{DatabaseUrl, LedgerName, MAIN_LEDGER, Overrides, Settings, without_password};
use crate::domain::{Clock, Fault, SystemId};
use crate::ledgers::Catalogue;
use crate::service::Ledger;

/// Knows, for every accounting entry and every system, whether it has been sent.
///
/// Start with `ledgate serve --demo`, then open http://127.0.0.1:8080/. For your own books: `ledgate import
/// FILE`, then `ledgate serve`. When something does not work, `ledgate doctor` says why.
#[derive(Parser)]
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

/// Flags that every command takes. Not to be printed: there may be a password in them.
#[derive(Clone, Args)]
#[command(next_help_heading = "Options of every command")]
struct Common {
    /// Where the entries are: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME
    /// (everybody on this machine sees flags: give a password in the variable, the file or PGPASSFILE)
    /// [env: LEDGATE_DATABASE_URL] [default: sqlite://ledgate.db]
    #[arg(long, global = true, value_name = "URL", display_order = 900)]
    database_url: Option<String>,
    /// Read settings from this file [env: LEDGATE_CONFIG] [default: ledgate.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE", display_order = 901)]
    config: Option<PathBuf>,
    /// Work on this ledger of the settings ([ledgers]) instead of the one in database.url
    /// [default: main]
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        display_order = 902,
        conflicts_with = "database_url",
        value_parser = parse_ledger
    )]
    ledger: Option<LedgerChoice>,
}

/// The ledger that a command is for: the one of this name, or `main`.
type LedgerChoice = Option<LedgerName>;

fn parse_ledger(name: &str) -> Result<LedgerChoice, String> {
    if name == MAIN_LEDGER { Ok(None) } else { name.parse().map(Some) }
}

fn parse_system(text: &str) -> Result<SystemId, String> {
    text.parse().map_err(|fault: Fault| fault.message)
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer GraphQL and REST until stopped
    Serve(serve::Arguments),
    /// Load ledger files: FEC, CSV or NDJSON; safe to run again
    Import(import::Arguments),
    /// Write the entries that a system has not been sent to standard output; marks nothing
    Export(export::Arguments),
    /// Copy a SQLite ledger into a file, also while gateways are at work
    Backup(backup::Arguments),
    /// List the ledgers behind a gateway, and make new ones
    Ledger(ledger::Arguments),
    /// List the systems, and how many entries each has not been sent
    Systems(systems::Arguments),
    /// List the entries that have changed since a system was sent them
    Changed(changed::Arguments),
    /// Take back that entries or vouchers were exported to a system
    Unmark(unmark::Arguments),
    /// List the entries that a system refused, or that are parked
    Failures(failures::Arguments),
    /// Have workers try again at once what failed or is parked
    Requeue(requeue::Arguments),
    /// Park entries or vouchers: no worker is given them until they are requeued
    Park(park::Arguments),
    /// List what workers have claimed to send to a system
    Claims(claims::Arguments),
    /// List what does not fit together about the exports to a system, and resolve it
    Conflicts(conflicts::Arguments),
    /// Take back what a system was sent in a range of time, because the system has lost it
    Replay(replay::Arguments),
    /// Compare a system's own list of what it has with what it was sent
    Reconcile(reconcile::Arguments),
    /// Send a system what it has not been sent, by a command of yours: any script is a connector
    Work(work::Arguments),
    /// Make, list, test and delete webhooks: addresses that are told when something happens
    Webhook(webhook::Arguments),
    /// Make, list, replace and revoke the tokens that callers bring
    Token(token::Arguments),
    /// Print the GraphQL schema, or check a file against it
    Schema(schema::Arguments),
    /// Print every setting with its default and what it does, as a file to begin with
    Settings(settings::Arguments),
    /// Change the database's schema, or list its versions
    Migrate(migrate::Arguments),
    /// Say what is wrong with configuration and database, and what to do
    Doctor(doctor::Arguments),
    /// Exit with 0 when the gateway is ready: for health checks
    Ready(ready::Arguments),
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

const SHOWN_PASSWORD: &str = "everybody on this machine can read the password in --database-url in the list of \
    processes: give it in LEDGATE_DATABASE_URL, in the configuration file or in the file that PGPASSFILE names";

/// The error without the password of an address that stands in the wrong place.
fn discreet(mut error: clap::Error) -> clap::Error {
    let repeated: Vec<_> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, ContextValue::String(without_password(text)))),
            _ => None,
        })
        .collect();
    for (kind, value) in repeated {
        error.insert(kind, value);
    }
    error
}

/// Runs the command line of this process.
pub async fn run() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| discreet(error).exit());
    if let (true, false) = (cli.common.shows_a_password(), matches!(cli.command, Command::Serve(_))) {
        output::complain(&format!("warning: {SHOWN_PASSWORD}"));
    }
    let outcome = match cli.command {
        Command::Serve(arguments) => serve::run(&cli.common, arguments).await,
        Command::Import(arguments) => import::run(&cli.common, arguments).await,
        Command::Export(arguments) => export::run(&cli.common, arguments).await,
        Command::Backup(arguments) => backup::run(&cli.common, arguments).await,
        Command::Ledger(arguments) => ledger::run(&cli.common, arguments).await,
        Command::Systems(arguments) => systems::run(&cli.common, arguments).await,
        Command::Changed(arguments) => changed::run(&cli.common, arguments).await,
        Command::Unmark(arguments) => unmark::run(&cli.common, arguments).await,
        Command::Failures(arguments) => failures::run(&cli.common, arguments).await,
        Command::Requeue(arguments) => requeue::run(&cli.common, arguments).await,
        Command::Park(arguments) => park::run(&cli.common, arguments).await,
        Command::Claims(arguments) => claims::run(&cli.common, arguments).await,
        Command::Conflicts(arguments) => conflicts::run(&cli.common, arguments).await,
        Command::Replay(arguments) => replay::run(&cli.common, arguments).await,
        Command::Reconcile(arguments) => reconcile::run(&cli.common, arguments).await,
        Command::Work(arguments) => work::run(&cli.common, arguments).await,
        Command::Webhook(arguments) => webhook::run(&cli.common, arguments).await,
        Command::Token(arguments) => token::run(&cli.common, arguments).await,
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Settings(arguments) => settings::run(&arguments),
        Command::Migrate(arguments) => migrate::run(&cli.common, arguments).await,
        Command::Doctor(arguments) => doctor::run(&cli.common, &arguments).await,
        Command::Ready(arguments) => ready::run(&cli.common, arguments).await,
    };
    outcome.unwrap_or_else(|Failure(sentence)| {
        output::complain(&format!("error: {sentence}"));
        ExitCode::from(COULD_NOT_RUN)
    })
}

impl Common {
    /// The settings, with the database of the ledger that the command is for.
    fn settings(&self) -> Result<Settings, Failure> {
        let mut settings = Settings::load(&self.overrides())?;
        if let Some(name) = self.other_ledger() {
            let url = Catalogue::new(&settings.ledgers).find(name).ok_or_else(|| {
                Failure(format!(
                    "there is no ledger {name}: `ledgate ledger list` shows those there are, and `ledgate ledger create \
                     {name}` makes it"
                ))
            })?;
            settings.database = settings.database.beside_main(url);
        }
        Ok(settings)
    }

    /// The ledger beside `main` that the command is for, if it is for one.
    fn other_ledger(&self) -> Option<&LedgerName> {
        self.ledger.as_ref()?.as_ref()
    }

    /// Refuses the name of a ledger where a command is about all of them.
    fn about_all(&self) -> Result<(), Failure> {
        match &self.ledger {
            None => Ok(()),
            Some(_) => Err(Failure("this is about every ledger: leave --ledger out".to_owned())),
        }
    }

    fn overrides(&self) -> Overrides {
        let Self { config, database_url, ledger: _ } = self.clone();
        Overrides { config, database_url, ..Overrides::default() }
    }

    fn shows_a_password(&self) -> bool {
        let url = self.database_url.as_ref().and_then(|url| url.parse::<DatabaseUrl>().ok());
        url.is_some_and(|url| url.has_secret())
    }

    /// Opens the ledger that the settings name; it has to be there.
    async fn open_existing(&self) -> Result<Ledger, Failure> {
        Ok(app::open_existing(&self.settings()?.database, Clock::system()).await?)
    }
}

/// Closes the ledger. SQLite then writes the `-wal` file back into the database file.
async fn close(ledger: &Ledger) -> Result<(), Failure> {
    Ok(ledger.database().clone().close().await?)
}
