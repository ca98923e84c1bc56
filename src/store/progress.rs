//! How far the export of unexported entries is: the columns of `pending_exports` beside its key.
//!
//! Whoever changes them locks the rows first, in the order of the entries' ids, which is the order in which marks delete
//! them. On SQLite nobody else writes.

mod ensuring;

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany,
};

use crate::domain::progress::{FailureType, PendingEntry, Progress};
use crate::domain::{EntryId, Result, Timestamp};
use crate::entities::pending_export::{Column, Entity, Model};

pub use ensuring::ensure;

/// The most ids in one statement.
const BATCH: usize = 1_000;

/// Condition: the pending row is of this system and in this progress. The index of what is in which progress answers it: it
/// is made of `system_key + 0`, so that no other query is answered by it.
pub(super) fn in_progress(system_key: i64, progress: Progress) -> Expr {
    let system = Expr::cust("\"pending_exports\".\"system_key\" + 0");
    let column = Expr::col((Entity, Column::Progress));
    system.eq(system_key).and(column.eq(progress))
}

/// Whether a transaction waits for rows that others have locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// It waits for them.
    Awaited,
    /// It goes on without them.
    Skipped,
}

/// Locks the pending rows of these entries for the system, and gives them by id.
pub async fn lock(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
    others: Locked,
) -> Result<Vec<PendingEntry>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut rows = Vec::with_capacity(ids.len());
    for part in ids.chunks(BATCH) {
        let mut query = Entity::find()
            .filter(Column::SystemKey.eq(system_key))
            .filter(Column::EntryId.is_in(part.iter().copied()))
            .order_by_asc(Column::EntryId);
        if transaction.get_database_backend() == DbBackend::Postgres {
            query = match others {
                Locked::Awaited => query.lock(LockType::Update),
                Locked::Skipped => query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked),
            };
        }
        rows.extend(query.all(transaction).await?.into_iter().map(PendingEntry::from));
    }
    Ok(rows)
}

/// These entries are free again, with this many attempts that failed.
pub async fn free(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
    attempts: i32,
) -> Result<()> {
    each_part(transaction, system_key, ids, |update| {
        update
            .col_expr(Column::Progress, Progress::Free.into())
            .col_expr(Column::Attempts, attempts.into())
            .col_expr(Column::FailureType, 0.into())
            .col_expr(Column::DueAt, Timestamp::default().into())
            .col_expr(Column::ClaimKey, Expr::value(Option::<i64>::None))
    })
    .await
}

/// The system refused these entries. `retry_at` is when they are tried again; `None`: they are given up.
pub async fn fail(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
    attempts: i32,
    kind: FailureType,
    retry_at: Option<Timestamp>,
) -> Result<()> {
    let progress = if retry_at.is_some() { Progress::Failed } else { Progress::GivenUp };
    each_part(transaction, system_key, ids, |update| {
        update
            .col_expr(Column::Progress, progress.into())
            .col_expr(Column::Attempts, attempts.into())
            .col_expr(Column::FailureType, kind.number().into())
            .col_expr(Column::DueAt, retry_at.unwrap_or_default().into())
            .col_expr(Column::ClaimKey, Expr::value(Option::<i64>::None))
    })
    .await
}

/// The system refused these entries, which a person has parked: they stay parked.
pub async fn fail_parked(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
    attempts: i32,
    kind: FailureType,
) -> Result<()> {
    each_part(transaction, system_key, ids, |update| {
        update.col_expr(Column::Attempts, attempts.into()).col_expr(Column::FailureType, kind.number().into())
    })
    .await
}

/// A person parks these entries.
pub async fn park(transaction: &impl ConnectionTrait, system_key: i64, ids: &[EntryId]) -> Result<()> {
    each_part(transaction, system_key, ids, |update| {
        update
            .col_expr(Column::Progress, Progress::Parked.into())
            .col_expr(Column::DueAt, Timestamp::default().into())
            .col_expr(Column::ClaimKey, Expr::value(Option::<i64>::None))
    })
    .await
}

/// A claim has these entries.
pub async fn claim(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
    claim_key: i64,
) -> Result<()> {
    each_part(transaction, system_key, ids, |update| {
        update
            .col_expr(Column::Progress, Progress::Claimed.into())
            .col_expr(Column::ClaimKey, claim_key.into())
    })
    .await
}

/// A claim no longer has these entries: each is what it was before, with `lost` more attempts that failed. `park_from`:
/// from so many attempts on it is parked.
pub async fn give_back(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    rows: &[PendingEntry],
    lost: i32,
    park_from: i32,
) -> Result<()> {
    let mut by_result: BTreeMap<(Progress, i32), Vec<EntryId>> = BTreeMap::new();
    for row in rows {
        let attempts = row.attempts.saturating_add(lost);
        let progress = match row.failure_type {
            _ if lost > 0 && attempts >= park_from => Progress::GivenUp,
            0 => Progress::Free,
            _ => Progress::Failed,
        };
        by_result.entry((progress, attempts)).or_default().push(row.entry_id);
    }
    for ((progress, attempts), ids) in by_result {
        each_part(transaction, system_key, &ids, |update| {
            update
                .col_expr(Column::Progress, progress.into())
                .col_expr(Column::Attempts, attempts.into())
                .col_expr(Column::ClaimKey, Expr::value(Option::<i64>::None))
        })
        .await?;
    }
    Ok(())
}

/// These entries are no longer pending. Gives those that were, each with the claim that had it, by its key.
pub(super) async fn end(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    ids: Vec<EntryId>,
) -> Result<Vec<(EntryId, Option<i64>)>> {
    let mut delete = Query::delete();
    delete
        .from_table(Entity)
        .and_where(Expr::col(Column::SystemKey).eq(system_key))
        .and_where(Expr::col(Column::EntryId).is_in(ids))
        .returning(Query::returning().columns([Column::EntryId, Column::ClaimKey]));
    let names = ["entry_id", "claim_key"].map(str::to_owned);
    let rows = transaction.query_all(&delete).await?;
    rows.iter().map(|row| Ok(row.try_get_many("", &names)?)).collect()
}

async fn each_part(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
    set: impl Fn(UpdateMany<Entity>) -> UpdateMany<Entity>,
) -> Result<()> {
    for part in ids.chunks(BATCH) {
        let update = Entity::update_many()
            .filter(Column::SystemKey.eq(system_key))
            .filter(Column::EntryId.is_in(part.iter().copied()));
        set(update).exec(transaction).await?;
    }
    Ok(())
}

/// The entries that failed or are parked because of this type of failure, after this id and at most so many; those that a
/// person parked are left out. The rows are not locked.
pub async fn failed_because(
    connection: &impl ConnectionTrait,
    system_key: i64,
    kind: FailureType,
    limit: u64,
) -> Result<Vec<EntryId>> {
    let of = |progress: Progress| {
        Entity::find()
            .select_only()
            .column(Column::EntryId)
            .filter(in_progress(system_key, progress))
            .filter(Column::FailureType.eq(kind.number()))
            .order_by_asc(Column::EntryId)
            .limit(limit)
            .into_tuple::<EntryId>()
    };
    let mut ids = of(Progress::Failed).all(connection).await?;
    if (ids.len() as u64) < limit {
        ids.extend(of(Progress::GivenUp).all(connection).await?);
    }
    Ok(ids)
}

/// The pending rows of these entries for the system.
pub async fn of_entries(
    connection: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
) -> Result<Vec<PendingEntry>> {
    let mut rows = Vec::with_capacity(ids.len());
    for part in ids.chunks(BATCH) {
        let query = Entity::find()
            .filter(Column::SystemKey.eq(system_key))
            .filter(Column::EntryId.is_in(part.iter().copied()));
        rows.extend(query.all(connection).await?.into_iter().map(PendingEntry::from));
    }
    Ok(rows)
}

impl From<Model> for PendingEntry {
    fn from(row: Model) -> Self {
        Self {
            entry_id: row.entry_id,
            progress: row.progress,
            attempts: row.attempts,
            due_at: row.due_at,
            claim_key: row.claim_key,
            failure_type: row.failure_type,
        }
    }
}
