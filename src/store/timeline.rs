//! The timeline of entries. That an entry was recorded is told by its own `created_at` and `recorded_by`; every later
//! event is a row.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, Iterable, QueryFilter, QueryTrait};
use serde_json::Value;

use super::statement::statement;
use super::{columnwise, convert};
use crate::domain::event::{EventPayload, TimelineEvent};
use crate::domain::page::Page;
use crate::domain::{EntryId, Result, SystemId, Timestamp};
use crate::entities::accounting_entry;
use crate::entities::timeline_event::{ActiveModel, Column, Entity, Model};

/// The most events that one statement writes. SQLite allows 32,766 parameters, and an event has 6.
const BATCH: usize = 1_000;

/// An event to append.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The entry.
    pub entry_id: EntryId,
    /// When it happened.
    pub at: Timestamp,
    /// The system, if the event concerns one.
    pub system_id: Option<SystemId>,
    /// What happened.
    pub payload: EventPayload,
}

/// Appends the events to the timelines of their entries. `actor` is who caused them.
pub async fn append(transaction: &impl ConnectionTrait, events: Vec<NewEvent>, actor: &str) -> Result<()> {
    let row = |event: NewEvent| ActiveModel {
        id: NotSet,
        entry_id: Set(event.entry_id),
        kind: Set(event.payload.name().to_owned()),
        at: Set(event.at),
        system_id: Set(event.system_id),
        payload: Set(event.payload.fields().into()),
        actor: Set(Some(actor.to_owned())),
    };
    let mut rows = events.into_iter().map(row);
    loop {
        let part: Vec<ActiveModel> = rows.by_ref().take(BATCH).collect();
        if part.is_empty() {
            return Ok(());
        }
        let insert = columnwise::insert(part, transaction.get_database_backend())?;
        transaction.execute(&insert).await?;
    }
}

/// A page of the timeline of each of the entries, with one event more than its size when there are more. The events of
/// an entry come oldest first, or newest first when the page is taken from the end. Events that concern a system are
/// only given for these systems (`None`: for all).
pub async fn of_entries(
    connection: &impl ConnectionTrait,
    ids: &[EntryId],
    systems: Option<&[SystemId]>,
    page: &Page<i64>,
) -> Result<Vec<TimelineEvent>> {
    let backend = connection.get_database_backend();
    let query = page_of_each(ids, systems, page, backend);
    let rows = connection.query_all_raw(statement(&query, backend)).await?;
    rows.iter().map(|row| Ok(TimelineEvent::from(convert::cells::<Cells>(row)?))).collect()
}

/// The events with these ids, in no order; ids that no event has are left out. Events that concern a system are only
/// given for these systems (`None`: for all).
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    ids: &[i64],
    systems: Option<&[SystemId]>,
) -> Result<Vec<TimelineEvent>> {
    let events = Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .apply_if(systems, |query, systems| query.filter(visible(systems)));
    Ok(events.all(connection).await?.into_iter().map(TimelineEvent::from).collect())
}

/// The newest event of each of these kinds for each of the entries, of those that concern the system, in no order.
pub async fn newest_of(
    connection: &impl ConnectionTrait,
    ids: &[EntryId],
    system: &SystemId,
    kinds: &[&str],
) -> Result<Vec<TimelineEvent>> {
    let newest = Query::select()
        .expr(Expr::col(Column::Id).max())
        .from(Entity)
        .and_where(Expr::col(Column::EntryId).is_in(ids.iter().copied()))
        .and_where(Expr::col(Column::SystemId).eq(system.as_str()))
        .and_where(Expr::col(Column::Kind).is_in(kinds.iter().copied()))
        .group_by_columns([Column::EntryId, Column::Kind])
        .to_owned();
    let events = Entity::find().filter(Column::Id.in_subquery(newest));
    Ok(events.all(connection).await?.into_iter().map(TimelineEvent::from).collect())
}

/// Condition: the event concerns no system, or one of these.
fn visible(systems: &[SystemId]) -> Expr {
    let named = Expr::col(Column::SystemId).is_in(systems.iter().map(SystemId::as_str));
    Expr::col(Column::SystemId).is_null().or(named)
}

/// The statement of [`of_entries`]. A subquery reads the events of each entry and ends with the page, since an entry
/// that is exported every hour has thousands of events.
fn page_of_each(
    ids: &[EntryId],
    systems: Option<&[SystemId]>,
    page: &Page<i64>,
    backend: DbBackend,
) -> SelectStatement {
    let entry_id = || Expr::col((accounting_entry::Entity, accounting_entry::Column::Id));
    let direction = if page.from_end { Order::Desc } else { Order::Asc };
    let mut events = Query::select()
        .from(Entity)
        .and_where(Expr::col(Column::EntryId).eq(entry_id()))
        .and_where_option(page.after.map(|after| Expr::col(Column::Id).gt(after)))
        .and_where_option(page.before.map(|before| Expr::col(Column::Id).lt(before)))
        .order_by(Column::Id, direction.clone())
        .limit(page.limit())
        .to_owned();
    if let Some(systems) = systems {
        events.and_where(visible(systems));
    }
    let mut query = Query::select()
        .columns(Column::iter().map(|column| (Entity, column)))
        .from(accounting_entry::Entity)
        .and_where(entry_id().is_in(ids.iter().copied()))
        .order_by((Entity, Column::EntryId), Order::Asc)
        .order_by((Entity, Column::Id), direction)
        .to_owned();
    match backend {
        // With the IN of the other branch, PostgreSQL would test all events of all entries.
        DbBackend::Postgres => {
            events.columns(Column::iter());
            query.join_lateral(JoinType::InnerJoin, events, Entity, Expr::val(true))
        }
        // SQLite has no LATERAL.
        _ => {
            events.column(Column::Id);
            query.join(JoinType::InnerJoin, Entity, Expr::col((Entity, Column::Id)).in_subquery(events))
        }
    };
    query
}

/// The columns of an event, in their order.
type Cells = (i64, EntryId, String, Timestamp, Option<SystemId>, Value, Option<String>);

impl From<Cells> for TimelineEvent {
    fn from((id, entry_id, kind, at, system_id, payload, actor): Cells) -> TimelineEvent {
        let payload = EventPayload::from_stored(kind, payload);
        TimelineEvent { id, entry_id, at, system_id, actor, payload }
    }
}

impl From<Model> for TimelineEvent {
    fn from(row: Model) -> TimelineEvent {
        (row.id, row.entry_id, row.kind, row.at, row.system_id, row.payload, row.actor).into()
    }
}
