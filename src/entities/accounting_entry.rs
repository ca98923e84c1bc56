//! `accounting_entries`: one row an entry.

use sea_orm::entity::prelude::*;

use super::json_object::JsonObject;
use crate::domain::{CurrencyCode, Day, EntryId, Money, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "accounting_entries")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: EntryId,
    pub external_id: String,
    pub journal_code: String,
    pub journal_name: Option<String>,
    pub entry_number: String,
    pub posting_date: Day,
    pub account_number: String,
    pub account_name: Option<String>,
    pub subledger_account_number: Option<String>,
    pub subledger_account_name: Option<String>,
    pub document_reference: Option<String>,
    pub document_date: Option<Day>,
    pub description: String,
    #[sea_orm(column_name = "debit_ten_thousandths")]
    pub debit: Money,
    #[sea_orm(column_name = "credit_ten_thousandths")]
    pub credit: Money,
    /// Made by the database: debit − credit. Never written.
    #[sea_orm(column_name = "amount_ten_thousandths")]
    pub amount: Money,
    pub currency: CurrencyCode,
    #[sea_orm(column_name = "foreign_amount_ten_thousandths")]
    pub foreign_amount: Option<Money>,
    pub foreign_currency: Option<CurrencyCode>,
    pub reconciliation_code: Option<String>,
    pub reconciled_on: Option<Day>,
    pub validated_on: Option<Day>,
    /// Written as text, which keeps the digits of numbers, and which the database makes JSON of. `json_text` is a domain
    /// over `jsonb` in PostgreSQL; SQLite takes every type with TEXT in its name for text.
    #[sea_orm(column_type = "Text", save_as = "json_text")]
    pub attributes: JsonObject,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i32,
    pub withdrawn_at: Option<Timestamp>,
    pub recorded_by: Option<String>,
    pub import_id: Option<i64>,
    pub import_file: Option<i64>,
    pub import_line: Option<i64>,
    pub import_digest: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        *self as u8 == *other as u8
    }
}
