//! `export_replays`: marks of a range of time that are taken back.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;
use crate::domain::replay::ReplayState;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_replays")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub system_key: i64,
    pub marked_since: Timestamp,
    pub marked_until: Timestamp,
    pub last_event_id: i64,
    pub reason: String,
    pub actor: String,
    pub started_at: Timestamp,
    pub state: ReplayState,
    pub passed_at: Timestamp,
    pub passed_entry_id: i64,
    pub set_aside_count: i64,
    pub ended_at: Option<Timestamp>,
    pub cancelled_at: Option<Timestamp>,
    pub cancelled_by: Option<String>,
    pub put_back_to: i64,
    pub put_back_count: i64,
    #[sea_orm(belongs_to, from = "system_key", to = "key")]
    pub system: BelongsTo<super::export_system::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
