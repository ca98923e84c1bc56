//! Requeueing and parking through GraphQL.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::operation::{of_user_errors, perform};
use super::targets::{named, named_entry, target};
use crate::domain::{Batch, Timestamp, progress};
use crate::graphql::batch::ToLoad;
use crate::graphql::count::int;
use crate::graphql::entry::EntryNode;
use crate::graphql::error::{Fallible, UserError, user_error};
use crate::graphql::export_failure::FailureType;
use crate::graphql::query::Query;
use crate::graphql::scalars::SystemIdText;
use crate::service::{
    Ledger, MovedExport, Park, ParkDraft, Requeue, RequeueDraft, RequeueFailures, RequeuedFailures,
};

/// Something to requeue: an entry, or all entries of a voucher. Name one of the two.
#[derive(Clone, Debug, InputObject)]
pub struct RequeueExportItemInput {
    /// The entry, by its id or by its number; the rest of its voucher is requeued with it. Example: "entry/42" or "42"
    entry_id: Option<ID>,
    /// The `id` of the voucher. Example: "voucher/2024-01-31/VE/17"
    voucher_id: Option<ID>,
    /// The name of the system. Example: "erp"
    system_id: SystemIdText,
}

/// What to requeue, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct RequeueExportsInput {
    /// What to requeue: 1 to 500 items, whose vouchers have at most 10,000 entries together.
    items: Vec<RequeueExportItemInput>,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// items gives the first answer again and writes nothing, and with other items it is refused. A key belongs to the
    /// caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    /// Example: "console-17"
    idempotency_key: Option<String>,
}

/// Which failures to requeue, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct RequeueFailuresInput {
    /// The name of the system. Example: "erp"
    system_id: SystemIdText,
    /// The type of the failures.
    #[graphql(name = "type")]
    kind: FailureType,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// input gives the first answer again and writes nothing, and with another it is refused. A key belongs to the
    /// caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    /// Example: "console-18"
    idempotency_key: Option<String>,
}

/// Something to park: an entry, or all entries of a voucher. Name one of the two.
#[derive(Clone, Debug, InputObject)]
pub struct ParkExportItemInput {
    /// The entry, by its id or by its number; the rest of its voucher is parked with it. Example: "entry/42" or "42"
    entry_id: Option<ID>,
    /// The `id` of the voucher. Example: "voucher/2024-01-31/VE/17"
    voucher_id: Option<ID>,
    /// The name of the system that is not to be sent it. Example: "erp"
    system_id: SystemIdText,
    /// Why, for the entry's timeline: 1 to 2,000 characters. Example: "the supplier will send a corrected invoice"
    reason: String,
}

/// What to park, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct ParkExportsInput {
    /// What to park: 1 to 500 items, whose vouchers have at most 10,000 entries together.
    items: Vec<ParkExportItemInput>,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// items gives the first answer again and writes nothing, and with other items it is refused. A key belongs to the
    /// caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    /// Example: "console-19"
    idempotency_key: Option<String>,
}

/// Something that was requeued or parked.
#[derive(Debug)]
pub struct MovedExportNode {
    moved: MovedExport,
    entries: Arc<ToLoad>,
}

impl MovedExportNode {
    fn all(ledger: &Ledger, moved: Vec<MovedExport>) -> Vec<Self> {
        let entries = named(ledger, moved.iter().map(|moved| &moved.target));
        moved.into_iter().map(|moved| Self { moved, entries: Arc::clone(&entries) }).collect()
    }
}

/// Something that a person requeued or parked.
#[Object(name = "MovedExport")]
impl MovedExportNode {
    /// The number of the entry; null where the item named a voucher. Example: "42"
    async fn entry_id(&self) -> Option<ID> {
        self.moved.target.entry_id().map(ID::from)
    }

    /// The entry, as it is now; null where the item named a voucher.
    async fn entry(&self) -> Fallible<EntryNode> {
        named_entry(&self.entries, &self.moved.target).await
    }

    /// The `id` of the voucher; null where the item named an entry. Example: "voucher/2024-01-31/VE/17"
    async fn voucher_id(&self) -> Option<ID> {
        self.moved.target.global_voucher_id().map(ID::from)
    }

    /// The name of the system. Example: "erp"
    async fn system_id(&self) -> SystemIdText {
        (&self.moved.system_id).into()
    }

    /// How many entries that concerns: with an entry the rest of its voucher.
    async fn entry_count(&self) -> i32 {
        int(self.moved.entries)
    }

    /// When it was done.
    async fn at(&self) -> Timestamp {
        self.moved.at
    }
}

/// What a call of `requeueExports` freed, and what it could not.
#[derive(Debug, Default, SimpleObject)]
pub struct RequeueExportsPayload {
    /// What is free again, in the order of the input. Empty when the call was refused.
    requeued: Vec<MovedExportNode>,
    /// Why the call was refused, or which of its items neither failed nor are parked.
    user_errors: Vec<UserError>,
    /// The root of all queries, to read in the same request what has changed.
    query: Query,
}

of_user_errors!(RequeueExportsPayload);

/// What a call of `parkExports` parked, and what it could not.
#[derive(Debug, Default, SimpleObject)]
pub struct ParkExportsPayload {
    /// What is parked, in the order of the input. Empty when the call was refused.
    parked: Vec<MovedExportNode>,
    /// Why the call was refused, or which of its items do not exist or are exported already.
    user_errors: Vec<UserError>,
    /// The root of all queries, to read in the same request what has changed.
    query: Query,
}

of_user_errors!(ParkExportsPayload);

/// What a call of `requeueFailures` freed.
#[derive(Debug, Default, SimpleObject)]
pub struct RequeueFailuresPayload {
    /// How many entries are free again; null when the call was refused.
    entry_count: Option<i32>,
    /// Whether there may be more: call again, with another idempotency key. Null when the call was refused.
    has_more: Option<bool>,
    /// Why the call was refused.
    user_errors: Vec<UserError>,
    /// The root of all queries, to read in the same request what has changed.
    query: Query,
}

of_user_errors!(RequeueFailuresPayload);

impl From<RequeuedFailures> for RequeueFailuresPayload {
    fn from(requeued: RequeuedFailures) -> Self {
        let entry_count = Some(int(requeued.entries));
        Self { entry_count, has_more: Some(requeued.has_more), ..Self::default() }
    }
}

/// The mutations by which a person decides about what failed.
#[derive(Default)]
pub struct Requeueing;

#[Object]
impl Requeueing {
    /// Frees what failed or is parked: workers are given it again at once, and its attempts are counted anew. This takes
    /// the right to manage.
    async fn requeue_exports(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What to requeue.")] input: RequeueExportsInput,
    ) -> Fallible<RequeueExportsPayload> {
        let draft = |item: RequeueExportItemInput| {
            let target = target(item.entry_id.as_ref(), item.voucher_id.as_ref());
            Ok(RequeueDraft { target, system_id: item.system_id.0 })
        };
        let drafts = input.items.into_iter().map(draft).collect();
        let call = Batch::<Requeue>::parse(drafts, input.idempotency_key);
        perform(context, call, |ledger, outcome| RequeueExportsPayload {
            requeued: MovedExportNode::all(ledger, outcome.done),
            user_errors: outcome.faults.iter().filter_map(user_error).collect(),
            query: Query::default(),
        })
        .await
    }

    /// Frees what failed or was parked after failures of one type, at most 1,000 entries a call. What a person parked stays
    /// parked. This takes the right to manage.
    async fn requeue_failures(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which failures to requeue.")] input: RequeueFailuresInput,
    ) -> Fallible<RequeueFailuresPayload> {
        let kind = progress::FailureType::from(input.kind).as_str();
        let call = RequeueFailures::parse(input.system_id.0, kind, input.idempotency_key);
        perform(context, call, |_, requeued| RequeueFailuresPayload::from(requeued)).await
    }

    /// Parks what a system has not been sent: no worker is given it until a person requeues it. It stays unexported. This
    /// takes the right to manage.
    async fn park_exports(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What to park.")] input: ParkExportsInput,
    ) -> Fallible<ParkExportsPayload> {
        let draft = |item: ParkExportItemInput| {
            let target = target(item.entry_id.as_ref(), item.voucher_id.as_ref());
            Ok(ParkDraft { target, system_id: item.system_id.0, reason: item.reason })
        };
        let drafts = input.items.into_iter().map(draft).collect();
        let call = Batch::<Park>::parse(drafts, input.idempotency_key);
        perform(context, call, |ledger, outcome| ParkExportsPayload {
            parked: MovedExportNode::all(ledger, outcome.done),
            user_errors: outcome.faults.iter().filter_map(user_error).collect(),
            query: Query::default(),
        })
        .await
    }
}
