//! Things by their global ids, after Relay's specification of global object identification.

use std::sync::Arc;

use async_graphql::{ID, Interface};

use super::batch::EntryBatch;
use super::claim::ClaimNode;
use super::entry::{EntryNode, EntryOf};
use super::error::Fallible;
use super::error::optional;
use super::export::EntryExportNode;
use super::import::ImportNode;
use super::system::{FailuresToLoad, SystemNode, SystemsToLoad};
use super::timeline::TimelineEventNode;
use super::voucher::VoucherNode;
use super::voucher_batch::VoucherBatch;
use crate::domain::{Code, Entry, EntryId, Fault, GlobalId, Result, SystemId, Voucher};
use crate::service::{Ledger, MAX_NODES, Thing};

/// A thing with an id that is unique among all things of all types, so that a client can keep what it knows of it in
/// one place and ask for it again with `node`.
#[derive(Clone, Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The id of this thing among all things of all types. It never changes. Example: \"entry/42\""
))]
pub enum Node {
    /// An accounting entry.
    AccountingEntry(EntryNode),
    /// An external system.
    ExportSystem(SystemNode),
    /// The mark of an entry for a system.
    EntryExport(EntryExportNode),
    /// Something that happened to an entry.
    TimelineEvent(TimelineEventNode),
    /// Accounting entries that were posted together.
    Voucher(VoucherNode),
    /// One import of ledger files.
    Import(ImportNode),
    /// Entries that a worker has claimed.
    ExportClaim(ClaimNode),
}

/// The thing with this id.
pub async fn node(ledger: &Ledger, id: &ID) -> Fallible<Node> {
    let id = match read(id) {
        Ok(id) => id,
        Err(fault) => return optional(Err(fault.under("id").into())),
    };
    nodes_of(ledger, &[id]).await.pop().and_then(optional)
}

/// The thing with each of these ids, in their order. An id that cannot be read fails by itself. The list is never null,
/// so what is wrong with the call is told at each of its places.
pub async fn nodes(ledger: &Ledger, ids: &[ID]) -> Vec<Fallible<Node>> {
    if ids.len() > MAX_NODES {
        let message = format!("the call asks for {} ids; at most {MAX_NODES} a call", ids.len());
        let fault = Fault::new(Code::TooManyItems, message).under("ids");
        return ids.iter().map(|_| optional(Err(fault.clone().into()))).collect();
    }
    let read: Vec<Result<GlobalId, Fault>> = ids.iter().map(read).collect();
    let readable: Vec<GlobalId> = read.iter().filter_map(|id| id.as_ref().ok().cloned()).collect();
    let mut nodes = nodes_of(ledger, &readable).await.into_iter();
    let each = read.into_iter().enumerate().map(|(index, id)| match id {
        Ok(_) => nodes.next().and_then(optional),
        Err(fault) => optional(Err(fault.under(index).under("ids").into())),
    });
    each.collect()
}

fn read(id: &ID) -> Result<GlobalId, Fault> {
    id.parse().map_err(|error| Fault::new(Code::BadUserInput, format!("the id {error}")))
}

/// The things of these ids. Those of one type load what belongs to them together.
async fn nodes_of(ledger: &Ledger, ids: &[GlobalId]) -> Vec<Result<Option<Node>>> {
    let things = ledger.things(ids).await;
    let mut entries: Vec<Entry> = Vec::new();
    let mut marked: Vec<EntryId> = Vec::new();
    let mut systems: Vec<SystemId> = Vec::new();
    let mut named: Vec<SystemId> = Vec::new();
    let mut vouchers: Vec<Voucher> = Vec::new();
    for thing in things.iter().flatten().flatten() {
        match thing {
            Thing::Entry(entry) if entries.iter().all(|known| known.id != entry.id) => {
                entries.push(entry.clone());
            }
            Thing::Export(export) => {
                marked.push(export.entry_id);
                systems.push(export.system_id.clone());
            }
            Thing::Event(event) => systems.extend(event.system_id.clone()),
            Thing::Voucher(voucher) => vouchers.push(voucher.clone()),
            Thing::System(system) if !named.contains(&system.id) => named.push(system.id.clone()),
            Thing::Entry(_) | Thing::System(_) | Thing::Import(_) | Thing::Claim(_) => {}
        }
    }
    let entries = EntryNode::all(&EntryBatch::new(ledger.clone(), entries));
    let marked = EntryOf::to_load(ledger, marked);
    let systems = SystemsToLoad::new(ledger.clone(), systems);
    let failures = FailuresToLoad::new(ledger.clone(), named);
    let vouchers = VoucherBatch::new(ledger.clone(), vouchers);
    let node = |thing| match thing {
        Thing::Voucher(voucher) => {
            let index = vouchers.vouchers().iter().position(|known| known.id == voucher.id);
            index.map(|index| Node::Voucher(VoucherNode::new(Arc::clone(&vouchers), index)))
        }
        Thing::Entry(entry) => {
            entries.iter().find(|node| node.entry().id == entry.id).cloned().map(Node::AccountingEntry)
        }
        Thing::System(system) => Some(Node::ExportSystem(SystemNode::new(system, Arc::clone(&failures)))),
        Thing::Import(import) => Some(Node::Import(ImportNode(import))),
        Thing::Claim(claim) => Some(Node::ExportClaim(ClaimNode(claim))),
        Thing::Export(export) => {
            Some(Node::EntryExport(EntryExportNode::new(export, marked.clone(), Arc::clone(&systems))))
        }
        Thing::Event(event) => Some(Node::TimelineEvent(TimelineEventNode::new(event, Arc::clone(&systems)))),
    };
    things.into_iter().map(|thing| thing.map(|thing| thing.and_then(node))).collect()
}
