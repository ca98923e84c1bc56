//! `company_numbers`: the SIRENs of the company whose books the ledger holds.

use sea_orm::entity::prelude::*;

use crate::domain::{Siren, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "company_numbers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i64,
    pub siren: Siren,
    pub since: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
