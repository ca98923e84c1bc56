//! Conditions that look up, for each entry that a query reads, whether another table has a row for it.
//!
//! PostgreSQL's planner turns `NOT EXISTS (… WHERE entry_id = … AND system_key = …)` into a join, and chooses the kind
//! of join by statistics, which do not count marks made since the last ANALYZE. It then compares every entry with every
//! mark of the system (24 seconds for 50,000 of each), or reads all marks of the system by their time to find that of
//! one entry. The forms here leave it no choice: [`exists`] is never turned into a join, and [`rows_of`] and
//! [`rows_in_system`] ask for a range of the primary key in the key's order, which no other index gives without sorting.

use sea_orm::DbBackend;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, IntoColumnRef, Order, Query, SelectStatement};

use crate::domain::Timestamp;
use crate::entities::{accounting_entry, export_mark};

/// Condition: the entry has a mark for the system.
pub(super) fn mark_of(entry_id: Expr, system_key: i64, backend: DbBackend) -> Expr {
    mark_until(entry_id, system_key, None, backend)
}

/// Condition: the entry has a mark for the system and, if a moment is given, that mark is not later than the moment.
pub(super) fn mark_until(
    entry_id: Expr,
    system_key: i64,
    moment: Option<Timestamp>,
    backend: DbBackend,
) -> Expr {
    let column = |column: export_mark::Column| Expr::col((export_mark::Entity, column).into_column_ref());
    let entry = (column(export_mark::Column::EntryId), entry_id);
    let system = (column(export_mark::Column::SystemKey), Expr::value(system_key));
    let mut marks = Query::select().from(export_mark::Entity).to_owned();
    marks.and_where_option(moment.map(|moment| column(export_mark::Column::MarkedAt).lte(moment.micros())));
    exists(rows_of(marks, entry, system, backend), backend)
}

/// Condition: the query has a row. Neither database turns this into a join: PostgreSQL does not because of the OFFSET,
/// although it is 0, and SQLite does not because of the LIMIT. Without the LIMIT, SQLite 3.51 runs two such subqueries
/// as nested loops, rows times rows.
pub(super) fn exists(mut rows: SelectStatement, backend: DbBackend) -> Expr {
    match backend {
        DbBackend::Postgres => rows.offset(0),
        _ => rows.limit(1),
    };
    Expr::exists(rows)
}

/// Condition: the entry is not withdrawn; `withdrawn_at` is that column of it. A CASE hides the test from the planner's
/// estimates: without statistics PostgreSQL expects one row in two hundred to be NULL, and then sorts a whole range of
/// entries instead of reading one page along the index.
pub(super) fn not_withdrawn(withdrawn_at: Expr) -> Expr {
    let stands = CaseStatement::new().case(withdrawn_at.is_null(), Expr::cust("TRUE"));
    Expr::expr(stands.finally(Expr::cust("FALSE")))
}

/// Condition: the entry of `accounting_entries` is not withdrawn.
pub(super) fn stands() -> Expr {
    let withdrawn_at = accounting_entry::Column::WithdrawnAt;
    not_withdrawn(Expr::col((accounting_entry::Entity, withdrawn_at).into_column_ref()))
}

/// Condition: an entry with this id exists, is not withdrawn, and passes these conditions.
pub(super) fn has_standing(
    entry_id: Expr,
    conditions: impl IntoIterator<Item = Expr>,
    backend: DbBackend,
) -> Expr {
    let column =
        |column: accounting_entry::Column| Expr::col((accounting_entry::Entity, column).into_column_ref());
    let mut entry = Query::select();
    entry
        .expr(Expr::value(1))
        .from(accounting_entry::Entity)
        .and_where(column(accounting_entry::Column::Id).eq(entry_id))
        .and_where(stands());
    for condition in conditions {
        entry.and_where(condition);
    }
    exists(entry, backend)
}

/// The query, limited to the row of this entry and this system: the columns of the table's primary key, in this order, each
/// with its value. For [`exists`].
pub(super) type RowsOf = fn(SelectStatement, (Expr, Expr), (Expr, Expr), DbBackend) -> SelectStatement;

/// [`RowsOf`] a table whose primary key begins with the entry.
pub(super) fn rows_of(
    mut rows: SelectStatement,
    entry: (Expr, Expr),
    system: (Expr, Expr),
    backend: DbBackend,
) -> SelectStatement {
    if backend != DbBackend::Postgres {
        return rows_with(rows, entry, system);
    }
    let (columns, values) =
        (Expr::tuple([entry.0.clone(), system.0.clone()]), Expr::tuple([entry.1, system.1]));
    // A comparison of rows ends an index scan by its first column only. Here that is the entry, so the scan reads the rows of
    // one entry at most: one for each system.
    rows.expr(Expr::value(1))
        .and_where(columns.clone().gte(values.clone()))
        .and_where(columns.lte(values))
        .order_by_expr(entry.0, Order::Asc)
        .order_by_expr(system.0, Order::Asc);
    rows
}

/// [`RowsOf`] a table whose primary key begins with the system. The range ends at the entry, so that a scan that finds no row
/// does not read the system's rows behind it.
pub(super) fn rows_in_system(
    mut rows: SelectStatement,
    entry: (Expr, Expr),
    system: (Expr, Expr),
    backend: DbBackend,
) -> SelectStatement {
    if backend != DbBackend::Postgres {
        return rows_with(rows, entry, system);
    }
    rows.expr(Expr::value(1))
        .and_where(system.0.eq(system.1))
        .and_where(entry.0.clone().gte(entry.1.clone()))
        .and_where(entry.0.clone().lte(entry.1))
        .order_by_expr(entry.0, Order::Asc);
    rows
}

fn rows_with(mut rows: SelectStatement, entry: (Expr, Expr), system: (Expr, Expr)) -> SelectStatement {
    rows.expr(Expr::value(1)).and_where(entry.0.eq(entry.1)).and_where(system.0.eq(system.1));
    rows
}
