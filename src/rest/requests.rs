//! What calls that write take, as the OpenAPI document describes it. Read are the JSON values themselves, one by
//! one, so that each fault gets its path.

use utoipa::ToSchema;

use super::entry::EntryToRecord;

/// What was sent.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: items are read one by one, so that each fault gets its path")]
pub struct MarkAsExported {
    /// 1 to 10 entries.
    #[schema(min_items = 1, max_items = 10)]
    accounting_entries: Vec<EntryToMark>,
}

/// One entry to mark.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct EntryToMark {
    /// The entry.
    #[schema(example = 42)]
    accounting_entry_id: i64,
    /// The system it was sent to.
    #[schema(example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    system_id: String,
    /// Shows in the entry's timeline.
    #[schema(example = "posted as GL-2024-118", max_length = 2000)]
    note: Option<String>,
}

/// Entries to record.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: items are read one by one, so that each fault gets its path")]
pub struct RecordEntries {
    /// 1 to 500 entries, each external id once.
    #[schema(min_items = 1, max_items = 500)]
    accounting_entries: Vec<EntryToRecord>,
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
