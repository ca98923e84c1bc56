//! `ledgate ledger`: the ledgers behind a gateway, a database each.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Common, Failure, Outcome, close, output};
use crate::app;
use crate::config::{DatabaseKind, DatabaseSettings, LedgerName, MAIN_LEDGER, Settings};
use crate::domain::Clock;
use crate::ledgers::Catalogue;
use crate::store::Database;
use crate::store::schema::{self, Fit};

#[derive(Debug, Args)]
#[command(
    after_help = "Each ledger is an API of its own, under /ledgers/NAME/ of `ledgate serve`, with its own tokens: make \
    the first with `ledgate token create --ledger NAME …`. The settings [ledgers] say where the ledgers are."
)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the ledgers and their databases, main included; opens none of them
    List {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Make a ledger: a SQLite file in ledgers.folder, or the tables in the database that ledgers.urls names
    #[command(after_help = "Examples:\n  \
        ledgate ledger create acme\n  \
        ledgate token create --ledger acme --name \"ERP sync\" --system erp --can export,mark\n\n\
        A running gateway answers for the new ledger at once. The name has 1 to 64 characters of a-z, 0-9, - and _. A \
        database on PostgreSQL has to be there already: CREATE DATABASE makes it.")]
    Create {
        /// Its name, as it stands in addresses
        name: LedgerName,
    },
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    common.about_all()?;
    let settings = common.settings()?;
    match arguments.action {
        Action::List { json } => list(&settings, json),
        Action::Create { name } => create(&settings, &name).await,
    }
}

/// Every ledger of the settings with its database, `main` first.
pub fn all(settings: &Settings) -> Result<Vec<(String, DatabaseSettings)>, Failure> {
    let catalogue = Catalogue::new(&settings.ledgers);
    let others = catalogue.names()?;
    let others = others.into_iter().filter_map(|name| Some((name.to_string(), catalogue.find(&name)?)));
    let main = (MAIN_LEDGER.to_owned(), settings.database.clone());
    let others = others.map(|(name, url)| (name, settings.database.beside_main(url)));
    Ok(std::iter::once(main).chain(others).collect())
}

fn list(settings: &Settings, as_json: bool) -> Outcome {
    let ledgers = all(settings)?;
    let text = if as_json {
        let ledgers = ledgers.iter().map(|(name, database)| {
            json!({ "name": name, "kind": database.url.kind().to_string(), "database": database.url.to_string() })
        });
        json!({ "ledgers": ledgers.collect::<Vec<_>>() }).to_string()
    } else {
        let rows: Vec<[String; 3]> = ledgers
            .into_iter()
            .map(|(name, database)| [name, database.url.kind().to_string(), database.url.to_string()])
            .collect();
        output::table(["LEDGER", "KIND", "DATABASE"], &rows)
    };
    output::say(&text)?;
    Ok(ExitCode::SUCCESS)
}

async fn create(settings: &Settings, name: &LedgerName) -> Outcome {
    let catalogue = Catalogue::new(&settings.ledgers);
    let url = catalogue.place(name)?;
    let is_there = if url.kind() == DatabaseKind::Sqlite && !settings.ledgers.urls.contains_key(name) {
        catalogue.find(name).is_some()
    } else {
        false
    };
    let database = settings.database.beside_main(url);
    if is_there || has_tables(&database).await? {
        return Err(Failure(format!(
            "there is a ledger {name} already, in {}: nothing was changed. `ledgate migrate up --ledger {name}` sets up \
             one that was only begun",
            database.url
        )));
    }
    let ledger = app::open(&database, Clock::system()).await?;
    close(&ledger).await?;
    output::say(&format!(
        "The ledger {name} is in {}. `ledgate token create --ledger {name} …` makes its first token.",
        database.url
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Whether there is a database at the address with tables of ours in it. On PostgreSQL it has to be there.
async fn has_tables(settings: &DatabaseSettings) -> Result<bool, Failure> {
    let database = match Database::connect_existing(settings).await {
        Ok(database) => database,
        Err(crate::store::ConnectError::Missing { .. }) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let fit = schema::fit(&database).await;
    database.close().await?;
    Ok(fit? != Fit::Empty)
}
