//! What the items of mutations are about: entries and vouchers.

use std::sync::Arc;

use async_graphql::ID;

use crate::domain::{EntryId, GlobalId, Target, TargetDraft};
use crate::graphql::batch::ToLoad;
use crate::graphql::entry::{EntryNode, entry_id};
use crate::graphql::error::{Fallible, optional};
use crate::service::Ledger;

/// What an item of an input names.
pub(super) fn target(entry: Option<&ID>, voucher: Option<&ID>) -> TargetDraft {
    TargetDraft { entry_id: entry.map(entry_id), voucher_id: voucher.map(|id| GlobalId::voucher(id)) }
}

/// The entries that the items of a payload name, loaded together.
pub(super) fn named<'a>(ledger: &Ledger, targets: impl Iterator<Item = &'a Target>) -> Arc<ToLoad> {
    let ids: Vec<EntryId> = targets.filter_map(Target::entry_id).collect();
    ToLoad::new(ledger.clone(), ids)
}

/// The entry that an item named; null where it named a voucher.
pub(super) async fn named_entry(entries: &ToLoad, target: &Target) -> Fallible<EntryNode> {
    optional(EntryNode::of(entries, target.entry_id()?).await.map(Some))
}
