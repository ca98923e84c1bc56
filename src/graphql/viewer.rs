//! Who asks, as GraphQL shows it.

use async_graphql::{Enum, SimpleObject};

use super::scalars::SystemIdText;
use crate::domain::Right;
use crate::service::Ledger;

/// Something that a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Right")]
pub enum AccessRight {
    /// To read the ledger: accounting entries with their marks and timelines.
    Read,
    /// To read which entries a system has not been sent, and how many.
    Export,
    /// To claim entries, to mark them as exported, and to report what a system refused.
    Mark,
    /// To take marks back.
    Unmark,
    /// To requeue and park what failed.
    Manage,
    /// To record accounting entries.
    Record,
    /// To do everything.
    Admin,
}

/// The caller of this request, and what the caller may do.
#[derive(Debug, SimpleObject)]
pub struct Viewer {
    /// The name of the access token, or "anonymous" when the server asks for no token. Example: "ERP sync"
    name: String,
    /// Everything that the caller may do. ADMIN includes all other rights, which are then listed too.
    rights: Vec<AccessRight>,
    /// The ids of the external systems that the caller may know of; null when these are all systems.
    /// Example: ["erp"]
    systems: Option<Vec<SystemIdText>>,
    /// The ledger that the caller works with. Example: "main"
    ledger: String,
}

impl From<&Ledger> for Viewer {
    fn from(ledger: &Ledger) -> Self {
        let caller = ledger.caller();
        let systems = caller.systems().map(|ids| ids.iter().map(SystemIdText::from).collect());
        let rights = caller.rights().into_iter().map(AccessRight::from).collect();
        Self { name: caller.name().to_owned(), rights, systems, ledger: ledger.name().to_owned() }
    }
}
