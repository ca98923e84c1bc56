//! What `ledgate requeue` and `ledgate park` print.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::{Failure, WITH_FINDINGS, output};
use crate::domain;
use crate::rest::MovedItem;
use crate::service::MovedExport;

/// Prints what was done to each target and what could not be done, and gives the exit code. `what` says what the
/// entries are now, as in "3 entries are parked for erp".
pub fn print(outcome: domain::Outcome<MovedExport>, what: &str, as_json: bool) -> Result<ExitCode, Failure> {
    let code = if outcome.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(WITH_FINDINGS) };
    if as_json {
        let errors =
            outcome.faults.iter().map(|fault| json!({ "code": fault.code, "message": fault.message }));
        let errors: Vec<Value> = errors.collect();
        let items: Vec<MovedItem> = outcome.done.into_iter().map(MovedItem::from).collect();
        output::say(&json!({ "items": items, "errors": errors }).to_string())?;
        return Ok(code);
    }
    for moved in outcome.done {
        let are = if moved.entries == 1 { "1 entry is" } else { &format!("{} entries are", moved.entries) };
        output::say(&format!("{}: {are} {what} for {}.", moved.target, moved.system_id))?;
    }
    for fault in outcome.faults {
        output::complain(&fault.message);
    }
    Ok(code)
}
