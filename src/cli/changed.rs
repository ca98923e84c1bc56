//! `ledgate changed`: the entries that have changed since a system was sent them.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use super::{Common, Outcome, close, output, pages, parse_system};
use crate::domain::SystemId;
use crate::domain::event::as_text;
use crate::rest::ChangedEntry;
use crate::service::{Changed, ChangedListing};

/// Entries that are read at a time.
const PAGE: i64 = 500;

#[derive(Debug, Args)]
#[command(
    after_help = "SENT is the version of the entry that the system was sent, NOW the one that it has. Mark the \
    new version (`markExported`) when the system has been told, or take the mark back with `ledgate unmark`."
)]
pub struct Arguments {
    /// The external system, such as erp
    #[arg(long, value_name = "ID", value_parser = parse_system)]
    system: SystemId,
    /// Print one JSON object for each entry, with the names of the REST interface
    #[arg(long)]
    json: bool,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    let listing = ChangedListing::new(arguments.system.clone(), None);
    let mut rows: Vec<[String; 4]> = Vec::new();
    pages::read(PAGE, async |page| {
        let page = ledger.list_changed(&listing, &page).await?;
        for (entry, changed) in page.changed.items {
            if arguments.json {
                output::say(&serde_json::to_string(&ChangedEntry::new(entry, changed))?)?;
            } else {
                let is_withdrawn = entry.withdrawn_at.is_some();
                rows.push([
                    entry.id.to_string(),
                    changed.export.version.to_string(),
                    entry.version.to_string(),
                    told(&changed, is_withdrawn),
                ]);
            }
        }
        Ok(page.next_after)
    })
    .await?;
    if !arguments.json {
        let nothing = format!("Nothing has changed since {} was sent it.", arguments.system);
        output::list(["ENTRY", "SENT", "NOW", "WHAT CHANGED"], &rows, &nothing)?;
    }
    close(&ledger).await?;
    Ok(ExitCode::SUCCESS)
}

/// What has changed, for a person.
fn told(changed: &Changed, is_withdrawn: bool) -> String {
    let Some(changes) = &changed.changes else {
        return "more than is looked at: see its timeline".to_owned();
    };
    let text = |value: &Value| as_text(value).unwrap_or_else(|| "nothing".to_owned());
    let changes = changes.iter().map(|change| {
        format!("{}: {} → {}", change.before.name(), text(&change.before.value), text(&change.now))
    });
    changes.chain(is_withdrawn.then(|| "withdrawn".to_owned())).collect::<Vec<_>>().join("; ")
}
