//! `export_turns`: whoever claims for a system locks its row.

use sea_orm::entity::prelude::*;

use crate::domain::{EntryId, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_turns")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub system_key: i64,
    pub begin_after: EntryId,
    pub began_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
