//! The log of events, read along its indexes: one by the system, one by the system and the kind.

pub mod sequencer;

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::statement::statement;
use super::systems::max_entry_id;
use super::timeline;
use crate::domain::event::TimelineEvent;
use crate::domain::export_event::{EventListing, ExportEvent, ExportEventKind, LogPlace};
use crate::domain::page::Page;
use crate::domain::{Error, Result, SystemId};
use crate::entities::export_event::{Column, Entity, Model};

/// The most ranges that one statement reads. SQLite joins 500 queries to one at most.
const AT_ONCE: usize = 100;

/// A page of the log, with one event more than its size when there are more; in reverse when it is taken from the end.
pub async fn page(
    connection: &impl ConnectionTrait,
    listing: &EventListing,
    page: &Page<LogPlace>,
) -> Result<Vec<ExportEvent>> {
    let backend = connection.get_database_backend();
    let kinds: Option<Vec<&str>> =
        listing.kinds.as_ref().map(|kinds| kinds.iter().map(|kind| kind.as_str()).collect());
    let query = match kinds.as_deref() {
        None => Some(range(&listing.system_id, None, page, backend)),
        Some(kinds) => ranges(&listing.system_id, kinds, page, backend),
    };
    let Some(query) = query else { return Ok(Vec::new()) };
    let rows = Model::find_by_statement(statement(&query, backend)).all(connection).await?;
    with_timeline(connection, rows).await
}

/// The newest event of this kind of each of these systems, in no order; systems that have none are left out.
pub async fn newest_of_each(
    connection: &impl ConnectionTrait,
    systems: &[&SystemId],
    kind: ExportEventKind,
) -> Result<Vec<ExportEvent>> {
    let backend = connection.get_database_backend();
    // One event is read of each: a page of none tells whether there is one.
    let page = Page { size: 0, from_end: true, after: None, before: None };
    let newest = |system: &&SystemId| range(system, Some(kind.as_str()), &page, backend);
    let mut rows = Vec::new();
    for some in systems.chunks(AT_ONCE) {
        let Some(query) = together(some.iter().map(newest)) else { continue };
        rows.extend(Model::find_by_statement(statement(&query, backend)).all(connection).await?);
    }
    with_timeline(connection, rows).await
}

/// The events after this position, of all systems, `limit` at most.
pub async fn after(connection: &impl ConnectionTrait, position: i64, limit: u64) -> Result<Vec<ExportEvent>> {
    let rows = Entity::find()
        .filter(Column::Position.gt(position))
        .order_by_asc(Column::Position)
        .limit(limit)
        .all(connection)
        .await?;
    with_timeline(connection, rows).await
}

/// How far the log and the ledger have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The place of the newest event; the beginning when there is none.
    pub place: LogPlace,
    /// The highest id of an entry, 0 when there is none; `None` when it was not asked for.
    pub newest_entry: Option<i64>,
}

/// What one look shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// How far the log and the ledger have come.
    pub seen: Seen,
    /// Whether events wait for their places.
    pub events_wait: bool,
}

/// How far the log and the ledger have come, and whether events with ids above this one wait for their places: one query, which
/// reads ends of indexes and the newest event. The end of the entries is read where it is asked for: PostgreSQL passes over all
/// that an open transaction has inserted there.
pub async fn look(connection: &impl ConnectionTrait, above: i64, at_entries: bool) -> Result<Look> {
    let backend = connection.get_database_backend();
    let position = Query::select().expr(Expr::col(Column::Position).max()).from(Entity).to_owned();
    let newest = Expr::col(Column::Position).eq(Expr::SubQuery(None, Box::new(position.clone().into())));
    let tag = Query::select().column(Column::Tag).from(Entity).and_where(newest).to_owned();
    let end = |query: SelectStatement| {
        Func::coalesce([Expr::SubQuery(None, Box::new(query.into())), Expr::value(0i64)])
    };
    let mut query = Query::select().expr_as(end(position), "position").expr_as(end(tag), "tag").to_owned();
    if at_entries {
        query.expr_as(end(max_entry_id()), "newest_entry");
    }
    if backend == DbBackend::Postgres {
        let waiting = Query::select()
            .column("id")
            .from("unsequenced_events")
            .and_where(Expr::col("id").gt(above))
            .order_by("id", Order::Asc)
            .limit(1)
            .to_owned();
        query.expr_as(end(waiting), "waiting");
    }
    let row = connection.query_one_raw(statement(&query, backend)).await?;
    let row = row.ok_or_else(|| Error::internal("a question without a row"))?;
    let place = LogPlace { position: row.try_get("", "position")?, tag: row.try_get("", "tag")? };
    let newest_entry = at_entries.then(|| row.try_get("", "newest_entry")).transpose()?;
    // SQLite gives an event its place when it is written.
    let waiting: i64 = if backend == DbBackend::Postgres { row.try_get("", "waiting")? } else { 0 };
    Ok(Look { seen: Seen { place, newest_entry }, events_wait: waiting != 0 })
}

/// How many events of each kind the log has behind the first of these positions and up to the second. A kind that only a
/// newer version knows comes as its name, too.
pub async fn kinds_between(
    connection: &impl ConnectionTrait,
    after: i64,
    to: i64,
) -> Result<Vec<(String, i64)>> {
    let kinds = Entity::find()
        .select_only()
        .column(Column::Kind)
        .column_as(Column::Position.count(), "events")
        .filter(Column::Position.gt(after))
        .filter(Column::Position.lte(to))
        .group_by(Column::Kind);
    Ok(kinds.into_tuple().all(connection).await?)
}

/// The newest event's place; `None` when the log is empty.
pub async fn newest(connection: &impl ConnectionTrait) -> Result<Option<LogPlace>> {
    let newest = places().order_by_desc(Column::Position).limit(1);
    Ok(newest.into_tuple().one(connection).await?.map(place_of))
}

/// The place of the event at this position; `None` when the log has none there.
pub async fn at(connection: &impl ConnectionTrait, position: i64) -> Result<Option<LogPlace>> {
    let found = places().filter(Column::Position.eq(position)).into_tuple().one(connection).await?;
    Ok(found.map(place_of))
}

/// Whether the log has this event at its place.
pub async fn is_there(connection: &impl ConnectionTrait, place: LogPlace) -> Result<bool> {
    Ok(at(connection, place.position).await? == Some(place))
}

fn places() -> sea_orm::Select<Entity> {
    Entity::find().select_only().columns([Column::Position, Column::Tag])
}

fn place_of((position, tag): (i64, i64)) -> LogPlace {
    LogPlace { position, tag }
}

/// The page of each kind, and of all of them together the page.
fn ranges(
    system_id: &SystemId,
    kinds: &[&str],
    page: &Page<LogPlace>,
    backend: DbBackend,
) -> Option<SelectStatement> {
    let all = together(kinds.iter().map(|kind| range(system_id, Some(*kind), page, backend)))?;
    let query = Query::select()
        .columns(Column::iter())
        .from_subquery(all, "of_kinds")
        .order_by(Column::Position, direction(page))
        .limit(page.limit())
        .to_owned();
    Some(query)
}

/// The rows of all of these ranges; `None` when there is no range.
fn together(ranges: impl Iterator<Item = SelectStatement>) -> Option<SelectStatement> {
    let rows = |range| Query::select().columns(Column::iter()).from_subquery(range, "of_range").to_owned();
    let mut ranges = ranges.map(rows);
    let mut all = ranges.next()?;
    for range in ranges {
        all.union(UnionType::All, range);
    }
    Some(all)
}

/// One range of an index: at most so many events as the page reads, from where reading begins.
///
/// PostgreSQL is led to the index by comparing all of its columns at once: by the position alone it would read the primary key,
/// past the events of all other systems. Of such a comparison it takes only the first column for the end of what it reads. So
/// where the range ends is asked of the events that were read.
fn range(
    system_id: &SystemId,
    kind: Option<&str>,
    page: &Page<LogPlace>,
    backend: DbBackend,
) -> SelectStatement {
    let mut key = vec![(Column::SystemId, Expr::value(system_id.as_str()))];
    key.extend(kind.map(|kind| (Column::Kind, Expr::value(kind))));
    let mut query = Query::select().columns(Column::iter()).from(Entity).limit(page.limit()).to_owned();
    let after = page.after.map_or(i64::MIN, |place| place.position);
    let before = page.before.map_or(i64::MAX, |place| place.position);
    if backend != DbBackend::Postgres {
        for (column, value) in key {
            query.and_where(Expr::col(column).eq(value));
        }
        query.and_where(Expr::col(Column::Position).gt(after));
        query.and_where(Expr::col(Column::Position).lt(before));
        return query.order_by(Column::Position, direction(page)).to_owned();
    }
    let columns =
        || Expr::tuple(key.iter().map(|(column, _)| Expr::col(*column)).chain([Expr::col(Column::Position)]));
    let bound = |position: i64| {
        Expr::tuple(key.iter().map(|(_, value)| value.clone()).chain([Expr::value(position)]))
    };
    let (behind, ahead) = (columns().gt(bound(after)), columns().lt(bound(before)));
    let (beginning, end) = if page.from_end { (ahead, behind) } else { (behind, ahead) };
    query.and_where(beginning);
    in_order_of(&key, &mut query, page);
    let mut range = Query::select().columns(Column::iter()).from_subquery(query, Entity).to_owned();
    range.and_where(end);
    in_order_of(&key, &mut range, page);
    range
}

/// Puts events in the order of the index.
fn in_order_of(key: &[(Column, Expr)], query: &mut SelectStatement, page: &Page<LogPlace>) {
    for (column, _) in key {
        query.order_by(*column, direction(page));
    }
    query.order_by(Column::Position, direction(page));
}

fn direction(page: &Page<LogPlace>) -> Order {
    if page.from_end { Order::Desc } else { Order::Asc }
}

async fn with_timeline(connection: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<ExportEvent>> {
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.timeline_event_id).collect();
    let mut told: HashMap<i64, TimelineEvent> = HashMap::new();
    if !ids.is_empty() {
        let events = timeline::by_ids(connection, &ids, None).await?;
        told.extend(events.into_iter().map(|event| (event.id, event)));
    }
    let event = |row: Model| ExportEvent {
        place: LogPlace { position: row.position, tag: row.tag },
        kind: row.kind.parse().ok(),
        at: row.at,
        system_id: row.system_id,
        entry_id: row.entry_id,
        actor: row.actor,
        timeline_event: row.timeline_event_id.and_then(|id| told.get(&id).cloned()),
        subject: row.subject,
    };
    Ok(rows.into_iter().map(event).collect())
}
