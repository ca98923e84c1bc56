//! A call that brings several items, checked in one way whatever the operation does with them: how many there are, that
//! none comes twice, and what is wrong with each, with its path.

use std::collections::HashSet;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use super::entry_id::EntryId;
use super::error::{Code, Error, Fault, Result};
use super::system::SystemId;
use super::text::text_fault;

/// Longest idempotency key, in characters.
pub const MAX_IDEMPOTENCY_KEY: usize = 200;

/// The name of the list of items in a call whose items are entries.
const ENTRIES: &str = "entries";

/// One item of a call, such as a mark to make or an entry to record.
pub trait Item: Serialize + Sized + Send + Sync {
    /// The item as it came in, nothing checked yet.
    type Draft;
    /// What tells the items of a call apart: no two may share it.
    type Identity: Eq + Hash;
    /// Most items a call.
    const MAX: usize;
    /// What the call does with them, as in "the call marks 11 entries".
    const VERB: &'static str;
    /// The name of the list of items in the call.
    const LIST: &'static str = ENTRIES;

    /// What tells this item from the others; `None` when the draft cannot say, because that part of it is wrong.
    fn identity(draft: &Self::Draft) -> Option<Self::Identity>;

    /// The fault of an item that the call brings a second time.
    fn repeated(identity: &Self::Identity) -> Fault;

    /// The item, or every fault of its draft, each with its path inside of the item.
    fn parse(draft: Self::Draft) -> Result<Self, Vec<Fault>>;

    /// The system that the item is for, if it names one: the caller needs the right for this system.
    fn system(&self) -> Option<&SystemId> {
        None
    }
}

/// A call that may be carried out: 1 to [`Item::MAX`] different items, and the caller's key if one was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Batch<T> {
    /// In the caller's order.
    pub items: Vec<T>,
    /// The same key with the same items gives the first answer again and writes nothing.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl<T: Item> Batch<T> {
    /// Checks a call as it came in. An item that a surface could not even read comes as its faults. A malformed call is
    /// refused whole, with every fault and its path.
    pub fn parse(drafts: Vec<Result<T::Draft, Vec<Fault>>>, idempotency_key: Option<String>) -> Result<Self> {
        let mut faults: Vec<Fault> = idempotency_key.as_deref().and_then(key_fault).into_iter().collect();
        let (verb, max, list) = (T::VERB, T::MAX, T::LIST);
        if drafts.is_empty() {
            let message = format!("the call {verb} nothing: give 1 to {max} {list}");
            faults.push(Fault::new(Code::NoItems, message).under(list));
        }
        if drafts.len() > max {
            let message = format!("the call {verb} {} {list}; at most {max} a call", drafts.len());
            faults.push(Fault::new(Code::TooManyItems, message).under(list));
            return Err(Error::Refused(faults));
        }
        let mut items = Vec::with_capacity(drafts.len());
        let mut seen = HashSet::with_capacity(drafts.len());
        for (index, draft) in drafts.into_iter().enumerate() {
            let place = |fault: Fault| fault.under(index).under(list);
            let mut repeated = None;
            let parsed = draft.and_then(|draft| {
                if let Some(identity) = T::identity(&draft) {
                    repeated = seen.contains(&identity).then(|| T::repeated(&identity));
                    seen.insert(identity);
                }
                T::parse(draft)
            });
            match parsed {
                Ok(item) => items.push(item),
                Err(found) => faults.extend(found.into_iter().map(place)),
            }
            faults.extend(repeated.map(place));
        }
        if faults.is_empty() { Ok(Self { items, idempotency_key }) } else { Err(Error::Refused(faults)) }
    }
}

/// What is wrong with an idempotency key, if anything.
pub fn key_fault(key: &str) -> Option<Fault> {
    let message = text_fault("the idempotency key", key, 1, MAX_IDEMPOTENCY_KEY)?;
    Some(Fault::new(Code::InvalidIdempotencyKey, message).under("idempotency_key"))
}

/// What can be asked of every call that was checked, so that all of them can be carried out in the same way.
pub trait Call: Serialize + Send + Sync {
    /// The key under which the caller wants the answer kept.
    fn idempotency_key(&self) -> Option<&str>;

    /// How many objects it writes: what it costs the caller.
    fn size(&self) -> usize {
        1
    }

    /// The system that a call without items is for, where the call names it.
    fn system(&self) -> Option<&SystemId> {
        None
    }

    /// Asks `allowed` about each system that the call is for. The first refusal comes back with its path.
    fn check_systems(&self, allowed: impl Fn(&SystemId) -> Result<(), Fault>) -> Result<(), Fault> {
        self.system().map_or(Ok(()), allowed).map_err(|fault| fault.under("system_id"))
    }
}

impl<T: Item> Call for Batch<T> {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn size(&self) -> usize {
        self.items.len()
    }

    fn check_systems(&self, allowed: impl Fn(&SystemId) -> Result<(), Fault>) -> Result<(), Fault> {
        let systems = self.items.iter().map(Item::system).enumerate();
        for (index, system) in systems.filter_map(|(index, system)| Some((index, system?))) {
            allowed(system).map_err(|fault| fault.under("system_id").under(index).under(T::LIST))?;
        }
        Ok(())
    }
}

/// What a well-formed call did, where it may be carried out for some of its items only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome<T> {
    /// What was done, in the caller's order.
    pub done: Vec<T>,
    /// One fault for each item that could not be carried out, in the caller's order.
    pub faults: Vec<Fault>,
}

impl<T> Default for Outcome<T> {
    fn default() -> Self {
        Self { done: Vec::new(), faults: Vec::new() }
    }
}

/// That an item names an entry which does not exist, and what that means for the item.
pub fn entry_not_found(id: EntryId, consequence: &str) -> Fault {
    Fault::new(Code::EntryNotFound, format!("there is no entry {id}; {consequence}")).about(id)
}

/// A fault of one item of a call: its path leads from the call to the item's `field`.
pub fn fault_of_item(index: usize, field: &str, fault: Fault) -> Fault {
    fault_in(ENTRIES, index, field, fault)
}

/// The same for a call whose list of items has this name.
pub fn fault_in(list: &str, index: usize, field: &str, fault: Fault) -> Fault {
    fault.under(field).under(index).under(list)
}
