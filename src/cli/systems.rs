//! `ledgate systems`: lists the systems, and how many entries each has not been sent; retires and revives them.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Common, Failure, Outcome, close, output, pages, parse_system};
use crate::domain::{Count, Precision, SystemId, SystemStatus};
use crate::service::{Ledger, MovedSystem, RetireSystem, ReviveSystem, system_cursor};

const ACTOR: &str = "systems";

/// Systems that are read at a time.
const PAGE: i64 = 100;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "BACKLOG is how many entries the system has not been sent, OLDEST the id of the first of \
    them. A backlog is counted up to 10,000; a + says that there is more."
)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// List the systems that are retired instead of those that are in use
    #[arg(long)]
    retired: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Put a system aside whose name was mistyped, or that is no longer used: it keeps its marks
    Retire(Named),
    /// Take a retired system into use again
    Revive(Named),
}

#[derive(Debug, Args)]
struct Named {
    /// The name of the system
    #[arg(value_name = "SYSTEM", value_parser = parse_system)]
    system: SystemId,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    match &arguments.action {
        None => list(&ledger, &arguments).await?,
        Some(Action::Retire(Named { system, json })) => {
            let call = RetireSystem::parse(system.to_string(), None);
            told(&ledger.perform(call, ACTOR).await?, "retired", *json)?;
        }
        Some(Action::Revive(Named { system, json })) => {
            let call = ReviveSystem::parse(system.to_string(), None);
            let revived = ledger.perform(call, ACTOR).await?;
            ledger.finish_takeovers().await?;
            told(&revived, "in use", *json)?;
        }
    }
    close(&ledger).await?;
    Ok(ExitCode::SUCCESS)
}

fn told(MovedSystem { system_id }: &MovedSystem, state: &str, json: bool) -> Result<(), Failure> {
    Ok(output::say(&if json {
        serde_json::json!({ "system_id": system_id, "retired": state == "retired" }).to_string()
    } else {
        format!("{system_id} is {state}.")
    })?)
}

async fn list(ledger: &Ledger, arguments: &Arguments) -> Result<(), Failure> {
    let mut systems: Vec<SystemStatus> = Vec::new();
    pages::read(PAGE, async |page| {
        let page = ledger.systems(arguments.retired, &page).await?;
        let next = page.next_after(|system| system_cursor(&system.id));
        for system in page.items {
            systems.push(ledger.system_status(system.id).await?);
        }
        Ok(next)
    })
    .await?;
    let text = if arguments.json {
        serde_json::json!({ "systems": systems }).to_string()
    } else if systems.is_empty() && arguments.retired {
        "No system is retired.".to_owned()
    } else if systems.is_empty() {
        "No entry has been marked for any system yet: every entry is still to be sent, whichever system asks."
            .to_owned()
    } else {
        let rows: Vec<[String; 5]> = systems.into_iter().map(row).collect();
        output::table(["SYSTEM", "BACKLOG", "OLDEST", "LAST MARK", "KNOWN SINCE"], &rows)
    };
    Ok(output::say(&text)?)
}

fn row(system: SystemStatus) -> [String; 5] {
    let Count { count, precision } = system.backlog;
    let more = if precision == Precision::AtLeast { "+" } else { "" };
    [
        system.id.to_string(),
        format!("{count}{more}"),
        output::or_dash(system.oldest_unexported.map(|id| id.to_string())),
        output::or_dash(system.last_marked_at.map(|moment| moment.to_string())),
        output::or_dash(system.known_since.map(|moment| moment.to_string())),
    ]
}
