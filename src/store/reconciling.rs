//! What a reconciliation compares with a system's own list: entries and their marks.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::places::without_index;
use crate::domain::{CurrencyCode, EntryId, Money, Result, Timestamp};
use crate::entities::accounting_entry::{Column, Entity};
use crate::entities::export_mark;

/// What is compared of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The entry.
    pub id: EntryId,
    /// The source's own name for it.
    pub external_id: String,
    /// Its version now.
    pub version: i32,
    /// Whether it is withdrawn.
    pub is_withdrawn: bool,
    /// Its debit.
    pub debit: Money,
    /// Its credit.
    pub credit: Money,
    /// The book currency of both.
    pub currency: CurrencyCode,
}

/// A mark of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The entry.
    pub entry_id: EntryId,
    /// The version that the system was sent.
    pub version: i32,
    /// The system's own document, as the mark names it.
    pub document_id: Option<String>,
}

type Row = (EntryId, String, i32, Option<Timestamp>, Money, Money, CurrencyCode);

impl From<Row> for Compared {
    fn from((id, external_id, version, withdrawn_at, debit, credit, currency): Row) -> Self {
        Self { id, external_id, version, is_withdrawn: withdrawn_at.is_some(), debit, credit, currency }
    }
}

/// The entries with these ids, in no order. Ids that no entry has are left out.
pub async fn by_ids(connection: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<Compared>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    read(connection, Entity::find().filter(Column::Id.is_in(ids.iter().copied()))).await
}

/// The entries with these external ids, in no order. Those that no entry has are left out.
pub async fn by_external_ids(
    connection: &impl ConnectionTrait,
    external_ids: &[&str],
) -> Result<Vec<Compared>> {
    if external_ids.is_empty() {
        return Ok(Vec::new());
    }
    read(connection, Entity::find().filter(Column::ExternalId.is_in(external_ids.iter().copied()))).await
}

async fn read(connection: &impl ConnectionTrait, query: Select<Entity>) -> Result<Vec<Compared>> {
    let query = query.select_only().columns([
        Column::Id,
        Column::ExternalId,
        Column::Version,
        Column::WithdrawnAt,
        Column::Debit,
        Column::Credit,
        Column::Currency,
    ]);
    let rows: Vec<Row> = query.into_tuple().all(connection).await?;
    Ok(rows.into_iter().map(Compared::from).collect())
}

/// Which version of these entries the system was sent; those that have a mark of it.
pub async fn sent_versions(
    connection: &impl ConnectionTrait,
    system_key: i64,
    ids: &[EntryId],
) -> Result<HashMap<EntryId, i32>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = export_mark::Entity::find()
        .select_only()
        .columns([export_mark::Column::EntryId, export_mark::Column::Version])
        .filter(export_mark::Column::EntryId.is_in(ids.iter().copied()))
        .filter(export_mark::Column::SystemKey.eq(system_key));
    let rows: Vec<(EntryId, i32)> = query.into_tuple().all(connection).await?;
    Ok(rows.into_iter().collect())
}

/// The system's marks of entries with a higher id than `after`, by that id; `limit` at most.
///
/// Read along the primary key, which begins with the entry. The planner must not see that the system has an index of its
/// own: that one is in the order of time, so each page would read and sort all marks of the system.
pub async fn sent_after(
    connection: &impl ConnectionTrait,
    system_key: i64,
    after: EntryId,
    limit: u64,
) -> Result<Vec<Sent>> {
    let of_system = Expr::col((export_mark::Entity, export_mark::Column::SystemKey));
    let of_system = without_index(of_system, connection.get_database_backend());
    let query = export_mark::Entity::find()
        .select_only()
        .columns([
            export_mark::Column::EntryId,
            export_mark::Column::Version,
            export_mark::Column::ReferenceId,
        ])
        .filter(export_mark::Column::EntryId.gt(after))
        .filter(of_system.eq(system_key))
        .order_by_asc(export_mark::Column::EntryId)
        .limit(limit);
    let rows: Vec<(EntryId, i32, Option<String>)> = query.into_tuple().all(connection).await?;
    let sent =
        rows.into_iter().map(|(entry_id, version, document_id)| Sent { entry_id, version, document_id });
    Ok(sent.collect())
}
