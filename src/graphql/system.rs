//! External systems as GraphQL shows them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use tokio::sync::OnceCell;

use super::connection::{connection, edge, edges, ledger};
use super::costs::{Cost, Costs};
use super::count::CountNode;
use super::entry::{EntryNode, EntryOf};
use super::error::{Fallible, fallible, optional};
use super::export_failure::FailureNode;
use super::scalars::SystemIdText;
use super::state::ExportState;
use crate::domain::page::PageArguments;
use crate::domain::progress::{Failure, Unit};
use crate::domain::{Count, GlobalId, Result, System, SystemId, Timestamp, progress};
use crate::service::{COUNT, Ledger, system_cursor};

/// What is claimed, fails and is parked as one for a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Unit")]
pub enum ExportUnit {
    /// All entries of a voucher that the system has not been sent.
    Voucher,
    /// One entry, for systems such as a data warehouse, which take entries by themselves.
    Entry,
}

/// A system, known or not, and what loads the last failures of the systems around it.
#[derive(Clone, Debug)]
pub struct SystemNode {
    system: System,
    failures: Arc<FailuresToLoad>,
}

impl SystemNode {
    /// One of the systems of a list.
    pub fn new(system: System, failures: Arc<FailuresToLoad>) -> Self {
        Self { system, failures }
    }

    /// A system that is alone.
    pub fn alone(ledger: &Ledger, system: System) -> Self {
        let failures = FailuresToLoad::new(ledger.clone(), vec![system.id.clone()]);
        Self { system, failures }
    }
}

/// An external system that accounting entries are exported to, and how far behind it is. Any name that a system may
/// have stands for one: a system that nobody has marked entries for yet has all entries before it.
#[Object(name = "ExportSystem")]
impl SystemNode {
    /// The id of the system among all things of all types: `system/` and its name. Example: "system/erp"
    pub async fn id(&self) -> ID {
        GlobalId::System(self.system.id.clone()).to_string().into()
    }

    /// The name of the system, as arguments and marks give it. Example: "erp"
    async fn system_id(&self) -> SystemIdText {
        (&self.system.id).into()
    }

    /// Since when the system is known: when an entry was first marked, claimed or reported as failed for it, or when it was
    /// configured; null before.
    async fn known_since(&self) -> Option<Timestamp> {
        self.system.known_since
    }

    /// Since when the system is retired: nothing is claimed or replayed for it, and `exportSystems` leaves it out; null when it
    /// is in use.
    async fn retired_at(&self) -> Option<Timestamp> {
        self.system.retired_at
    }

    /// What people call the system; null when nobody has said. Example: "ERP of the headquarters"
    async fn display_name(&self) -> Option<&str> {
        self.system.settings.display_name.as_deref()
    }

    /// What there is to know about the system; null when nobody has said.
    async fn description(&self) -> Option<&str> {
        self.system.settings.description.as_deref()
    }

    /// What is claimed, fails and is parked as one.
    async fn unit(&self) -> ExportUnit {
        self.system.settings.unit.into()
    }

    /// After so many attempts that failed something is parked. Example: 8
    async fn max_attempts(&self) -> i32 {
        self.system.settings.retry.max_attempts
    }

    /// The wait after the first attempt that failed, in seconds. It doubles with each further one. Example: 60
    async fn first_retry_seconds(&self) -> i32 {
        self.system.settings.retry.first_seconds
    }

    /// The longest wait, in seconds. Example: 21600
    async fn longest_retry_seconds(&self) -> i32 {
        self.system.settings.retry.longest_seconds
    }

    /// When an entry was last marked as exported to the system; null while none was.
    async fn last_marked_at(&self, context: &Context<'_>) -> Fallible<Timestamp> {
        let load = async { ledger(context)?.last_marked_at(&self.system.id).await };
        optional(load.await)
    }

    /// How many entries the system has not been sent.
    async fn backlog(&self, context: &Context<'_>) -> Fallible<CountNode> {
        let load = async { ledger(context)?.backlog(&self.system.id).await };
        fallible(load.await.map(CountNode::from))
    }

    /// How many of these are in each of their states: PENDING, CLAIMED, FAILED and PARKED, in this order. What a worker
    /// has claimed is PENDING again when its lease has ended. Each is counted by itself, never past 10,000.
    async fn states(&self, context: &Context<'_>) -> Fallible<Vec<StateCountNode>> {
        let load = async {
            let counts = ledger(context)?.backlog_by_state(&self.system.id).await?;
            let node = |(state, count): (progress::ExportState, Count)| StateCountNode {
                state: state.into(),
                count: count.into(),
            };
            Ok(counts.into_iter().map(node).collect())
        };
        fallible(load.await)
    }

    /// When the oldest entry was recorded that the system has not been sent; null when it has been sent everything.
    async fn oldest_unexported_at(&self, context: &Context<'_>) -> Fallible<Timestamp> {
        let load = async { ledger(context)?.oldest_unexported_at(&self.system.id).await };
        optional(load.await)
    }

    /// The oldest entry that the system has not been sent, which is the one with the lowest id; null when it has been
    /// sent everything.
    async fn oldest_unexported_entry(&self, context: &Context<'_>) -> Fallible<EntryNode> {
        let load = async {
            let ledger = ledger(context)?;
            Ok(ledger.oldest_unexported(&self.system.id).await?.map(|entry| EntryNode::alone(ledger, entry)))
        };
        optional(load.await)
    }

    /// The newest refusal that was reported, whatever has become of the entry since: also after it was requeued or exported.
    /// Null while none was. For a whole page of systems it is read together.
    async fn last_failure(&self) -> Fallible<FailureNode> {
        optional(self.failures.of(&self.system.id).await)
    }
}

/// How many of the entries that a system has not been sent are in one state.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "ExportStateCount")]
pub struct StateCountNode {
    /// The state: PENDING, CLAIMED, FAILED or PARKED.
    state: ExportState,
    /// How many entries are in it.
    count: CountNode,
}

/// The last failures of systems of one list, loaded together when the first is asked for, and so are their entries.
#[derive(Debug)]
pub struct FailuresToLoad {
    ledger: Ledger,
    ids: Vec<SystemId>,
    loaded: OnceCell<Result<(HashMap<SystemId, Failure>, EntryOf)>>,
}

impl FailuresToLoad {
    /// The failures of the systems of these names, each given once.
    pub fn new(ledger: Ledger, ids: Vec<SystemId>) -> Arc<Self> {
        Arc::new(Self { ledger, ids, loaded: OnceCell::new() })
    }

    /// That of one of them; `None` when none was reported.
    async fn of(&self, id: &SystemId) -> Result<Option<FailureNode>> {
        let load = || async {
            let failures = self.ledger.last_failures(&self.ids).await?;
            let entries = failures.values().map(|failure| failure.entry_id).collect();
            Ok((failures, EntryOf::to_load(&self.ledger, entries)))
        };
        let loaded = self.loaded.get_or_init(load).await;
        let (failures, entries) = loaded.as_ref().map_err(Clone::clone)?;
        let node = |failure: &Failure| FailureNode::new(failure.clone(), entries.clone());
        Ok(failures.get(id).map(node))
    }
}

/// Systems that are known by their names only, loaded together when the first is asked for.
#[derive(Debug)]
pub struct SystemsToLoad {
    ledger: Ledger,
    ids: Vec<SystemId>,
    loaded: OnceCell<Result<HashMap<SystemId, System>>>,
    failures: Arc<FailuresToLoad>,
}

impl SystemsToLoad {
    /// The systems of these names, each given once or more often.
    pub fn new(ledger: Ledger, mut ids: Vec<SystemId>) -> Arc<Self> {
        ids.sort_unstable();
        ids.dedup();
        let failures = FailuresToLoad::new(ledger.clone(), ids.clone());
        Arc::new(Self { ledger, ids, loaded: OnceCell::new(), failures })
    }

    /// One of them.
    pub async fn get(&self, id: &SystemId) -> Result<SystemNode> {
        let systems = self.loaded.get_or_init(|| self.ledger.systems_named(&self.ids)).await;
        let known = systems.as_ref().map_err(Clone::clone)?.get(id).cloned();
        let system = known.unwrap_or_else(|| System::unknown(id.clone()));
        Ok(SystemNode::new(system, Arc::clone(&self.failures)))
    }
}

edge!(SystemEdge is "ExportSystemEdge": SystemNode, "external system");

connection! {
    SystemConnection is "ExportSystemConnection": SystemEdge, "external systems",
    "A page of external systems, in the order of their ids."
}

impl SystemConnection {
    /// The page that the arguments ask for.
    pub async fn load(context: &Context<'_>, retired: bool, arguments: PageArguments) -> Result<Self> {
        let ledger = ledger(context)?;
        let page = ledger.systems(retired, &arguments).await?;
        let ids = page.items.iter().map(|system| system.id.clone()).collect();
        let failures = FailuresToLoad::new(ledger.clone(), ids);
        let node = |system| SystemNode::new(system, Arc::clone(&failures));
        Ok(edges(page, |system| system_cursor(&system.id), node).into())
    }
}

/// The states that unexported entries may have.
const STATES: usize = 4;

/// What the fields of a system cost.
pub const COSTS: Costs = &[
    ("ExportSystem", "lastMarkedAt", Cost::Query),
    ("ExportSystem", "backlog", Cost::Query),
    // A count for each state.
    ("ExportSystem", "states", Cost::Value(STATES * COUNT)),
    ("ExportSystem", "oldestUnexportedAt", Cost::Query),
    ("ExportSystem", "oldestUnexportedEntry", Cost::Query),
];
