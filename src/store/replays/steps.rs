//! One step of a replay: a transaction that takes some marks back, or puts some back.
//!
//! A step locks the replay first, so that gateways share the work and a cancellation waits for the step. What follows is in
//! the order of all operations: system, entries, marks, pending rows, each by id.

use std::collections::{HashMap, HashSet};

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict, Order, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::replay::ReplayState;
use crate::domain::{EntryId, Error, Result, SystemId, Timestamp};
use crate::entities::export_replay::{Column, Entity, Model};
use crate::entities::{export_mark, pending_export, set_aside_mark};
use crate::store::marks::aside;
use crate::store::progress::{self, Locked};
use crate::store::{changes, claims, columnwise, entries, marks, systems, timeline};

/// What a step did.
#[derive(Clone, Debug)]
pub struct Stepped {
    /// The system of the replay.
    pub system_id: SystemId,
    /// Entries whose mark was taken back, or put back.
    pub entries: Vec<EntryId>,
    /// Whether there is more to do.
    pub goes_on: bool,
}

/// Locks the replay with this number; `None` when another gateway is at it, or it is not at work any more.
pub async fn lock(transaction: &impl ConnectionTrait, id: i64) -> Result<Option<Model>> {
    let mut found = Entity::find_by_id(id);
    if transaction.get_database_backend() == DbBackend::Postgres {
        found = found.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let row = found.one(transaction).await?;
    Ok(row.filter(|row| matches!(row.state, ReplayState::Running | ReplayState::Cancelling)))
}

/// Takes the next marks of the range back, `limit` at most.
///
/// A mark that was made again after the replay was started stays, whatever the clock of the gateway that made it: its event
/// has a higher number than any event had at the start. One that another program wrote has no event.
pub async fn set_aside(
    transaction: &impl ConnectionTrait,
    replay: &Model,
    limit: u64,
    now: Timestamp,
) -> Result<Stepped> {
    let system_id = name(transaction, replay).await?;
    let next = next_marks(transaction, replay, limit).await?;
    let ids: Vec<EntryId> = next.iter().map(|(_, id)| *id).collect();
    let mut marks = aside::lock(transaction, replay.system_key, &ids).await?;
    let exported = timeline::newest_of(transaction, &ids, &system_id, &["EXPORTED"]).await?;
    let exported: HashMap<EntryId, i64> =
        exported.into_iter().map(|event| (event.entry_id, event.id)).collect();
    marks.retain(|mark| {
        let is_in_range = mark.marked_at > replay.marked_since && mark.marked_at <= replay.marked_until;
        let event = exported.get(&mark.entry_id);
        is_in_range && event.is_none_or(|event| *event <= replay.last_event_id)
    });
    let reason = |_: &export_mark::Model| Some(replay.reason.clone());
    let entries = aside::move_aside(transaction, marks, reason, Some(replay.id), &replay.actor, now).await?;
    let goes_on = next.len() as u64 == limit;
    let count = i64::try_from(entries.len()).map_err(Error::internal)?;
    let mut update = Entity::update_many()
        .col_expr(Column::SetAsideCount, Expr::col(Column::SetAsideCount).add(count))
        .filter(Column::Id.eq(replay.id));
    match next.last().filter(|_| goes_on) {
        Some((at, id)) => {
            update =
                update.col_expr(Column::PassedAt, (*at).into()).col_expr(Column::PassedEntryId, (*id).into());
        }
        None => {
            update = update
                .col_expr(Column::State, ReplayState::Done.into())
                .col_expr(Column::EndedAt, now.into());
        }
    }
    update.exec(transaction).await?;
    Ok(Stepped { system_id, entries, goes_on })
}

async fn name(transaction: &impl ConnectionTrait, replay: &Model) -> Result<SystemId> {
    let name = systems::name_of(transaction, replay.system_key).await?;
    name.ok_or_else(|| Error::internal("a replay without a system"))
}

/// The marks of the range that come next, by their time and entry.
async fn next_marks(
    transaction: &impl ConnectionTrait,
    replay: &Model,
    limit: u64,
) -> Result<Vec<(Timestamp, EntryId)>> {
    let column = |column: export_mark::Column| Expr::col((export_mark::Entity, column));
    let place = Expr::tuple([column(export_mark::Column::MarkedAt), column(export_mark::Column::EntryId)]);
    let passed = Expr::tuple([Expr::value(replay.passed_at), Expr::value(replay.passed_entry_id)]);
    let query = Query::select()
        .columns([export_mark::Column::MarkedAt, export_mark::Column::EntryId])
        .from(export_mark::Entity)
        .and_where(column(export_mark::Column::SystemKey).eq(replay.system_key))
        .and_where(place.gt(passed))
        .and_where(column(export_mark::Column::MarkedAt).lte(replay.marked_until))
        .order_by(export_mark::Column::MarkedAt, Order::Asc)
        .order_by(export_mark::Column::EntryId, Order::Asc)
        .limit(limit)
        .to_owned();
    let names = ["marked_at", "entry_id"].map(str::to_owned);
    let rows = transaction.query_all(&query).await?;
    rows.iter().map(|row| Ok(row.try_get_many("", &names)?)).collect()
}

/// Puts the next marks back that the replay took back, `limit` at most, each with the time that it had: those of entries
/// that have no mark now, whose mark nobody took back since, and that no live claim holds.
///
/// The step takes the turn of the system's claims, so that nothing is claimed meanwhile.
pub async fn put_back(
    transaction: &impl ConnectionTrait,
    replay: &Model,
    limit: u64,
    now: Timestamp,
) -> Result<Stepped> {
    let system_id = name(transaction, replay).await?;
    let next = set_aside_mark::Entity::find()
        .filter(set_aside_mark::Column::ReplayId.eq(replay.id))
        .filter(set_aside_mark::Column::Id.gt(replay.put_back_to))
        .order_by_asc(set_aside_mark::Column::Id)
        .limit(limit)
        .all(transaction)
        .await?;
    let last = next.last().map(|mark| mark.id);
    let goes_on = next.len() as u64 == limit;
    systems::make_known(transaction, &[&system_id], now).await?;
    claims::take_turn(transaction, replay.system_key).await?;
    let ids: Vec<EntryId> = next.iter().map(|mark| mark.entry_id).collect();
    // Nobody changes or withdraws them meanwhile.
    entries::hold(transaction, &ids, Locked::Awaited).await?;
    let marked = marks::marked(transaction, replay.system_key, &ids).await?;
    let newest = aside::newest_set_aside(transaction, replay.system_key, &ids).await?;
    let claimed = claimed(transaction, replay.system_key, &ids).await?;
    let returning: Vec<set_aside_mark::Model> = next
        .into_iter()
        .filter(|mark| !marked.contains(&mark.entry_id) && !claimed.contains(&mark.entry_id))
        .filter(|mark| newest.get(&mark.entry_id) == Some(&mark.id))
        .collect();
    let entries = write(transaction, replay.system_key, returning).await?;
    let count = i64::try_from(entries.len()).map_err(Error::internal)?;
    let mut update = Entity::update_many()
        .col_expr(Column::PutBackCount, Expr::col(Column::PutBackCount).add(count))
        .filter(Column::Id.eq(replay.id));
    if let Some(last) = last {
        update = update.col_expr(Column::PutBackTo, last.into());
    }
    if !goes_on {
        update = update
            .col_expr(Column::State, ReplayState::Cancelled.into())
            .col_expr(Column::EndedAt, now.into());
    }
    update.exec(transaction).await?;
    Ok(Stepped { system_id, entries, goes_on })
}

/// Those of the entries that a live claim holds.
async fn claimed(
    connection: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
) -> Result<HashSet<EntryId>> {
    let held = pending_export::Entity::find()
        .select_only()
        .column(pending_export::Column::EntryId)
        .filter(pending_export::Column::SystemKey.eq(system_key))
        .filter(pending_export::Column::EntryId.is_in(ids.iter().copied()))
        .filter(claims::is_live(connection.get_database_backend()));
    Ok(held.into_tuple().all(connection).await?.into_iter().collect())
}

/// Writes the marks again that had been set aside, and gives their entries. An entry that another transaction marks at the
/// same moment keeps that mark. One that others have marked and un-marked since the step looked stays without.
async fn write(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    mut returning: Vec<set_aside_mark::Model>,
) -> Result<Vec<EntryId>> {
    if returning.is_empty() {
        return Ok(Vec::new());
    }
    returning.sort_by_key(|mark| mark.entry_id);
    let numbers: HashMap<EntryId, i64> = returning.iter().map(|mark| (mark.entry_id, mark.id)).collect();
    let rows = returning.into_iter().map(|mark| export_mark::ActiveModel {
        entry_id: Set(mark.entry_id),
        system_key: Set(mark.system_key),
        marked_at: Set(mark.marked_at),
        note: Set(mark.note),
        actor: Set(mark.actor),
        times_marked: Set(mark.times_marked),
        version: Set(mark.version),
        reference_id: Set(mark.reference_id),
        reference_url: Set(mark.reference_url),
    });
    let others = OnConflict::columns([export_mark::Column::EntryId, export_mark::Column::SystemKey])
        .do_nothing()
        .to_owned();
    let mut insert = columnwise::insert(rows.collect(), transaction.get_database_backend())?;
    insert.on_conflict(others).returning(Query::returning().column(export_mark::Column::EntryId));
    let mut entries: Vec<EntryId> = Vec::with_capacity(numbers.len());
    for row in transaction.query_all(&insert).await? {
        entries.push(row.try_get("", "entry_id")?);
    }
    // From here on nobody takes a mark of them back: this transaction has the marks.
    let newest = aside::newest_set_aside(transaction, system_key, &entries).await?;
    let (entries, unmarked): (Vec<EntryId>, Vec<EntryId>) =
        entries.into_iter().partition(|id| newest.get(id) == numbers.get(id));
    if !unmarked.is_empty() {
        export_mark::Entity::delete_many()
            .filter(export_mark::Column::SystemKey.eq(system_key))
            .filter(export_mark::Column::EntryId.is_in(unmarked))
            .exec(transaction)
            .await?;
    }
    // The entry may have changed since: readers compare the versions.
    let pairs: Vec<(EntryId, i64)> = entries.iter().map(|id| (*id, system_key)).collect();
    changes::list(transaction, &pairs).await?;
    progress::end(transaction, system_key, entries.clone()).await?;
    let gone = entries.iter().filter_map(|id| numbers.get(id).copied());
    set_aside_mark::Entity::delete_many()
        .filter(set_aside_mark::Column::Id.is_in(gone))
        .exec(transaction)
        .await?;
    Ok(entries)
}
