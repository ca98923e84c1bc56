//! Entries by id and by external id, and writing them.

use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, TryInsertResult,
};

use super::{comparing, convert};
use crate::domain::{Entry, EntryContent, EntryId, Result, Timestamp};
use crate::entities::accounting_entry::{ActiveModel, Column, Entity};

/// Entries that one statement writes. SQLite takes 32,766 parameters, an imported entry has 28.
pub const BATCH: usize = 1_000;

/// Those of the entries that exist, by id.
pub async fn by_ids(connection: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<Entry>> {
    let query = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).order_by_asc(Column::Id);
    Ok(query.all(connection).await?.into_iter().map(Entry::from).collect())
}

/// The same, locked against other writers until the transaction ends.
pub async fn lock_by_ids(transaction: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<Entry>> {
    let query = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).order_by_asc(Column::Id);
    Ok(query.lock(LockType::Update).all(transaction).await?.into_iter().map(Entry::from).collect())
}

/// Those of the entries that exist, by external id.
pub async fn by_external_ids(connection: &impl ConnectionTrait, external_ids: &[&str]) -> Result<Vec<Entry>> {
    let query = named(external_ids);
    Ok(query.all(connection).await?.into_iter().map(Entry::from).collect())
}

/// The same, locked against other writers until the transaction ends.
pub async fn lock_by_external_ids(
    transaction: &impl ConnectionTrait,
    external_ids: &[&str],
) -> Result<Vec<Entry>> {
    let query = named(external_ids).lock(LockType::Update);
    Ok(query.all(transaction).await?.into_iter().map(Entry::from).collect())
}

fn named(external_ids: &[&str]) -> Select<Entity> {
    Entity::find()
        .filter(Column::ExternalId.is_in(external_ids.iter().copied()))
        .order_by_asc(Column::ExternalId)
}

/// Inserts those of the contents whose external id is free, and gives back the entries made. One that another
/// transaction inserts at the same time is waited for and left out.
pub async fn insert(
    transaction: &impl ConnectionTrait,
    contents: Vec<EntryContent>,
    actor: &str,
    now: Timestamp,
) -> Result<Vec<Entry>> {
    let rows = contents.into_iter().map(|content| new(content, actor, now));
    let inserted = Entity::insert_many(rows)
        .on_conflict(OnConflict::column(Column::ExternalId).do_nothing().to_owned())
        .try_insert()
        .exec_with_returning_many(transaction)
        .await?;
    match inserted {
        TryInsertResult::Inserted(rows) => Ok(rows.into_iter().map(Entry::from).collect()),
        TryInsertResult::Empty | TryInsertResult::Conflicted => Ok(Vec::new()),
    }
}

/// Where an entry was written from.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The import.
    pub import_id: i64,
    /// Which of its files, from 0.
    pub file: i64,
    /// Which line of the file, from 1.
    pub line: i64,
    /// What stands for what the line says.
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

/// Inserts lines of an import whose external ids are free, and tells how many there were of these.
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
    let insert =
        Entity::insert_many(rows).on_conflict(OnConflict::column(Column::ExternalId).do_nothing().to_owned());
    Ok(insert.exec_without_returning(transaction).await?)
}

fn new(content: EntryContent, actor: &str, now: Timestamp) -> ActiveModel {
    ActiveModel {
        created_at: Set(now),
        updated_at: Set(now),
        recorded_by: Set(Some(actor.to_owned())),
        ..convert::row(content)
    }
}

/// Replaces the content of an entry, which stands afterwards, also if it was withdrawn. The moment that it gives becomes
/// the entry's `updated_at`: `now`, or a microsecond after the last one, so that "updated since" never misses a change.
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

/// Takes the entries back, and gives the moment of each. The database takes their pending rows away.
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
