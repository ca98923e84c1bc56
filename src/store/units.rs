//! What is claimed, fails and is parked as one: the lines of a voucher, or an entry by itself.

use sea_orm::sea_query::{Alias, DynIden, Expr, ExprTrait, IntoIden, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend};

use super::same_voucher::join_lines;
use super::statement::statement;
use crate::domain::{EntryId, Result};
use crate::entities::accounting_entry::{Column, Entity};

/// The entries in the voucher of each of these entries, as (entry, line), in no order; an entry is a line of its own
/// voucher. At most `limit` rows. Withdrawn entries belong to no voucher.
pub async fn lines_of(
    connection: &impl ConnectionTrait,
    ids: &[EntryId],
    limit: u64,
) -> Result<Vec<(EntryId, EntryId)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let backend = connection.get_database_backend();
    let mut query = query(ids, backend);
    let rows = connection.query_all_raw(statement(query.limit(limit), backend)).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

fn query(ids: &[EntryId], backend: DbBackend) -> SelectStatement {
    let (of, line) = (Alias::new("of").into_iden(), Entity.into_iden());
    let id = |table: &DynIden| Expr::col((table.clone(), Column::Id));
    let mut query = Query::select();
    query
        .expr(id(&of))
        .expr(id(&line))
        .from_as(Entity, of.clone())
        .and_where(id(&of).is_in(ids.iter().copied()));
    join_lines(&mut query, &of, backend);
    query
}
