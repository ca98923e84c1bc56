//! Writes marks, and reads the marks of entries.

use std::collections::{BTreeMap, HashMap};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait, Func, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::domain::export::EntryExport;
use crate::domain::{EntryId, Result, SystemId, Timestamp};
use crate::entities::export_mark::{ActiveModel, Column, Entity};
use crate::entities::{export_system, pending_export};

/// The most marks that one statement writes.
const BATCH: usize = 500;

/// One mark to write.
#[derive(Clone, Debug)]
pub struct NewMark<'a> {
    /// The entry, which must exist.
    pub entry_id: EntryId,
    /// The system's key.
    pub system_key: i64,
    /// The system's name.
    pub system_id: &'a SystemId,
    /// The caller's note; it replaces the note of an earlier mark.
    pub note: Option<&'a str>,
}

/// The result of writing a mark.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// The time of the mark: never earlier than that of the mark it replaces, even if clocks of gateways differ.
    pub marked_at: Timestamp,
    /// Whether the entry had a mark for the system before.
    pub remarked: bool,
}

/// Writes the marks, and deletes the pending rows of their entries. Gives the result of each by entry and system key.
/// Every call writes its marks in the same order, by entry and system, so that calls with marks in common wait for each
/// other without a deadlock.
pub async fn write(
    transaction: &impl ConnectionTrait,
    marks: &[NewMark<'_>],
    actor: &str,
    now: Timestamp,
) -> Result<HashMap<(EntryId, i64), Written>> {
    if marks.is_empty() {
        return Ok(HashMap::new());
    }
    let mut ordered: Vec<&NewMark> = marks.iter().collect();
    ordered.sort_by_key(|mark| (mark.entry_id, mark.system_key));
    let mut written = HashMap::with_capacity(marks.len());
    for part in ordered.chunks(BATCH) {
        written.extend(upsert(transaction, part, actor, now).await?);
        // One statement per system: with a list of pairs, SQLite would compare each pending row with each pair.
        let mut by_system: BTreeMap<i64, Vec<EntryId>> = BTreeMap::new();
        for mark in part {
            by_system.entry(mark.system_key).or_default().push(mark.entry_id);
        }
        for (system_key, ids) in by_system {
            let no_longer_pending = pending_export::Entity::delete_many()
                .filter(pending_export::Column::SystemKey.eq(system_key))
                .filter(pending_export::Column::EntryId.is_in(ids));
            no_longer_pending.exec(transaction).await?;
        }
    }
    Ok(written)
}

async fn upsert(
    transaction: &impl ConnectionTrait,
    marks: &[&NewMark<'_>],
    actor: &str,
    now: Timestamp,
) -> Result<HashMap<(EntryId, i64), Written>> {
    let old = |column: Column| Expr::col((Entity, column));
    let new = |column: Column| Expr::col(("excluded", column));
    // The function for the larger of two values has a different name on each database.
    let later = match transaction.get_database_backend() {
        sea_orm::DbBackend::Postgres => Func::greatest([old(Column::MarkedAt), new(Column::MarkedAt)]),
        _ => Func::cust("max").args([old(Column::MarkedAt), new(Column::MarkedAt)]),
    };
    let rows = marks.iter().map(|mark| ActiveModel {
        entry_id: Set(mark.entry_id),
        system_key: Set(mark.system_key),
        marked_at: Set(now),
        note: Set(mark.note.map(str::to_owned)),
        actor: Set(Some(actor.to_owned())),
        times_marked: NotSet,
    });
    let again = OnConflict::columns([Column::EntryId, Column::SystemKey])
        .value(Column::MarkedAt, Expr::expr(later))
        .value(Column::Note, new(Column::Note))
        .value(Column::Actor, new(Column::Actor))
        .value(Column::TimesMarked, old(Column::TimesMarked).add(1))
        .to_owned();
    let mut insert = Entity::insert_many(rows).on_conflict(again).into_query();
    insert.returning(Query::returning().columns([
        Column::EntryId,
        Column::SystemKey,
        Column::MarkedAt,
        Column::TimesMarked,
    ]));
    let mut written = HashMap::with_capacity(marks.len());
    for row in transaction.query_all(&insert).await? {
        let (entry_id, system_key, marked_at, times): (EntryId, i64, Timestamp, i64) = row
            .try_get_many("", &["entry_id", "system_key", "marked_at", "times_marked"].map(str::to_owned))?;
        let mark = Written { marked_at, remarked: times > 1 };
        written.insert((entry_id, system_key), mark);
    }
    Ok(written)
}

/// The newest mark of each entry for each of the systems (`None`: for all systems), ordered by entry and system name.
pub async fn of_entries(
    connection: &impl ConnectionTrait,
    ids: &[EntryId],
    systems: Option<&[SystemId]>,
) -> Result<Vec<EntryExport>> {
    let mut joined = Entity::find()
        .select_only()
        .columns([Column::EntryId, Column::MarkedAt, Column::Note, Column::TimesMarked])
        .column(export_system::Column::Name)
        .inner_join(export_system::Entity)
        .filter(Column::EntryId.is_in(ids.iter().copied()))
        .order_by_asc(Column::EntryId)
        .order_by_asc(export_system::Column::Name);
    if let Some(systems) = systems {
        joined = joined.filter(export_system::Column::Name.is_in(systems.iter().map(SystemId::as_str)));
    }
    let rows: Vec<(EntryId, Timestamp, Option<String>, i64, SystemId)> =
        joined.into_tuple().all(connection).await?;
    let exports = rows.into_iter().map(|(entry_id, exported_at, note, times, system_id)| EntryExport {
        entry_id,
        system_id,
        exported_at,
        note,
        remarked: times > 1,
    });
    Ok(exports.collect())
}
