//! `timeline_events`: what happened to entries after they were recorded.

use sea_orm::entity::prelude::*;

use crate::domain::{EntryId, SystemId, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "timeline_events")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub entry_id: EntryId,
    /// Any text: a newer gateway knows more kinds.
    pub kind: String,
    pub at: Timestamp,
    pub system_id: Option<SystemId>,
    /// What the kind has beside the columns.
    pub payload: Json,
    pub actor: Option<String>,
    #[sea_orm(belongs_to, from = "entry_id", to = "id")]
    pub entry: BelongsTo<super::accounting_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
