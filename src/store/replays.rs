//! Replays, which take back the marks of a range of time, and their steps.

mod steps;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, LockType, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Statement,
};

use super::numbered;
use crate::domain::page::Page;
use crate::domain::replay::{Replay, ReplayState};
use crate::domain::{Result, SystemId, Timestamp};
use crate::entities::export_replay::{ActiveModel, Column, Entity, Model};
use crate::entities::export_system;

pub use steps::{Stepped, lock, put_back, set_aside};

/// The highest number that an event has been given. On PostgreSQL that includes events of transactions that are open.
const LAST_EVENT_ON_POSTGRES: &str = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('timeline_events', 'id')::regclass), 0) AS id";
const LAST_EVENT_ON_SQLITE: &str = "SELECT coalesce(max(id), 0) AS id FROM timeline_events";

/// A replay to start.
#[derive(Clone, Copy, Debug)]
pub struct NewReplay<'a> {
    /// The system, by its key.
    pub system_key: i64,
    /// Marks after this moment are taken back.
    pub marked_since: Timestamp,
    /// Marks up to this moment are.
    pub marked_until: Timestamp,
    /// Why.
    pub reason: &'a str,
    /// Who starts it.
    pub actor: &'a str,
}

/// Starts a replay and gives its number; `None` when another one of the system is at work.
pub async fn start(
    transaction: &impl ConnectionTrait,
    replay: &NewReplay<'_>,
    now: Timestamp,
) -> Result<Option<i64>> {
    let backend = transaction.get_database_backend();
    let last_event = match backend {
        DbBackend::Postgres => LAST_EVENT_ON_POSTGRES,
        _ => LAST_EVENT_ON_SQLITE,
    };
    let last_event = transaction.query_one_raw(Statement::from_string(backend, last_event)).await?;
    let last_event_id = last_event.map(|row| row.try_get("", "id")).transpose()?.unwrap_or_default();
    let row = ActiveModel {
        id: NotSet,
        system_key: Set(replay.system_key),
        marked_since: Set(replay.marked_since),
        marked_until: Set(replay.marked_until),
        last_event_id: Set(last_event_id),
        reason: Set(replay.reason.to_owned()),
        actor: Set(replay.actor.to_owned()),
        started_at: Set(now),
        passed_at: Set(replay.marked_since),
        passed_entry_id: Set(i64::MAX),
        ..ActiveModel::default()
    };
    let others = OnConflict::new().do_nothing().to_owned();
    // Another open replay of the system is in the way of the row, by the index of open replays.
    let mut insert = Entity::insert(row).on_conflict(others).into_query();
    insert.returning(Query::returning().column(Column::Id));
    let started = transaction.query_one(&insert).await?;
    Ok(started.map(|row| row.try_get("", "id")).transpose()?)
}

/// Condition: the replay is at work.
fn is_open() -> Expr {
    // As the partial index has it: with other words PostgreSQL would not use that index.
    Expr::cust("state IN ('RUNNING', 'CANCELLING')")
}

/// The numbers of the replays that are at work, oldest first.
pub async fn open(connection: &impl ConnectionTrait) -> Result<Vec<i64>> {
    let ids = Entity::find().select_only().column(Column::Id).filter(is_open()).order_by_asc(Column::Id);
    Ok(ids.into_tuple().all(connection).await?)
}

/// Whether a replay of the system with this key is at work.
pub async fn is_open_for(connection: &impl ConnectionTrait, system_key: i64) -> Result<bool> {
    let open = Entity::find().filter(Column::SystemKey.eq(system_key)).filter(is_open());
    Ok(open.one(connection).await?.is_some())
}

/// Cancels a replay that runs or is done; any other stays as it is. Gives `false` when another replay of the system is at
/// work. It waits for a step of the replay that is being done.
pub async fn cancel(transaction: &impl ConnectionTrait, id: i64, by: &str, now: Timestamp) -> Result<bool> {
    let mut found = Entity::find_by_id(id);
    if transaction.get_database_backend() == DbBackend::Postgres {
        found = found.lock(LockType::Update);
    }
    let Some(row) = found.one(transaction).await? else { return Ok(true) };
    if matches!(row.state, ReplayState::Cancelling | ReplayState::Cancelled) {
        return Ok(true);
    }
    let other = Entity::find()
        .filter(Column::SystemKey.eq(row.system_key))
        .filter(Column::Id.ne(id))
        .filter(is_open())
        .one(transaction)
        .await?;
    if other.is_some() {
        return Ok(false);
    }
    Entity::update_many()
        .col_expr(Column::State, ReplayState::Cancelling.into())
        .col_expr(Column::CancelledAt, now.into())
        .col_expr(Column::CancelledBy, by.into())
        .col_expr(Column::EndedAt, Option::<Timestamp>::None.into())
        .filter(Column::Id.eq(id))
        .exec(transaction)
        .await?;
    Ok(true)
}

/// The replay with this number.
pub async fn find(connection: &impl ConnectionTrait, id: i64) -> Result<Option<Replay>> {
    let row = Entity::find_by_id(id).find_also_related(export_system::Entity).one(connection).await?;
    Ok(row.and_then(|(row, system)| Some(replay_of(row, system?.name))))
}

/// A page of the replays of a system, oldest first, in reverse when taken from the end.
pub async fn page(
    connection: &impl ConnectionTrait,
    system_id: &SystemId,
    page: &Page<i64>,
) -> Result<Vec<Replay>> {
    let columns = (Column::SystemKey, Column::Id);
    let query = numbered::lowest_first_of_system(Entity::find(), columns, system_id, page);
    let rows = query.all(connection).await?;
    Ok(rows.into_iter().map(|row| replay_of(row, system_id.clone())).collect())
}

fn replay_of(row: Model, system_id: SystemId) -> Replay {
    Replay {
        id: row.id,
        system_id,
        marked_since: row.marked_since,
        marked_until: row.marked_until,
        reason: row.reason,
        actor: row.actor,
        started_at: row.started_at,
        state: row.state,
        set_aside: row.set_aside_count.unsigned_abs(),
        put_back: row.put_back_count.unsigned_abs(),
        ended_at: row.ended_at,
        cancelled: row.cancelled_at.zip(row.cancelled_by),
    }
}
