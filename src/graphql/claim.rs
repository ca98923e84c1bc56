//! Claims as GraphQL shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::batch::EntryBatch;
use super::connection::{Edge, connection, edge, edges, ledger, page};
use super::costs::{Cost, Costs};
use super::entry::EntryNode;
use super::error::{Fallible, fallible, optional};
use super::scalars::SystemIdText;
use super::voucher::VoucherNode;
use super::voucher_batch::VoucherBatch;
use crate::domain::claim::Claim;
use crate::domain::page::{DEFAULT_PAGE, DEFAULT_VOUCHERS, MAX_PAGE, MAX_VOUCHERS, PageArguments, Paged};
use crate::domain::{Entry, GlobalId, Result, SystemId, Timestamp};
use crate::service::{ClaimedLine, ClaimedVoucher, claim_cursor, claimed_cursor, claimed_voucher_cursor};

/// A claim.
#[derive(Clone, Debug)]
pub struct ClaimNode(pub Claim);

/// The id of a claim among all things of all types.
pub fn claim_id(claim: &Claim) -> String {
    format!("claim/{}", claim.id)
}

/// Accounting entries that one worker has claimed, to send them to a system. No entry is in two claims that are live, and
/// the entries of a voucher are claimed together.
#[Object(name = "ExportClaim")]
impl ClaimNode {
    /// The id of the claim among all things of all types: `claim/` and its own id.
    /// Example: "claim/019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10"
    pub async fn id(&self) -> ID {
        claim_id(&self.0).into()
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

    /// The vouchers of the claim, in the order of the first entry of each that was claimed, with these entries; also those
    /// that are settled. A page never cuts a voucher.
    async fn vouchers(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Vouchers on the page, from the beginning of the claim: 0 to 100; 20 when left out."
        )]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the voucher with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Vouchers on the page, from the end of the claim: 0 to 100. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the voucher with this cursor.")] before: Option<String>,
    ) -> Fallible<ClaimedVoucherConnection> {
        fallible(ClaimedVoucherConnection::load(context, &self.0, page(first, after, last, before)).await)
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

/// A voucher of a claim.
#[derive(Clone)]
pub struct ClaimedVoucherNode {
    voucher: VoucherNode,
    dispatch_key: Option<String>,
    entries: Vec<ClaimedEntryNode>,
}

/// A voucher of which a claim has entries.
#[Object(name = "ClaimedVoucher")]
impl ClaimedVoucherNode {
    /// The voucher, as it is now: with all of its entries, also those that the claim does not have.
    async fn voucher(&self) -> VoucherNode {
        self.voucher.clone()
    }

    /// The text under which the voucher is sent: see `ExportStatus.dispatchKey`. Null where the unit of the system is
    /// ENTRY: its entries are then sent each under its own key. Example: "q1cM6vJ5b0Zl2cQm0bq5Kw"
    async fn dispatch_key(&self) -> Option<&str> {
        self.dispatch_key.as_deref()
    }

    /// The entries of the voucher that the claim has, in the order of their ids; also those that are settled.
    async fn entries(&self) -> &[ClaimedEntryNode] {
        &self.entries
    }
}

edge!(ClaimedVoucherEdge is "ClaimedVoucherEdge": ClaimedVoucherNode, "voucher of a claim");

connection! {
    ClaimedVoucherConnection is "ClaimedVoucherConnection": ClaimedVoucherEdge, "vouchers of the claim",
    "A page of the vouchers of a claim."
}

impl ClaimedVoucherConnection {
    async fn load(context: &Context<'_>, claim: &Claim, arguments: PageArguments) -> Result<Self> {
        let ledger = ledger(context)?;
        let page = ledger.claimed_vouchers(claim, &arguments).await?;
        let vouchers = page.items.iter().map(|claimed| claimed.voucher.clone()).collect();
        let vouchers = VoucherBatch::new(ledger.clone(), vouchers);
        let entries = page.items.iter().flat_map(|claimed| &claimed.entries).map(|(entry, _)| entry.clone());
        let mut entries = EntryNode::all(&EntryBatch::new(ledger.clone(), entries.collect())).into_iter();
        let mut index = 0;
        let edge = |claimed: ClaimedVoucher| {
            let cursor = claimed_voucher_cursor(&claim.id, &claimed);
            let voucher = VoucherNode::new(Arc::clone(&vouchers), index);
            index += 1;
            let claimed_entry = |((_, claimed), entry)| ClaimedEntryNode { entry, claimed };
            let entries = claimed.entries.into_iter().zip(entries.by_ref()).map(claimed_entry).collect();
            let node = ClaimedVoucherNode { voucher, dispatch_key: claimed.dispatch_key, entries };
            <ClaimedVoucherEdge as Edge>::new(cursor, node)
        };
        Ok(page.map(edge).into())
    }
}

/// Entries of a voucher that a claim is taken to have, before anything is known of it.
const ENTRIES_A_VOUCHER: usize = 5;

/// What the fields of a claim cost.
pub const COSTS: Costs = &[
    ("ExportClaim", "entries", Cost::Page { default: DEFAULT_PAGE, max: MAX_PAGE }),
    ("ExportClaim", "vouchers", Cost::Page { default: DEFAULT_VOUCHERS, max: MAX_VOUCHERS }),
    ("ClaimedVoucher", "entries", Cost::List(ENTRIES_A_VOUCHER)),
];
