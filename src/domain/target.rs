//! What an item of a call is about: an entry, or a voucher, which stands for its entries.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::entry_id::EntryId;
use super::error::{Code, Fault};
use super::global_id::GlobalId;
use super::system::SystemId;
use super::voucher::VoucherId;

/// An entry or a voucher.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The entry with this id.
    Entry(EntryId),
    /// All entries of this voucher.
    Voucher(VoucherId),
}

impl Target {
    /// The entry, if it is one.
    pub fn entry_id(&self) -> Option<EntryId> {
        match self {
            Target::Entry(id) => Some(*id),
            Target::Voucher(_) => None,
        }
    }

    /// The voucher, if it is one.
    pub fn voucher_id(&self) -> Option<&VoucherId> {
        match self {
            Target::Entry(_) => None,
            Target::Voucher(id) => Some(id),
        }
    }

    /// The name of the field of an item that names it.
    pub fn field(&self) -> &'static str {
        match self {
            Target::Entry(_) => "entry_id",
            Target::Voucher(_) => "voucher_id",
        }
    }

    /// The global id of the voucher, if it is one.
    pub fn global_voucher_id(&self) -> Option<String> {
        match self {
            Target::Entry(_) => None,
            Target::Voucher(id) => Some(GlobalId::Voucher(id.clone()).to_string()),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Entry(id) => write!(f, "entry {id}"),
            Target::Voucher(id) => write!(f, "{}", GlobalId::Voucher(id.clone())),
        }
    }
}

/// A target as it came in: each of the two is left out (`None`), or given and readable or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetDraft {
    /// The entry.
    pub entry_id: Option<Option<EntryId>>,
    /// The voucher.
    pub voucher_id: Option<Option<VoucherId>>,
}

impl TargetDraft {
    /// The target and the system of an item; `None` if one of them cannot be read.
    pub fn for_system(&self, system_id: &str) -> Option<(Target, SystemId)> {
        Some((self.target().ok()?, system_id.parse().ok()?))
    }

    /// The target, if exactly one is given and can be read.
    pub fn target(&self) -> Result<Target, Fault> {
        match (&self.entry_id, &self.voucher_id) {
            (Some(Some(id)), None) => Ok(Target::Entry(*id)),
            (None, Some(Some(id))) => Ok(Target::Voucher(id.clone())),
            (Some(None), None) => {
                Err(Fault::new(Code::InvalidEntryId, "an entry id is a 64-bit integer").under("entry_id"))
            }
            (None, Some(None)) => {
                let message = "a voucher is named by its id, such as \"voucher/2024-01-31/VE/17\"";
                Err(Fault::new(Code::InvalidVoucherId, message).under("voucher_id"))
            }
            (None, None) => Err(Fault::new(Code::InvalidTarget, "the item names no entry and no voucher")),
            (Some(_), Some(_)) => Err(Fault::new(
                Code::InvalidTarget,
                "the item names an entry and a voucher: name one of them",
            )),
        }
    }
}
