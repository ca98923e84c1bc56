//! The timeline of entries. The recording is the entry's own `created_at`; what came after is kept as rows.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, Iterable};

use super::convert;
use super::statement::statement;
use crate::domain::event::{EventPayload, TimelineEvent};
use crate::domain::{EntryId, Error, Result, SystemId, Timestamp};
use crate::entities::accounting_entry;
use crate::entities::timeline_event::{ActiveModel, Column, Entity, Model};

/// An event to append.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The entry.
    pub entry_id: EntryId,
    /// When it happened.
    pub at: Timestamp,
    /// The system, for an event that concerns one.
    pub system_id: Option<SystemId>,
    /// What happened.
    pub payload: EventPayload,
}

/// Appends the events.
pub async fn append(transaction: &impl ConnectionTrait, events: Vec<NewEvent>, actor: &str) -> Result<()> {
    let row = |event: NewEvent| ActiveModel {
        id: NotSet,
        entry_id: Set(event.entry_id),
        kind: Set(event.payload.name().to_owned()),
        at: Set(event.at.micros()),
        system_id: Set(event.system_id.map(|id| id.to_string())),
        payload: Set(event.payload.fields().into()),
        actor: Set(Some(actor.to_owned())),
    };
    if !events.is_empty() {
        Entity::insert_many(events.into_iter().map(row)).exec_without_returning(transaction).await?;
    }
    Ok(())
}

/// Up to `limit` events of each of the entries, oldest first, from behind the event `after`. Of exports, those to
/// these systems (`None`: to all).
pub async fn of_entries(
    connection: &impl ConnectionTrait,
    ids: &[EntryId],
    systems: Option<&[SystemId]>,
    after: i64,
    limit: u64,
) -> Result<Vec<TimelineEvent>> {
    let backend = connection.get_database_backend();
    let query = first_of_each(ids, systems, after, limit, backend);
    let rows = Model::find_by_statement(statement(&query, backend)).all(connection).await?;
    rows.into_iter().map(event).collect()
}

/// The statement of [`of_entries`]. Each entry's events are read by a query that ends with its page: an entry that
/// is exported every hour has thousands of them.
fn first_of_each(
    ids: &[EntryId],
    systems: Option<&[SystemId]>,
    after: i64,
    limit: u64,
    backend: DbBackend,
) -> SelectStatement {
    let entry_id = || Expr::col((accounting_entry::Entity, accounting_entry::Column::Id));
    let mut page = Query::select()
        .from(Entity)
        .and_where(Expr::col(Column::EntryId).eq(entry_id()))
        .and_where(Expr::col(Column::Id).gt(after))
        .order_by(Column::Id, Order::Asc)
        .limit(limit)
        .to_owned();
    if let Some(systems) = systems {
        let visible = Expr::col(Column::SystemId).is_in(systems.iter().map(SystemId::as_str));
        page.and_where(Expr::col(Column::SystemId).is_null().or(visible));
    }
    let mut query = Query::select()
        .columns(Column::iter().map(|column| (Entity, column)))
        .from(accounting_entry::Entity)
        .and_where(entry_id().is_in(ids.iter().copied()))
        .order_by((Entity, Column::EntryId), Order::Asc)
        .order_by((Entity, Column::Id), Order::Asc)
        .to_owned();
    match backend {
        // Joined to a list of ids, all events of all entries would be tried.
        DbBackend::Postgres => {
            page.columns(Column::iter());
            query.join_lateral(JoinType::InnerJoin, page, Entity, Expr::val(true))
        }
        // There is no LATERAL.
        _ => {
            page.column(Column::Id);
            query.join(JoinType::InnerJoin, Entity, Expr::col((Entity, Column::Id)).in_subquery(page))
        }
    };
    query
}

fn event(row: Model) -> Result<TimelineEvent> {
    let system_id = row
        .system_id
        .map(|name| name.parse::<SystemId>().map_err(|_| Error::internal(format!("system name {name:?}"))));
    Ok(TimelineEvent {
        id: row.id,
        entry_id: row.entry_id,
        at: convert::moment(row.at)?,
        system_id: system_id.transpose()?,
        actor: row.actor,
        payload: EventPayload::from_stored(row.kind, row.payload),
    })
}
