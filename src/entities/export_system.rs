//! `export_systems`: the systems somebody has marked for, and how far their history is taken over.

use sea_orm::entity::prelude::*;

#[allow(missing_docs, reason = "the columns are explained in the migration")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_systems")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub key: i64,
    pub name: String,
    pub known_since: i64,
    /// On PostgreSQL: transactions with a lower number may not know of the system; its history is settled when they
    /// have ended. `None` until the first look after the system's row was committed.
    pub settled_after: Option<i64>,
    /// The last id of what the ledger held before the system was known; \`None\` while that is not settled.
    pub history_end: Option<i64>,
    /// Up to this id, what is unmarked has its pending row.
    pub taken_over_to: i64,
}

#[allow(missing_docs, reason = "SeaORM's convention")]
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
