//! `ledgate migrate`: the database's schema, one step at a time.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Common, Failure, Outcome, WITH_FINDINGS, ledger, output};
use crate::app::OpenError;
use crate::config::DatabaseSettings;
use crate::store::{Database, schema};

#[derive(Debug, Args)]
#[command(
    after_help = "`serve` and `import` set up an empty database by themselves. One that an older ledgate \
    made is left alone until `ledgate migrate up`: make a backup before."
)]
pub struct Arguments {
    #[command(subcommand)]
    direction: Direction,
}

#[derive(Debug, Subcommand)]
enum Direction {
    /// Apply all missing migrations, in one transaction
    Up {
        /// In every ledger: main and those of the settings ([ledgers]), one after the other. One that cannot be migrated
        /// keeps no other from it; the exit code is 1 then
        #[arg(long)]
        all: bool,
    },
    /// Undo the newest migrations, and delete all that is in their tables
    Down {
        /// How many migrations to undo
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
        steps: u32,
        /// Confirm that the data in these tables is deleted
        #[arg(long)]
        delete_data: bool,
    },
    /// List the migrations and whether the database has them
    Status {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    if let Direction::Down { delete_data: false, .. } = arguments.direction {
        let sentence = "migrating down deletes the tables of a migration with all that is in them; make a \
                        backup, and say --delete-data if that is meant";
        return Err(Failure(sentence.to_owned()));
    }
    if let Direction::Up { all: true } = arguments.direction {
        common.about_all()?;
        return up_in_all(common).await;
    }
    let settings = common.settings()?.database;
    let up = matches!(arguments.direction, Direction::Up { .. });
    // Only `up` makes a database.
    let opened =
        if up { Database::connect(&settings).await } else { Database::connect_existing(&settings).await };
    let database = opened?;
    let before = schema::migrations(&database).await?;
    let newer = before.iter().any(|migration| !migration.known);
    match arguments.direction {
        Direction::Status { .. } => {}
        _ if newer => return Err(OpenError::Newer { address: settings.url.to_string() }.into()),
        Direction::Up { .. } => schema::up(&database).await?,
        Direction::Down { steps, .. } => schema::down(&database, steps).await?,
    }
    let migrations = schema::migrations(&database).await?;
    database.close().await?;
    if let Direction::Status { json: true } = arguments.direction {
        let list =
            migrations.iter().map(|m| json!({ "name": m.name, "applied": m.applied, "known": m.known }));
        output::say(&json!({ "migrations": list.collect::<Vec<_>>() }).to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<[String; 2]> = migrations
        .into_iter()
        .map(|migration| {
            let changed = !before.contains(&migration);
            let state = match (migration.applied, migration.known) {
                (true, true) if changed => "applied now",
                (true, true) => "applied",
                (false, _) if changed => "taken back now",
                (false, _) => "missing",
                (true, false) => "applied by a newer ledgate",
            };
            [migration.name, state.to_owned()]
        })
        .collect();
    output::say(&output::table(["MIGRATION", "STATE"], &rows))?;
    Ok(ExitCode::SUCCESS)
}

/// Brings every ledger up to date, and says of each what came of it.
async fn up_in_all(common: &Common) -> Outcome {
    let (mut rows, mut failed) = (Vec::new(), false);
    for (name, database) in ledger::all(&common.settings()?)? {
        let state = match up_in(&database).await {
            Ok(0) => "up to date".to_owned(),
            Ok(1) => "1 migration applied now".to_owned(),
            Ok(applied) => format!("{applied} migrations applied now"),
            Err(Failure(sentence)) => {
                failed = true;
                output::complain(&format!("error: {name}: {sentence}"));
                "not migrated".to_owned()
            }
        };
        rows.push([name, state]);
    }
    output::say(&output::table(["LEDGER", "STATE"], &rows))?;
    Ok(if failed { ExitCode::from(WITH_FINDINGS) } else { ExitCode::SUCCESS })
}

/// Brings one ledger up to date, and gives how many migrations that took. Only the database of `main` is made where it is
/// not there: all others were found.
async fn up_in(settings: &DatabaseSettings) -> Result<usize, Failure> {
    let database = Database::connect(settings).await?;
    let migrated = async {
        let before = schema::migrations(&database).await?;
        if before.iter().any(|migration| !migration.known) {
            return Err(OpenError::Newer { address: settings.url.to_string() }.into());
        }
        schema::up(&database).await?;
        Ok(before.iter().filter(|migration| !migration.applied).count())
    };
    let migrated = migrated.await;
    database.close().await?;
    migrated
}
