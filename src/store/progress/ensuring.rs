//! Pending rows of a system whose history is not all taken over yet, for entries that somebody wants to claim, park or fail
//! before the take-over has come to them.

use std::collections::HashSet;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ConnectionTrait, DbBackend};

use super::{BATCH, Locked};
use crate::domain::{EntryId, Result};
use crate::entities::accounting_entry;
use crate::entities::pending_export::{Column, Entity};
use crate::store::systems::{History, KnownSystem};
use crate::store::{entries, probe};

/// Gives those of the entries that the system has not been sent their pending rows, which they may not have while its
/// history is taken over. The transaction holds the system alone.
///
/// While the end of the history is not settled, a transaction that does not know the system may be withdrawing one of the
/// entries, and would leave its pending row. So the entries are locked first. Those that another transaction is changing
/// get no pending row, and are given back.
pub async fn ensure(
    transaction: &impl ConnectionTrait,
    system: &KnownSystem,
    ids: &[EntryId],
) -> Result<HashSet<EntryId>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut changing = HashSet::new();
    match system.history {
        None => return Ok(changing),
        Some(History { to: None, .. }) if transaction.get_database_backend() == DbBackend::Postgres => {
            let held = entries::hold(transaction, &ids, Locked::Skipped).await?;
            changing.extend(ids.iter().copied().filter(|id| held.binary_search(id).is_err()));
            ids = held;
        }
        Some(_) => {}
    }
    fill(transaction, system.key, &ids).await?;
    Ok(changing)
}

async fn fill(transaction: &impl ConnectionTrait, system_key: i64, ids: &[EntryId]) -> Result<()> {
    let backend = transaction.get_database_backend();
    let id = || Expr::col((accounting_entry::Entity, accounting_entry::Column::Id));
    for part in ids.chunks(BATCH) {
        let unexported = Query::select()
            .expr(Expr::value(system_key))
            .expr(id())
            .from(accounting_entry::Entity)
            .and_where(id().is_in(part.iter().copied()))
            .and_where(probe::mark_of(id(), system_key, backend).not())
            .and_where(probe::stands())
            .to_owned();
        // `select_from` fails only when the numbers of columns differ. Here both are two, so the default is never used.
        let insert = Query::insert()
            .into_table(Entity)
            .columns([Column::SystemKey, Column::EntryId])
            .select_from(unexported)
            .map(|insert| insert.on_conflict(OnConflict::new().do_nothing().to_owned()).to_owned())
            .unwrap_or_default();
        transaction.execute(&insert).await?;
    }
    Ok(())
}
