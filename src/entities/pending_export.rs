//! `pending_exports`: what a system has not been sent, and how far the sending is.

use sea_orm::entity::prelude::*;

use crate::domain::progress::Progress;
use crate::domain::{EntryId, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pending_exports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub system_key: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: EntryId,
    pub progress: Progress,
    pub attempts: i32,
    pub failure_type: i32,
    pub due_at: Timestamp,
    pub claim_key: Option<i64>,
    #[sea_orm(belongs_to, from = "system_key", to = "key")]
    pub system: BelongsTo<super::export_system::Entity>,
    #[sea_orm(belongs_to, from = "entry_id", to = "id")]
    pub entry: BelongsTo<super::accounting_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
