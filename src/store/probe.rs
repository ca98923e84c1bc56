//! Looking up, for each entry that is read, whether a row of another table is there.
//!
//! PostgreSQL's planner turns `NOT EXISTS (… WHERE entry_id = … AND system_key = …)` into a join, and chooses its kind by
//! statistics. Marks that were made since the last ANALYZE count as none there: it then compares every entry with every
//! mark of the system (24 seconds for 50,000 of each), or reads all marks of the system by their time to find the one of
//! an entry. Here it has no choice: the subquery is never turned into a join, and the rows are asked for as a range of the
//! primary key in its order, which no other index gives without sorting.

use sea_orm::DbBackend;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, IntoColumnRef, Order, Query, SelectStatement};

use crate::domain::Timestamp;
use crate::entities::{accounting_entry, export_mark};

/// Whether there is a mark of the entry for the system.
pub(super) fn mark_of(entry_id: Expr, system_key: i64, backend: DbBackend) -> Expr {
    mark_until(entry_id, system_key, None, backend)
}

/// Whether there is a mark of the entry for the system that is not later than this moment, if one is given.
pub(super) fn mark_until(
    entry_id: Expr,
    system_key: i64,
    moment: Option<Timestamp>,
    backend: DbBackend,
) -> Expr {
    let column = |column: export_mark::Column| Expr::col((export_mark::Entity, column).into_column_ref());
    let key = [
        (column(export_mark::Column::EntryId), entry_id),
        (column(export_mark::Column::SystemKey), Expr::value(system_key)),
    ];
    let mut marks = Query::select().from(export_mark::Entity).to_owned();
    marks.and_where_option(moment.map(|moment| column(export_mark::Column::MarkedAt).lte(moment.micros())));
    exists(rows_of(marks, key, backend), backend)
}

/// Whether there is such a row. Neither database turns it into a join: PostgreSQL not where an OFFSET stands, if only of 0,
/// SQLite not where a LIMIT stands. SQLite 3.51 makes two of them into loops one inside the other, rows times rows.
pub(super) fn exists(mut rows: SelectStatement, backend: DbBackend) -> Expr {
    match backend {
        DbBackend::Postgres => rows.offset(0),
        _ => rows.limit(1),
    };
    Expr::exists(rows)
}

/// That an entry is not withdrawn, by this column of it. In a CASE, which tells a planner nothing: without statistics
/// PostgreSQL takes one row of two hundred to have no value in a column, and sorts a stretch where a page would do.
pub(super) fn not_withdrawn(withdrawn_at: Expr) -> Expr {
    let stands = CaseStatement::new().case(withdrawn_at.is_null(), Expr::cust("TRUE"));
    Expr::expr(stands.finally(Expr::cust("FALSE")))
}

/// That an entry of `accounting_entries` is not withdrawn.
pub(super) fn stands() -> Expr {
    let withdrawn_at = accounting_entry::Column::WithdrawnAt;
    not_withdrawn(Expr::col((accounting_entry::Entity, withdrawn_at).into_column_ref()))
}

/// Whether the entry of this id is there and not withdrawn.
pub(super) fn has_standing(entry_id: Expr, backend: DbBackend) -> Expr {
    let column =
        |column: accounting_entry::Column| Expr::col((accounting_entry::Entity, column).into_column_ref());
    let mut entry = Query::select();
    entry
        .expr(Expr::value(1))
        .from(accounting_entry::Entity)
        .and_where(column(accounting_entry::Column::Id).eq(entry_id))
        .and_where(stands());
    exists(entry, backend)
}

/// Those of the rows that have this key: each column of the table's primary key, with its value. For [`exists`].
pub(super) fn rows_of(
    mut rows: SelectStatement,
    key: [(Expr, Expr); 2],
    backend: DbBackend,
) -> SelectStatement {
    rows.expr(Expr::value(1));
    if backend == DbBackend::Postgres {
        let tuple = |place: fn(&(Expr, Expr)) -> Expr| Expr::tuple(key.each_ref().map(place));
        let (columns, values) = (tuple(|(column, _)| column.clone()), tuple(|(_, value)| value.clone()));
        rows.and_where(columns.clone().gte(values.clone())).and_where(columns.lte(values));
        for (column, _) in key {
            rows.order_by_expr(column, Order::Asc);
        }
    } else {
        for (column, value) in key {
            rows.and_where(column.eq(value));
        }
    }
    rows
}
