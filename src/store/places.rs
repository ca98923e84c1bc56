//! Where the entries of a scope lie, and how a planner is led to them.
//!
//! What a system has not been sent lies in up to three places, which never overlap: its pending rows; the stretch of
//! history that has none yet, less what is marked; and, as of a moment, what was marked later.

use sea_orm::sea_query::{
    Asterisk, DynIden, Expr, ExprTrait, IntoColumnRef, IntoIden, JoinType, Query, SelectStatement,
};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait};

use super::condition::condition;
use super::statement::statement;
use super::systems::{KnownSystem, taken_over_key};
use super::takeover::marks_of;
use crate::domain::page::{Listing, OrderKey};
use crate::domain::{Error, Filter, Result, SystemId, Timestamp};
use crate::entities::accounting_entry::{Column, Entity};
use crate::entities::{export_mark, pending_export};

/// Which entries are meant, with the system's state looked up.
#[derive(Clone, Debug)]
pub enum Range {
    /// All there are: the ledger, or what a system that nobody marked for has not been sent.
    Ledger,
    /// What the system of this name has not been sent, in one query that looks the system up itself. Empty,
    /// whatever the system has, unless it is known and all its history is taken over.
    Pending(SystemId),
    /// What a known system has not been sent, or had not been at a moment that is past.
    Unexported {
        /// The system.
        system: KnownSystem,
        /// Also what was marked later than this.
        marked_after: Option<Timestamp>,
    },
}

/// One of the places where entries lie.
pub(super) struct Place {
    /// The entry's id as the place has it: the cheapest to order by, since its index is ordered so.
    pub(super) id: Expr,
    /// Whether pages are sorted, since matches are few, rather than found along an index in their order.
    pub(super) sorted: bool,
    rows: SelectStatement,
    table: DynIden,
    join: Join,
    /// Whether the rows are chosen by a condition that may leave few of many.
    chosen: bool,
}

/// How the entries come to the rows of a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    /// The rows are the entries.
    None,
    /// As the planner likes.
    Free,
    /// Row by row, each entry by its id.
    OneByOne,
}

impl Place {
    fn new(table: impl IntoIden, id: Expr, rows: SelectStatement, join: Join) -> Self {
        Self { id, sorted: false, rows, table: table.into_iden(), join, chosen: false }
    }

    /// The ids alone, as `id`, without looking at the entries.
    pub(super) fn ids(&self) -> SelectStatement {
        self.rows.clone().expr_as(self.id.clone(), Column::Id).to_owned()
    }

    /// Cuts the rows before the entries come to them. For pages that ids alone decide on.
    pub(super) fn cut(&mut self, cut: impl FnOnce(&mut SelectStatement) -> Result<()>) -> Result<()> {
        if self.join != Join::None {
            let mut rows = std::mem::take(&mut self.rows);
            rows.expr(self.id.clone());
            cut(&mut rows)?;
            self.rows = Query::select().from_subquery(rows, self.table.clone()).to_owned();
        }
        Ok(())
    }

    /// A query of the entries, without columns.
    pub(super) fn query(&self, backend: DbBackend) -> SelectStatement {
        let mut query = self.rows.clone();
        let same_id = entry_id().eq(self.id.clone());
        match (self.join, backend) {
            (Join::None, _) => {}
            (Join::Free, _) => {
                query.inner_join(Entity, same_id);
            }
            (Join::OneByOne, DbBackend::Postgres) => {
                // A subquery with an OFFSET, if only of 0, is never joined in another way.
                let entry =
                    Query::select().column(Asterisk).from(Entity).and_where(same_id).offset(0).to_owned();
                query.join_lateral(JoinType::InnerJoin, entry, Entity, Expr::cust("TRUE"));
            }
            (Join::OneByOne, _) => {
                // To SQLite the word CROSS says that the order of the tables is meant.
                query.cross_join(Entity).and_where(same_id);
            }
        }
        query
    }
}

impl Range {
    /// The places of the range.
    pub(super) fn places(&self) -> Vec<Place> {
        let (system, marked_after) = match self {
            Range::Ledger => {
                let rows = Query::select().from(Entity).to_owned();
                return vec![Place::new(Entity, entry_id(), rows, Join::None)];
            }
            Range::Pending(id) => {
                return vec![pending(Expr::SubQuery(None, Box::new(taken_over_key(id).into())))];
            }
            Range::Unexported { system, marked_after } => (system, marked_after),
        };
        let mut places = vec![pending_outside_history(system)];
        places.extend(unmarked_history(system));
        places.extend(marked_after.map(|moment| marked_later(system, moment)));
        places
    }
}

/// Matches up to this number are sorted rather than searched for in their order.
const FEW: u64 = 20_000;

/// Whether the query has few rows; reads no more than [`FEW`] and one.
async fn has_few(connection: &impl ConnectionTrait, query: &SelectStatement) -> Result<bool> {
    let mut rows = query.clone();
    rows.expr(Expr::value(1)).limit(FEW + 1);
    let count =
        Query::select().expr_as(Expr::col(Asterisk).count(), "rows").from_subquery(rows, "few").to_owned();
    let statement = statement(&count, connection.get_database_backend());
    let row = connection.query_one_raw(statement).await?;
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

fn pending(system_key: Expr) -> Place {
    let id = column(pending_export::Entity, pending_export::Column::EntryId);
    let rows = Query::select()
        .from(pending_export::Entity)
        .and_where(column(pending_export::Entity, pending_export::Column::SystemKey).eq(system_key))
        .to_owned();
    Place::new(pending_export::Entity, id, rows, Join::Free)
}

fn pending_outside_history(system: &KnownSystem) -> Place {
    let mut place = pending(Expr::value(system.key));
    if let Some(history) = system.history {
        let mut taken_over = place.id.clone().lte(history.after);
        if let Some(end) = history.to {
            taken_over = taken_over.or(place.id.clone().gt(end));
        }
        place.rows.and_where(taken_over);
    }
    place
}

fn unmarked_history(system: &KnownSystem) -> Option<Place> {
    let history = system.history?;
    let mut rows = Query::select();
    rows.from(Entity)
        .and_where(entry_id().gt(history.after))
        .and_where(Expr::exists(marks_of(entry_id(), system.key)).not());
    if let Some(end) = history.to {
        rows.and_where(entry_id().lte(end));
    }
    Some(Place::new(Entity, entry_id(), rows, Join::None))
}

fn marked_later(system: &KnownSystem, moment: Timestamp) -> Place {
    let mark = |name| column(export_mark::Entity, name);
    let rows = Query::select()
        .from(export_mark::Entity)
        .and_where(mark(export_mark::Column::SystemKey).eq(system.key))
        .and_where(mark(export_mark::Column::MarkedAt).gt(moment.micros()))
        .to_owned();
    let id = mark(export_mark::Column::EntryId);
    Place { chosen: true, ..Place::new(export_mark::Entity, id, rows, Join::Free) }
}

/// Planners take matches to be spread evenly, and walk an index in the page's order until they have found a hundred.
/// What was marked or recorded lately stands at its end, so the walk would read the whole ledger. So few matches are
/// found by their own index and sorted.
///
/// And PostgreSQL, where it does not know how few rows a system has, merges them with the ledger: up to a straggler
/// at its end it would read all of it. So entries come to the rows one by one, unless the rows are many and in
/// another order than the page.
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
    let by_id = listing.order.key == OrderKey::Id;
    for place in places {
        let uncertain = place.join != Join::None && (place.chosen || !by_id);
        place.sorted = by_filter || uncertain && has_few(connection, &place.rows).await?;
        if place.join == Join::Free && !by_filter && (by_id || place.sorted) {
            place.join = Join::OneByOne;
        }
    }
    Ok(())
}
