//! `background_jobs`: the leases of jobs that one gateway does for all.

use sea_orm::entity::prelude::*;

use crate::domain::Timestamp;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "background_jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub lease_number: i64,
    pub leased_until: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
