//! `webhook_levels`: of how much of a system's backlog a webhook was told.

use sea_orm::entity::prelude::*;

use crate::domain::EntryId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_levels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub webhook_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub system_id: String,
    pub entry_id: EntryId,
}

impl ActiveModelBehavior for ActiveModel {}
