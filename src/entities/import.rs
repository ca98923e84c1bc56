//! `imports`: one row an import, whatever files it read.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at: Timestamp,
    pub actor: String,
    pub files: Json,
    pub summary: Option<Json>,
    pub alive_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
