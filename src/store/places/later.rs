//! The marks of a system that are later than a moment, as a place of entries.
//!
//! Few of them are read by their time, and sorted. For many no index of entries or of times is enough when a page is in the
//! order of the ids: by entry it would pass over all marks made before the moment, by time it would sort all that were made
//! after it. So there is an index by block, which is a range of ids, and in each block by time. A page walks from block to
//! block: one that has no later mark costs one look, and of the others only the later marks are read. The walk is part of the
//! page's statement, and so of the same snapshot. `docs/decisions/0025-marks-by-block.md` tells what it costs.

use sea_orm::DbBackend;
use sea_orm::sea_query::{
    Asterisk, CommonTableExpression, Expr, ExprTrait, JoinType, Order, Query, SelectStatement, UnionType,
    WithClause,
};

use super::{Join, Place, SystemKey, column};
use crate::domain::Timestamp;
use crate::entities::export_mark::{Column, Entity};
use crate::store::probe;
use crate::store::systems::KnownSystem;

/// Ids in a block. The index `export_marks_by_block` is made of this number.
const BLOCK: i64 = 10_000;

/// The walk, as a table: a row for each step.
const WALK: &str = "walk";
/// The block that the step looked into; NULL in the first row.
const AT: &str = "at_block";
/// The block that the next step looks into; NULL behind the last one.
const NEXT: &str = "next_block";
/// How many entries were found before this step, and with it.
const BEFORE: &str = "found_before";
const FOUND: &str = "found";

/// The marks of a system that are later than a moment.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Later {
    system_key: i64,
    moment: Timestamp,
}

/// The part of a list in the order of the ids that a page is cut from.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Stretch {
    /// It begins above this id.
    pub(in crate::store) above: Option<i64>,
    /// It ends below this id.
    pub(in crate::store) below: Option<i64>,
    /// Whether the page is taken from its upper end.
    pub(in crate::store) downwards: bool,
    /// The most entries that are read.
    pub(in crate::store) limit: u64,
}

/// The entries marked after the moment that are not withdrawn. The entry of each mark is looked up by its id.
pub(super) fn marked_later(system: &KnownSystem, moment: Timestamp, backend: DbBackend) -> Place {
    let later = Later { system_key: system.key, moment };
    let id = mark(Column::EntryId);
    let rows = later.rows().and_where(probe::has_standing(id.clone(), [], backend)).to_owned();
    let value = Expr::value(system.key);
    let system_key = Some(SystemKey { column: mark(Column::SystemKey), value, rows_of: probe::rows_of });
    Place { later: Some(later), system_key, ..Place::new(Entity, id, rows, Join::OneByOne) }
}

fn mark(name: Column) -> Expr {
    column(Entity, name)
}

/// The block of a mark.
fn block() -> Expr {
    Expr::cust(format!("\"export_marks\".\"entry_id\" / {BLOCK}"))
}

fn of_walk(name: &'static str) -> Expr {
    Expr::col((WALK, name))
}

fn subquery(query: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(query.into()))
}

impl Later {
    /// The marks, by their time.
    fn rows(self) -> SelectStatement {
        let of_system = mark(Column::SystemKey).eq(self.system_key);
        Query::select().from(Entity).and_where(of_system).and_where(self.is_later()).to_owned()
    }

    fn is_later(self) -> Expr {
        mark(Column::MarkedAt).gt(self.moment.micros())
    }

    /// Condition: the mark is of the system. The index by block answers it: that is made of `system_key + 0`, so that no other
    /// query is answered by it.
    fn is_of_system(self) -> Expr {
        Expr::cust("\"export_marks\".\"system_key\" + 0").eq(self.system_key)
    }

    /// Condition: the mark is one of these, and its entry is in the block.
    fn in_block(self, number: Expr) -> Expr {
        self.is_of_system().and(block().eq(number)).and(self.is_later())
    }

    /// The walk from block to block, until as many entries are found as the page needs. Of one block it counts no more than
    /// these.
    fn walk(self, stretch: &Stretch, stands: &Expr) -> CommonTableExpression {
        let [begin, end] = stretch.ends();
        let id = mark(Column::EntryId);
        // Ids may have gaps of any size, so the next block is looked up.
        let behind = |place: Option<Expr>| {
            let beyond = |place: Expr| if stretch.downwards { block().lt(place) } else { block().gt(place) };
            let within = |end: i64| if stretch.downwards { block().gte(end) } else { block().lte(end) };
            let next = Query::select()
                .expr(block())
                .from(Entity)
                .and_where(self.is_of_system())
                .and_where_option(place.map(beyond))
                .and_where_option(end.map(within))
                .order_by_expr(block(), stretch.direction())
                .limit(1)
                .to_owned();
            subquery(next)
        };
        let mut found = Query::select();
        found.expr(Expr::value(1)).from(Entity).and_where(self.in_block(of_walk(NEXT)));
        for bound in stretch.has(&id) {
            found.and_where_option(bound);
        }
        found.and_where(stands.clone()).limit(stretch.limit);
        let count =
            Query::select().expr(Expr::col(Asterisk).count()).from_subquery(found, "in_block").to_owned();
        let mut steps = Query::select()
            .expr(Expr::value(Option::<i64>::None))
            .expr(begin.map_or_else(|| behind(None), Expr::value))
            .expr(Expr::value(0_i64))
            .expr(Expr::value(0_i64))
            .to_owned();
        let step = Query::select()
            .expr(of_walk(NEXT))
            .expr(behind(Some(of_walk(NEXT))))
            .expr(of_walk(FOUND))
            .expr(of_walk(FOUND).add(subquery(count)))
            .from(WALK)
            .and_where(of_walk(NEXT).is_not_null())
            .and_where(of_walk(FOUND).lt(stretch.limit.cast_signed()))
            .to_owned();
        steps.union(UnionType::All, step);
        CommonTableExpression::new()
            .table_name(WALK)
            .columns([AT, NEXT, BEFORE, FOUND])
            .query(steps)
            .to_owned()
    }

    /// The marks, sorted before their entries are looked up: because of the OFFSETs, although they are 0, PostgreSQL looks up
    /// no more of them than the page needs. (SQLite would look up all of them first.)
    fn sorted(self, stretch: &Stretch, stands: Expr) -> SelectStatement {
        let id = mark(Column::EntryId);
        let mut marks = self.rows();
        marks.expr(id.clone()).offset(0);
        for bound in stretch.has(&id) {
            marks.and_where_option(bound);
        }
        let mut sorted = Query::select();
        sorted.expr(id.clone()).from_subquery(marks, Entity).order_by_expr(id, stretch.direction()).offset(0);
        Query::select().from_subquery(sorted, Entity).and_where(stands).to_owned()
    }

    /// The marks of the blocks that the page needs.
    fn by_blocks(self, stretch: &Stretch, stands: Expr, backend: DbBackend) -> SelectStatement {
        let id = mark(Column::EntryId);
        let mut rows = Query::select();
        rows.expr(id.clone()).from(WALK).and_where(of_walk(FOUND).gt(of_walk(BEFORE)));
        let in_block = self.in_block(of_walk(AT));
        if backend == DbBackend::Postgres {
            // Because of the OFFSETs, although they are 0, PostgreSQL reads the marks of block after block, sorts them, and
            // looks up no more of their entries than the page needs.
            let marks =
                Query::select().expr(id.clone()).from(Entity).and_where(in_block).offset(0).to_owned();
            rows.join_lateral(JoinType::InnerJoin, marks, Entity, Expr::cust("TRUE")).offset(0);
        } else {
            rows.cross_join(Entity).and_where(in_block);
        }
        for bound in stretch.has(&id) {
            rows.and_where_option(bound);
        }
        let walk = WithClause::new().recursive(true).cte(self.walk(stretch, &stands)).to_owned();
        rows.order_by_expr(id, stretch.direction()).with_cte(walk);
        Query::select().from_subquery(rows, Entity).and_where(stands).to_owned()
    }
}

impl Stretch {
    fn has(&self, id: &Expr) -> [Option<Expr>; 2] {
        let above = self.above.map(|above| id.clone().gt(above));
        [above, self.below.map(|below| id.clone().lt(below))]
    }

    fn direction(&self) -> Order {
        if self.downwards { Order::Desc } else { Order::Asc }
    }

    /// The blocks in which it begins and ends, in the direction of reading.
    fn ends(&self) -> [Option<i64>; 2] {
        let ends = if self.downwards { [self.below, self.above] } else { [self.above, self.below] };
        ends.map(|id| id.map(|id| id / BLOCK))
    }
}

impl Place {
    /// A query for the rows of this place, to count whether there are more than so many. Marks of withdrawn entries are counted
    /// as well: they are read with the others.
    pub(in crate::store) fn counted(&self) -> SelectStatement {
        self.later.map_or_else(|| self.rows.clone(), Later::rows)
    }

    /// Has later marks read in the order of the ids, as far as the page goes: block by block, or all of them sorted where they
    /// are few. Their entries are not withdrawn and pass these conditions.
    pub(in crate::store) fn read_in_order(
        &mut self,
        stretch: &Stretch,
        conditions: impl IntoIterator<Item = Expr>,
        backend: DbBackend,
    ) {
        let Some(later) = self.later else { return };
        let stands = probe::has_standing(mark(Column::EntryId), conditions, backend);
        if self.by_blocks {
            self.rows = later.by_blocks(stretch, stands, backend);
        } else if backend == DbBackend::Postgres && self.join == Join::OneByOne {
            self.rows = later.sorted(stretch, stands);
            self.sorted = false;
        }
    }
}
