//! Conflicts: facts about exports that do not fit together.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::numbered;
use crate::domain::conflict::{Conflict, ConflictKind, Resolution};
use crate::domain::page::Page;
use crate::domain::{EntryId, Result, SystemId, Timestamp};
use crate::entities::export_conflict::{ActiveModel, Column, Entity, Model};
use crate::entities::{export_claim, export_claim_entry, export_system};

/// A conflict to record.
#[derive(Clone, Debug)]
pub struct NewConflict {
    /// What does not fit.
    pub kind: ConflictKind,
    /// The system, by its key.
    pub system_key: i64,
    /// The entry.
    pub entry_id: EntryId,
    /// The document that was named before.
    pub first_reference: Option<String>,
    /// The document that was named now.
    pub second_reference: Option<String>,
    /// The claim that was settled after others had claimed the entry.
    pub claim_id: Option<String>,
}

/// Records these.
pub async fn record(
    transaction: &impl ConnectionTrait,
    conflicts: Vec<NewConflict>,
    actor: &str,
    now: Timestamp,
) -> Result<()> {
    if conflicts.is_empty() {
        return Ok(());
    }
    let row = |conflict: NewConflict| ActiveModel {
        id: NotSet,
        kind: Set(conflict.kind),
        system_key: Set(conflict.system_key),
        entry_id: Set(conflict.entry_id),
        found_at: Set(now),
        actor: Set(actor.to_owned()),
        first_reference_id: Set(conflict.first_reference),
        second_reference_id: Set(conflict.second_reference),
        claim_id: Set(conflict.claim_id),
        resolved_at: Set(None),
        resolved_by: Set(None),
        note: Set(None),
    };
    Entity::insert_many(conflicts.into_iter().map(row)).exec_without_returning(transaction).await?;
    Ok(())
}

/// Those of the entries that a later claim for the same system took than the one with this key.
pub async fn claimed_later(
    connection: &impl ConnectionTrait,
    claim_key: i64,
    system_key: i64,
    ids: &[EntryId],
) -> Result<Vec<EntryId>> {
    let later = export_claim_entry::Entity::find()
        .select_only()
        .column(export_claim_entry::Column::EntryId)
        .distinct()
        .inner_join(export_claim::Entity)
        .filter(export_claim_entry::Column::EntryId.is_in(ids.iter().copied()))
        .filter(export_claim_entry::Column::ClaimKey.gt(claim_key))
        .filter(export_claim::Column::SystemKey.eq(system_key));
    Ok(later.into_tuple().all(connection).await?)
}

/// A page of the conflicts of a system that are resolved, or that are not, oldest first, in reverse when taken from the end.
pub async fn page(
    connection: &impl ConnectionTrait,
    system_id: &SystemId,
    resolved: bool,
    page: &Page<i64>,
) -> Result<Vec<Conflict>> {
    let at = Column::ResolvedAt;
    let query = Entity::find().filter(if resolved { at.is_not_null() } else { at.is_null() });
    let columns = (Column::SystemKey, Column::Id);
    let query = numbered::lowest_first_of_system(query, columns, system_id, page);
    let rows = query.all(connection).await?;
    Ok(rows.into_iter().map(|row| conflict_of(row, system_id.clone())).collect())
}

/// The conflict with this number.
pub async fn find(connection: &impl ConnectionTrait, id: i64) -> Result<Option<Conflict>> {
    let row = Entity::find_by_id(id).find_also_related(export_system::Entity).one(connection).await?;
    Ok(row.and_then(|(row, system)| Some(conflict_of(row, system?.name))))
}

/// Resolves the conflict with this number, unless somebody has already; `false` then.
pub async fn resolve(
    transaction: &impl ConnectionTrait,
    id: i64,
    by: &str,
    note: &str,
    now: Timestamp,
) -> Result<bool> {
    let resolved = Entity::update_many()
        .col_expr(Column::ResolvedAt, now.into())
        .col_expr(Column::ResolvedBy, by.into())
        .col_expr(Column::Note, note.into())
        .filter(Column::Id.eq(id))
        .filter(Column::ResolvedAt.is_null())
        .exec(transaction)
        .await?;
    Ok(resolved.rows_affected > 0)
}

fn conflict_of(row: Model, system_id: SystemId) -> Conflict {
    let resolution = match (row.resolved_at, row.resolved_by, row.note) {
        (Some(at), Some(by), Some(note)) => Some(Resolution { at, by, note }),
        _ => None,
    };
    Conflict {
        id: row.id,
        kind: row.kind,
        system_id,
        entry_id: row.entry_id,
        found_at: row.found_at,
        actor: row.actor,
        first_reference: row.first_reference_id,
        second_reference: row.second_reference_id,
        claim_id: row.claim_id,
        resolution,
    }
}
