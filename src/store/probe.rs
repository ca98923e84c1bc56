//! Conditions that look up, for each entry that a query reads, whether another table has a row for it.
//!
//! PostgreSQL's planner turns `NOT EXISTS (… WHERE entry_id = … AND system_key = …)` into a join, and chooses the kind
//! of join by statistics, which do not count marks made since the last ANALYZE. It then compares every entry with every
//! mark of the system (24 seconds for 50,000 of each), or reads all marks of the system by their time to find that of
//! one entry. The forms here leave it no choice: [`exists`] is never turned into a join, and [`rows_of`] asks for a
//! range of the primary key in the key's order, which no other index gives without sorting.

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
    let key = [
        (column(export_mark::Column::EntryId), entry_id),
        (column(export_mark::Column::SystemKey), Expr::value(system_key)),
    ];
    let mut marks = Query::select().from(export_mark::Entity).to_owned();
    marks.and_where_option(moment.map(|moment| column(export_mark::Column::MarkedAt).lte(moment.micros())));
    exists(rows_of(marks, key, backend), backend)
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

/// Condition: an entry with this id exists and is not withdrawn.
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

/// The query, limited to the row with this key: the columns of the table's primary key in the key's order, each with
/// its value. For [`exists`].
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
