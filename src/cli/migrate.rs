//! `ledgate migrate`: the database's schema, one step at a time.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Common, Failure, Outcome, output};
use crate::store::{Database, schema};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    direction: Direction,
}

#[derive(Debug, Subcommand)]
enum Direction {
    /// Apply what is missing, all of it or nothing
    Up,
    /// Take the newest migration back, with all that is in its tables
    Down {
        /// How many
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
        steps: u32,
        /// Yes, the data in these tables is to be deleted
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
    let database = Database::connect(&common.settings()?.database).await?;
    match arguments.direction {
        Direction::Up => schema::up(&database).await?,
        Direction::Down { steps, .. } => schema::down(&database, steps).await?,
        Direction::Status { .. } => {}
    }
    let migrations = schema::migrations(&database).await?;
    if let Direction::Status { json: true } = arguments.direction {
        let list =
            migrations.iter().map(|m| json!({ "name": m.name, "applied": m.applied, "known": m.known }));
        output::say(&json!({ "migrations": list.collect::<Vec<_>>() }).to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    for migration in migrations {
        let state = match (migration.applied, migration.known) {
            (true, true) => "applied",
            (false, _) => "missing",
            (true, false) => "applied by a newer ledgate",
        };
        output::say(&format!("{:<32} {state}", migration.name))?;
    }
    Ok(ExitCode::SUCCESS)
}
