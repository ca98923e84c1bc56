//! What the mutations of claims give back.

use async_graphql::{Context, Object};

use super::failing::FailedExportNode;
use super::operation::of_user_errors;
use crate::domain::export::EntryExport;
use crate::graphql::claim::ClaimNode;
use crate::graphql::connection::ledger;
use crate::graphql::count::int;
use crate::graphql::error::{Fallible, UserError, fallible, user_error};
use crate::graphql::export::EntryExportNode;
use crate::graphql::query::Query;
use crate::service::{FailedExport, Leased, Settled};

/// What a worker claimed.
#[derive(Default)]
pub struct ClaimExportsPayload {
    claim_id: Option<String>,
    user_errors: Vec<UserError>,
}

/// What became of a claim.
#[derive(Default)]
pub struct SettleClaimPayload {
    claim_id: Option<String>,
    exports: Vec<EntryExport>,
    failures: Vec<FailedExport>,
    remaining: Option<i32>,
    user_errors: Vec<UserError>,
}

/// A claim whose lease lasts longer.
#[derive(Default)]
pub struct ExtendClaimPayload {
    claim_id: Option<String>,
    user_errors: Vec<UserError>,
}

/// A claim that was given back.
#[derive(Default)]
pub struct ReleaseClaimPayload {
    claim_id: Option<String>,
    entry_count: Option<i32>,
    user_errors: Vec<UserError>,
}

of_user_errors!(ClaimExportsPayload, SettleClaimPayload, ExtendClaimPayload, ReleaseClaimPayload);

impl From<Option<String>> for ClaimExportsPayload {
    fn from(claim_id: Option<String>) -> Self {
        Self { claim_id, ..Self::default() }
    }
}

impl From<Settled> for SettleClaimPayload {
    fn from(settled: Settled) -> Self {
        Self {
            claim_id: Some(settled.claim_id),
            user_errors: settled.faults.iter().filter_map(user_error).collect(),
            exports: settled.exports,
            failures: settled.failures,
            remaining: Some(int(settled.remaining)),
        }
    }
}

impl From<Leased> for ExtendClaimPayload {
    fn from(leased: Leased) -> Self {
        Self { claim_id: Some(leased.claim_id), ..Self::default() }
    }
}

impl From<Leased> for ReleaseClaimPayload {
    fn from(leased: Leased) -> Self {
        Self { claim_id: Some(leased.claim_id), entry_count: Some(int(leased.entries)), ..Self::default() }
    }
}

/// The claim of a payload, as it stands.
async fn claim_of(context: &Context<'_>, id: Option<&String>) -> Fallible<ClaimNode> {
    ClaimNode::find(context, id?).await
}

/// What a worker claimed.
#[Object]
impl ClaimExportsPayload {
    /// The claim; null when there was nothing to claim, or when the call was refused.
    async fn claim(&self, context: &Context<'_>) -> Fallible<ClaimNode> {
        claim_of(context, self.claim_id.as_ref()).await
    }

    /// Why the call was refused. Empty when there was nothing to claim.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }

    /// The root of all queries, to read in the same request what has changed.
    async fn query(&self) -> Query {
        Query::default()
    }
}

/// What became of a claim.
#[Object]
impl SettleClaimPayload {
    /// The claim; null when the call was refused.
    async fn claim(&self, context: &Context<'_>) -> Fallible<ClaimNode> {
        claim_of(context, self.claim_id.as_ref()).await
    }

    /// The marks that this call made, one for each entry. Empty when the call was refused.
    async fn exports(&self, context: &Context<'_>) -> Fallible<Vec<EntryExportNode>> {
        fallible(ledger(context).map(|ledger| EntryExportNode::all(ledger, self.exports.clone())))
    }

    /// What followed from each failure, in the order of `failed`.
    async fn failures(&self, context: &Context<'_>) -> Fallible<Vec<FailedExportNode>> {
        fallible(ledger(context).map(|ledger| FailedExportNode::all(ledger, self.failures.clone())))
    }

    /// How many entries the claim still has; null when the call was refused.
    async fn remaining_count(&self) -> Option<i32> {
        self.remaining
    }

    /// Why the call was refused, or which of its items the claim never had, or has no more. What was exported is marked in
    /// either case.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }

    /// The root of all queries, to read in the same request what has changed.
    async fn query(&self) -> Query {
        Query::default()
    }
}

/// A claim whose lease lasts longer.
#[Object]
impl ExtendClaimPayload {
    /// The claim; null when the call was refused.
    async fn claim(&self, context: &Context<'_>) -> Fallible<ClaimNode> {
        claim_of(context, self.claim_id.as_ref()).await
    }

    /// Why the call was refused: CLAIM_LOST when the lease has ended already.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }

    /// The root of all queries, to read in the same request what has changed.
    async fn query(&self) -> Query {
        Query::default()
    }
}

/// A claim that was given back.
#[Object]
impl ReleaseClaimPayload {
    /// The claim; null when the call was refused.
    async fn claim(&self, context: &Context<'_>) -> Fallible<ClaimNode> {
        claim_of(context, self.claim_id.as_ref()).await
    }

    /// How many entries the claim still had, which others may claim now; null when the call was refused.
    async fn entry_count(&self) -> Option<i32> {
        self.entry_count
    }

    /// Why the call was refused: CLAIM_LOST when the lease has ended already.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }

    /// The root of all queries, to read in the same request what has changed.
    async fn query(&self) -> Query {
        Query::default()
    }
}
