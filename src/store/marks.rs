//! Writing marks, and reading the marks of entries.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, Func, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

use super::convert;
use crate::domain::export::EntryExport;
use crate::domain::{EntryId, Error, Result, SystemId, Timestamp};
use crate::entities::export_mark::{Column, Entity};
use crate::entities::{export_system, pending_export};

/// Marks that one statement writes.
const BATCH: usize = 500;

/// One mark to write.
#[derive(Clone, Debug)]
pub struct NewMark<'a> {
    /// The entry; it exists.
    pub entry_id: EntryId,
    /// The system's key.
    pub system_key: i64,
    /// Its name.
    pub system_id: &'a SystemId,
    /// For the timeline.
    pub note: Option<&'a str>,
}

/// What a mark came to.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// Never earlier than the mark it replaces, whatever the clocks of the gateways.
    pub marked_at: Timestamp,
    /// Whether there was a mark before.
    pub remarked: bool,
}

/// Writes the marks and takes their pending rows away. Marks of one call are written in one order, so that
/// calls that meet wait for each other and never in a circle.
pub async fn write(
    transaction: &impl ConnectionTrait,
    marks: &[NewMark<'_>],
    actor: &str,
    now: Timestamp,
) -> Result<HashMap<(EntryId, i64), Written>> {
    if marks.is_empty() {
        return Ok(HashMap::new());
    }
    let mut ordered: Vec<&NewMark> = marks.iter().collect();
    ordered.sort_by_key(|mark| (mark.entry_id, mark.system_key));
    let mut written = HashMap::with_capacity(marks.len());
    for part in ordered.chunks(BATCH) {
        written.extend(upsert(transaction, part, actor, now).await?);
        let pairs = part.iter().map(|mark| Expr::tuple([mark.system_key.into(), mark.entry_id.into()]));
        let row = Expr::tuple([
            Expr::col(pending_export::Column::SystemKey),
            Expr::col(pending_export::Column::EntryId),
        ]);
        let no_longer_pending =
            Query::delete().from_table(pending_export::Entity).and_where(row.is_in(pairs)).to_owned();
        transaction.execute(&no_longer_pending).await?;
    }
    Ok(written)
}

async fn upsert(
    transaction: &impl ConnectionTrait,
    marks: &[&NewMark<'_>],
    actor: &str,
    now: Timestamp,
) -> Result<HashMap<(EntryId, i64), Written>> {
    let old = |column: Column| Expr::col((Entity, column));
    let new = |column: Column| Expr::col(("excluded", column));
    // The two databases name the larger of two values differently.
    let later = match transaction.get_database_backend() {
        sea_orm::DbBackend::Postgres => Func::greatest([old(Column::MarkedAt), new(Column::MarkedAt)]),
        _ => Func::cust("max").args([old(Column::MarkedAt), new(Column::MarkedAt)]),
    };
    let mut insert = Query::insert();
    insert.into_table(Entity).columns([
        Column::EntryId,
        Column::SystemKey,
        Column::MarkedAt,
        Column::Note,
        Column::Actor,
    ]);
    for mark in marks {
        insert.values_panic([
            mark.entry_id.into(),
            mark.system_key.into(),
            now.micros().into(),
            mark.note.into(),
            actor.into(),
        ]);
    }
    let again = OnConflict::columns([Column::EntryId, Column::SystemKey])
        .value(Column::MarkedAt, Expr::expr(later))
        .value(Column::Note, new(Column::Note))
        .value(Column::Actor, new(Column::Actor))
        .value(Column::TimesMarked, old(Column::TimesMarked).add(1))
        .to_owned();
    insert.on_conflict(again).returning(Query::returning().columns([
        Column::EntryId,
        Column::SystemKey,
        Column::MarkedAt,
        Column::TimesMarked,
    ]));
    let mut written = HashMap::with_capacity(marks.len());
    for row in transaction.query_all(&insert).await? {
        let (entry_id, system_key, marked_at, times): (i64, i64, i64, i64) = row
            .try_get_many("", &["entry_id", "system_key", "marked_at", "times_marked"].map(str::to_owned))?;
        let mark = Written { marked_at: convert::moment(marked_at)?, remarked: times > 1 };
        written.insert((entry_id, system_key), mark);
    }
    Ok(written)
}

/// The newest mark for each of the systems (`None`: for all) of each of the entries, by system name.
pub async fn of_entries(
    connection: &impl ConnectionTrait,
    ids: &[EntryId],
    systems: Option<&[SystemId]>,
) -> Result<Vec<EntryExport>> {
    let mut joined = Entity::find()
        .select_only()
        .columns([Column::EntryId, Column::MarkedAt, Column::Note, Column::TimesMarked])
        .column(export_system::Column::Name)
        .join(
            JoinType::InnerJoin,
            Entity::belongs_to(export_system::Entity)
                .from(Column::SystemKey)
                .to(export_system::Column::Key)
                .into(),
        )
        .filter(Column::EntryId.is_in(ids.iter().copied()))
        .order_by_asc(Column::EntryId)
        .order_by_asc(export_system::Column::Name);
    if let Some(systems) = systems {
        joined = joined.filter(export_system::Column::Name.is_in(systems.iter().map(SystemId::as_str)));
    }
    let rows: Vec<(i64, i64, Option<String>, i64, String)> = joined.into_tuple().all(connection).await?;
    rows.into_iter()
        .map(|(entry_id, marked_at, note, times, name)| {
            Ok(EntryExport {
                entry_id,
                system_id: name.parse().map_err(|_| Error::internal(format!("system name {name:?}")))?,
                exported_at: convert::moment(marked_at)?,
                note,
                remarked: times > 1,
            })
        })
        .collect()
}
