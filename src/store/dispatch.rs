//! What the key under which a unit is sent depends on, beside the unit: see `service/dispatch.rs`.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::marks::aside::newest_set_aside;
use crate::domain::{EntryId, Result, Timestamp};
use crate::entities::{accounting_entry, export_mark, export_system};

/// The most ids in one statement.
const BATCH: usize = 1_000;

/// A text of the system that no other system of any ledger has.
pub async fn salt(connection: &impl ConnectionTrait, system_key: i64) -> Result<Option<String>> {
    let row = export_system::Entity::find_by_id(system_key).one(connection).await?;
    Ok(row.map(|row| row.dispatch_salt))
}

/// What is known of a line of a unit.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its name in the system that it comes from.
    pub external_id: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it was marked for the system; `None` while it is not.
    pub marked_at: Option<Timestamp>,
    /// The number of the last of its marks for the system that was set aside; 0 when none was.
    pub set_aside: i64,
}

/// What is known of these lines.
pub async fn lines(
    connection: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
) -> Result<HashMap<EntryId, Line>> {
    let mut lines: HashMap<EntryId, Line> = HashMap::with_capacity(ids.len());
    for part in ids.chunks(BATCH) {
        let recorded: Vec<(EntryId, String, Timestamp)> = accounting_entry::Entity::find()
            .select_only()
            .column(accounting_entry::Column::Id)
            .column(accounting_entry::Column::ExternalId)
            .column(accounting_entry::Column::CreatedAt)
            .filter(accounting_entry::Column::Id.is_in(part.iter().copied()))
            .into_tuple()
            .all(connection)
            .await?;
        let line =
            |(id, external_id, recorded_at)| (id, Line { external_id, recorded_at, ..Line::default() });
        lines.extend(recorded.into_iter().map(line));
        let marked: Vec<(EntryId, Timestamp)> = export_mark::Entity::find()
            .select_only()
            .columns([export_mark::Column::EntryId, export_mark::Column::MarkedAt])
            .filter(export_mark::Column::EntryId.is_in(part.iter().copied()))
            .filter(export_mark::Column::SystemKey.eq(system_key))
            .into_tuple()
            .all(connection)
            .await?;
        for (id, marked_at) in marked {
            lines.entry(id).or_default().marked_at = Some(marked_at);
        }
        for (id, number) in newest_set_aside(connection, system_key, part).await? {
            lines.entry(id).or_default().set_aside = number;
        }
    }
    Ok(lines)
}
