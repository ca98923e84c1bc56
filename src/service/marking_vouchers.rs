//! `markVouchersExported`: vouchers have been sent to systems, each with all of its entries.

use serde::Serialize;

use super::marking::{Pair, read_note, read_reference, write};
use super::operation::{Operation, Work};
use crate::domain::batch::fault_in;
use crate::domain::export::Reference;
use crate::domain::voucher::{MAX_LINES, VoucherExport};
use crate::domain::{
    Batch, Code, EntryId, Error, Fault, GlobalId, Item, Outcome, Result, Right, SystemId, Voucher, VoucherId,
};
use crate::store;
use crate::telemetry;

/// A voucher to mark as it came in, nothing checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoucherMarkDraft {
    /// The voucher; `None` when what came in was no id of one.
    pub voucher_id: Option<VoucherId>,
    /// The system it was sent to.
    pub system_id: String,
    /// Shows in the timeline of each of its entries.
    pub note: Option<String>,
    /// The system's own document.
    pub reference: Option<Reference>,
}

/// A voucher that may be marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VoucherMark {
    voucher_id: VoucherId,
    system_id: SystemId,
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Reference>,
}

impl Item for VoucherMark {
    type Draft = VoucherMarkDraft;
    type Identity = (VoucherId, SystemId);
    const MAX: usize = 10;
    const VERB: &'static str = "marks";
    const LIST: &'static str = "vouchers";

    fn identity(draft: &VoucherMarkDraft) -> Option<Self::Identity> {
        Some((draft.voucher_id.clone()?, draft.system_id.parse().ok()?))
    }

    fn repeated((voucher_id, system_id): &Self::Identity) -> Fault {
        let message = format!(
            "{} is marked for \"{system_id}\" twice in this call",
            GlobalId::Voucher(voucher_id.clone())
        );
        Fault::new(Code::DuplicateItem, message)
    }

    fn parse(draft: VoucherMarkDraft) -> Result<Self, Vec<Fault>> {
        let voucher_id = draft.voucher_id.ok_or_else(|| {
            let message = "a voucher is named by its id, such as \"voucher/2024-01-31/VE/17\"";
            Fault::new(Code::InvalidVoucherId, message).under("voucher_id")
        });
        let system_id = SystemId::read(draft.system_id);
        match (voucher_id, system_id, read_note(draft.note), read_reference(draft.reference)) {
            (Ok(voucher_id), Ok(system_id), Ok(note), Ok(reference)) => {
                Ok(Self { voucher_id, system_id, note, reference })
            }
            (voucher_id, system_id, note, reference) => {
                let one = [voucher_id.err(), system_id.err(), note.err()];
                Err(one.into_iter().flatten().chain(reference.err().unwrap_or_default()).collect())
            }
        }
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.system_id)
    }
}

/// A voucher of the call that is marked, with the ids of all of its entries.
struct Found<'a> {
    mark: &'a VoucherMark,
    voucher: Voucher,
    entries: Vec<EntryId>,
}

impl Operation for Batch<VoucherMark> {
    const NAME: &'static str = "mark_vouchers_exported";
    const RIGHT: Right = Right::Mark;
    type Answer = Outcome<VoucherExport>;

    /// Marks the vouchers that exist, each with all of its entries, and reports the others. An entry that another
    /// transaction adds to one of them meanwhile stays unexported.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Outcome<VoucherExport>> {
        let mut outcome = Outcome::default();
        let ids: Vec<VoucherId> = self.items.iter().map(|mark| mark.voucher_id.clone()).collect();
        let firsts = store::vouchers::first_of_each(work.transaction, &ids).await?;
        let vouchers: Vec<Voucher> = firsts.iter().map(Voucher::of).collect();
        let (mut found, mut lines) = (Vec::new(), 0);
        for (index, mark) in self.items.iter().enumerate() {
            let refuse =
                |code, message| fault_in(VoucherMark::LIST, index, "voucher_id", Fault::new(code, message));
            let id = &mark.voucher_id;
            let name = GlobalId::Voucher(id.clone());
            let Some(voucher) = vouchers.iter().find(|voucher| voucher.id == *id) else {
                let message = format!("there is no {name}; nothing was marked for this item");
                outcome.faults.push(refuse(Code::VoucherNotFound, message));
                continue;
            };
            let entries = store::vouchers::ids_of(work.transaction, id, MAX_LINES - lines + 1).await?;
            if lines + entries.len() as u64 > MAX_LINES {
                let message = format!(
                    "with {name} the call would mark more than {MAX_LINES} entries; nothing was marked for this \
                     item: mark it in a call of its own, or its entries by their ids"
                );
                outcome.faults.push(refuse(Code::TooManyItems, message));
                continue;
            }
            lines += entries.len() as u64;
            found.push(Found { mark, voucher: voucher.clone(), entries });
        }
        let mut pairs: Vec<Pair> = Vec::new();
        let ids: Vec<EntryId> = found.iter().flat_map(|found| found.entries.iter().copied()).collect();
        let current = store::changes::current(work.transaction, &ids).await?;
        for Found { mark, entries, .. } in &found {
            for entry_id in entries {
                let current = *current.get(entry_id).ok_or_else(|| Error::internal("an entry is gone"))?;
                pairs.push(Pair {
                    entry_id: *entry_id,
                    system_id: &mark.system_id,
                    note: mark.note.as_deref(),
                    current,
                    version: None,
                    reference: mark.reference.as_ref(),
                });
            }
        }
        let mut marks = write(work, &pairs).await?.into_iter().map(|made| made.export);
        for Found { voucher, entries, .. } in found {
            let of_voucher: Vec<_> = marks.by_ref().take(entries.len()).collect();
            outcome.done.extend(VoucherExport::of(voucher, &of_voucher));
        }
        Ok(outcome)
    }

    fn count(&self, ledger: &str, answer: &Outcome<VoucherExport>) {
        telemetry::entries_marked(ledger, answer.done.iter().map(|done| done.entries).sum());
    }
}
