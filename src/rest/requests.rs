//! What calls that write take, as the OpenAPI document describes it. Read are the JSON values themselves, one by
//! one, so that each fault gets its path.

use utoipa::ToSchema;

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
