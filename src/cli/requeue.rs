//! `ledgate requeue`: what failed or is parked is tried again at once.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Common, Failure, Outcome, close, moved, output, parse_system, targets};
use crate::domain::progress::FailureType;
use crate::domain::{Fault, SystemId};
use crate::service::{Ledger, MovedExport, Requeue, RequeueDraft, RequeueFailures};

/// Who the timeline says it was.
const ACTOR: &str = "requeue";

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate requeue --system erp --type UNKNOWN_ACCOUNT\n  \
    ledgate requeue --system erp 42 voucher/2024-01-31/VE/17\n\n\
    Workers are given the entries again at once, and their attempts are counted anew. With an entry the rest of its \
    voucher is requeued, unless the system takes entries by themselves. What a person parked is requeued only where it \
    is named.\n\n\
    Exit codes: 0 all of it was requeued; 1 some neither failed nor are parked; 2 could not run.")]
pub struct Arguments {
    /// The external system, such as erp
    #[arg(long, value_name = "ID", value_parser = parse_system)]
    system: SystemId,
    /// All that failed for this reason: VALIDATION, UNKNOWN_ACCOUNT, PERIOD_CLOSED, DUPLICATE, CONFIGURATION,
    /// PERMISSION, UNAVAILABLE, RATE_LIMITED or OTHER
    #[arg(
        long = "type",
        value_name = "TYPE",
        value_parser = parse_type,
        conflicts_with = "targets",
        required_unless_present = "targets"
    )]
    kind: Option<FailureType>,
    /// Entries by their ids, such as 42, or vouchers, such as voucher/2024-01-31/VE/17
    #[arg(value_name = "ENTRY_OR_VOUCHER")]
    targets: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn parse_type(text: &str) -> Result<FailureType, String> {
    FailureType::read(&text.to_ascii_uppercase()).map_err(|fault: Fault| fault.message)
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    let code = match arguments.kind {
        Some(kind) => {
            let entries = requeue_failures(&ledger, &arguments.system, kind).await?;
            output::say(&told(entries, &arguments, kind))?;
            ExitCode::SUCCESS
        }
        None => {
            let draft = |target| RequeueDraft { target, system_id: arguments.system.to_string() };
            let outcome =
                targets::perform::<Requeue, MovedExport>(&ledger, ACTOR, &arguments.targets, draft).await?;
            moved::print(outcome, "pending again", arguments.json)?
        }
    };
    close(&ledger).await?;
    Ok(code)
}

/// Requeues all that failed for this reason, call by call, and gives how many entries that were.
async fn requeue_failures(ledger: &Ledger, system: &SystemId, kind: FailureType) -> Result<u64, Failure> {
    let mut entries = 0;
    loop {
        let call = RequeueFailures::parse(system.to_string(), kind.as_str(), None);
        let requeued = ledger.perform(call, ACTOR).await?;
        entries += requeued.entries;
        if !requeued.has_more {
            return Ok(entries);
        }
    }
}

fn told(entries: u64, arguments: &Arguments, kind: FailureType) -> String {
    let (system, kind) = (&arguments.system, kind.as_str());
    match entries {
        entries if arguments.json => json!({ "entry_count": entries }).to_string(),
        0 => format!("Nothing failed for {system} with {kind}."),
        1 => format!("1 entry that failed with {kind} is pending again for {system}."),
        entries => format!("{entries} entries that failed with {kind} are pending again for {system}."),
    }
}
