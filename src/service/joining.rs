//! Entries that join vouchers which were sent already: the system has the voucher as it was before, and hears of the new
//! entry only when it asks. The timeline of the entry tells which systems that are.

use std::collections::HashMap;

use super::operation::Work;
use crate::domain::event::EventPayload;
use crate::domain::{Entry, EntryId, Result, Voucher, VoucherId};
use crate::store::sent_vouchers;
use crate::store::timeline::NewEvent;

/// Tells of these new entries which systems had been sent their vouchers: one event for each entry and system. It takes
/// one query, which reads the marks of the vouchers' entries.
pub(super) async fn tell_joined(work: &mut Work<'_>, new: &[Entry]) -> Result<()> {
    let mut joined: HashMap<VoucherId, Vec<EntryId>> = HashMap::new();
    for entry in new {
        // An entry without a number is a voucher by itself, and joins none.
        if let id @ VoucherId::Numbered { .. } = Voucher::of(entry).id {
            joined.entry(id).or_default().push(entry.id);
        }
    }
    let joined: HashMap<EntryId, Vec<EntryId>> =
        joined.into_values().filter_map(|ids| Some((*ids.first()?, ids))).collect();
    let one_of_each: Vec<EntryId> = joined.keys().copied().collect();
    for (one, system) in sent_vouchers::systems(work.transaction, &one_of_each).await? {
        for entry_id in joined.get(&one).into_iter().flatten().copied() {
            let (at, payload) = (work.now, EventPayload::JoinedSentVoucher {});
            work.tell(NewEvent { entry_id, at, system_id: Some(system.clone()), payload });
        }
    }
    Ok(())
}
