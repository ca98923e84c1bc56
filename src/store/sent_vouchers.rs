//! Vouchers of which entries were sent.

use sea_orm::sea_query::{
    Alias, DynIden, Expr, ExprTrait, IntoIden, JoinType, Order, Query, SelectStatement,
};
use sea_orm::{ConnectionTrait, DbBackend};

use super::same_voucher::same_voucher;
use super::statement::statement;
use crate::domain::{EntryId, Result, SystemId};
use crate::entities::{accounting_entry, export_mark, export_system};

/// How many entries of a voucher are looked at. A source may put all that it has into one voucher, and add to it by call
/// after call.
const LOOKED_AT: u64 = 1_000;

/// The systems that have a mark of some entry in the voucher of each of these entries, by entry and by name. Of each voucher
/// it reads the marks of the first [`LOOKED_AT`] entries, by their keys.
pub async fn systems(connection: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<(EntryId, SystemId)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let backend = connection.get_database_backend();
    let rows = connection.query_all_raw(statement(&query(ids, backend), backend)).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

fn query(ids: &[EntryId], backend: DbBackend) -> SelectStatement {
    let (of, entry) = (Alias::new("of").into_iden(), accounting_entry::Entity.into_iden());
    let id = |table: &DynIden| Expr::col((table.clone(), accounting_entry::Column::Id));
    let mark = |column| Expr::col((export_mark::Entity, column));
    let system = |column| Expr::col((export_system::Entity, column));
    let first_of_voucher = |table: &DynIden| {
        let same = same_voucher(table, &of, backend).into_iter().reduce(ExprTrait::and);
        Query::select()
            .expr(id(table))
            .from_as(accounting_entry::Entity, table.clone())
            .and_where_option(same)
            .order_by_expr(id(table), Order::Asc)
            .limit(LOOKED_AT)
            .to_owned()
    };
    let is_of_entry = mark(export_mark::Column::EntryId).eq(id(&entry));
    let is_of_system = system(export_system::Column::Key).eq(mark(export_mark::Column::SystemKey));
    let mut query = Query::select();
    query
        .distinct()
        .expr(id(&of))
        .expr(system(export_system::Column::Name))
        .from_as(accounting_entry::Entity, of.clone())
        .and_where(id(&of).is_in(ids.iter().copied()))
        .order_by_expr(id(&of), Order::Asc)
        .order_by_expr(system(export_system::Column::Name), Order::Asc);
    match backend {
        // With a LIMIT or an OFFSET, if only of 0, it is never joined in another way: see `vouchers.rs`.
        DbBackend::Postgres => {
            let entries = first_of_voucher(&entry);
            let marks = Query::select()
                .column((export_mark::Entity, export_mark::Column::SystemKey))
                .from(export_mark::Entity)
                .and_where(is_of_entry)
                .order_by_expr(mark(export_mark::Column::SystemKey), Order::Asc)
                .offset(0)
                .to_owned();
            let always = || Expr::cust("TRUE");
            query
                .join_lateral(JoinType::InnerJoin, entries, accounting_entry::Entity, always())
                .join_lateral(JoinType::InnerJoin, marks, export_mark::Entity, always())
                .join(JoinType::InnerJoin, export_system::Entity, is_of_system);
        }
        // To SQLite the word CROSS says that the order of the tables is meant.
        _ => {
            query
                .cross_join(accounting_entry::Entity)
                .cross_join(export_mark::Entity)
                .cross_join(export_system::Entity)
                .and_where(id(&entry).in_subquery(first_of_voucher(&Alias::new("first_entries").into_iden())))
                .and_where(is_of_entry)
                .and_where(is_of_system);
        }
    }
    query
}
