//! `ledgate park`: what no worker is to be given until a person requeues it.

use clap::Args;

use super::{Common, Outcome, close, moved, parse_system, targets};
use crate::domain::SystemId;
use crate::service::{MovedExport, Park, ParkDraft};

/// Who the timeline says it was.
const ACTOR: &str = "park";

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate park --system erp --reason 'the supplier will send a corrected invoice' 42\n  \
    ledgate park --system erp --reason 'not for this ERP' voucher/2024-01-31/VE/17\n\n\
    What is parked stays unexported, and no worker is given it until `ledgate requeue` names it. With an entry the rest \
    of its voucher is parked, unless the system takes entries by themselves.\n\n\
    Exit codes: 0 all of it is parked; 1 some are exported already, withdrawn or not there; 2 could not run.")]
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
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    let draft = |target| {
        let (system_id, reason) = (arguments.system.to_string(), arguments.reason.clone());
        ParkDraft { target, system_id, reason }
    };
    let outcome = targets::perform::<Park, MovedExport>(&ledger, ACTOR, &arguments.targets, draft).await?;
    let code = moved::print(outcome, "parked", arguments.json)?;
    close(&ledger).await?;
    Ok(code)
}
