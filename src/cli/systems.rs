//! `ledgate systems`: lists the systems that entries were marked for, and how many entries each has not been sent.

use std::process::ExitCode;

use clap::Args;

use super::{Common, Outcome, close, output};
use crate::domain::page::PageArguments;
use crate::domain::{Count, Precision, SystemStatus};
use crate::service::system_cursor;

#[derive(Debug, Args)]
#[command(
    after_help = "BACKLOG is how many entries the system has not been sent, OLDEST the id of the first of \
    them. A backlog is counted up to 10,000; a + says that there is more."
)]
pub struct Arguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    let mut systems: Vec<SystemStatus> = Vec::new();
    loop {
        let after = systems.last().map(|system| system_cursor(&system.id));
        let arguments = PageArguments { first: Some(100), after, ..PageArguments::default() };
        let page = ledger.systems(&arguments).await?;
        for system in page.items {
            systems.push(ledger.system_status(system.id).await?);
        }
        if !page.has_next {
            break;
        }
    }
    let text = if arguments.json {
        serde_json::json!({ "systems": systems }).to_string()
    } else if systems.is_empty() {
        "No entry has been marked for any system yet: every entry is still to be sent, whichever system asks."
            .to_owned()
    } else {
        let rows: Vec<[String; 5]> = systems.into_iter().map(row).collect();
        output::table(["SYSTEM", "BACKLOG", "OLDEST", "LAST MARK", "KNOWN SINCE"], &rows)
    };
    output::say(&text)?;
    close(&ledger).await?;
    Ok(ExitCode::SUCCESS)
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
