//! The id of an entry, which fields, marks and events have as well.

/// An id of the database: ascending, never reused.
pub type EntryId = i64;
