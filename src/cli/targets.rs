//! Entries and vouchers as they are named on the command line, and what is done to them.

use super::Failure;
use crate::domain::{self, Batch, Error, GlobalId, Item, TargetDraft};
use crate::service::{Ledger, Operation};

/// Carries an operation out on each of these, in as many calls as that takes. `draft` makes an item of a target.
/// Nothing is done when one of them is malformed.
pub async fn perform<T, D>(
    ledger: &Ledger,
    actor: &str,
    targets: &[String],
    draft: impl Fn(TargetDraft) -> T::Draft,
) -> Result<domain::Outcome<D>, Failure>
where
    T: Item,
    Batch<T>: Operation<Answer = domain::Outcome<D>>,
{
    let mut calls = Vec::new();
    for targets in targets.chunks(T::MAX) {
        let drafts = targets.iter().map(|text| Ok(draft(read(text)))).collect();
        calls.push(Batch::<T>::parse(drafts, None).map_err(told)?);
    }
    let mut all = domain::Outcome::default();
    for call in calls {
        let outcome = ledger.perform(Ok(call), actor).await?;
        all.done.extend(outcome.done);
        all.faults.extend(outcome.faults);
    }
    Ok(all)
}

/// An entry by its id, such as `42`, or a voucher, such as `voucher/2024-01-31/VE/17`.
fn read(text: &str) -> TargetDraft {
    match GlobalId::voucher(text) {
        Some(voucher) => TargetDraft { voucher_id: Some(Some(voucher)), ..TargetDraft::default() },
        None => TargetDraft { entry_id: Some(GlobalId::entry(text)), ..TargetDraft::default() },
    }
}

/// What is wrong with what was typed.
pub fn told(error: Error) -> Failure {
    match error {
        Error::Refused(faults) => {
            Failure(faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("; "))
        }
        other => other.into(),
    }
}
