//! What a system refused, and what a person does with it, through GraphQL.

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
use crate::graphql::state::ExportState;
use crate::service::{ExportFailure, ExportFailureDraft, FailedExport, FailureDraft, Ledger};

/// Why a system refused something.
pub(super) fn failure(kind: FailureType, reason: String, retry_at: Option<Timestamp>) -> FailureDraft {
    FailureDraft { kind: progress::FailureType::from(kind).as_str().to_owned(), reason, retry_at }
}

/// Something that a system refused: an entry, or all entries of a voucher. Name one of the two.
#[derive(Clone, Debug, InputObject)]
pub struct ReportExportFailureItemInput {
    /// The entry, by its id or by its number. The rest of its voucher has failed with it, unless the system takes entries
    /// by themselves. Example: "entry/42" or "42"
    entry_id: Option<ID>,
    /// The `id` of the voucher. Example: "voucher/2024-01-31/VE/17"
    voucher_id: Option<ID>,
    /// The name of the system that refused it. Example: "erp"
    system_id: SystemIdText,
    /// Why.
    #[graphql(name = "type")]
    kind: FailureType,
    /// The same in words, best those of the system: 1 to 2,000 characters.
    /// Example: "account 411000 is not in the chart of accounts"
    reason: String,
    /// When it is to be tried again; left out, after a wait that doubles with each attempt. Too many attempts park it all
    /// the same.
    retry_at: Option<Timestamp>,
}

/// What systems refused, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct ReportExportFailuresInput {
    /// What was refused: 1 to 500 items, whose vouchers have at most 10,000 entries together.
    items: Vec<ReportExportFailureItemInput>,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// items gives the first answer again and writes nothing, and with other items it is refused. A key belongs to the
    /// caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    /// Example: "run-118/failures"
    idempotency_key: Option<String>,
}

/// Something that failed.
#[derive(Debug)]
pub struct FailedExportNode {
    failed: FailedExport,
    entries: Arc<ToLoad>,
}

impl FailedExportNode {
    /// What followed from each failure.
    pub fn all(ledger: &Ledger, failed: Vec<FailedExport>) -> Vec<Self> {
        let entries = named(ledger, failed.iter().map(|failed| &failed.target));
        failed.into_iter().map(|failed| Self { failed, entries: Arc::clone(&entries) }).collect()
    }
}

/// Something that a system refused, and what followed from it.
#[Object(name = "FailedExport")]
impl FailedExportNode {
    /// The number of the entry; null where the item named a voucher. Example: "42"
    async fn entry_id(&self) -> Option<ID> {
        self.failed.target.entry_id().map(ID::from)
    }

    /// The entry, as it is now; null where the item named a voucher.
    async fn entry(&self) -> Fallible<EntryNode> {
        named_entry(&self.entries, &self.failed.target).await
    }

    /// The `id` of the voucher; null where the item named an entry. Example: "voucher/2024-01-31/VE/17"
    async fn voucher_id(&self) -> Option<ID> {
        self.failed.target.global_voucher_id().map(ID::from)
    }

    /// The name of the system. Example: "erp"
    async fn system_id(&self) -> SystemIdText {
        (&self.failed.system_id).into()
    }

    /// FAILED, or PARKED after too many attempts.
    async fn state(&self) -> ExportState {
        self.failed.state.into()
    }

    /// How many attempts have failed. Example: 2
    async fn attempts(&self) -> i32 {
        self.failed.attempts
    }

    /// When it is tried again; null when it is parked.
    async fn next_attempt_at(&self) -> Option<Timestamp> {
        self.failed.next_attempt_at
    }

    /// How many entries failed together: with an entry the rest of its voucher.
    async fn entry_count(&self) -> i32 {
        int(self.failed.entries)
    }
}

/// What followed from the failures of a call.
#[derive(Debug, Default, SimpleObject)]
pub struct ReportExportFailuresPayload {
    /// What failed, in the order of the input. Empty when the call was refused.
    failures: Vec<FailedExportNode>,
    /// Why the call was refused, or which of its items do not exist, or were exported already: then only their timelines
    /// tell of the failure.
    user_errors: Vec<UserError>,
    /// The root of all queries, to read in the same request what has changed.
    query: Query,
}

of_user_errors!(ReportExportFailuresPayload);

/// The mutation by which workers report failures.
#[derive(Default)]
pub struct Failing;

#[Object]
impl Failing {
    /// Reports what a system refused, all in one transaction. What failed stays unexported and is given to workers again
    /// after a minute, which doubles with each further attempt up to six hours; after eight attempts it is parked. Several
    /// items of one voucher are one attempt. This takes the right to mark.
    async fn report_export_failures(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What systems refused.")] input: ReportExportFailuresInput,
    ) -> Fallible<ReportExportFailuresPayload> {
        let draft = |item: ReportExportFailureItemInput| {
            Ok(ExportFailureDraft {
                target: target(item.entry_id.as_ref(), item.voucher_id.as_ref()),
                system_id: item.system_id.0,
                failure: failure(item.kind, item.reason, item.retry_at),
            })
        };
        let drafts = input.items.into_iter().map(draft).collect();
        let call = Batch::<ExportFailure>::parse(drafts, input.idempotency_key);
        perform(context, call, |ledger, outcome| ReportExportFailuresPayload {
            failures: FailedExportNode::all(ledger, outcome.done),
            user_errors: outcome.faults.iter().filter_map(user_error).collect(),
            query: Query::default(),
        })
        .await
    }
}
