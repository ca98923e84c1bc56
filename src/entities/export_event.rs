//! `export_events`: the log of events.

use sea_orm::entity::prelude::*;

use crate::domain::{EntryId, SystemId, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_events")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub position: i64,
    pub tag: i64,
    /// Any text: a newer gateway knows more kinds.
    pub kind: String,
    pub at: Timestamp,
    pub system_id: SystemId,
    pub entry_id: Option<EntryId>,
    pub actor: Option<String>,
    pub timeline_event_id: Option<i64>,
    pub subject: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
