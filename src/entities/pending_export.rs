//! `pending_exports`: what a system has not been sent.

use sea_orm::entity::prelude::*;

#[allow(missing_docs, reason = "the columns are explained in the migration")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pending_exports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub system_key: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: i64,
}

#[allow(missing_docs, reason = "SeaORM's convention")]
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
