//! Which entries belong to one voucher, as SQL: those that stand and have the same journal code, posting date and entry
//! number; an entry whose number is blank is a voucher by itself. The index `accounting_entries_voucher` is ordered by
//! these, and by the id.

use sea_orm::DbBackend;
use sea_orm::sea_query::{CaseStatement, DynIden, Expr, ExprTrait, Func, Query, SelectStatement};

use super::probe::{not_withdrawn, stands};
use crate::domain::VoucherId;
use crate::entities::accounting_entry::{Column, Entity};

/// The entries of the voucher, without columns.
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

/// That the entry which the query calls `entry` belongs to the voucher of the one that it calls `of`. The bounds of the ids
/// are for an entry without a number, which has the voucher for itself; the index answers them too.
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

/// That an entry number is blank: as `domain::voucher::is_blank`.
fn is_blank(entry_number: Expr) -> Expr {
    Expr::expr(Func::cust("trim").arg(entry_number)).eq("")
}
