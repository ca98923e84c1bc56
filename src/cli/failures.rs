//! `ledgate failures`: what a system refused, and what is parked.

use std::collections::HashMap;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{Common, Outcome, close, output, pages, parse_system};
use crate::domain::page::{Listing, Order, PageArguments, Scope};
use crate::domain::progress::ExportState;
use crate::domain::status::ExportStatus;
use crate::domain::{EntryId, Fields, SystemId};
use crate::rest::{self, AccountingEntry};

/// Entries that are read at a time.
const PAGE: i64 = 500;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate failures --system erp\n  \
    ledgate failures --system erp --state PARKED --limit 20\n\n\
    FAILED is tried again at NEXT ATTEMPT. PARKED waits for a person: mend what is wrong, then `ledgate requeue`.")]
pub struct Arguments {
    /// The external system, such as erp
    #[arg(long, value_name = "ID", value_parser = parse_system)]
    system: SystemId,
    /// FAILED or PARKED; both without it
    #[arg(long, value_name = "STATE", value_parser = parse_state)]
    state: Option<ExportState>,
    /// List this many entries at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    limit: Option<i64>,
    /// Print one JSON object for each entry, with the names of the REST interface
    #[arg(long)]
    json: bool,
}

fn parse_state(text: &str) -> Result<ExportState, String> {
    match text.to_ascii_uppercase().parse() {
        Ok(state @ (ExportState::Failed | ExportState::Parked)) => Ok(state),
        _ => Err("it is FAILED or PARKED".to_owned()),
    }
}

/// An entry and how far its export is.
#[derive(Serialize)]
struct Line {
    accounting_entry: AccountingEntry,
    export_status: rest::ExportStatus,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    let system_id = arguments.system.clone();
    let states =
        arguments.state.map_or_else(|| vec![ExportState::Failed, ExportState::Parked], |state| vec![state]);
    let scope = Scope::Unexported { system_id, not_exported_since: None, states: Some(states.clone()) };
    let listing = Listing { scope, filter: None, order: Order::default() };
    let mut left = arguments.limit.unwrap_or(i64::MAX);
    let mut rows: Vec<[String; 6]> = Vec::new();
    pages::read(PAGE, async |page| {
        let page = PageArguments { first: Some(left.min(PAGE)), ..page };
        let page = ledger.list(&listing, &page, &Fields::All).await?.entries;
        let ids: Vec<EntryId> = page.items.iter().map(|entry| entry.id).collect();
        let mut statuses = ledger.export_statuses(&page.items, &arguments.system).await?;
        let mut keys = match arguments.json {
            true => ledger.dispatch_keys(&ids, &arguments.system).await?,
            false => HashMap::new(),
        };
        left = left.saturating_sub_unsigned(ids.len() as u64);
        let next = page.next_after(|entry| listing.cursor(entry));
        for entry in page.items {
            // It may have been requeued or sent since the list was read.
            let status = statuses.remove(&entry.id).filter(|status| states.contains(&status.state));
            let Some(status) = status else { continue };
            if arguments.json {
                let export_status = rest::ExportStatus::new(status, keys.remove(&entry.id));
                let line = Line { accounting_entry: entry.into(), export_status };
                output::say(&serde_json::to_string(&line)?)?;
            } else {
                rows.push(row(entry.id, status));
            }
        }
        if left == 0 && next.is_some() {
            output::complain("there are more: give a higher --limit, or leave it out");
            return Ok(None);
        }
        Ok(next)
    })
    .await?;
    if !arguments.json {
        let nothing = match arguments.state {
            Some(ExportState::Parked) => "Nothing is parked",
            Some(_) => "Nothing has failed",
            None => "Nothing has failed or is parked",
        };
        let header = ["ENTRY", "STATE", "ATTEMPTS", "TYPE", "NEXT ATTEMPT", "REASON"];
        output::list(header, &rows, &format!("{nothing} for {}.", arguments.system))?;
    }
    close(&ledger).await?;
    Ok(ExitCode::SUCCESS)
}

fn row(id: EntryId, status: ExportStatus) -> [String; 6] {
    let kind = status.last_failure.as_ref().map(|failure| failure.kind.as_str().to_owned());
    // Where a person parked it, that is why it waits, and not what the system said.
    let reason = match (status.parked, status.last_failure) {
        (Some(parked), _) => Some(parked.reason),
        (None, failure) => failure.map(|failure| failure.reason),
    };
    [
        id.to_string(),
        status.state.as_str().to_owned(),
        status.attempts.to_string(),
        output::or_dash(kind),
        output::or_dash(status.next_attempt_at.map(|at| at.to_string())),
        output::or_dash(reason.map(|reason| output::one_line(&reason))),
    ]
}
