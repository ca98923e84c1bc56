//! `set_aside_marks`: marks that were taken back.

use sea_orm::entity::prelude::*;

use crate::domain::{EntryId, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "set_aside_marks")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub entry_id: EntryId,
    pub system_key: i64,
    pub marked_at: Timestamp,
    pub note: Option<String>,
    pub actor: Option<String>,
    pub times_marked: i64,
    pub version: i32,
    pub reference_id: Option<String>,
    pub reference_url: Option<String>,
    pub set_aside_at: Timestamp,
    pub set_aside_by: Option<String>,
    pub reason: Option<String>,
    pub replay_id: Option<i64>,
    #[sea_orm(belongs_to, from = "entry_id", to = "id")]
    pub entry: BelongsTo<super::accounting_entry::Entity>,
    #[sea_orm(belongs_to, from = "system_key", to = "key")]
    pub system: BelongsTo<super::export_system::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
