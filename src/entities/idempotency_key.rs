//! `idempotency_keys`: answers kept for repeated calls.

use sea_orm::entity::prelude::*;

#[allow(missing_docs, reason = "the columns are explained in the migration")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub request_digest: String,
    pub answer: Option<String>,
    pub used_at: i64,
}

#[allow(missing_docs, reason = "SeaORM's convention")]
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
