//! Marks that are set aside: taken back and kept, by a person or a replay.

use std::collections::{BTreeMap, HashMap};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::BATCH;
use crate::domain::{EntryId, Result, Timestamp};
use crate::entities::export_mark::{Column, Entity, Model};
use crate::entities::set_aside_mark;
use crate::store::columnwise;

/// Sets the marks of these entries for a system aside, each for its reason: they are kept with who took them back and why,
/// and the entries are unexported again. Gives those that had a mark. The database writes the pending rows.
pub async fn set_aside(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    reasons: &BTreeMap<EntryId, &str>,
    actor: &str,
    now: Timestamp,
) -> Result<Vec<EntryId>> {
    let mut taken_back = Vec::with_capacity(reasons.len());
    let ids: Vec<EntryId> = reasons.keys().copied().collect();
    for part in ids.chunks(BATCH) {
        let marks = lock(transaction, system_key, part).await?;
        let reason = |mark: &Model| reasons.get(&mark.entry_id).map(|reason| (*reason).to_owned());
        taken_back.extend(move_aside(transaction, marks, reason, None, actor, now).await?);
    }
    Ok(taken_back)
}

/// Locks the marks of these entries for the system, in the order of the entries' ids, and gives them.
pub(in crate::store) async fn lock(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
) -> Result<Vec<Model>> {
    let of_system = Entity::find()
        .filter(Column::SystemKey.eq(system_key))
        .filter(Column::EntryId.is_in(ids.iter().copied()));
    Ok(of_system.order_by_asc(Column::EntryId).lock(LockType::Update).all(transaction).await?)
}

/// Sets these marks of one system aside, which the transaction has locked, and gives their entries. `replay_id`: the replay
/// that does it.
pub(in crate::store) async fn move_aside(
    transaction: &impl ConnectionTrait,
    marks: Vec<Model>,
    reason: impl Fn(&Model) -> Option<String>,
    replay_id: Option<i64>,
    actor: &str,
    now: Timestamp,
) -> Result<Vec<EntryId>> {
    let Some(system_key) = marks.first().map(|mark| mark.system_key) else { return Ok(Vec::new()) };
    let ids: Vec<EntryId> = marks.iter().map(|mark| mark.entry_id).collect();
    let rows = marks.into_iter().map(|mark| set_aside_mark::ActiveModel {
        id: NotSet,
        reason: Set(reason(&mark)),
        entry_id: Set(mark.entry_id),
        system_key: Set(mark.system_key),
        marked_at: Set(mark.marked_at),
        note: Set(mark.note),
        actor: Set(mark.actor),
        times_marked: Set(mark.times_marked),
        version: Set(mark.version),
        reference_id: Set(mark.reference_id),
        reference_url: Set(mark.reference_url),
        set_aside_at: Set(now),
        set_aside_by: Set(Some(actor.to_owned())),
        replay_id: Set(replay_id),
    });
    let insert = columnwise::insert(rows.collect(), transaction.get_database_backend())?;
    transaction.execute(&insert).await?;
    Entity::delete_many()
        .filter(Column::SystemKey.eq(system_key))
        .filter(Column::EntryId.is_in(ids.iter().copied()))
        .exec(transaction)
        .await?;
    Ok(ids)
}

/// The number of the newest mark of each of these entries for the system that was set aside; entries without one are left
/// out.
pub(in crate::store) async fn newest_set_aside(
    connection: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
) -> Result<HashMap<EntryId, i64>> {
    let rows: Vec<(EntryId, i64)> = set_aside_mark::Entity::find()
        .select_only()
        .columns([set_aside_mark::Column::EntryId, set_aside_mark::Column::Id])
        .filter(set_aside_mark::Column::EntryId.is_in(ids.iter().copied()))
        .filter(set_aside_mark::Column::SystemKey.eq(system_key))
        .into_tuple()
        .all(connection)
        .await?;
    let mut newest: HashMap<EntryId, i64> = HashMap::with_capacity(rows.len());
    for (entry_id, number) in rows {
        let known = newest.entry(entry_id).or_default();
        *known = number.max(*known);
    }
    Ok(newest)
}
