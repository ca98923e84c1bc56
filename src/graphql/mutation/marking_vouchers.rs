//! Marking whole vouchers as exported through GraphQL.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::operation::{of_user_errors, perform};
use crate::domain::voucher::VoucherExport;
use crate::domain::{Batch, GlobalId, SystemId, Timestamp};
use crate::graphql::count::int;
use crate::graphql::error::{Fallible, UserError, fallible, user_error};
use crate::graphql::export::{ExportReference, ExportReferenceInput};
use crate::graphql::query::Query;
use crate::graphql::scalars::SystemIdText;
use crate::graphql::system::{SystemNode, SystemsToLoad};
use crate::graphql::voucher::VoucherNode;
use crate::graphql::voucher_batch::VoucherBatch;
use crate::service::{VoucherMark, VoucherMarkDraft};

/// A voucher to mark as exported to a system.
#[derive(Clone, Debug, InputObject)]
pub struct MarkVouchersExportedVoucherInput {
    /// The `id` of the voucher that was exported. Example: "voucher/2024-01-31/VE/17"
    voucher_id: ID,
    /// The name of the system that the voucher was exported to. Example: "erp"
    system_id: SystemIdText,
    /// A note about this export, which the timeline of each of the voucher's entries keeps; at most 2,000 characters.
    /// Example: "posted as GL-2024-118"
    note: Option<String>,
    /// The system's own document for the voucher.
    reference: Option<ExportReferenceInput>,
}

/// The vouchers that were exported, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct MarkVouchersExportedInput {
    /// The vouchers that were exported: 1 to 10, with at most 10,000 entries together. They may name different systems,
    /// but no voucher and system twice.
    vouchers: Vec<MarkVouchersExportedVoucherInput>,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// vouchers gives the first answer again and writes nothing, and with other vouchers it is refused. A key belongs to
    /// the caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    /// Example: "run-118/page-3"
    idempotency_key: Option<String>,
}

/// A voucher as a call of `markVouchersExported` marked it: all of its entries at once.
#[derive(Clone, Debug)]
pub struct VoucherExportNode {
    export: VoucherExport,
    voucher: VoucherNode,
    systems: Arc<SystemsToLoad>,
}

/// A voucher as a call of `markVouchersExported` marked it: all of its entries at once.
#[Object(name = "VoucherExport")]
impl VoucherExportNode {
    /// The `id` of the voucher that was exported. Example: "voucher/2024-01-31/VE/17"
    async fn voucher_id(&self) -> ID {
        GlobalId::Voucher(self.export.voucher.id.clone()).to_string().into()
    }

    /// The voucher that was exported.
    async fn voucher(&self) -> &VoucherNode {
        &self.voucher
    }

    /// The name of the system that the voucher was exported to. Example: "erp"
    async fn system_id(&self) -> SystemIdText {
        (&self.export.system_id).into()
    }

    /// The system that the voucher was exported to. This takes the right to export.
    async fn system(&self) -> Fallible<SystemNode> {
        fallible(self.systems.get(&self.export.system_id).await)
    }

    /// When its entries were marked, by the clock of the gateway; of several moments the latest.
    async fn exported_at(&self) -> Timestamp {
        self.export.exported_at
    }

    /// The note that was given, at most 2,000 characters. Example: "posted as GL-2024-118"
    async fn note(&self) -> Option<&str> {
        self.export.note.as_deref()
    }

    /// The system's own document for the voucher.
    async fn reference(&self) -> Option<ExportReference> {
        self.export.reference.as_ref().map(ExportReference::from)
    }

    /// How many entries were marked: all that the voucher had.
    async fn entry_count(&self) -> i32 {
        int(self.export.entries)
    }

    /// Whether each of its entries had been marked for this system before.
    async fn remarked(&self) -> bool {
        self.export.remarked
    }
}

/// The vouchers that a call of `markVouchersExported` marked, and what it could not mark.
#[derive(Debug, Default, SimpleObject)]
pub struct MarkVouchersExportedPayload {
    /// The vouchers that this call marked, in its order. Empty when the call was refused.
    exports: Vec<VoucherExportNode>,
    /// Why the call was refused, or which of its vouchers could not be marked. Empty when all of them were.
    user_errors: Vec<UserError>,
    /// The root of all queries, to read in the same request what has changed.
    query: Query,
}

of_user_errors!(MarkVouchersExportedPayload);

/// The mutations that mark vouchers.
#[derive(Default)]
pub struct MarkingVouchers;

#[Object]
impl MarkingVouchers {
    /// Marks vouchers as exported to a system, each with all of the entries that it has at this moment, all in one
    /// transaction. A malformed call is refused as a whole, and `userErrors` lists every fault. In a well-formed call the
    /// vouchers that exist are marked, each whole, and the others are listed in `userErrors`. A voucher may be marked again:
    /// the time and the note of its marks are replaced. An entry that joins the voucher later is unexported again.
    async fn mark_vouchers_exported(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The vouchers that were exported.")] input: MarkVouchersExportedInput,
    ) -> Fallible<MarkVouchersExportedPayload> {
        let draft = |item: MarkVouchersExportedVoucherInput| {
            let voucher_id = GlobalId::voucher(&item.voucher_id);
            let reference = item.reference.map(Into::into);
            Ok(VoucherMarkDraft { voucher_id, system_id: item.system_id.0, note: item.note, reference })
        };
        let drafts = input.vouchers.into_iter().map(draft).collect();
        let call = Batch::<VoucherMark>::parse(drafts, input.idempotency_key);
        perform(context, call, |ledger, outcome| {
            let systems: Vec<SystemId> = outcome.done.iter().map(|export| export.system_id.clone()).collect();
            let systems = SystemsToLoad::new(ledger.clone(), systems);
            let vouchers = outcome.done.iter().map(|export| export.voucher.clone()).collect();
            let batch = VoucherBatch::new(ledger.clone(), vouchers);
            let node = |(index, export): (usize, VoucherExport)| VoucherExportNode {
                export,
                voucher: VoucherNode::new(Arc::clone(&batch), index),
                systems: Arc::clone(&systems),
            };
            MarkVouchersExportedPayload {
                exports: outcome.done.into_iter().enumerate().map(node).collect(),
                user_errors: outcome.faults.iter().filter_map(user_error).collect(),
                query: Query::default(),
            }
        })
        .await
    }
}
