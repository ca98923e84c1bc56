//! `accounting_entries`: one row an entry. Money in ten-thousandths, moments in microseconds since 1970.

use sea_orm::entity::prelude::*;

#[allow(missing_docs, reason = "the columns are documented in the domain's EntryContent")]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "accounting_entries")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub external_id: String,
    pub journal_code: String,
    pub journal_name: Option<String>,
    pub entry_number: String,
    pub posting_date: Date,
    pub account_number: String,
    pub account_name: Option<String>,
    pub subledger_account_number: Option<String>,
    pub subledger_account_name: Option<String>,
    pub document_reference: Option<String>,
    pub document_date: Option<Date>,
    pub description: String,
    #[sea_orm(column_name = "debit_ten_thousandths")]
    pub debit: i64,
    #[sea_orm(column_name = "credit_ten_thousandths")]
    pub credit: i64,
    /// Made by the database: debit − credit.
    #[sea_orm(column_name = "amount_ten_thousandths")]
    pub amount: i64,
    pub currency: String,
    #[sea_orm(column_name = "foreign_amount_ten_thousandths")]
    pub foreign_amount: Option<i64>,
    pub foreign_currency: Option<String>,
    pub reconciliation_code: Option<String>,
    pub reconciled_on: Option<Date>,
    pub validated_on: Option<Date>,
    pub attributes: Json,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i32,
    pub withdrawn_at: Option<i64>,
    pub recorded_by: Option<String>,
}

#[allow(missing_docs, reason = "SeaORM's convention")]
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        *self as u8 == *other as u8
    }
}
