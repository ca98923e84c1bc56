//! `ledgate unmark`: takes marks back.

use std::process::ExitCode;

use clap::Args;

use super::{Common, Outcome, WITH_FINDINGS, close, output, parse_system, targets};
use crate::domain::SystemId;
use crate::service::{Unmark, UnmarkDraft, Unmarked};

/// Who the timeline says it was.
const ACTOR: &str = "unmark";

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate unmark --system erp --reason 'the ERP took the posting back' 42 43\n  \
    ledgate unmark --system erp --reason 'posted in the wrong year' voucher/2024-01-31/VE/17\n\n\
    The entries are unexported again at once. Their timelines keep the marks, and the reason.\n\n\
    Exit codes: 0 every mark was taken back; 1 some entries had none; 2 could not run.")]
pub struct Arguments {
    /// The external system, such as erp
    #[arg(long, value_name = "ID", value_parser = parse_system)]
    system: SystemId,
    /// Why, for the timelines
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Entries by their ids, such as 42, or vouchers, such as voucher/2024-01-31/VE/17
    #[arg(required = true, value_name = "ENTRY_OR_VOUCHER")]
    targets: Vec<String>,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    let draft = |target| {
        let (system_id, reason) = (arguments.system.to_string(), arguments.reason.clone());
        UnmarkDraft { target, system_id, reason }
    };
    let outcome = targets::perform::<Unmark, Unmarked>(&ledger, ACTOR, &arguments.targets, draft).await?;
    let code = if outcome.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(WITH_FINDINGS) };
    for fault in outcome.faults {
        output::complain(&fault.message);
    }
    let entries: u64 = outcome.done.iter().map(|unmarked| unmarked.entries).sum();
    let are = if entries == 1 { "1 entry is" } else { &format!("{entries} entries are") };
    output::say(&format!("{are} unexported for {} again.", arguments.system))?;
    close(&ledger).await?;
    Ok(code)
}
