//! `changed_exports`: marked entries that may have changed since a system was sent them.

use sea_orm::entity::prelude::*;

use crate::domain::EntryId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "changed_exports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub system_key: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: EntryId,
    #[sea_orm(belongs_to, from = "system_key", to = "key")]
    pub system: BelongsTo<super::export_system::Entity>,
    #[sea_orm(belongs_to, from = "entry_id", to = "id")]
    pub entry: BelongsTo<super::accounting_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
