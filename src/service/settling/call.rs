//! A call to settle a claim, as it comes in and as it may be carried out.

use std::collections::HashSet;

use serde::Serialize;

use crate::domain::batch::key_fault;
use crate::domain::export::Reference;
use crate::domain::{Code, Error, Fault, Result, Target, TargetDraft};
use crate::service::MAX_ITEMS;
use crate::service::failing::{FailureDraft, ReportedFailure};
use crate::service::marking::{read_note, read_reference, read_version};

/// Something that the system took, as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentDraft {
    /// The entry, or the voucher.
    pub target: TargetDraft,
    /// The version that was sent; `None`: the one that the claim handed out.
    pub version: Option<i64>,
    /// The system's own document.
    pub reference: Option<Reference>,
    /// Shows in the timeline.
    pub note: Option<String>,
}

/// Something that the system refused, as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedDraft {
    /// The entry, or the voucher.
    pub target: TargetDraft,
    /// Why.
    pub failure: FailureDraft,
}

/// Something that the system took.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Sent {
    pub(super) target: Target,
    pub(super) version: Option<i32>,
    pub(super) reference: Option<Reference>,
    pub(super) note: Option<String>,
}

/// Something that the system refused.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Refused {
    pub(super) target: Target,
    pub(super) failure: ReportedFailure,
}

/// The name of the list of what the system took.
pub(super) const EXPORTED: &str = "exported";
/// The name of the list of what it refused.
pub(super) const FAILED: &str = "failed";

/// A call to settle a claim, or a part of it.
#[derive(Clone, Debug, Serialize)]
pub struct SettleCall {
    pub(super) claim_id: String,
    pub(super) exported: Vec<Sent>,
    pub(super) failed: Vec<Refused>,
    #[serde(skip)]
    pub(super) idempotency_key: Option<String>,
}

impl Sent {
    fn read(draft: SentDraft) -> Result<Self, Vec<Fault>> {
        let version = draft.version.map(read_version).transpose();
        match (draft.target.target(), version, read_reference(draft.reference), read_note(draft.note)) {
            (Ok(target), Ok(version), Ok(reference), Ok(note)) => {
                Ok(Self { target, version, reference, note })
            }
            (target, version, reference, note) => {
                let one = [target.err(), version.err(), note.err()];
                Err(one.into_iter().flatten().chain(reference.err().unwrap_or_default()).collect())
            }
        }
    }
}

impl Refused {
    fn read(draft: RefusedDraft) -> Result<Self, Vec<Fault>> {
        match (draft.target.target(), draft.failure.read()) {
            (Ok(target), Ok(failure)) => Ok(Self { target, failure }),
            (target, failure) => {
                Err(target.err().into_iter().chain(failure.err().unwrap_or_default()).collect())
            }
        }
    }
}

/// What could be read of a list of items, and what was wrong with the others.
fn read_each<D, T>(
    list: &'static str,
    drafts: Vec<Result<D, Vec<Fault>>>,
    read: impl Fn(D) -> Result<T, Vec<Fault>>,
    faults: &mut Vec<Fault>,
) -> Vec<T> {
    let mut items = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        match draft.and_then(&read) {
            Ok(item) => items.push(item),
            Err(found) => faults.extend(found.into_iter().map(|fault| fault.under(index).under(list))),
        }
    }
    items
}

impl SettleCall {
    /// Checks a call as it came in. Items that a surface could not even read come as their faults.
    pub fn parse(
        claim_id: String,
        exported: Vec<Result<SentDraft, Vec<Fault>>>,
        failed: Vec<Result<RefusedDraft, Vec<Fault>>>,
        idempotency_key: Option<String>,
    ) -> Result<Self> {
        let mut faults: Vec<Fault> = idempotency_key.as_deref().and_then(key_fault).into_iter().collect();
        let count = exported.len() + failed.len();
        if count == 0 || count > MAX_ITEMS {
            let code = if count == 0 { Code::NoItems } else { Code::TooManyItems };
            let message = format!(
                "the call settles {count} items: give 1 to {MAX_ITEMS} in \"{EXPORTED}\" and \"{FAILED}\" together"
            );
            faults.push(Fault::new(code, message).under(EXPORTED));
            return Err(Error::Refused(faults));
        }
        let exported = read_each(EXPORTED, exported, Sent::read, &mut faults);
        let failed = read_each(FAILED, failed, Refused::read, &mut faults);
        let mut seen = HashSet::new();
        let named = exported.iter().map(|sent| (EXPORTED, &sent.target)).enumerate();
        for (index, (list, target)) in
            named.chain(failed.iter().map(|refused| (FAILED, &refused.target)).enumerate())
        {
            if !seen.insert(target) {
                let fault = Fault::new(Code::DuplicateItem, format!("the call settles {target} twice"));
                faults.push(fault.under(index).under(list));
            }
        }
        if faults.is_empty() {
            Ok(Self { claim_id, exported, failed, idempotency_key })
        } else {
            Err(Error::Refused(faults))
        }
    }
}
