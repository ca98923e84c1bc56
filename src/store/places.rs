//! Where the entries of a scope lie, and how a planner is led to them.
//!
//! What a system has not been sent lies in up to three places, which never overlap: its pending rows; the stretch of
//! history that has none yet, less what is marked; and, as of a moment, what was marked later.

use sea_orm::sea_query::{
    Asterisk, DynIden, Expr, ExprTrait, IntoColumnRef, IntoIden, JoinType, Query, SelectStatement,
};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait};

use super::condition::condition;
use super::probe;
use super::statement::statement;
use super::systems::{History, KnownSystem, taken_over_key};
use crate::domain::{Error, Filter, Result, SystemId, Timestamp};
use crate::entities::accounting_entry::{Column, Entity};
use crate::entities::{export_mark, pending_export};

/// Which entries are meant, with the system's state looked up.
#[derive(Clone, Debug)]
pub enum Range {
    /// All there are: the ledger.
    Ledger,
    /// All but those that are withdrawn: what a system that nobody marked for has not been sent.
    Standing,
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
    /// The stretch of ids that it is limited to.
    within: Option<History>,
    /// Where the rows are not the entries: the primary key of their table but for the entry's id.
    system_key: Option<SystemKey>,
}

/// The part of a primary key that names the system.
struct SystemKey {
    column: Expr,
    value: Expr,
    /// Whether it stands before the entry's id.
    leads: bool,
}

/// How the entries come to the rows of a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    /// The rows are the entries.
    None,
    /// Row by row, each entry by its id.
    OneByOne,
}

impl Place {
    fn new(table: impl IntoIden, id: Expr, rows: SelectStatement, join: Join) -> Self {
        Self {
            id,
            sorted: false,
            rows,
            table: table.into_iden(),
            join,
            chosen: false,
            within: None,
            system_key: None,
        }
    }

    /// Reads the entries first, and looks for each whether it has a row here.
    fn look_up_each_entry(&mut self, backend: DbBackend) {
        let Some(SystemKey { column, value, leads }) = self.system_key.take() else { return };
        let (id, system) = ((self.id.clone(), entry_id()), (column, value));
        let key = if leads { [system, id] } else { [id, system] };
        let rows = probe::rows_of(self.rows.clone(), key, backend);
        self.rows = Query::select().from(Entity).and_where(Expr::exists(rows)).to_owned();
        (self.id, self.table, self.join) = (entry_id(), Entity.into_iden(), Join::None);
    }

    /// The ids alone, as `id`, without looking at the entries.
    pub(super) fn ids(&self, backend: DbBackend) -> SelectStatement {
        self.limited_rows(backend).expr_as(self.id.clone(), Column::Id).to_owned()
    }

    /// The rows, within the stretch of ids. Where a few matches are sorted, their own index finds them: the stretch is
    /// then only a test, since a planner without statistics would rather read all of it.
    fn limited_rows(&self, backend: DbBackend) -> SelectStatement {
        let mut rows = self.rows.clone();
        if let Some(History { after, to }) = self.within {
            let id = || if self.sorted { without_index(self.id.clone(), backend) } else { self.id.clone() };
            rows.and_where(id().gt(after));
            rows.and_where_option(to.map(|end| id().lte(end)));
        }
        rows
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
        let mut query = self.limited_rows(backend);
        let same_id = entry_id().eq(self.id.clone());
        match (self.join, backend) {
            (Join::None, _) => {}
            (_, DbBackend::Postgres) => {
                // A subquery with an OFFSET, if only of 0, is never joined in another way.
                let entry =
                    Query::select().column(Asterisk).from(Entity).and_where(same_id).offset(0).to_owned();
                query.join_lateral(JoinType::InnerJoin, entry, Entity, Expr::cust("TRUE"));
            }
            _ => {
                // To SQLite the word CROSS says that the order of the tables is meant.
                query.cross_join(Entity).and_where(same_id);
            }
        }
        query
    }
}

impl Range {
    /// The places of the range.
    pub(super) fn places(&self, backend: DbBackend) -> Vec<Place> {
        let (system, marked_after) = match self {
            Range::Ledger | Range::Standing => {
                let mut rows = Query::select().from(Entity).to_owned();
                if matches!(self, Range::Standing) {
                    rows.and_where(stands());
                }
                return vec![Place::new(Entity, entry_id(), rows, Join::None)];
            }
            Range::Pending(id) => {
                return vec![pending(Expr::SubQuery(None, Box::new(taken_over_key(id).into())))];
            }
            Range::Unexported { system, marked_after } => (system, marked_after),
        };
        let mut places = vec![pending_outside_history(system)];
        places.extend(unmarked_history(system, backend));
        places.extend(marked_after.map(|moment| marked_later(system, moment, backend)));
        places
    }
}

/// Matches up to this number are sorted rather than searched for in their order.
const FEW: u64 = 20_000;

/// How many rows each of the queries has, up to [`FEW`] and one, in one statement.
async fn counts(connection: &impl ConnectionTrait, queries: Vec<SelectStatement>) -> Result<Vec<u64>> {
    if queries.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = (0..queries.len()).map(|number| format!("count_{number}")).collect();
    let mut counts = Query::select();
    for (mut rows, name) in queries.into_iter().zip(&names) {
        rows.expr(Expr::value(1)).limit(FEW + 1);
        let count =
            Query::select().expr(Expr::col(Asterisk).count()).from_subquery(rows, name.clone()).to_owned();
        counts.expr_as(Expr::SubQuery(None, Box::new(count.into())), name.clone());
    }
    let row = connection.query_one_raw(statement(&counts, connection.get_database_backend())).await?;
    let row = row.ok_or_else(|| Error::internal("a count without a row"))?;
    names.iter().map(|name| Ok(row.try_get::<i64>("", name)?.unsigned_abs())).collect()
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

/// That the entry is not withdrawn.
fn stands() -> Expr {
    column(Entity, Column::WithdrawnAt).is_null()
}

fn pending(system_key: Expr) -> Place {
    let id = column(pending_export::Entity, pending_export::Column::EntryId);
    let of_system = column(pending_export::Entity, pending_export::Column::SystemKey);
    let rows = Query::select()
        .from(pending_export::Entity)
        .and_where(of_system.clone().eq(system_key.clone()))
        .to_owned();
    Place {
        system_key: Some(SystemKey { column: of_system, value: system_key, leads: true }),
        ..Place::new(pending_export::Entity, id, rows, Join::OneByOne)
    }
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

/// Entries of the history that stand and have no mark. Each entry's mark is looked up by its key: see [`probe`].
fn unmarked_history(system: &KnownSystem, backend: DbBackend) -> Option<Place> {
    let history = system.history?;
    let unmarked = probe::mark_of(entry_id(), system.key, backend).not();
    let rows = Query::select().from(Entity).and_where(unmarked).and_where(stands()).to_owned();
    let mut place = Place::new(Entity, entry_id(), rows, Join::None);
    place.within = Some(history);
    Some(place)
}

/// What was marked later, less what is withdrawn: the entry of each mark is looked up by its key.
fn marked_later(system: &KnownSystem, moment: Timestamp, backend: DbBackend) -> Place {
    let mark = |name| column(export_mark::Entity, name);
    let rows = Query::select()
        .from(export_mark::Entity)
        .and_where(mark(export_mark::Column::SystemKey).eq(system.key))
        .and_where(mark(export_mark::Column::MarkedAt).gt(moment.micros()))
        .and_where(probe::stands(mark(export_mark::Column::EntryId), backend))
        .to_owned();
    let id = mark(export_mark::Column::EntryId);
    let column = mark(export_mark::Column::SystemKey);
    let system_key = Some(SystemKey { column, value: Expr::value(system.key), leads: false });
    Place { chosen: true, system_key, ..Place::new(export_mark::Entity, id, rows, Join::OneByOne) }
}

/// The value of a column, made so that no index has it.
pub(super) fn without_index(column: Expr, backend: DbBackend) -> Expr {
    match backend {
        DbBackend::Postgres => column.add(0),
        _ => Expr::cust_with_expr("+?", column),
    }
}

/// Chooses how each place is read, from how many rows it has and how many entries the filter's indexed conditions
/// leave. Nothing is left to a planner's statistics: what was marked or recorded since the last ANALYZE counts as
/// nothing there, and a planner that takes two large sets to be empty compares each row of one with each of the other.
///
/// - Few matches of the filter are found by their own index, and sorted: planners take matches to be spread evenly and
///   walk an index in the page's order until they have found a hundred. What was recorded lately stands at its end.
/// - Few rows of the place are found by their own index, and sorted; the entries come to them one by one.
/// - In the order of the ids, the rows are read in their order and the entries come to them one by one.
/// - Otherwise the entries are read in the page's order, and each is looked up in the place.
///
/// `by_id` says that the page is ordered by id, or not at all.
pub(super) async fn steer(
    connection: &impl ConnectionTrait,
    places: &mut [Place],
    filter: Option<&Filter>,
    by_id: bool,
) -> Result<()> {
    let backend = connection.get_database_backend();
    let selective = filter.cloned().and_then(Filter::selective_part);
    let matches = selective
        .as_ref()
        .map(|filter| Query::select().from(Entity).and_where(condition(filter, backend)).to_owned());
    let uncertain =
        |place: &Place| place.join != Join::None && (place.chosen || !by_id || selective.is_some());
    let rows = places.iter().filter(|place| uncertain(place)).map(|place| place.rows.clone());
    let mut counts = counts(connection, matches.into_iter().chain(rows).collect()).await?.into_iter();
    let matches = if selective.is_some() { counts.next() } else { None }.filter(|matches| *matches <= FEW);
    for place in places {
        let rows = if uncertain(place) { counts.next() } else { None };
        let few_rows = rows.is_some_and(|rows| rows <= FEW) && (place.chosen || !by_id);
        place.sorted = matches.is_some() || few_rows;
        let entries_first = match (matches, rows) {
            (Some(matches), Some(rows)) => matches < rows,
            _ => !by_id && !few_rows,
        };
        if place.join == Join::OneByOne && entries_first {
            place.look_up_each_entry(backend);
        }
    }
    Ok(())
}
