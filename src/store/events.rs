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
use crate::domain::export_event::{EventListing, ExportEvent, LogPlace};
use crate::domain::page::Page;
use crate::domain::{Error, Result, SystemId};
use crate::entities::export_event::{Column, Entity, Model};

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
    /// The highest position of an event; 0 when there is none.
    pub position: i64,
    /// The highest id of an entry; 0 when there is none.
    pub newest_entry: i64,
}

/// How far the log and the ledger have come, in one query that reads two ends of indexes.
pub async fn seen(connection: &impl ConnectionTrait) -> Result<Seen> {
    let newest_entry = max_entry_id();
    let position = Query::select().expr(Expr::col(Column::Position).max()).from(Entity).to_owned();
    let end = |query: SelectStatement| {
        Func::coalesce([Expr::SubQuery(None, Box::new(query.into())), Expr::value(0i64)])
    };
    let query = Query::select().expr(end(position)).expr(end(newest_entry)).to_owned();
    let row = connection.query_one_raw(statement(&query, connection.get_database_backend())).await?;
    let row = row.ok_or_else(|| Error::internal("a question without a row"))?;
    Ok(Seen { position: row.try_get_by_index(0)?, newest_entry: row.try_get_by_index(1)? })
}

/// The newest event's place; `None` when the log is empty.
pub async fn newest(connection: &impl ConnectionTrait) -> Result<Option<LogPlace>> {
    let newest = places().order_by_desc(Column::Position).limit(1);
    Ok(newest.into_tuple().one(connection).await?.map(place_of))
}

/// Whether the log has this event at its place.
pub async fn is_there(connection: &impl ConnectionTrait, place: LogPlace) -> Result<bool> {
    let found = places().filter(Column::Position.eq(place.position)).into_tuple().one(connection).await?;
    Ok(found.map(place_of) == Some(place))
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
    let of_kind = |kind: &str| {
        let range = range(system_id, Some(kind), page, backend);
        Query::select().columns(Column::iter()).from_subquery(range, "of_kind").to_owned()
    };
    let (first, others) = kinds.split_first()?;
    let mut all = of_kind(first);
    for kind in others {
        all.union(UnionType::All, of_kind(kind));
    }
    let together = Query::select()
        .columns(Column::iter())
        .from_subquery(all, "of_kinds")
        .order_by(Column::Position, direction(page))
        .limit(page.limit())
        .to_owned();
    Some(together)
}

/// One range of an index. PostgreSQL is led to the index by comparing all of its columns at once: by the position alone it
/// would read the primary key, past the events of all other systems.
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
    if backend == DbBackend::Postgres {
        let columns = || {
            Expr::tuple(key.iter().map(|(column, _)| Expr::col(*column)).chain([Expr::col(Column::Position)]))
        };
        let bound = |position: i64| {
            Expr::tuple(key.iter().map(|(_, value)| value.clone()).chain([Expr::value(position)]))
        };
        query.and_where(columns().gt(bound(after))).and_where(columns().lt(bound(before)));
        for (column, _) in &key {
            query.order_by(*column, direction(page));
        }
    } else {
        for (column, value) in key {
            query.and_where(Expr::col(column).eq(value));
        }
        query.and_where(Expr::col(Column::Position).gt(after));
        query.and_where(Expr::col(Column::Position).lt(before));
    }
    query.order_by(Column::Position, direction(page)).to_owned()
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
