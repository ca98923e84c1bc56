//! Imports, and the records that one stages while it runs.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JsonValue, QueryFilter, QueryOrder, QuerySelect};

use super::numbered;
use crate::domain::import::{EntryOrigin, Import, ImportFile};
use crate::domain::page::Page;
use crate::domain::{EntryId, Error, Result, Timestamp};
use crate::entities::import::{ActiveModel, Column, Entity, Model};
use crate::entities::{accounting_entry, import_chunk};

/// Begins an import, and gives its number.
pub async fn begin(transaction: &impl ConnectionTrait, actor: &str, now: Timestamp) -> Result<i64> {
    let row = ActiveModel {
        id: NotSet,
        at: Set(now),
        actor: Set(actor.to_owned()),
        files: Set(JsonValue::Array(Vec::new())),
        summary: Set(None),
        alive_at: Set(now),
    };
    Ok(Entity::insert(row).exec(transaction).await?.last_insert_id)
}

/// Notes that the import is at work.
pub async fn is_alive(transaction: &impl ConnectionTrait, id: i64, now: Timestamp) -> Result<()> {
    let row = ActiveModel { alive_at: Set(now), ..Default::default() };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(transaction).await?;
    Ok(())
}

/// Writes which files it read.
pub async fn name_files(transaction: &impl ConnectionTrait, id: i64, files: &[ImportFile]) -> Result<()> {
    let files = serde_json::to_value(files).map_err(Error::internal)?;
    let row = ActiveModel { files: Set(files), ..Default::default() };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(transaction).await?;
    Ok(())
}

/// Writes what it came to.
pub async fn finish(transaction: &impl ConnectionTrait, id: i64, summary: JsonValue) -> Result<()> {
    let row = ActiveModel { summary: Set(Some(summary)), ..Default::default() };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(transaction).await?;
    Ok(())
}

/// Deletes an import that wrote no entry.
pub async fn forget(transaction: &impl ConnectionTrait, id: i64) -> Result<()> {
    Entity::delete_by_id(id).exec(transaction).await?;
    Ok(())
}

/// Those of the imports that there are.
pub async fn by_ids(connection: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Import>> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(connection).await?;
    rows.into_iter().map(import).collect()
}

/// The imports on this page, one more than the page has when there are more: newest first, or backwards when the page is
/// taken from the end.
pub async fn page(connection: &impl ConnectionTrait, page: &Page<i64>) -> Result<Vec<Import>> {
    let query = numbered::highest_first(Entity::find(), Column::Id, page);
    query.all(connection).await?.into_iter().map(import).collect()
}

/// Where the entries were last written from; those that came from no file are not in it.
pub async fn origins(
    connection: &impl ConnectionTrait,
    ids: &[EntryId],
) -> Result<Vec<(EntryId, EntryOrigin)>> {
    use accounting_entry::Column;
    let query = accounting_entry::Entity::find()
        .select_only()
        .columns([Column::Id, Column::ImportId, Column::ImportFile, Column::ImportLine])
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::ImportId.is_not_null());
    let rows: Vec<(EntryId, i64, i64, i64)> = query.into_tuple().all(connection).await?;
    let origin = |(id, import_id, file, line)| {
        (id, EntryOrigin { import_id, file: usize::try_from(file).unwrap_or(usize::MAX), line })
    };
    Ok(rows.into_iter().map(origin).collect())
}

fn import(row: Model) -> Result<Import> {
    let Model { id, at, actor, files, summary, alive_at: _ } = row;
    let files = serde_json::from_value(files).map_err(Error::internal)?;
    Ok(Import { id, at, actor, files, summary })
}

/// Where a chunk of records lies.
#[derive(Clone, Copy, Debug)]
pub struct ChunkPlace {
    /// The import.
    pub import_id: i64,
    /// Which of its sorters.
    pub sorter: i64,
    /// Which of the sorter's runs.
    pub run: i64,
    /// Which of the run's chunks.
    pub number: i64,
}

/// Stages chunks.
pub async fn stage(
    transaction: &impl ConnectionTrait,
    chunks: impl IntoIterator<Item = (ChunkPlace, Vec<u8>)>,
) -> Result<()> {
    let rows = chunks.into_iter().map(|(place, records)| import_chunk::ActiveModel {
        import_id: Set(place.import_id),
        sorter: Set(place.sorter),
        run: Set(place.run),
        number: Set(place.number),
        records: Set(records),
    });
    import_chunk::Entity::insert_many(rows).exec_without_returning(transaction).await?;
    Ok(())
}

/// A chunk that was staged; `None` when it is no longer there.
pub async fn staged(connection: &impl ConnectionTrait, place: ChunkPlace) -> Result<Option<Vec<u8>>> {
    let key = (place.import_id, place.sorter, place.run, place.number);
    Ok(import_chunk::Entity::find_by_id(key).one(connection).await?.map(|row| row.records))
}

/// Deletes some of the chunks of an import; whether there may be more.
pub async fn clear(transaction: &impl ConnectionTrait, import_id: i64) -> Result<bool> {
    use import_chunk::Column;
    let found = import_chunk::Entity::find()
        .select_only()
        .columns([Column::Sorter, Column::Run])
        .filter(Column::ImportId.eq(import_id))
        .order_by_asc(Column::Sorter)
        .order_by_asc(Column::Run)
        .limit(1);
    let Some((sorter, run)) = found.into_tuple::<(i64, i64)>().one(transaction).await? else {
        return Ok(false);
    };
    import_chunk::Entity::delete_many()
        .filter(Column::ImportId.eq(import_id))
        .filter(Column::Sorter.eq(sorter))
        .filter(Column::Run.eq(run))
        .exec(transaction)
        .await?;
    Ok(true)
}

/// An import that left chunks behind and has not done anything since that moment.
pub async fn dead(connection: &impl ConnectionTrait, since: Timestamp) -> Result<Option<i64>> {
    let first = import_chunk::Entity::find()
        .select_only()
        .column(import_chunk::Column::ImportId)
        .distinct()
        .order_by_asc(import_chunk::Column::ImportId)
        .limit(100);
    let with_chunks: Vec<i64> = first.into_tuple().all(connection).await?;
    let alive = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(with_chunks.iter().copied()))
        .filter(Column::AliveAt.gte(since));
    let alive: Vec<i64> = alive.into_tuple().all(connection).await?;
    Ok(with_chunks.into_iter().find(|id| !alive.contains(id)))
}
