//! How far the export of an entry is, as GraphQL shows it.

use std::sync::Arc;

use async_graphql::Object;

use super::claim::ClaimNode;
use super::costs::{Cost, Costs};
use super::entry::{EntryNode, EntryOf};
use super::error::{Fallible, optional};
use super::export::EntryExportNode;
use super::export_failure::FailureNode;
use super::state::ExportState;
use super::system::SystemsToLoad;
use super::voucher_batch::VoucherBatch;
use crate::domain::status::ExportStatus;
use crate::domain::{EntryId, SystemId, Timestamp};

/// A status, with what loads the rest of it.
pub struct StatusNode {
    system_id: SystemId,
    status: ExportStatus,
    of: StatusOf,
}

/// What the status is of.
pub enum StatusOf {
    /// An entry.
    Entry(EntryNode),
    /// A voucher of these, for which this entry stands.
    Voucher(Arc<VoucherBatch>, EntryId),
}

impl StatusNode {
    /// The status for this system.
    pub fn new(system_id: SystemId, status: ExportStatus, of: StatusOf) -> Self {
        Self { system_id, status, of }
    }

    /// The entry that the status is of, or that stands for its voucher.
    fn entry(&self) -> EntryOf {
        match &self.of {
            StatusOf::Entry(entry) => EntryOf::Loaded(entry.clone()),
            StatusOf::Voucher(batch, id) => EntryOf::to_load(batch.ledger(), vec![*id]),
        }
    }
}

/// How far the export of an entry, or of a voucher, to a system is.
#[Object(name = "ExportStatus")]
impl StatusNode {
    /// The state.
    async fn state(&self) -> ExportState {
        self.status.state.into()
    }

    /// How many attempts to send it failed since it was last requeued; 0 once it is exported. Example: 2
    async fn attempts(&self) -> i32 {
        self.status.attempts
    }

    /// The last attempt that failed; null when none did since it was last requeued, and once it is exported.
    async fn last_failure(&self) -> Option<FailureNode> {
        let failure = self.status.last_failure.clone()?;
        Some(FailureNode::new(failure, self.entry()))
    }

    /// From when on workers are given it again; null unless it is FAILED.
    async fn next_attempt_at(&self) -> Option<Timestamp> {
        self.status.next_attempt_at
    }

    /// The claim that has it; null unless it is CLAIMED.
    async fn claim(&self) -> Option<ClaimNode> {
        self.status.claim.clone().map(ClaimNode)
    }

    /// Who parked it; null unless it is PARKED, and where it was parked after too many attempts. Example: "token:console"
    async fn parked_by(&self) -> Option<&str> {
        self.status.parked.as_ref().map(|parked| parked.by.as_str())
    }

    /// Why that person parked it. Example: "the supplier will send a corrected invoice"
    async fn parked_reason(&self) -> Option<&str> {
        self.status.parked.as_ref().map(|parked| parked.reason.as_str())
    }

    /// The mark; null while it is not exported.
    async fn export(&self) -> Option<EntryExportNode> {
        let export = self.status.export.clone()?;
        let ledger = match &self.of {
            StatusOf::Entry(entry) => entry.ledger(),
            StatusOf::Voucher(batch, _) => batch.ledger(),
        };
        let systems = SystemsToLoad::new(ledger.clone(), vec![self.system_id.clone()]);
        Some(EntryExportNode::new(export, self.entry(), systems))
    }

    /// The version of the entry that the system was sent; null while it is not exported. Example: 1
    async fn sent_version(&self) -> Option<i32> {
        self.status.export.as_ref().map(|export| export.version)
    }

    /// A text that stays the same over all attempts to send this to the system, and over all workers: give it to the
    /// system as its idempotency key or document number, so that it recognizes what it has already. The entries of a
    /// voucher have it in common. For a whole page it is read together. It is another one after the mark was taken back. Null while the system is not known.
    /// Example: "q1cM6vJ5b0Zl2cQm0bq5Kw"
    async fn dispatch_key(&self) -> Fallible<String> {
        optional(match &self.of {
            StatusOf::Entry(entry) => entry.dispatch_key(&self.system_id).await,
            StatusOf::Voucher(batch, id) => batch.dispatch_key(*id, &self.system_id).await,
        })
    }
}

/// What the fields of a status cost.
pub const COSTS: Costs = &[("ExportStatus", "dispatchKey", Cost::Query)];
