//! What calls that write take, as the OpenAPI document describes it. Read are the JSON values themselves, one by
//! one, so that each fault gets its path.

use utoipa::ToSchema;

/// An entry to record. What is left out is empty afterwards, also when the entry had it before.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: what is read is the domain's EntryContent")]
pub struct EntryToRecord {
    /// The source's own name for the entry, unique.
    #[schema(example = "VE:20240131:17:1", min_length = 1, max_length = 200)]
    external_id: String,
    /// Journal code.
    #[schema(example = "VE", min_length = 1, max_length = 500)]
    journal_code: String,
    /// Journal name.
    #[schema(max_length = 500)]
    journal_name: Option<String>,
    /// The voucher this line belongs to.
    #[schema(example = "17", max_length = 500)]
    entry_number: String,
    /// The day it counts for.
    #[schema(example = "2024-01-31")]
    posting_date: chrono::NaiveDate,
    /// General ledger account.
    #[schema(example = "707000", min_length = 1, max_length = 500)]
    account_number: String,
    /// Its name.
    #[schema(max_length = 500)]
    account_name: Option<String>,
    /// Customer or supplier account.
    #[schema(max_length = 500)]
    subledger_account_number: Option<String>,
    /// Its name.
    #[schema(max_length = 500)]
    subledger_account_name: Option<String>,
    /// The document behind the entry.
    #[schema(max_length = 500)]
    document_reference: Option<String>,
    /// The document's date.
    document_date: Option<chrono::NaiveDate>,
    /// What happened, in words.
    #[schema(example = "Invoice FA-2024-0117", max_length = 2000)]
    description: String,
    /// Debit: a decimal in a string, up to 19 digits, 4 of them after the point.
    #[schema(example = "1200.00", pattern = r"^-?\d+(\.\d{1,4}0*)?$")]
    debit: String,
    /// Credit, likewise.
    #[schema(example = "0.00", pattern = r"^-?\d+(\.\d{1,4}0*)?$")]
    credit: String,
    /// The book currency (ISO 4217).
    #[schema(example = "EUR", pattern = "^[A-Z]{3}$")]
    currency: String,
    /// The amount in the document's own currency.
    #[schema(pattern = r"^-?\d+(\.\d{1,4}0*)?$")]
    foreign_amount: Option<String>,
    /// The document's own currency.
    #[schema(pattern = "^[A-Z]{3}$")]
    foreign_currency: Option<String>,
    /// Entries of one account with the same code settle each other.
    #[schema(max_length = 500)]
    reconciliation_code: Option<String>,
    /// The day they were found to.
    reconciled_on: Option<chrono::NaiveDate>,
    /// The day the entry became final.
    validated_on: Option<chrono::NaiveDate>,
    /// Whatever else the source knows; at most 65,536 bytes of JSON. A number in it is a 64-bit float: write exact
    /// decimals as strings.
    #[schema(value_type = Option<Object>)]
    attributes: Option<serde_json::Value>,
}

/// Filters that belong together. Groups are joined by AND.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the spelling in brackets is read into a tree first")]
pub struct FilterGroup {
    /// `true`: one of the filters is enough. Otherwise all of them have to hold.
    #[schema(default = false)]
    or: Option<bool>,
    /// At least one; 50 in all groups together.
    #[schema(min_items = 1, max_items = 50)]
    filters: Vec<Filter>,
}

/// One condition; in the short form a list of its key, operator, value and, if wanted, not.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct Filter {
    /// A field of an entry.
    #[schema(example = "created_at")]
    key: String,
    /// `bt` is "from … to …" and includes both ends. `ct`, `sw` and `ew` look for a text in the value, at its
    /// beginning and at its end; they ignore case and take `%` and `_` as themselves.
    #[schema(example = "gte")]
    operator: String,
    /// What is compared with: a string, for an id also a number; for `in` a list of up to 100, for `bt` a list
    /// of two. `null`, also as text, and an empty text mean "is missing".
    #[schema(example = "2024-01-01")]
    value: serde_json::Value,
    /// `true` turns the operator round: `not gt` is `<=`, `not ct` is "does not contain".
    #[schema(default = false)]
    not: Option<bool>,
}
