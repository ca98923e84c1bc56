//! Replays as GraphQL shows them.

use async_graphql::{Context, Enum, ID, Object};

use super::connection::{connection, edge, edges, ledger};
use super::count::int;
use super::scalars::SystemIdText;
use crate::domain::page::PageArguments;
use crate::domain::replay::{self, Replay};
use crate::domain::{Result, SystemId, Timestamp};
use crate::service::replay_cursor;

/// How far a replay is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "replay::ReplayState")]
pub enum ReplayState {
    /// Marks are being taken back.
    Running,
    /// All marks of the range are taken back.
    Done,
    /// Somebody cancelled it: marks are being put back.
    Cancelling,
    /// It was cancelled, and nothing is left to be put back.
    Cancelled,
}

/// A replay.
#[derive(Clone, Debug)]
pub struct ReplayNode(Replay);

/// Takes back all marks for a system that were made in a range of time, because the system has lost what it was sent. Their
/// entries are unexported again at once; each leaves that list when it is marked again.
#[Object(name = "ExportReplay")]
impl ReplayNode {
    /// The number of the replay. Example: "3"
    async fn replay_id(&self) -> ID {
        self.0.id.into()
    }

    /// The name of the system. Example: "erp"
    async fn system_id(&self) -> SystemIdText {
        (&self.0.system_id).into()
    }

    /// How far the replay is.
    async fn state(&self) -> ReplayState {
        self.0.state.into()
    }

    /// Marks after this moment are taken back.
    async fn marked_since(&self) -> Timestamp {
        self.0.marked_since
    }

    /// Marks up to this moment are taken back.
    async fn marked_until(&self) -> Timestamp {
        self.0.marked_until
    }

    /// Why. Example: "the ERP was restored from the backup of 2 a.m."
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Who started it. Example: "token:console"
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// When it was started.
    async fn started_at(&self) -> Timestamp {
        self.0.started_at
    }

    /// How many marks were taken back so far.
    async fn set_aside_count(&self) -> i32 {
        int(self.0.set_aside)
    }

    /// How many of them were put back so far, since it was cancelled.
    async fn put_back_count(&self) -> i32 {
        int(self.0.put_back)
    }

    /// When nothing was left to be taken back or, since it was cancelled, to be put back; null while there is.
    async fn ended_at(&self) -> Option<Timestamp> {
        self.0.ended_at
    }

    /// When it was cancelled; null when nobody did.
    async fn cancelled_at(&self) -> Option<Timestamp> {
        self.0.cancelled.as_ref().map(|(at, _)| *at)
    }

    /// Who cancelled it. Example: "token:console"
    async fn cancelled_by(&self) -> Option<&str> {
        self.0.cancelled.as_ref().map(|(_, by)| by.as_str())
    }
}

impl ReplayNode {
    /// The replay with this number.
    pub async fn find(context: &Context<'_>, id: i64) -> Result<Option<Self>> {
        Ok(ledger(context)?.replay(id).await?.map(Self))
    }
}

edge!(ReplayEdge is "ExportReplayEdge": ReplayNode, "replay");

connection! {
    ReplayConnection is "ExportReplayConnection": ReplayEdge, "replays",
    "A page of replays, oldest first."
}

impl ReplayConnection {
    /// The page of the replays of a system that the arguments ask for.
    pub async fn load(context: &Context<'_>, system: SystemIdText, arguments: PageArguments) -> Result<Self> {
        let system = SystemId::read(system.0)?;
        let page = ledger(context)?.replays(&system, &arguments).await?;
        Ok(edges(page, replay_cursor, ReplayNode).into())
    }
}
