//! The marks of a system by their time, read along the index `export_marks_by_time`.
//!
//! A range of time is a range of this index. Everything else that a filter asks has to be looked up in each mark, so a
//! page looks at a limited number of them.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Iterable};

use super::statement::statement;
use crate::domain::export::{EntryExport, ExportListing, MAX_LOOKED_AT, Reference};
use crate::domain::page::{Page, Position};
use crate::domain::{EntryId, Result, SystemId, Test, Timestamp, Value};
use crate::entities::export_mark::{Column, Entity, Model};

/// What was read for a page.
#[derive(Clone, Debug)]
pub struct ReadExports {
    /// Those that pass, with one more than the page has when there are more. In reverse when the page is taken from the
    /// end.
    pub exports: Vec<EntryExport>,
    /// Whether each mark had to be looked at.
    pub is_search: bool,
    /// The last mark that was looked at, when there are others behind it that were not.
    pub stopped_at: Option<Position>,
}

/// A page of the marks of the system with this key.
pub async fn page(
    connection: &impl ConnectionTrait,
    system_key: i64,
    listing: &ExportListing,
    page: &Page,
) -> Result<ReadExports> {
    let backend = connection.get_database_backend();
    let downwards = listing.descending != page.from_end;
    let mut range = Range::default();
    for (bound, upwards) in [(page.after, !listing.descending), (page.before, listing.descending)] {
        match bound.map(place_of) {
            Some(place) if upwards => range.begin_behind(place),
            Some(place) => range.end_before(place),
            None => {}
        }
    }
    let filter = &listing.filter;
    let mut conditions: Vec<Expr> = Vec::new();
    for test in &filter.marked_at {
        if !range.narrow(test) {
            conditions.push(condition(test));
        }
    }
    let texts = [
        (Column::Actor, &filter.actor),
        (Column::Note, &filter.note),
        (Column::ReferenceId, &filter.reference),
    ];
    for (name, text) in texts {
        conditions.extend(text.as_deref().map(|text| column(name).eq(text)));
    }
    let is_search = !conditions.is_empty();
    // Where the search ends is found first: a mark that is taken back between the two questions makes the page look at
    // fewer marks, and leaves none out.
    let mut stopped_at = None;
    if is_search {
        let query = range.part(system_key, downwards, &LAST_LOOKED_AT, backend);
        stopped_at = last_looked_at(connection, &query).await?;
    }
    if let Some(Position { key, id }) = stopped_at {
        if downwards {
            range.begin_behind((key, id.saturating_sub(1)));
        } else {
            range.end_before((key, id.saturating_add(1)));
        }
    }
    let columns: Vec<Column> = Column::iter().collect();
    // The range of a search has no more marks than that.
    let length = if is_search { MAX_LOOKED_AT } else { page.limit() };
    let part = Part { columns: &columns, skipped: 0, length };
    let mut query = range.part(system_key, downwards, &part, backend);
    for condition in conditions {
        query.and_where(condition);
    }
    query.limit(page.limit());
    let rows = Model::find_by_statement(statement(&query, backend)).all(connection).await?;
    let exports = rows.into_iter().map(|row| export_of(row, &listing.system_id)).collect();
    Ok(ReadExports { exports, is_search, stopped_at })
}

/// The last mark that a search looks at, and the one behind it.
const LAST_LOOKED_AT: Part<'static> = Part { columns: &INDEX, skipped: MAX_LOOKED_AT - 1, length: 2 };

/// The last mark of a range that a search looks at, when there are others behind it. The query is for [`LAST_LOOKED_AT`].
async fn last_looked_at(
    connection: &impl ConnectionTrait,
    query: &SelectStatement,
) -> Result<Option<Position>> {
    let rows = connection.query_all_raw(statement(query, connection.get_database_backend())).await?;
    let [last, _] = rows.as_slice() else { return Ok(None) };
    Ok(Some(Position { key: last.try_get("", "marked_at")?, id: last.try_get("", "entry_id")? }))
}

/// A place in the order of the marks: the time in microseconds, and the entry. No entry has the lowest or the highest
/// number that there is, so that with these a place lies before or behind all marks of its time.
type Place = (i64, EntryId);

fn place_of(position: Position) -> Place {
    (position.key, position.id)
}

/// Some of the marks of a range, in the order of reading.
#[derive(Clone, Copy, Debug)]
struct Part<'a> {
    /// What is read of each: the columns of the index at least.
    columns: &'a [Column],
    /// So many before it are left out.
    skipped: u64,
    /// It has so many at most.
    length: u64,
}

/// The columns of the index, in its order.
const INDEX: [Column; 3] = [Column::SystemKey, Column::MarkedAt, Column::EntryId];

/// The marks between two places, which do not belong to it. With one bound on each side, databases read no more of the
/// index than lies between them.
#[derive(Clone, Copy, Debug, Default)]
struct Range {
    behind: Option<Place>,
    before: Option<Place>,
}

impl Range {
    fn begin_behind(&mut self, place: Place) {
        self.behind = Some(self.behind.map_or(place, |behind| Ord::max(behind, place)));
    }

    fn end_before(&mut self, place: Place) {
        self.before = Some(self.before.map_or(place, |before| Ord::min(before, place)));
    }

    fn not_before(&mut self, moment: Timestamp) {
        self.begin_behind((moment.micros(), EntryId::MIN));
    }

    fn not_behind(&mut self, moment: Timestamp) {
        self.end_before((moment.micros(), EntryId::MAX));
    }

    /// Leaves out what does not pass the test of its time; `false`, and nothing is left out, when that is no range.
    fn narrow(&mut self, test: &Test) -> bool {
        match test {
            Test::Eq(Value::Timestamp(moment)) => {
                self.not_before(*moment);
                self.not_behind(*moment);
            }
            Test::Gt(Value::Timestamp(moment)) => self.begin_behind((moment.micros(), EntryId::MAX)),
            Test::Gte(Value::Timestamp(moment)) => self.not_before(*moment),
            Test::Lt(Value::Timestamp(moment)) => self.end_before((moment.micros(), EntryId::MIN)),
            Test::Lte(Value::Timestamp(moment)) => self.not_behind(*moment),
            Test::Between(Value::Timestamp(low), Value::Timestamp(high)) => {
                self.not_before(*low);
                self.not_behind(*high);
            }
            _ => return false,
        }
        true
    }

    /// A query for a part of the system's marks in this range, in the order of reading.
    ///
    /// Where PostgreSQL has no statistics it takes a system for one of two hundred, and reads and sorts all of its marks for a
    /// page. So it is asked for what lies in the index from where the range begins, which it expects to be a third of all
    /// marks and reads in order; where the range ends is asked of what was read.
    fn part(&self, system_key: i64, downwards: bool, part: &Part<'_>, backend: DbBackend) -> SelectStatement {
        if backend != DbBackend::Postgres {
            let mut query = self.query(system_key, downwards);
            return query.columns(of_table(part.columns)).offset(part.skipped).limit(part.length).to_owned();
        }
        let place = || Expr::tuple(INDEX.map(column));
        let bound = |(moment, entry_id): Place| Expr::tuple([system_key, moment, entry_id].map(Expr::value));
        let behind = place().gt(bound(self.behind.unwrap_or((i64::MIN, EntryId::MIN))));
        let before = place().lt(bound(self.before.unwrap_or((i64::MAX, EntryId::MAX))));
        let (beginning, end) = if downwards { (before, behind) } else { (behind, before) };
        let direction = if downwards { Order::Desc } else { Order::Asc };
        let mut read = Query::select();
        read.columns(of_table(part.columns)).from(Entity).and_where(beginning);
        for name in INDEX {
            read.order_by((Entity, name), direction.clone());
        }
        let read = read.offset(part.skipped).limit(part.length).to_owned();
        let mut query = Query::select();
        query.columns(of_table(part.columns)).from_subquery(read, Entity).and_where(end);
        for name in INDEX {
            query.order_by((Entity, name), direction.clone());
        }
        query
    }

    /// A query for all of the system's marks in this range, in the order of reading, without columns.
    fn query(&self, system_key: i64, downwards: bool) -> SelectStatement {
        let place = || Expr::tuple([column(Column::MarkedAt), column(Column::EntryId)]);
        let bound = |(moment, entry_id): Place| Expr::tuple([Expr::value(moment), Expr::value(entry_id)]);
        let direction = if downwards { Order::Desc } else { Order::Asc };
        Query::select()
            .from(Entity)
            .and_where(column(Column::SystemKey).eq(system_key))
            .and_where_option(self.behind.map(|behind| place().gt(bound(behind))))
            .and_where_option(self.before.map(|before| place().lt(bound(before))))
            .order_by((Entity, Column::MarkedAt), direction.clone())
            .order_by((Entity, Column::EntryId), direction)
            .to_owned()
    }
}

fn of_table(columns: &[Column]) -> impl Iterator<Item = (Entity, Column)> {
    columns.iter().map(|name| (Entity, *name))
}

fn column(name: Column) -> Expr {
    Expr::col((Entity, name))
}

/// Condition: the time of the mark passes a test that is no range. Every mark has a time, and no time is a text.
fn condition(test: &Test) -> Expr {
    let marked_at = || column(Column::MarkedAt);
    let moments = |values: &[Value]| values.iter().filter_map(moment).collect::<Vec<Timestamp>>();
    match test {
        Test::Ne(value) => moment(value).map_or_else(|| Expr::value(true), |moment| marked_at().ne(moment)),
        Test::In(values) => marked_at().is_in(moments(values)),
        Test::NotIn(values) => marked_at().is_not_in(moments(values)),
        Test::IsNull(is_null) => Expr::value(!is_null),
        _ => Expr::value(false),
    }
}

fn moment(value: &Value) -> Option<Timestamp> {
    if let Value::Timestamp(moment) = value { Some(*moment) } else { None }
}

fn export_of(row: Model, system_id: &SystemId) -> EntryExport {
    let (document_id, url) = (row.reference_id, row.reference_url);
    EntryExport {
        entry_id: row.entry_id,
        system_id: system_id.clone(),
        exported_at: row.marked_at,
        note: row.note,
        remarked: row.times_marked > 1,
        version: row.version,
        reference: document_id.map(|document_id| Reference { document_id, url }),
        conflict: None,
    }
}
