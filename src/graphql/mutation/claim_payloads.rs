//! What the mutations of claims give back.

use async_graphql::{Context, Object};

use super::failing::FailedExportNode;
use crate::domain::export::EntryExport;
use crate::graphql::batch::ToLoad;
use crate::graphql::claim::ClaimNode;
use crate::graphql::connection::ledger;
use crate::graphql::error::{Fallible, UserError, fallible, user_error};
use crate::graphql::export::{EntryExportNode, EntryOf};
use crate::graphql::query::Query;
use crate::graphql::system::SystemsToLoad;
use crate::service::{FailedExport, Leased, Ledger, Settled};

/// The struct behind the payload of a mutation of a claim.
macro_rules! claim_payload {
    ($(#[doc = $doc:literal])+ $payload:ident { $($field:ident: $type:ty),* }) => {
        $(#[doc = $doc])+
        #[derive(Default)]
        pub struct $payload {
            claim_id: Option<String>,
            user_errors: Vec<UserError>,
            $($field: $type,)*
        }

        impl From<Vec<UserError>> for $payload {
            fn from(user_errors: Vec<UserError>) -> Self {
                Self { user_errors, ..Self::default() }
            }
        }
    };
}

claim_payload! {
    /// What a worker claimed.
    ClaimExportsPayload {}
}

claim_payload! {
    /// What became of a claim.
    SettleClaimPayload { exports: Vec<EntryExport>, failures: Vec<FailedExport>, remaining: Option<i32> }
}

claim_payload! {
    /// A claim whose lease lasts longer.
    ExtendClaimPayload {}
}

claim_payload! {
    /// A claim that was given back.
    ReleaseClaimPayload { entry_count: Option<i32> }
}

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
            remaining: count(settled.remaining),
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
        Self { claim_id: Some(leased.claim_id), entry_count: count(leased.entries), ..Self::default() }
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
        fallible(ledger(context).map(|ledger| export_nodes(ledger, &self.exports)))
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

fn export_nodes(ledger: &Ledger, exports: &[EntryExport]) -> Vec<EntryExportNode> {
    let entries = ToLoad::new(ledger.clone(), exports.iter().map(|export| export.entry_id).collect());
    let systems = exports.iter().map(|export| export.system_id.clone()).collect();
    let systems = SystemsToLoad::new(ledger.clone(), systems);
    let node = |export: &EntryExport| {
        EntryExportNode::new(export.clone(), EntryOf::ToLoad(entries.clone()), systems.clone())
    };
    exports.iter().map(node).collect()
}

fn count(entries: u64) -> Option<i32> {
    Some(i32::try_from(entries).unwrap_or(i32::MAX))
}
