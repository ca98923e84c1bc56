//! Writes marks, and reads the marks of entries.

pub(super) mod aside;

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LockType, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::{changes, columnwise, convert, progress, systems};
use crate::domain::export::{EntryExport, Reference};
use crate::domain::{EntryId, Error, Result, SystemId, Timestamp};
use crate::entities::export_mark::{ActiveModel, Column, Entity, Model};
use crate::entities::export_system;

pub use aside::set_aside;

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
    /// The version that the system was sent.
    pub version: i32,
    /// The system's own document.
    pub reference: Option<&'a Reference>,
    /// Whether the entry may have another version than the one that is marked, or be withdrawn.
    pub may_be_outdated: bool,
    /// Whether all of the system's history was taken over when it was looked up: then nothing was locked for it.
    pub is_taken_over: bool,
}

/// The result of writing a mark.
#[derive(Clone, Debug)]
pub struct Written {
    /// The time of the mark: never earlier than that of the mark it replaces, even if clocks of gateways differ.
    pub marked_at: Timestamp,
    /// Whether the entry had a mark for the system before.
    pub remarked: bool,
    /// Never lower than that of the mark it replaces.
    pub version: i32,
    /// The document that the mark which it replaces named for the same version, if that is another one.
    pub other_reference: Option<String>,
    /// The claim that had the entry until then, by its key.
    pub claim_key: Option<i64>,
}

/// Writes the marks, and deletes the pending rows of their entries. Gives the result of each by entry and system key.
/// Every call writes all of its marks before it deletes a pending row, and the marks in the same order, by entry and system,
/// so that calls with marks in common wait for each other without a deadlock.
///
/// When a system was retired and revived since it was looked up, so that its history is open without being locked, this is
/// `Unavailable`.
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
    let mut written: HashMap<(EntryId, i64), Written> = HashMap::with_capacity(marks.len());
    for part in ordered.chunks(BATCH) {
        written.extend(upsert(transaction, part, actor, now).await?);
    }
    for part in ordered.chunks(BATCH) {
        let (outdated, newest): (Vec<&NewMark>, Vec<&NewMark>) =
            part.iter().copied().partition(|mark| mark.may_be_outdated);
        let outdated: Vec<_> = outdated.iter().map(|mark| (mark.entry_id, mark.system_key)).collect();
        changes::list(transaction, &outdated).await?;
        // What is marked for the first time is on no list.
        let again = |mark: &&NewMark| {
            written.get(&(mark.entry_id, mark.system_key)).is_some_and(|written| written.remarked)
        };
        for (system_key, ids) in by_system(newest.into_iter().filter(again)) {
            changes::unlist(transaction, system_key, ids).await?;
        }
        for (system_key, ids) in by_system(part.iter().copied()) {
            for (entry_id, claim_key) in progress::end(transaction, system_key, ids).await? {
                if let Some(written) = written.get_mut(&(entry_id, system_key)) {
                    written.claim_key = claim_key;
                }
            }
        }
    }
    Ok(written)
}

/// The entries of each system. With a list of pairs, SQLite would compare each row of a table with each pair.
fn by_system<'a>(marks: impl Iterator<Item = &'a NewMark<'a>>) -> BTreeMap<i64, Vec<EntryId>> {
    let mut by_system: BTreeMap<i64, Vec<EntryId>> = BTreeMap::new();
    for mark in marks {
        by_system.entry(mark.system_key).or_default().push(mark.entry_id);
    }
    by_system
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
    let backend = transaction.get_database_backend();
    let larger = |column: Column| match backend {
        DbBackend::Postgres => Func::greatest([old(column), new(column)]),
        _ => Func::cust("max").args([old(column), new(column)]),
    };
    let rows = marks.iter().map(|mark| ActiveModel {
        entry_id: Set(mark.entry_id),
        system_key: Set(mark.system_key),
        marked_at: Set(now),
        note: Set(mark.note.map(str::to_owned)),
        actor: Set(Some(actor.to_owned())),
        times_marked: NotSet,
        version: Set(mark.version),
        reference_id: Set(mark.reference.map(|reference| reference.document_id.clone())),
        reference_url: Set(mark.reference.and_then(|reference| reference.url.clone())),
    });
    let again = OnConflict::columns([Column::EntryId, Column::SystemKey])
        .value(Column::MarkedAt, Expr::expr(larger(Column::MarkedAt)))
        .value(Column::Version, Expr::expr(larger(Column::Version)))
        .value(Column::ReferenceId, new(Column::ReferenceId))
        .value(Column::ReferenceUrl, new(Column::ReferenceUrl))
        .value(Column::Note, new(Column::Note))
        .value(Column::Actor, new(Column::Actor))
        .value(Column::TimesMarked, old(Column::TimesMarked).add(1))
        .to_owned();
    let mut insert = columnwise::insert(rows.collect(), backend)?;
    insert.on_conflict(again);
    let columns =
        [Column::EntryId, Column::SystemKey, Column::MarkedAt, Column::TimesMarked, Column::Version];
    // SQLite has one writer at a time: what was looked up holds.
    let is_taken_over = match backend {
        DbBackend::Postgres => systems::is_taken_over(old(Column::SystemKey)),
        _ => Expr::value(true),
    };
    let returned = columns.map(Expr::col).into_iter().chain([is_taken_over]);
    insert.returning(Query::returning().exprs(returned));
    let before = replaced(transaction, marks).await?;
    let mut written = HashMap::with_capacity(marks.len());
    for row in transaction.query_all(&insert).await? {
        let names = ["entry_id", "system_key", "marked_at", "times_marked", "version"].map(str::to_owned);
        let (entry_id, system_key, marked_at, times, version): (EntryId, i64, Timestamp, i64, i32) =
            row.try_get_many("", &names)?;
        let new = marks.iter().find(|mark| (mark.entry_id, mark.system_key) == (entry_id, system_key));
        let is_taken_over: bool = row.try_get_by_index(names.len())?;
        if !is_taken_over && new.is_some_and(|mark| mark.is_taken_over) {
            return Err(Error::busy("a system was revived since it was looked up"));
        }
        let before = before.iter().find(|mark| (mark.entry_id, mark.system_key) == (entry_id, system_key));
        let other_reference = new.zip(before).and_then(|(new, before)| other_reference(new, before));
        let mark = Written { marked_at, remarked: times > 1, version, other_reference, claim_key: None };
        written.insert((entry_id, system_key), mark);
    }
    Ok(written)
}

/// The marks that these replace, locked, where a document is named: a later one for the same version is a conflict. Two
/// first marks at the same moment do not see each other here.
async fn replaced(transaction: &impl ConnectionTrait, marks: &[&NewMark<'_>]) -> Result<Vec<Model>> {
    let named = || marks.iter().filter(|mark| mark.reference.is_some());
    if named().next().is_none() {
        return Ok(Vec::new());
    }
    let mut query = Entity::find()
        .filter(Column::EntryId.is_in(named().map(|mark| mark.entry_id)))
        .filter(Column::SystemKey.is_in(named().map(|mark| mark.system_key)))
        .order_by_asc(Column::EntryId)
        .order_by_asc(Column::SystemKey);
    if transaction.get_database_backend() == DbBackend::Postgres {
        query = query.lock(LockType::Update);
    }
    Ok(query.all(transaction).await?)
}

/// The document that was named before for the version that is marked, if another one is named now.
fn other_reference(new: &NewMark<'_>, before: &Model) -> Option<String> {
    let now = new.reference?;
    let document_id = before.reference_id.as_ref()?;
    (before.version == new.version && *document_id != now.document_id).then(|| document_id.clone())
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
        .columns([Column::Version, Column::ReferenceId, Column::ReferenceUrl])
        .column(export_system::Column::Name)
        .inner_join(export_system::Entity)
        .filter(Column::EntryId.is_in(ids.iter().copied()))
        .order_by_asc(Column::EntryId)
        .order_by_asc(export_system::Column::Name);
    if let Some(systems) = systems {
        joined = joined.filter(export_system::Column::Name.is_in(systems.iter().map(SystemId::as_str)));
    }
    type Row = (EntryId, Timestamp, Option<String>, i64, i32, Option<String>, Option<String>, SystemId);
    let export = |row| {
        let (entry_id, exported_at, note, times, version, id, url, system_id): Row = convert::cells(row)?;
        let reference = id.map(|document_id| Reference { document_id, url });
        let remarked = times > 1;
        Ok(EntryExport {
            entry_id,
            system_id,
            exported_at,
            note,
            remarked,
            version,
            reference,
            conflict: None,
        })
    };
    let rows = connection.query_all(joined.as_query()).await?;
    rows.iter().map(export).collect()
}

/// Those of these entries that have a mark for the system.
pub async fn marked(
    connection: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
) -> Result<HashSet<EntryId>> {
    let mut marked = HashSet::new();
    for part in ids.chunks(BATCH) {
        let of_part = Entity::find()
            .select_only()
            .column(Column::EntryId)
            .filter(Column::EntryId.is_in(part.iter().copied()))
            .filter(Column::SystemKey.eq(system_key));
        marked.extend(of_part.into_tuple::<EntryId>().all(connection).await?);
    }
    Ok(marked)
}
