//! `idempotency_keys`: answers kept for repeated calls.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub request_digest: String,
    pub answer: Option<String>,
    pub used_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
