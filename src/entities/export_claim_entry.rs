//! `export_claim_entries`: the entries of a claim, in the version that the worker was given.

use sea_orm::entity::prelude::*;

use crate::domain::EntryId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_claim_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub claim_key: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: EntryId,
    pub version: i32,
    #[sea_orm(belongs_to, from = "claim_key", to = "key")]
    pub claim: BelongsTo<super::export_claim::Entity>,
    #[sea_orm(belongs_to, from = "entry_id", to = "id")]
    pub entry: BelongsTo<super::accounting_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
