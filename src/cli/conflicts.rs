//! `ledgate conflicts`: facts about exports that do not fit together, and what a person found about one.

use std::process::ExitCode;

use clap::Args;

use super::{Common, Failure, Outcome, close, output, pages, parse_system, targets};
use crate::domain::SystemId;
use crate::domain::conflict::Conflict;
use crate::rest::ExportConflict;
use crate::service::{Ledger, ResolveConflict, conflict_cursor};

/// Who resolves conflicts here.
const ACTOR: &str = "conflicts";

/// Conflicts that are read at a time.
const PAGE: i64 = 100;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate conflicts --system erp\n  \
    ledgate conflicts --resolve 7 --note 'GL-2024-131 was reversed in the ERP'\n\n\
    POSTED_TWICE: an entry was marked again with another document; the system may have it twice. CLAIM_LOST: a worker \
    settled an entry that another worker had claimed meanwhile; both may have sent it. Look into the system. Resolving \
    a conflict marks nothing and takes no mark back.")]
pub struct Arguments {
    /// List the conflicts of this external system, such as erp
    #[arg(long, value_name = "ID", value_parser = parse_system, required_unless_present = "resolve")]
    system: Option<SystemId>,
    /// List those that are resolved instead of those that are not
    #[arg(long, conflicts_with = "resolve")]
    resolved: bool,
    /// Resolve the conflict with this number
    #[arg(long, value_name = "NUMBER", conflicts_with = "system", requires = "note")]
    resolve: Option<i64>,
    /// What is true, or what was done about it
    #[arg(long, value_name = "TEXT", requires = "resolve")]
    note: Option<String>,
    /// Print one JSON object for each conflict, with the names of the REST interface
    #[arg(long)]
    json: bool,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    if let Some(id) = arguments.resolve {
        resolve(&ledger, id, arguments.note.unwrap_or_default(), arguments.json).await?;
    } else if let Some(system) = &arguments.system {
        list(&ledger, system, arguments.resolved, arguments.json).await?;
    }
    close(&ledger).await?;
    Ok(ExitCode::SUCCESS)
}

async fn resolve(ledger: &Ledger, id: i64, note: String, json: bool) -> Result<(), Failure> {
    let call = ResolveConflict::parse(Some(id), note, None);
    let resolved = ledger.resolve_conflict(call, ACTOR).await.map_err(targets::told)?;
    if !json {
        output::say(&format!("Conflict {} is resolved.", resolved.id))?;
    } else if let Some(conflict) = ledger.conflict(resolved.id).await? {
        output::say(&serde_json::to_string(&ExportConflict::from(conflict))?)?;
    }
    Ok(())
}

async fn list(ledger: &Ledger, system: &SystemId, resolved: bool, json: bool) -> Result<(), Failure> {
    let mut rows: Vec<[String; 8]> = Vec::new();
    pages::read(PAGE, async |page| {
        let page = ledger.conflicts(system, resolved, &page).await?;
        let next = page.next_after(conflict_cursor);
        for conflict in page.items {
            if json {
                output::say(&serde_json::to_string(&ExportConflict::from(conflict))?)?;
            } else {
                rows.push(row(conflict));
            }
        }
        Ok(next)
    })
    .await?;
    if !json {
        let nothing = if resolved { "No conflict is resolved" } else { "There are no open conflicts" };
        let header =
            ["CONFLICT", "KIND", "ENTRY", "FOUND", "BY", "FIRST DOCUMENT", "SECOND DOCUMENT", "NOTE"];
        output::list(header, &rows, &format!("{nothing} for {system}."))?;
    }
    Ok(())
}

fn row(conflict: Conflict) -> [String; 8] {
    let cell = |text: Option<String>| output::or_dash(text.map(|text| output::one_line(&text)));
    [
        conflict.id.to_string(),
        conflict.kind.as_str().to_owned(),
        conflict.entry_id.to_string(),
        conflict.found_at.to_string(),
        conflict.actor,
        cell(conflict.first_reference),
        cell(conflict.second_reference),
        cell(conflict.resolution.map(|resolution| resolution.note)),
    ]
}
