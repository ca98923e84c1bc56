//! Claims through GraphQL: taken, settled, extended, given back.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::claim_payloads::{
    ClaimExportsPayload, ExtendClaimPayload, ReleaseClaimPayload, SettleClaimPayload,
};
use super::failing::failure;
use super::operation::{answer, perform};
use super::targets::target;
use crate::domain::{GlobalId, Timestamp};
use crate::graphql::connection::ledger;
use crate::graphql::error::{Fallible, fallible, user_errors};
use crate::graphql::export::ExportReferenceInput;
use crate::graphql::export_failure::FailureType;
use crate::graphql::filter::AccountingEntryFilter;
use crate::graphql::filter_reading::read_filter;
use crate::graphql::scalars::SystemIdText;
use crate::service::{ClaimCall, ClaimDraft, LeaseCall, RefusedDraft, SentDraft, SettleCall};

/// What a worker wants to claim, and the key of this call.
#[derive(InputObject)]
pub struct ClaimExportsInput {
    /// The name of the system that the entries are sent to. Example: "erp"
    system_id: SystemIdText,
    /// How many entries: 1 to 500. The last voucher may exceed it.
    #[graphql(default = 100)]
    first: i32,
    /// How long the worker has them, in seconds: 10 to 3,600.
    #[graphql(default = 300)]
    lease_seconds: i32,
    /// What the worker calls itself: 1 to 100 characters. Example: "worker-3"
    worker: String,
    /// Only vouchers with an entry that passes this filter. Left out, null and {} mean all.
    filter: MaybeUndefined<Box<AccountingEntryFilter>>,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// input gives the same claim again, as it stands then, and with another input it is refused. A key belongs to the
    /// caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    /// Example: "worker-3/118"
    idempotency_key: Option<String>,
}

/// Something of a claim that the system took: an entry, or all entries of the claim in a voucher. Name one of the two.
#[derive(Clone, Debug, InputObject)]
pub struct SettledExportInput {
    /// The entry, by its id or by its number. Example: "entry/42" or "42"
    entry_id: Option<ID>,
    /// The `id` of the voucher. Example: "voucher/2024-01-31/VE/17"
    voucher_id: Option<ID>,
    /// The version that was sent; left out, the one that the claim handed out. Example: 1
    version: Option<i32>,
    /// The system's own document.
    reference: Option<ExportReferenceInput>,
    /// A note, which the timelines keep; at most 2,000 characters. Example: "posted as GL-2024-118"
    note: Option<String>,
}

/// Something of a claim that the system refused: an entry, or all entries of the claim in a voucher. Name one of the two.
#[derive(Clone, Debug, InputObject)]
pub struct RefusedExportInput {
    /// The entry, by its id or by its number. Example: "entry/42" or "42"
    entry_id: Option<ID>,
    /// The `id` of the voucher. Example: "voucher/2024-01-31/VE/17"
    voucher_id: Option<ID>,
    /// Why.
    #[graphql(name = "type")]
    kind: FailureType,
    /// The same in words, best those of the system: 1 to 2,000 characters.
    /// Example: "account 411000 is not in the chart of accounts"
    reason: String,
    /// When it is to be tried again; left out, after a wait that doubles with each attempt.
    retry_at: Option<Timestamp>,
}

/// What became of a claim, or of a part of it, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct SettleClaimInput {
    /// The claim, by its `id` or its `claimId`.
    claim_id: ID,
    /// What the system took. Together with `failed` 1 to 500 items.
    #[graphql(default)]
    exported: Vec<SettledExportInput>,
    /// What the system refused.
    #[graphql(default)]
    failed: Vec<RefusedExportInput>,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// items gives the first answer again and writes nothing, and with other items it is refused. A key belongs to the
    /// caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    /// Example: "worker-3/118/settle"
    idempotency_key: Option<String>,
}

/// A claim whose lease is to last longer, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct ExtendClaimInput {
    /// The claim, by its `id` or its `claimId`.
    claim_id: ID,
    /// How long from now on, in seconds: 10 to 3,600.
    #[graphql(default = 300)]
    lease_seconds: i32,
    /// A text of your choice: the same key with the same input gives the first answer again and writes nothing. At most
    /// 200 characters; kept for at least 24 hours. Example: "worker-3/118/extend-1"
    idempotency_key: Option<String>,
}

/// A claim to give back, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct ReleaseClaimInput {
    /// The claim, by its `id` or its `claimId`.
    claim_id: ID,
    /// A text of your choice: the same key with the same input gives the first answer again and writes nothing. At most
    /// 200 characters; kept for at least 24 hours. Example: "worker-3/118/release"
    idempotency_key: Option<String>,
}

/// The mutations of workers.
#[derive(Default)]
pub struct Claiming;

#[Object]
impl Claiming {
    /// Claims entries that nobody has, to send them to a system: whole vouchers, in the order of their ids; what failed and
    /// is due gets up to half. No other worker is given them until the lease ends. This takes the right to mark.
    async fn claim_exports(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What to claim.")] input: ClaimExportsInput,
    ) -> Fallible<ClaimExportsPayload> {
        let filter = match read_filter(input.filter) {
            Ok(filter) => filter,
            Err(error) => return fallible(user_errors(error.under("filter")).map(Into::into)),
        };
        let draft = ClaimDraft {
            system_id: input.system_id.0,
            first: Some(input.first.into()),
            lease_seconds: Some(input.lease_seconds.into()),
            worker: input.worker,
            filter,
        };
        let call = ClaimCall::parse(draft, input.idempotency_key);
        perform(context, call, |_, claim_id| claim_id.into()).await
    }

    /// Says what became of a claim, or of a part of it: what the system took is marked, what it refused has failed. That
    /// something was sent is a fact, and recorded also when the lease has ended. This takes the right to mark.
    async fn settle_claim(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What became of the claim.")] input: SettleClaimInput,
    ) -> Fallible<SettleClaimPayload> {
        let sent = |item: SettledExportInput| {
            Ok(SentDraft {
                target: target(item.entry_id.as_ref(), item.voucher_id.as_ref()),
                version: item.version.map(i64::from),
                reference: item.reference.map(Into::into),
                note: item.note,
            })
        };
        let refused = |item: RefusedExportInput| {
            Ok(RefusedDraft {
                target: target(item.entry_id.as_ref(), item.voucher_id.as_ref()),
                failure: failure(item.kind, item.reason, item.retry_at),
            })
        };
        let call = SettleCall::parse(
            GlobalId::claim(&input.claim_id).to_owned(),
            input.exported.into_iter().map(sent).collect(),
            input.failed.into_iter().map(refused).collect(),
            input.idempotency_key,
        );
        let settled = async { ledger(context)?.settle(call, crate::graphql::ACTOR).await };
        answer(context, settled.await, |_, settled| settled.into())
    }

    /// Makes the lease of a claim last longer, from now on. This takes the right to mark.
    async fn extend_claim(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The claim.")] input: ExtendClaimInput,
    ) -> Fallible<ExtendClaimPayload> {
        let id = GlobalId::claim(&input.claim_id).to_owned();
        let call = LeaseCall::extend(id, Some(input.lease_seconds.into()), input.idempotency_key);
        let leased = async { ledger(context)?.lease(call, crate::graphql::ACTOR).await };
        answer(context, leased.await, |_, leased| leased.into())
    }

    /// Gives a claim back: what it still has is as it was before, and no attempt is counted. This takes the right to mark.
    async fn release_claim(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The claim.")] input: ReleaseClaimInput,
    ) -> Fallible<ReleaseClaimPayload> {
        let id = GlobalId::claim(&input.claim_id).to_owned();
        let call = LeaseCall::release(id, input.idempotency_key);
        let leased = async { ledger(context)?.lease(call, crate::graphql::ACTOR).await };
        answer(context, leased.await, |_, leased| leased.into())
    }
}
