//! Claims: entries that one worker is sending to a system, until its lease ends. A claim is one row; its entries keep the
//! version that the worker was given, and their pending rows say which claim has them.
//!
//! Claims for one system take turns: whoever claims locks the system's row in `export_turns`. Leases begin and end by the
//! clock of the database.

mod reading;
mod waiting;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::progress::{self, Locked};
use super::{database_clock, probe};
use crate::domain::progress::{PendingEntry, Progress};
use crate::domain::{EntryId, Error, Result, Timestamp};
use crate::entities::{accounting_entry, export_claim, export_claim_entry, export_turn, pending_export};

pub use reading::{ClaimKeys, by_ids, by_keys, entries, find, open, versions};
pub use waiting::{next_due, until_lease_ends};

/// The most claims whose leases have ended that one claim clears up.
const LAPSED: u64 = 50;
/// The most rows in one statement.
const BATCH: usize = 1_000;

/// A claim's turn for a system, until the transaction ends.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// This moment, by the database's clock.
    pub now: Timestamp,
    /// The search for free entries begins after this id.
    pub begin_after: EntryId,
    /// When a claim last looked from the lowest id on.
    pub began_at: Timestamp,
}

/// Waits for the turn of this system.
pub async fn take_turn(transaction: &impl ConnectionTrait, system_key: i64) -> Result<Turn> {
    let row = export_turn::ActiveModel { system_key: Set(system_key), begin_after: NotSet, began_at: NotSet };
    let known = OnConflict::column(export_turn::Column::SystemKey).do_nothing().to_owned();
    export_turn::Entity::insert(row).on_conflict(known).exec_without_returning(transaction).await?;
    let locked = export_turn::Entity::find_by_id(system_key).lock_exclusive().one(transaction).await?;
    let row = locked.ok_or_else(|| Error::internal("a system without a turn"))?;
    let now = database_clock::read(transaction).await?;
    Ok(Turn { now, begin_after: row.begin_after, began_at: row.began_at })
}

/// Where the next search begins.
pub async fn leave_turn(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    begin_after: EntryId,
    began_at: Timestamp,
) -> Result<()> {
    export_turn::Entity::update_many()
        .col_expr(export_turn::Column::BeginAfter, begin_after.into())
        .col_expr(export_turn::Column::BeganAt, began_at.into())
        .filter(export_turn::Column::SystemKey.eq(system_key))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Frees what claims still have whose leases have ended, as one more attempt that failed, and parks it at `max_attempts`.
/// Rows that others have locked wait for the next turn. Gives the entries, each with its claim's id.
pub async fn clear_lapsed(
    transaction: &impl ConnectionTrait,
    system_key: i64,
    turn: &Turn,
    max_attempts: i32,
) -> Result<Vec<(EntryId, String)>> {
    let mut lapsed = export_claim::Entity::find()
        .filter(export_claim::Column::SystemKey.eq(system_key))
        .filter(export_claim::Column::EndedAt.is_null())
        .filter(export_claim::Column::ExpiresAt.lte(turn.now))
        .order_by_asc(export_claim::Column::Key)
        .limit(LAPSED);
    if transaction.get_database_backend() == DbBackend::Postgres {
        // Whoever settles one of them now holds its row and waits for pending rows: nobody waits for that row here.
        lapsed = lapsed.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let lapsed = lapsed.all(transaction).await?;
    let mut freed = Vec::new();
    for claim in lapsed {
        let ids = entry_ids(transaction, claim.key).await?;
        let mut held = progress::lock(transaction, system_key, &ids, Locked::Skipped).await?;
        held.retain(|line| line.is_of(claim.key));
        let mut all = progress::of_entries(transaction, system_key, &ids).await?;
        all.retain(|line| line.is_of(claim.key));
        progress::give_back(transaction, system_key, &held, 1, max_attempts).await?;
        if held.len() == all.len() {
            end(transaction, claim.key, turn.now).await?;
        }
        freed.extend(held.into_iter().map(|line| (line.entry_id, claim.id.clone())));
    }
    Ok(freed)
}

/// What the claim still has, locked, by id.
pub async fn lock_held(
    transaction: &impl ConnectionTrait,
    claim_key: i64,
    system_key: i64,
) -> Result<Vec<PendingEntry>> {
    let ids = entry_ids(transaction, claim_key).await?;
    let mut lines = progress::lock(transaction, system_key, &ids, Locked::Awaited).await?;
    lines.retain(|line| line.is_of(claim_key));
    Ok(lines)
}

async fn entry_ids(connection: &impl ConnectionTrait, claim_key: i64) -> Result<Vec<EntryId>> {
    let ids = export_claim_entry::Entity::find()
        .select_only()
        .column(export_claim_entry::Column::EntryId)
        .filter(export_claim_entry::Column::ClaimKey.eq(claim_key))
        .order_by_asc(export_claim_entry::Column::EntryId);
    Ok(ids.into_tuple().all(connection).await?)
}

/// The claim has nothing any more.
pub async fn end(transaction: &impl ConnectionTrait, claim_key: i64, now: Timestamp) -> Result<()> {
    export_claim::Entity::update_many()
        .col_expr(export_claim::Column::EndedAt, now.into())
        .filter(export_claim::Column::Key.eq(claim_key))
        .filter(export_claim::Column::EndedAt.is_null())
        .exec(transaction)
        .await?;
    Ok(())
}

/// Deletes claims that ended before this moment, with the versions that were handed out; `limit` at most. Gives how many.
pub async fn forget_ended_before(
    transaction: &impl ConnectionTrait,
    moment: Timestamp,
    limit: u64,
) -> Result<u64> {
    let old = export_claim::Entity::find()
        .select_only()
        .column(export_claim::Column::Key)
        .filter(export_claim::Column::EndedAt.lt(moment))
        .order_by_asc(export_claim::Column::EndedAt)
        .limit(limit);
    let keys: Vec<i64> = old.into_tuple().all(transaction).await?;
    if keys.is_empty() {
        return Ok(0);
    }
    export_claim_entry::Entity::delete_many()
        .filter(export_claim_entry::Column::ClaimKey.is_in(keys.iter().copied()))
        .exec(transaction)
        .await?;
    export_claim::Entity::delete_many()
        .filter(export_claim::Column::Key.is_in(keys.iter().copied()))
        .exec(transaction)
        .await?;
    Ok(keys.len() as u64)
}

/// Entries that failed and are due, those that waited longest first, `limit` at most. Their rows are not locked.
pub async fn due(
    connection: &impl ConnectionTrait,
    system_key: i64,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<EntryId>> {
    let column = |column: pending_export::Column| Expr::col((pending_export::Entity, column));
    // The number is written out, since PostgreSQL uses the index of what failed only where the condition is the index's.
    let query = Query::select()
        .column(pending_export::Column::EntryId)
        .from(pending_export::Entity)
        .and_where(column(pending_export::Column::SystemKey).eq(system_key))
        .and_where(Expr::cust("progress = 2"))
        .and_where(column(pending_export::Column::DueAt).lte(now))
        .order_by(pending_export::Column::SystemKey, sea_orm::Order::Asc)
        .order_by(pending_export::Column::DueAt, sea_orm::Order::Asc)
        .order_by(pending_export::Column::EntryId, sea_orm::Order::Asc)
        .limit(limit)
        .to_owned();
    let rows = connection.query_all(&query).await?;
    rows.iter().map(|row| Ok(row.try_get("", "entry_id")?)).collect()
}

/// The id of the free entry that comes so many places after this one, if there is one.
pub async fn free_entry_after(
    connection: &impl ConnectionTrait,
    system_key: i64,
    after: EntryId,
    places: u64,
) -> Result<Option<EntryId>> {
    let ids = pending_export::Entity::find()
        .select_only()
        .column(pending_export::Column::EntryId)
        .filter(progress::in_progress(system_key, Progress::Free))
        .filter(pending_export::Column::EntryId.gt(after))
        .order_by_asc(pending_export::Column::EntryId)
        .offset(places)
        .limit(1);
    Ok(ids.into_tuple().one(connection).await?)
}

/// A claim to make.
#[derive(Clone, Copy, Debug)]
pub struct NewClaim<'a> {
    /// Its id, which no other claim has.
    pub id: &'a str,
    /// The system, by its key.
    pub system_key: i64,
    /// What the worker calls itself.
    pub worker: &'a str,
    /// Who claims.
    pub actor: &'a str,
    /// When the lease ends, by the database's clock.
    pub expires_at: Timestamp,
}

/// Makes a claim of these entries, whose pending rows the transaction has locked.
pub async fn make(
    transaction: &impl ConnectionTrait,
    claim: &NewClaim<'_>,
    ids: &[EntryId],
    now: Timestamp,
) -> Result<()> {
    let row = export_claim::ActiveModel {
        key: NotSet,
        id: Set(claim.id.to_owned()),
        system_key: Set(claim.system_key),
        worker: Set(claim.worker.to_owned()),
        actor: Set(claim.actor.to_owned()),
        claimed_at: Set(now),
        expires_at: Set(claim.expires_at),
        ended_at: Set(None),
    };
    let key = export_claim::Entity::insert(row).exec(transaction).await?.last_insert_id;
    for part in ids.chunks(BATCH) {
        let versions: Vec<(EntryId, i32)> = accounting_entry::Entity::find()
            .select_only()
            .columns([accounting_entry::Column::Id, accounting_entry::Column::Version])
            .filter(accounting_entry::Column::Id.is_in(part.iter().copied()))
            .into_tuple()
            .all(transaction)
            .await?;
        let rows = versions.into_iter().map(|(entry_id, version)| export_claim_entry::ActiveModel {
            claim_key: Set(key),
            entry_id: Set(entry_id),
            version: Set(version),
        });
        export_claim_entry::Entity::insert_many(rows).exec_without_returning(transaction).await?;
    }
    progress::claim(transaction, claim.system_key, ids, key).await
}

/// The lease ends this many seconds from now on.
pub async fn extend(transaction: &impl ConnectionTrait, claim_key: i64, seconds: i64) -> Result<Timestamp> {
    let until = database_clock::read(transaction).await?.plus_micros(seconds * 1_000_000);
    export_claim::Entity::update_many()
        .col_expr(export_claim::Column::ExpiresAt, until.into())
        .filter(export_claim::Column::Key.eq(claim_key))
        .exec(transaction)
        .await?;
    Ok(until)
}

/// Condition: the claim that the pending row names has a lease that has not ended.
pub(super) fn is_live(backend: DbBackend) -> Expr {
    let claim = |column: export_claim::Column| Expr::col((export_claim::Entity, column));
    let mut rows = Query::select();
    rows.expr(Expr::value(1))
        .from(export_claim::Entity)
        .and_where(
            claim(export_claim::Column::Key)
                .eq(Expr::col((pending_export::Entity, pending_export::Column::ClaimKey))),
        )
        .and_where(claim(export_claim::Column::ExpiresAt).gt(database_clock::now(backend)));
    probe::exists(rows, backend)
}
