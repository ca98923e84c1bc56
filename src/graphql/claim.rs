//! Claims as GraphQL shows them.

use async_graphql::{Context, ID, Object};

use super::batch::EntryBatch;
use super::connection::{connection, edge, edges, ledger, page};
use super::costs::{Cost, Costs};
use super::entry::EntryNode;
use super::error::{Fallible, fallible, optional};
use super::scalars::SystemIdText;
use crate::domain::claim::Claim;
use crate::domain::page::{DEFAULT_PAGE, MAX_PAGE, PageArguments, Paged};
use crate::domain::{Entry, GlobalId, Result, SystemId, Timestamp};
use crate::service::{ClaimedLine, claim_cursor, claimed_cursor};

/// A claim.
#[derive(Clone, Debug)]
pub struct ClaimNode(pub Claim);

/// Accounting entries that one worker has claimed, to send them to a system. No entry is in two claims that are live, and
/// the entries of a voucher are claimed together.
#[Object(name = "ExportClaim")]
impl ClaimNode {
    /// The id of the claim among all things of all types: `claim/` and its own id.
    /// Example: "claim/019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10"
    pub async fn id(&self) -> ID {
        format!("claim/{}", self.0.id).into()
    }

    /// The id of the claim, as it is settled, extended and released by.
    /// Example: "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10"
    async fn claim_id(&self) -> ID {
        self.0.id.clone().into()
    }

    /// The name of the system that the entries are sent to. Example: "erp"
    async fn system_id(&self) -> SystemIdText {
        (&self.0.system_id).into()
    }

    /// What the worker calls itself. Example: "worker-3"
    async fn worker(&self) -> &str {
        &self.0.worker
    }

    /// Who claimed: "graphql" or "rest", or "token:" and the name of the access token. Example: "token:ERP sync"
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// When the entries were claimed.
    async fn claimed_at(&self) -> Timestamp {
        self.0.claimed_at
    }

    /// When the lease ends. From then on other workers are given what the claim still has, and that counts as an attempt
    /// that failed.
    async fn expires_at(&self) -> Timestamp {
        self.0.expires_at
    }

    /// When all of the claim was settled, released, or given to others; null before.
    async fn ended_at(&self) -> Option<Timestamp> {
        self.0.ended_at
    }

    /// Whether the claim has not ended and its lease neither.
    async fn live(&self) -> bool {
        self.0.is_live
    }

    /// The entries of the claim, in the order of their ids; also those that are settled.
    async fn entries(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Entries on the page, from the beginning of the claim: 0 to 500; 50 when left out."
        )]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the entry with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Entries on the page, from the end of the claim: 0 to 500. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the entry with this cursor.")] before: Option<String>,
    ) -> Fallible<ClaimedEntryConnection> {
        fallible(ClaimedEntryConnection::load(context, &self.0, page(first, after, last, before)).await)
    }
}

impl ClaimNode {
    /// The claim with this id, in either form.
    pub async fn find(context: &Context<'_>, id: &str) -> Fallible<ClaimNode> {
        let load = async { ledger(context)?.export_claim(GlobalId::claim(id)).await };
        optional(load.await.map(|claim| Some(ClaimNode(claim))))
    }
}

edge!(ClaimEdge is "ExportClaimEdge": ClaimNode, "claim");

connection! {
    ClaimConnection is "ExportClaimConnection": ClaimEdge, "claims",
    "A page of claims, oldest first."
}

impl ClaimConnection {
    /// The page of the claims for a system that the arguments ask for.
    pub async fn load(context: &Context<'_>, system: SystemIdText, arguments: PageArguments) -> Result<Self> {
        let system = SystemId::read(system.0)?;
        let page = ledger(context)?.export_claims(&system, &arguments).await?;
        Ok(edges(page, claim_cursor, ClaimNode).into())
    }
}

/// An entry of a claim.
#[derive(Clone)]
pub struct ClaimedEntryNode {
    entry: EntryNode,
    claimed: ClaimedLine,
}

/// An accounting entry of a claim.
#[Object(name = "ClaimedEntry")]
impl ClaimedEntryNode {
    /// The entry, as it is now.
    async fn entry(&self) -> EntryNode {
        self.entry.clone()
    }

    /// The version of the entry when it was claimed. When it is settled without another one, this version is marked.
    /// Example: 1
    async fn version(&self) -> i32 {
        self.claimed.line.version
    }

    /// The text under which this is sent: see `ExportStatus.dispatchKey`. Example: "q1cM6vJ5b0Zl2cQm0bq5Kw"
    async fn dispatch_key(&self) -> &str {
        &self.claimed.dispatch_key
    }

    /// Whether the claim still has the entry: it is neither settled nor given to others.
    async fn held(&self) -> bool {
        self.claimed.line.is_held
    }
}

edge!(ClaimedEntryEdge is "ClaimedEntryEdge": ClaimedEntryNode, "entry of a claim");

connection! {
    ClaimedEntryConnection is "ClaimedEntryConnection": ClaimedEntryEdge, "entries of the claim",
    "A page of the entries of a claim."
}

impl ClaimedEntryConnection {
    async fn load(context: &Context<'_>, claim: &Claim, arguments: PageArguments) -> Result<Self> {
        let ledger = ledger(context)?;
        let page = ledger.claimed_entries(claim, &arguments).await?;
        let (has_next, has_previous) = (page.has_next, page.has_previous);
        let (entries, claimed): (Vec<Entry>, Vec<ClaimedLine>) = page.items.into_iter().unzip();
        let entries = EntryNode::all(&EntryBatch::new(ledger.clone(), entries));
        let nodes =
            entries.into_iter().zip(claimed).map(|(entry, claimed)| ClaimedEntryNode { entry, claimed });
        let page = Paged { items: nodes.collect(), has_next, has_previous };
        let cursor = |node: &ClaimedEntryNode| claimed_cursor(&claim.id, node.claimed.line.entry_id);
        Ok(edges(page, cursor, |node| node).into())
    }
}

/// What the fields of a claim cost.
pub const COSTS: Costs = &[("ExportClaim", "entries", Cost::Page { default: DEFAULT_PAGE, max: MAX_PAGE })];
