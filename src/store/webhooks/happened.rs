//! What there is to tell a webhook: events behind its place in the log, and the backlogs it was told of.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::export_event::{ExportEventKind, LogPlace};
use crate::domain::{EntryId, Result, SystemId};
use crate::entities::export_event::{Column, Entity};
use crate::entities::webhook_level;

/// The most events that are looked at together.
const LIMIT: u64 = 5_000;

/// What happened behind a place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// The last event that was looked at.
    pub to: LogPlace,
    /// The kinds of events of each system, each once.
    pub kinds: Vec<(SystemId, ExportEventKind)>,
}

/// What happened behind this position, in so many events as are looked at together; `None` when nothing did. They are read
/// along the primary key, in its order.
pub async fn happened(connection: &impl ConnectionTrait, after: i64) -> Result<Option<Happened>> {
    let rows: Vec<(i64, i64, SystemId, String)> = Entity::find()
        .select_only()
        .columns([Column::Position, Column::Tag, Column::SystemId, Column::Kind])
        .filter(Column::Position.gt(after))
        .order_by_asc(Column::Position)
        .limit(LIMIT)
        .into_tuple()
        .all(connection)
        .await?;
    let Some((position, tag, _, _)) = rows.last() else { return Ok(None) };
    let to = LogPlace { position: *position, tag: *tag };
    let mut kinds: Vec<(SystemId, ExportEventKind)> = Vec::new();
    for (_, _, system_id, kind) in rows {
        // A newer gateway may write kinds that this one does not know: no webhook that it knows tells of them.
        let Ok(kind) = kind.parse::<ExportEventKind>() else { continue };
        if !kinds.iter().any(|(system, known)| *known == kind && *system == system_id) {
            kinds.push((system_id, kind));
        }
    }
    Ok(Some(Happened { to, kinds }))
}

/// The highest unexported entry of each system that a webhook was told of. A system that is not in it had none.
pub async fn levels(
    connection: &impl ConnectionTrait,
    webhook_id: i64,
) -> Result<HashMap<SystemId, EntryId>> {
    let rows = webhook_level::Entity::find()
        .filter(webhook_level::Column::WebhookId.eq(webhook_id))
        .all(connection)
        .await?;
    let level = |row: webhook_level::Model| Some((row.system_id.parse().ok()?, row.entry_id));
    Ok(rows.into_iter().filter_map(level).collect())
}
