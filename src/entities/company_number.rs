//! `company_numbers`: the SIRENs of the company whose books the ledger holds.

use sea_orm::entity::prelude::*;

#[allow(missing_docs, reason = "the columns are explained in the migration")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "company_numbers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i64,
    pub siren: String,
    pub since: i64,
}

#[allow(missing_docs, reason = "SeaORM's convention")]
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
