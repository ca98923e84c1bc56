//! Reads entries by id and by external id, and writes entries.

use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::{LockBehavior, LockType, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};

use super::progress::Locked;
use super::{columnwise, comparing, convert};
use crate::domain::{Entry, EntryContent, EntryId, Fields, Result, Timestamp};
use crate::entities::accounting_entry::{ActiveModel, Column, Entity};

/// The most entries that one statement of an import writes. SQLite allows 32,766 parameters; an imported entry has 28.
pub const BATCH: usize = 1_000;

/// The entries with these ids, ordered by id. Ids that no entry has are left out.
pub async fn by_ids(connection: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<Entry>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).order_by_asc(Column::Id);
    all(connection, query).await
}

/// The same, locked against other writers until the transaction ends.
pub async fn lock_by_ids(transaction: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<Entry>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).order_by_asc(Column::Id);
    all(transaction, query.lock(LockType::Update)).await
}

/// Holds these entries against changes until the transaction ends, and gives their ids in order; those that another
/// transaction is changing are waited for or left out. On SQLite nobody else writes.
pub(super) async fn hold(
    transaction: &impl ConnectionTrait,
    ids: &[EntryId],
    others: Locked,
) -> Result<Vec<EntryId>> {
    let mut held = Vec::with_capacity(ids.len());
    for part in ids.chunks(BATCH) {
        let mut query = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Id.is_in(part.iter().copied()))
            .order_by_asc(Column::Id);
        if transaction.get_database_backend() == DbBackend::Postgres {
            query = match others {
                Locked::Awaited => query.lock(LockType::Share),
                Locked::Skipped => query.lock_with_behavior(LockType::Share, LockBehavior::SkipLocked),
            };
        }
        held.extend(query.into_tuple::<EntryId>().all(transaction).await?);
    }
    Ok(held)
}

/// The entries with these external ids, ordered by external id. Those that no entry has are left out.
pub async fn by_external_ids(connection: &impl ConnectionTrait, external_ids: &[&str]) -> Result<Vec<Entry>> {
    all(connection, named(external_ids)).await
}

/// The same, locked against other writers until the transaction ends.
pub async fn lock_by_external_ids(
    transaction: &impl ConnectionTrait,
    external_ids: &[&str],
) -> Result<Vec<Entry>> {
    all(transaction, named(external_ids).lock(LockType::Update)).await
}

async fn all(connection: &impl ConnectionTrait, query: Select<Entity>) -> Result<Vec<Entry>> {
    let columns = convert::columns(&Fields::All);
    let query = query.select_only().columns(columns.iter().copied());
    let rows = connection.query_all(query.as_query()).await?;
    rows.iter().map(|row| convert::listed(row, &columns)).collect()
}

fn named(external_ids: &[&str]) -> Select<Entity> {
    Entity::find()
        .filter(Column::ExternalId.is_in(external_ids.iter().copied()))
        .order_by_asc(Column::ExternalId)
}

/// Inserts the contents whose external id no entry has yet, and gives the new entries. If another open transaction has
/// inserted the same external id, the statement waits until it ends, and leaves the content out if it committed.
pub async fn insert(
    transaction: &impl ConnectionTrait,
    contents: Vec<EntryContent>,
    actor: &str,
    now: Timestamp,
) -> Result<Vec<Entry>> {
    if contents.is_empty() {
        return Ok(Vec::new());
    }
    let rows = contents.into_iter().map(|content| new(content, actor, now)).collect();
    let mut insert = columnwise::insert(rows, transaction.get_database_backend())?;
    let columns = convert::columns(&Fields::All);
    insert.on_conflict(unless_known()).returning(Query::returning().columns(columns.iter().copied()));
    let inserted = transaction.query_all(&insert).await?;
    inserted.iter().map(|row| convert::listed(row, &columns)).collect()
}

/// The line of an import's file that an entry is written from.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The import, by its id.
    pub import_id: i64,
    /// Which of its files, counted from 0.
    pub file: i64,
    /// Which line of the file, counted from 1.
    pub line: i64,
    /// A digest of the line's values and of the columns that it has.
    pub digest: [u8; 16],
}

impl Origin {
    fn write(&self, row: &mut ActiveModel, updated_at: Timestamp) {
        row.import_id = Set(Some(self.import_id));
        row.import_file = Set(Some(self.file));
        row.import_line = Set(Some(self.line));
        row.import_digest = Set(Some(comparing::bound(&self.digest, updated_at)));
    }
}

/// Inserts the lines of an import whose external id no entry has yet, and gives how many were inserted. `lines` are
/// [`BATCH`] at most.
pub async fn insert_imported(
    transaction: &impl ConnectionTrait,
    lines: Vec<(EntryContent, Origin)>,
    actor: &str,
    now: Timestamp,
) -> Result<u64> {
    if lines.is_empty() {
        return Ok(0);
    }
    let rows = lines.into_iter().map(|(content, origin)| {
        let mut row = new(content, actor, now);
        origin.write(&mut row, now);
        row
    });
    let mut insert = columnwise::insert(rows.collect(), transaction.get_database_backend())?;
    insert.on_conflict(unless_known());
    Ok(transaction.execute(&insert).await?.rows_affected())
}

/// Leaves out what has the external id of an entry.
fn unless_known() -> OnConflict {
    OnConflict::column(Column::ExternalId).do_nothing().to_owned()
}

fn new(content: EntryContent, actor: &str, now: Timestamp) -> ActiveModel {
    ActiveModel {
        created_at: Set(now),
        updated_at: Set(now),
        recorded_by: Set(Some(actor.to_owned())),
        ..convert::row(content)
    }
}

/// Replaces the content of an entry, and reinstates the entry if it was withdrawn. Gives its new `updated_at`: `now`,
/// or one microsecond after the old value if that is later, so that "updated since" never misses a change.
pub async fn replace(
    transaction: &impl ConnectionTrait,
    entry: &Entry,
    content: &EntryContent,
    origin: Option<&Origin>,
    now: Timestamp,
) -> Result<Timestamp> {
    let updated_at = after(now, entry);
    let mut row = ActiveModel {
        id: Unchanged(entry.id),
        updated_at: Set(updated_at),
        withdrawn_at: Set(None),
        ..convert::row(content.clone())
    };
    if let Some(origin) = origin {
        origin.write(&mut row, updated_at);
    }
    Entity::update(row).exec(transaction).await?;
    Ok(updated_at)
}

/// Withdraws the entries, and gives for each its `withdrawn_at`, which is also its new `updated_at`. A trigger deletes
/// their pending rows.
pub async fn withdraw(
    transaction: &impl ConnectionTrait,
    entries: &[Entry],
    now: Timestamp,
) -> Result<Vec<(EntryId, Timestamp)>> {
    let mut withdrawn = Vec::with_capacity(entries.len());
    for entry in entries {
        let at = after(now, entry);
        let row = ActiveModel {
            id: Unchanged(entry.id),
            updated_at: Set(at),
            withdrawn_at: Set(Some(at)),
            ..Default::default()
        };
        Entity::update(row).exec(transaction).await?;
        withdrawn.push((entry.id, at));
    }
    Ok(withdrawn)
}

fn after(now: Timestamp, entry: &Entry) -> Timestamp {
    now.max(entry.updated_at.plus_micros(1))
}
