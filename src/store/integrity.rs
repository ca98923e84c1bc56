//! Checks in chunks that every entry is in exactly one state for every known system.
//!
//! The statements are SQL by hand. Each compares up to four tables in one snapshot, so that its result is right while
//! others write, and reads the same on both databases. The numbers in their texts come from the tables and never from a
//! caller. Marks and pending rows are looked up by their keys; on PostgreSQL in the form that [`super::probe`]
//! explains.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::domain::{EntryId, Result};

/// Rows that one statement looks at, for each system.
const CHUNK: i64 = 2_000;

/// The kinds of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// An entry that stands is neither marked nor pending, so the system is never sent it.
    Lost,
    /// An entry is pending and also marked or withdrawn, so the system is sent it once more, or although it was taken back.
    Twofold,
    /// A pending row names an entry or a system that does not exist.
    StrayPending,
    /// A mark names an entry or a system that does not exist.
    StrayMark,
    /// An entry has changed or was withdrawn since it was marked, and is not on the list of those.
    UnlistedChange,
}

impl Damage {
    /// Every kind.
    pub const ALL: [Damage; 5] =
        [Damage::Lost, Damage::Twofold, Damage::StrayPending, Damage::StrayMark, Damage::UnlistedChange];

    /// Whether it can be mended by rows that are put back.
    pub fn can_be_repaired(self) -> bool {
        matches!(self, Damage::Lost | Damage::UnlistedChange)
    }
}

/// One place of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// The system's key.
    pub system_key: i64,
    /// The entry, or the id that the row has in its place.
    pub entry_id: EntryId,
}

/// How far the examination of a table has come: the key of the last row, in the order of that table.
pub type Place = (i64, i64);

/// Before the first row.
pub const BEGINNING: Place = (i64::MIN, i64::MIN);

/// The damage of this kind in the next chunk behind `place`, and where the chunk ends; `None` at the end of the table.
/// For [`Damage::Lost`] a place is an entry's id, twice.
pub async fn look(
    connection: &impl ConnectionTrait,
    damage: Damage,
    place: Place,
) -> Result<Option<(Place, Vec<Damaged>)>> {
    let backend = connection.get_database_backend();
    let Some(end) = end_of_chunk(connection, damage, place).await? else { return Ok(None) };
    let statement = Statement::from_string(backend, damaged(damage, place, end, backend));
    let rows = connection.query_all_raw(statement).await?;
    let damaged = rows.iter().map(|row| {
        Ok(Damaged { system_key: row.try_get("", "system_key")?, entry_id: row.try_get("", "entry_id")? })
    });
    Ok(Some((end, damaged.collect::<Result<_>>()?)))
}

/// The damage of this kind between these places.
fn damaged(damage: Damage, place: Place, end: Place, backend: DbBackend) -> String {
    match damage {
        Damage::Lost => lost(place.0, end.0, backend),
        Damage::Twofold => rows(
            "pending_exports",
            "system_key, entry_id",
            place,
            end,
            &format!("{} OR {WITHDRAWN}", exists(MARKS, "r.entry_id", "r.system_key", backend)),
        ),
        Damage::StrayPending => rows("pending_exports", "system_key, entry_id", place, end, STRAY),
        Damage::StrayMark => rows("export_marks", "entry_id, system_key", place, end, STRAY),
        Damage::UnlistedChange => {
            let is_listed = exists(CHANGED, "r.system_key", "r.entry_id", backend);
            rows(
                "export_marks",
                "entry_id, system_key",
                place,
                end,
                &format!("{OUTDATED} AND NOT {is_listed}"),
            )
        }
    }
}

/// Puts back the rows that are missing between these places: the pending row of an entry that is neither marked nor
/// pending, the row on the list of changed entries. Returns how many there were.
pub async fn restore(
    transaction: &impl ConnectionTrait,
    damage: Damage,
    after: Place,
    to: Place,
) -> Result<u64> {
    let backend = transaction.get_database_backend();
    let table = if damage == Damage::Lost { "pending_exports" } else { "changed_exports" };
    let select = damaged(damage, after, to, backend);
    let sql = format!("INSERT INTO {table} (system_key, entry_id) {select} ON CONFLICT DO NOTHING");
    Ok(transaction.execute_raw(Statement::from_string(backend, sql)).await?.rows_affected())
}

const MARKS: [&str; 3] = ["export_marks", "entry_id", "system_key"];
const CHANGED: [&str; 3] = ["changed_exports", "system_key", "entry_id"];
const PENDING: [&str; 3] = ["pending_exports", "system_key", "entry_id"];

const WITHDRAWN: &str =
    "EXISTS (SELECT 1 FROM accounting_entries e WHERE e.id = r.entry_id AND e.withdrawn_at IS NOT NULL)";

const OUTDATED: &str = "EXISTS (SELECT 1 FROM export_marks m JOIN accounting_entries e ON e.id = m.entry_id
    WHERE m.entry_id = r.entry_id AND m.system_key = r.system_key
    AND (m.version < e.version OR e.withdrawn_at IS NOT NULL))
    AND EXISTS (SELECT 1 FROM export_systems s WHERE s.key = r.system_key)";

const STRAY: &str = "NOT EXISTS (SELECT 1 FROM accounting_entries e WHERE e.id = r.entry_id)
    OR NOT EXISTS (SELECT 1 FROM export_systems s WHERE s.key = r.system_key)";

async fn end_of_chunk(
    connection: &impl ConnectionTrait,
    damage: Damage,
    (first, second): Place,
) -> Result<Option<Place>> {
    let (table, columns) = match damage {
        Damage::Lost => ("accounting_entries", ["id", "id"]),
        Damage::Twofold | Damage::StrayPending => ("pending_exports", ["system_key", "entry_id"]),
        Damage::StrayMark | Damage::UnlistedChange => ("export_marks", ["entry_id", "system_key"]),
    };
    let [one, two] = columns;
    let (behind, order) = match damage {
        Damage::Lost => (format!("id > {}", number(first)), "id".to_owned()),
        _ => (format!("({one}, {two}) > ({}, {})", number(first), number(second)), format!("{one}, {two}")),
    };
    // The last of the chunk, or of the table.
    let sql = format!(
        "SELECT one, two FROM (SELECT {one} AS one, {two} AS two FROM {table} WHERE {behind} ORDER BY {order}
         LIMIT {CHUNK}) AS chunk ORDER BY one DESC, two DESC LIMIT 1"
    );
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await?;
    row.map(|row| -> Result<Place> { Ok((row.try_get("", "one")?, row.try_get("", "two")?)) }).transpose()
}

/// Entries in this range of ids that stand (are not withdrawn) and have neither a mark nor a pending row of a known system.
/// The part of a history that is not taken over yet is left out, since it has no pending rows; so is a system whose history
/// has no settled end, since it is not known which entries have them.
fn lost(after: i64, to: i64, backend: DbBackend) -> String {
    format!(
        "SELECT s.key AS system_key, e.id AS entry_id FROM export_systems s CROSS JOIN accounting_entries e
         WHERE e.id > {} AND e.id <= {to} AND e.withdrawn_at IS NULL AND s.history_end IS NOT NULL
         AND (e.id <= s.taken_over_to OR e.id > s.history_end) AND NOT {} AND NOT {}",
        number(after),
        exists(PENDING, "s.key", "e.id", backend),
        exists(MARKS, "e.id", "s.key", backend),
    )
}

/// Rows of a table in this range of its key for which a condition holds.
fn rows(table: &str, key: &str, after: Place, to: Place, holds: &str) -> String {
    format!(
        "SELECT r.system_key, r.entry_id FROM (SELECT system_key, entry_id FROM {table}
         WHERE ({key}) > ({}, {}) AND ({key}) <= ({}, {})) AS r WHERE {holds}",
        number(after.0),
        number(after.1),
        to.0,
        to.1
    )
}

/// The condition that a row with this key exists, in the form of `probe.rs`.
fn exists([table, one, two]: [&str; 3], first: &str, second: &str, backend: DbBackend) -> String {
    match backend {
        DbBackend::Postgres if one == "system_key" => format!(
            "EXISTS (SELECT 1 FROM {table} x WHERE x.{one} = {first} AND x.{two} >= {second} AND x.{two} <= {second}
             ORDER BY x.{two} OFFSET 0)"
        ),
        DbBackend::Postgres => format!(
            "EXISTS (SELECT 1 FROM {table} x WHERE (x.{one}, x.{two}) >= ({first}, {second})
             AND (x.{one}, x.{two}) <= ({first}, {second}) ORDER BY x.{one}, x.{two} OFFSET 0)"
        ),
        _ => format!("EXISTS (SELECT 1 FROM {table} x WHERE x.{one} = {first} AND x.{two} = {second})"),
    }
}

/// SQL cannot write the smallest 64-bit number as a literal. No row has it, so the next one does as well.
fn number(n: i64) -> i64 {
    n.max(i64::MIN + 1)
}
