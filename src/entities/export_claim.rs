//! `export_claims`: what workers have claimed.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_claims")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub key: i64,
    #[sea_orm(unique)]
    pub id: String,
    pub system_key: i64,
    pub worker: String,
    pub actor: String,
    pub claimed_at: Timestamp,
    pub expires_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    #[sea_orm(belongs_to, from = "system_key", to = "key")]
    pub system: BelongsTo<super::export_system::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
