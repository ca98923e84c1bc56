//! `ledgate doctor --deep`: every entry is for every known system in exactly one state.

use crate::domain::Clock;
use crate::service::{Damage, Examination, Finding, Ledger};
use crate::store::Database;

/// Looks, and says of each kind of damage and system what is wrong, or what was wrong and is mended.
pub(super) async fn look(database: &Database, repair: bool) -> Vec<Result<String, String>> {
    match Ledger::new(database.clone(), Clock::system()).examine(repair).await {
        Ok(Examination { findings, .. }) if findings.is_empty() => {
            vec![
                Ok("every entry is for every system exported or unexported, and only one of both".to_owned()),
            ]
        }
        Ok(Examination { findings, restored }) => {
            findings.iter().map(|it| told(it, repair, restored)).collect()
        }
        Err(error) => vec![Err(error.to_string())],
    }
}

fn told(finding: &Finding, repair: bool, restored: u64) -> Result<String, String> {
    let Finding { damage, system, count, entries } = finding;
    let mut ids: Vec<String> = entries.iter().map(ToString::to_string).collect();
    if *count > entries.len() as u64 {
        ids.push("…".to_owned());
    }
    let place = format!("for system {system}: {}", ids.join(", "));
    match damage {
        Damage::Lost if repair => Ok(format!(
            "{count} entries were neither exported nor unexported {place}. They are unexported again ({restored} pending rows put back for all systems)"
        )),
        Damage::Lost => Err(format!(
            "{count} entries are neither exported nor unexported, so they are never sent, {place}. \
             `ledgate doctor --deep --repair` makes them unexported again"
        )),
        Damage::Twofold => Err(format!(
            "{count} entries are exported and unexported at once, so they are sent once more, {place}. \
             Marking them again through ledgate ends that"
        )),
        Damage::StrayPending => Err(format!(
            "{count} rows of pending_exports speak of no entry or no system, {place}. Delete them"
        )),
        Damage::UnlistedChange if repair => Ok(format!(
            "{count} entries have changed since they were marked and were not listed as changed {place}. They are listed now"
        )),
        Damage::UnlistedChange => Err(format!(
            "{count} entries have changed since they were marked and are not listed as changed, {place}. \
             `ledgate doctor --deep --repair` lists them"
        )),
        Damage::StrayMark => {
            Err(format!("{count} rows of export_marks speak of no entry or no system, {place}. Delete them"))
        }
    }
}
