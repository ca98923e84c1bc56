//! Which version of an entry a mark is of, and the list of marked entries that may have changed since.
//!
//! A correction and a mark that come in the same moment do not see each other: each could leave it to the other to list the
//! entry. So whoever marks locks the entries against changes, and lists those that somebody else is changing. See
//! `migrations/src/m0002_export_tracking/changes.rs`.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::{gate, probe};
use crate::domain::{EntryId, Error, Result, Timestamp};
use crate::entities::accounting_entry::{self, Column};
use crate::entities::{changed_export, export_mark};

/// An entry in the moment in which it is marked.
#[derive(Clone, Copy, Debug)]
pub struct Current {
    /// Its version.
    pub version: i32,
    /// Whether it is withdrawn, or somebody is changing it: then a mark of this version may be outdated at once.
    pub may_change: bool,
}

/// The entries that exist, by id. On PostgreSQL they are locked against changes until the transaction ends, but for
/// those that somebody else is changing. It waits for none of them, except for transactions that reinstate entries. On
/// SQLite nobody else writes.
pub async fn current(
    transaction: &impl ConnectionTrait,
    ids: &[EntryId],
) -> Result<HashMap<EntryId, Current>> {
    let select = |ids: Vec<EntryId>| {
        accounting_entry::Entity::find()
            .select_only()
            .columns([Column::Id, Column::Version, Column::WithdrawnAt])
            .filter(Column::Id.is_in(ids))
            .order_by_asc(Column::Id)
    };
    let locked = match transaction.get_database_backend() {
        DbBackend::Postgres => {
            select(ids.to_vec()).lock_with_behavior(LockType::Share, LockBehavior::SkipLocked)
        }
        _ => select(ids.to_vec()),
    };
    let locked: Vec<(EntryId, i32, Option<Timestamp>)> = locked.into_tuple().all(transaction).await?;
    let mut found: HashMap<EntryId, Current> = locked
        .into_iter()
        .map(|(id, version, withdrawn_at)| (id, Current { version, may_change: withdrawn_at.is_some() }))
        .collect();
    let others: Vec<EntryId> = ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
    if !others.is_empty() && transaction.get_database_backend() == DbBackend::Postgres {
        if !gate::hold_off_reinstatements(transaction).await? {
            return Err(Error::busy("another transaction is reinstating entries"));
        }
        let others: Vec<(EntryId, i32, Option<Timestamp>)> =
            select(others).into_tuple().all(transaction).await?;
        found.extend(others.into_iter().map(|(id, version, _)| (id, Current { version, may_change: true })));
    }
    Ok(found)
}

/// Lists these entries as changed since these systems were sent them, or as possibly so.
pub async fn list(transaction: &impl ConnectionTrait, pairs: &[(EntryId, i64)]) -> Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let rows = pairs.iter().map(|(entry_id, system_key)| changed_export::ActiveModel {
        system_key: Set(*system_key),
        entry_id: Set(*entry_id),
    });
    changed_export::Entity::insert_many(rows)
        .on_conflict_do_nothing()
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Takes these entries off the system's list: the transaction has marked their newest version, and holds them against
/// changes.
pub async fn unlist(transaction: &impl ConnectionTrait, system_key: i64, ids: Vec<EntryId>) -> Result<()> {
    let unlisted = changed_export::Entity::delete_many()
        .filter(changed_export::Column::SystemKey.eq(system_key))
        .filter(changed_export::Column::EntryId.is_in(ids));
    unlisted.exec(transaction).await?;
    Ok(())
}

/// Whether the listed row of `changed_exports` stands for a change: the system has a mark of an older version, or of an
/// entry that is withdrawn.
pub(super) fn has_changed(entry_id: Expr, system_key: i64, backend: DbBackend) -> Expr {
    let mark = |column: export_mark::Column| Expr::col((export_mark::Entity, column));
    let entry = |column: Column| Expr::col((accounting_entry::Entity, column));
    let outdated = mark(export_mark::Column::Version).lt(entry(Column::Version));
    let marks = Query::select()
        .expr(Expr::value(1))
        .from(export_mark::Entity)
        .join(
            JoinType::InnerJoin,
            accounting_entry::Entity,
            entry(Column::Id).eq(mark(export_mark::Column::EntryId)),
        )
        .and_where(mark(export_mark::Column::EntryId).eq(entry_id))
        .and_where(mark(export_mark::Column::SystemKey).eq(system_key))
        .and_where(outdated.or(entry(Column::WithdrawnAt).is_not_null()))
        .to_owned();
    probe::exists(marks, backend)
}
