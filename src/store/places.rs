//! Where the entries of a scope lie, and how a planner is led to them.
//!
//! What a system has not been sent lies in up to three places, which never overlap: its pending rows; the stretch of
//! history that has none yet, less what is marked; and, as of a moment, what was marked later.

use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::condition::condition;
use super::systems::KnownSystem;
use super::takeover::marks_of;
use crate::domain::page::Listing;
use crate::domain::{Error, Filter, Result, Timestamp};
use crate::entities::accounting_entry::{Column, Entity};
use crate::entities::{export_mark, pending_export};

/// Which entries are meant, with the system's state looked up.
#[derive(Clone, Debug)]
pub enum Range {
    /// All there are: the ledger, or what a system that nobody marked for has not been sent.
    Ledger,
    /// What a known system has not been sent, or had not been at a moment that is past.
    Unexported {
        /// The system.
        system: KnownSystem,
        /// Also what was marked later than this.
        marked_after: Option<Timestamp>,
    },
}

/// One of the places where entries lie: a query without columns, and the cheapest expression for the entry's
/// id in it (the one its index is ordered by).
pub(super) struct Place {
    pub(super) query: SelectStatement,
    pub(super) id: Expr,
    /// The rows of the place themselves, when they are chosen by a condition that may leave few of many.
    chosen_by: Option<SelectStatement>,
}

impl Range {
    /// The places of the range.
    pub(super) fn places(&self) -> Vec<Place> {
        let Range::Unexported { system, marked_after } = self else {
            let query = Query::select().from(Entity).to_owned();
            return vec![Place { query, id: entry_id(), chosen_by: None }];
        };
        let mut places = vec![pending(system)];
        places.extend(unmarked_history(system));
        places.extend(marked_after.map(|moment| marked_later(system, moment)));
        places
    }
}

/// Matches up to this number are sorted rather than searched for in the order of ids.
const FEW: u64 = 20_000;

/// Whether the query has few rows; reads no more than [`FEW`] and one.
async fn has_few(connection: &impl ConnectionTrait, query: &SelectStatement) -> Result<bool> {
    let mut rows = query.clone();
    rows.expr(Expr::value(1)).limit(FEW + 1);
    let count =
        Query::select().expr_as(Expr::col(Asterisk).count(), "rows").from_subquery(rows, "few").to_owned();
    let row = connection.query_one(&count).await?;
    let row = row.ok_or_else(|| Error::internal("a count without a row"))?;
    Ok(row.try_get::<i64>("", "rows")?.unsigned_abs() <= FEW)
}

pub(super) fn column<T: sea_orm::sea_query::Iden + EntityTrait>(
    table: T,
    column: impl sea_orm::ColumnTrait,
) -> Expr {
    Expr::col((table, column).into_column_ref())
}

fn entry_id() -> Expr {
    column(Entity, Column::Id)
}

fn pending(system: &KnownSystem) -> Place {
    let id = column(pending_export::Entity, pending_export::Column::EntryId);
    let mut query = Query::select();
    query
        .from(pending_export::Entity)
        .inner_join(Entity, entry_id().eq(id.clone()))
        .and_where(column(pending_export::Entity, pending_export::Column::SystemKey).eq(system.key));
    if let Some(history) = system.history {
        let mut taken_over = id.clone().lte(history.after);
        if let Some(end) = history.to {
            taken_over = taken_over.or(id.clone().gt(end));
        }
        query.and_where(taken_over);
    }
    Place { query, id, chosen_by: None }
}

fn unmarked_history(system: &KnownSystem) -> Option<Place> {
    let history = system.history?;
    let mut query = Query::select();
    query
        .from(Entity)
        .and_where(entry_id().gt(history.after))
        .and_where(Expr::exists(marks_of(entry_id(), system.key)).not());
    if let Some(end) = history.to {
        query.and_where(entry_id().lte(end));
    }
    Some(Place { query, id: entry_id(), chosen_by: None })
}

fn marked_later(system: &KnownSystem, moment: Timestamp) -> Place {
    let mark = |name| column(export_mark::Entity, name);
    let id = mark(export_mark::Column::EntryId);
    let marks = Query::select()
        .from(export_mark::Entity)
        .and_where(mark(export_mark::Column::SystemKey).eq(system.key))
        .and_where(mark(export_mark::Column::MarkedAt).gt(moment.micros()))
        .to_owned();
    let query = marks.clone().inner_join(Entity, entry_id().eq(id.clone())).to_owned();
    Place { query, id, chosen_by: Some(marks) }
}

/// Planners take matches to be spread evenly over the ids, and walk all ids to find the first hundred. What was
/// marked or recorded lately stands at their end, so the walk would read the whole ledger. Where there are few
/// matches the order is made of `id + 0`, which no index has: they are found by their own index and sorted.
pub(super) async fn steer(
    connection: &impl ConnectionTrait,
    places: &mut [Place],
    listing: &Listing,
) -> Result<()> {
    let backend = connection.get_database_backend();
    let by_filter = match listing.filter.clone().and_then(Filter::selective_part) {
        Some(filter) => {
            let entries = Query::select().from(Entity).and_where(condition(&filter, backend)).to_owned();
            has_few(connection, &entries).await?
        }
        None => false,
    };
    for place in places {
        let few = match &place.chosen_by {
            Some(rows) if !by_filter => has_few(connection, rows).await?,
            _ => by_filter,
        };
        if few {
            place.id = place.id.clone().add(0);
        }
    }
    Ok(())
}
