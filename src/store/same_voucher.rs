//! Which entries belong to one voucher, as SQL: the entries that are not withdrawn and have the same journal code,
//! posting date and entry number. An entry with a blank number is a voucher by itself. The index
//! `accounting_entries_voucher` is ordered by these three columns and the id.

use sea_orm::DbBackend;
use sea_orm::sea_query::{
    Asterisk, CaseStatement, DynIden, Expr, ExprTrait, Func, IntoIden, JoinType, Order, Query,
    SelectStatement,
};

use super::probe::{not_withdrawn, stands};
use crate::domain::VoucherId;
use crate::entities::accounting_entry::{Column, Entity};

/// A query for the entries of the voucher; the caller adds the columns.
pub(super) fn entries_of(voucher: &VoucherId) -> SelectStatement {
    let column = |column: Column| Expr::col((Entity, column));
    let mut entries = Query::select().from(Entity).and_where(stands()).to_owned();
    match voucher {
        VoucherId::Numbered { posting_date, journal_code, entry_number } => entries
            .and_where(column(Column::JournalCode).eq(journal_code.as_str()))
            .and_where(column(Column::PostingDate).eq(posting_date.date()))
            .and_where(column(Column::EntryNumber).eq(entry_number.as_str())),
        VoucherId::Unnumbered(id) => {
            entries.and_where(column(Column::Id).eq(*id)).and_where(is_blank(column(Column::EntryNumber)))
        }
    };
    entries
}

/// Conditions, all of which must hold: the entry that the query names `entry` belongs to the voucher of the entry that
/// it names `of`. If `of` has a blank number, the bounds on the id leave only `of` itself. The index answers them too.
pub(super) fn same_voucher(entry: &DynIden, of: &DynIden, backend: DbBackend) -> Vec<Expr> {
    let column = |table: &DynIden, column: Column| Expr::col((table.clone(), column));
    let same = |name: Column| column(entry, name).eq(column(of, name));
    let bound = |of_any: i64| {
        let alone = is_blank(column(of, Column::EntryNumber));
        let of_any = match backend {
            DbBackend::Postgres => Expr::value(of_any).cast_as("bigint"),
            _ => Expr::value(of_any),
        };
        CaseStatement::new().case(alone, column(of, Column::Id)).finally(of_any)
    };
    vec![
        same(Column::JournalCode),
        same(Column::PostingDate),
        same(Column::EntryNumber),
        not_withdrawn(column(entry, Column::WithdrawnAt)),
        column(entry, Column::Id).gte(bound(i64::MIN)),
        column(entry, Column::Id).lte(bound(i64::MAX)),
    ]
}

/// Joins to each entry that the query names `of` the entries of its voucher, by the name of their table. They are looked up
/// for one voucher after the other, whatever the planner knows; those of one voucher come in the order of their ids.
pub(super) fn join_lines(query: &mut SelectStatement, of: &DynIden, backend: DbBackend) {
    let same = same_voucher(&Entity.into_iden(), of, backend);
    match backend {
        // Because of the OFFSET, although it is 0, PostgreSQL runs the subquery for each voucher and never as another
        // kind of join.
        DbBackend::Postgres => {
            let mut lines = Query::select().column(Asterisk).from(Entity).to_owned();
            for same in same {
                lines.and_where(same);
            }
            lines.order_by((Entity, Column::Id), Order::Asc).offset(0);
            query.join_lateral(JoinType::InnerJoin, lines, Entity, Expr::cust("TRUE"));
        }
        // With CROSS JOIN, SQLite reads the tables in the order in which they are written, and the lines by the index.
        _ => {
            query.cross_join(Entity);
            for same in same {
                query.and_where(same);
            }
        }
    }
}

/// Condition: the entry number is empty or only spaces, as in `domain::voucher::is_blank`.
pub(super) fn is_blank(entry_number: Expr) -> Expr {
    Expr::expr(Func::cust("trim").arg(entry_number)).eq("")
}
