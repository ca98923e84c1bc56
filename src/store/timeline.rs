//! The timeline of entries. The recording is the entry's own `created_at`; what came after is kept as rows.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, WindowStatement};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, Iterable};

use super::convert;
use crate::domain::export::{EventKind, TimelineEvent};
use crate::domain::{EntryId, Error, Result, SystemId, Timestamp};
use crate::entities::timeline_event::{ActiveModel, Column, Entity, Model};

/// An event to append.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    /// The entry.
    pub entry_id: EntryId,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// The system, when it was exported.
    pub system_id: Option<&'a SystemId>,
    /// The note of the mark.
    pub note: Option<&'a str>,
}

/// Appends the events.
pub async fn append(
    transaction: &impl ConnectionTrait,
    events: impl IntoIterator<Item = NewEvent<'_>>,
    actor: &str,
) -> Result<()> {
    let rows: Vec<ActiveModel> = events
        .into_iter()
        .map(|event| ActiveModel {
            id: NotSet,
            entry_id: Set(event.entry_id),
            kind: Set(event.kind.as_str().to_owned()),
            at: Set(event.at.micros()),
            system_id: Set(event.system_id.map(SystemId::to_string)),
            note: Set(event.note.map(str::to_owned)),
            actor: Set(Some(actor.to_owned())),
        })
        .collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(transaction).await?;
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
    let place = Alias::new("place");
    let mut numbered = Query::select()
        .columns(Column::iter())
        .expr_window_as(
            Expr::cust("row_number()"),
            WindowStatement::partition_by(Column::EntryId).order_by(Column::Id, Order::Asc).to_owned(),
            place.clone(),
        )
        .from(Entity)
        .and_where(Expr::col(Column::EntryId).is_in(ids.iter().copied()))
        .and_where(Expr::col(Column::Id).gt(after))
        .to_owned();
    if let Some(systems) = systems {
        let visible = Expr::col(Column::SystemId).is_in(systems.iter().map(SystemId::as_str));
        numbered.and_where(Expr::col(Column::SystemId).is_null().or(visible));
    }
    let query = Query::select()
        .columns(Column::iter())
        .from_subquery(numbered, Entity)
        .and_where(Expr::col(place).lte(i64::try_from(limit).unwrap_or(i64::MAX)))
        .order_by(Column::EntryId, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .to_owned();
    let rows =
        Model::find_by_statement(connection.get_database_backend().build(&query)).all(connection).await?;
    rows.into_iter().map(event).collect()
}

fn event(row: Model) -> Result<TimelineEvent> {
    let system_id = row
        .system_id
        .map(|name| name.parse::<SystemId>().map_err(|_| Error::internal(format!("system name {name:?}"))));
    Ok(TimelineEvent {
        id: row.id,
        entry_id: row.entry_id,
        kind: convert::event_kind(&row.kind)?,
        at: convert::moment(row.at)?,
        system_id: system_id.transpose()?,
        note: row.note,
        actor: row.actor,
    })
}
