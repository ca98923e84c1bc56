//! Reads claims and their entries.

use std::collections::HashSet;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::domain::claim::{Claim, ClaimedEntry};
use crate::domain::page::Page;
use crate::domain::{EntryId, Error, Result, SystemId, Timestamp};
use crate::entities::{export_claim, export_claim_entry, export_system};
use crate::store::numbered;
use crate::store::{database_clock, progress, systems};

/// The most rows in one statement.
const BATCH: usize = 1_000;

/// The claim with this id, and its key and its system's. With `lock`, nobody else settles, extends or releases it until the
/// transaction ends.
pub async fn find(
    connection: &impl ConnectionTrait,
    id: &str,
    lock: bool,
) -> Result<Option<(Claim, ClaimKeys)>> {
    // Any other text is the id of none, and PostgreSQL refuses some.
    let Ok(id) = id.parse::<uuid::Uuid>() else { return Ok(None) };
    let mut query = export_claim::Entity::find().filter(export_claim::Column::Id.eq(id.to_string()));
    if lock {
        query = query.lock_exclusive();
    }
    let Some(row) = query.one(connection).await? else { return Ok(None) };
    let keys = ClaimKeys { claim: row.key, system: row.system_key };
    let system = systems::name_of(connection, row.system_key).await?;
    let system = system.ok_or_else(|| Error::internal("a claim without a system"))?;
    let now = database_clock::read(connection).await?;
    Ok(Some((claim_of(row, system, now), keys)))
}

/// The numbers of a claim in other tables.
#[derive(Clone, Copy, Debug)]
pub struct ClaimKeys {
    /// The claim's.
    pub claim: i64,
    /// Its system's.
    pub system: i64,
}

fn claim_of(row: export_claim::Model, system_id: SystemId, now: Timestamp) -> Claim {
    Claim {
        is_live: row.ended_at.is_none() && row.expires_at > now,
        number: row.key,
        id: row.id,
        system_id,
        worker: row.worker,
        actor: row.actor,
        claimed_at: row.claimed_at,
        expires_at: row.expires_at,
        ended_at: row.ended_at,
    }
}

/// A page of the claims for a system that have not ended, oldest first, in reverse when taken from the end.
pub async fn open(
    connection: &impl ConnectionTrait,
    system_id: &SystemId,
    page: &Page<i64>,
) -> Result<Vec<Claim>> {
    let query = export_claim::Entity::find().filter(export_claim::Column::EndedAt.is_null());
    let columns = (export_claim::Column::SystemKey, export_claim::Column::Key);
    let query = numbered::lowest_first_of_system(query, columns, system_id, page);
    let rows = query.all(connection).await?;
    let now = database_clock::read(connection).await?;
    Ok(rows.into_iter().map(|row| claim_of(row, system_id.clone(), now)).collect())
}

/// A page of the entries of the claim, by id, in reverse when taken from the end.
pub async fn entries(
    connection: &impl ConnectionTrait,
    claim: &ClaimKeys,
    page: &Page<EntryId>,
) -> Result<Vec<ClaimedEntry>> {
    let id = export_claim_entry::Column::EntryId;
    let query =
        export_claim_entry::Entity::find().filter(export_claim_entry::Column::ClaimKey.eq(claim.claim));
    let query = numbered::lowest_first(query, id, page);
    let rows = query.all(connection).await?;
    let ids: Vec<EntryId> = rows.iter().map(|row| row.entry_id).collect();
    let held: HashSet<EntryId> = progress::of_entries(connection, claim.system, &ids)
        .await?
        .into_iter()
        .filter(|line| line.is_of(claim.claim))
        .map(|line| line.entry_id)
        .collect();
    let entry = |row: export_claim_entry::Model| ClaimedEntry {
        is_held: held.contains(&row.entry_id),
        entry_id: row.entry_id,
        version: row.version,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// The versions that the claim handed out, of those of these entries that it is about.
pub async fn versions(
    connection: &impl ConnectionTrait,
    claim_key: i64,
    ids: &[EntryId],
) -> Result<Vec<(EntryId, i32)>> {
    let mut found = Vec::with_capacity(ids.len());
    for part in ids.chunks(BATCH) {
        let rows = export_claim_entry::Entity::find()
            .select_only()
            .columns([export_claim_entry::Column::EntryId, export_claim_entry::Column::Version])
            .filter(export_claim_entry::Column::ClaimKey.eq(claim_key))
            .filter(export_claim_entry::Column::EntryId.is_in(part.iter().copied()));
        found.extend(rows.into_tuple::<(EntryId, i32)>().all(connection).await?);
    }
    Ok(found)
}

/// The claims with these keys, in no order, each with its key.
pub async fn by_keys(connection: &impl ConnectionTrait, keys: Vec<i64>) -> Result<Vec<Claim>> {
    which(connection, export_claim::Column::Key.is_in(keys)).await
}

/// The claims with these ids, in no order.
pub async fn by_ids(connection: &impl ConnectionTrait, ids: Vec<String>) -> Result<Vec<Claim>> {
    which(connection, export_claim::Column::Id.is_in(ids)).await
}

async fn which(connection: &impl ConnectionTrait, condition: Expr) -> Result<Vec<Claim>> {
    let rows = export_claim::Entity::find()
        .find_also_related(export_system::Entity)
        .filter(condition)
        .all(connection)
        .await?;
    let now = database_clock::read(connection).await?;
    Ok(rows.into_iter().filter_map(|(row, system)| Some(claim_of(row, system?.name, now))).collect())
}
