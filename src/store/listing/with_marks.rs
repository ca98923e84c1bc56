//! A stream of entries with their marks. The statement of the list tells the marks of each entry too, as JSON. So they are
//! of the same snapshot, and a stream, which keeps its connection to its end, needs no second one.

use futures_util::{Stream, StreamExt};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, StreamTrait};

use super::whole_query;
use crate::domain::export::{EntryExport, Reference};
use crate::domain::page::{Listing, OrderKey, Position};
use crate::domain::{Entry, EntryId, Error, Fields, Result, SystemId, Timestamp};
use crate::entities::accounting_entry::{Column, Entity};
use crate::entities::{export_mark, export_system};
use crate::store::convert;
use crate::store::places::Range;
use crate::store::statement::statement;
use crate::store::steering::steer;

/// All entries of the listing from behind `after`, as of one moment, read while they are consumed. Each comes with its marks
/// for these systems (`None`: for all), by system name.
pub async fn stream_with_marks<'a>(
    connection: &'a (impl ConnectionTrait + StreamTrait),
    range: &Range,
    listing: &Listing,
    after: Option<Position>,
    systems: Option<&[SystemId]>,
) -> Result<impl Stream<Item = Result<(Entry, Vec<EntryExport>)>> + Send + 'a> {
    let backend = ConnectionTrait::get_database_backend(connection);
    let all = convert::columns(&Fields::All);
    let mut places = range.places(backend);
    steer(connection, &mut places, listing.filter.as_ref(), listing.order.key == OrderKey::Id).await?;
    let mut query = whole_query(places, listing, after, &all, None, backend)?;
    query.expr(marks_of_each(systems, backend));
    let rows = connection.stream_raw(statement(&query, backend)).await?;
    Ok(rows.map(move |row| {
        let row = row?;
        let entry = convert::listed(&row, &all)?;
        let marks = marks_in(&row, all.len(), entry.id)?;
        Ok((entry, marks))
    }))
}

/// What is told of a mark: its system, time, note, how often it was made, version, and the document with its address.
type Told = (SystemId, i64, Option<String>, i64, i32, Option<String>, Option<String>);

/// The marks of the entry that the query reads, as a list of [`Told`]; NULL or an empty list without any. Neither database
/// makes a join of it: it is looked up for each entry by the key of the marks, which begins with the entry. [`marks_in`]
/// reads it.
pub(in crate::store) fn marks_of_each(systems: Option<&[SystemId]>, backend: DbBackend) -> Expr {
    let (list, array) = match backend {
        DbBackend::Postgres => ("json_agg", "json_build_array"),
        _ => ("json_group_array", "json_array"),
    };
    let mark = |name: export_mark::Column| Expr::col((export_mark::Entity, name));
    let system = |name: export_system::Column| Expr::col((export_system::Entity, name));
    let told = Func::cust(array).args([
        system(export_system::Column::Name),
        mark(export_mark::Column::MarkedAt),
        mark(export_mark::Column::Note),
        mark(export_mark::Column::TimesMarked),
        mark(export_mark::Column::Version),
        mark(export_mark::Column::ReferenceId),
        mark(export_mark::Column::ReferenceUrl),
    ]);
    let of_system = system(export_system::Column::Key).eq(mark(export_mark::Column::SystemKey));
    let mut marks = Query::select();
    marks
        .expr(Expr::expr(Func::cust(list).arg(told)).cast_as("text"))
        .from(export_mark::Entity)
        .inner_join(export_system::Entity, of_system)
        .and_where(mark(export_mark::Column::EntryId).eq(Expr::col((Entity, Column::Id))));
    if let Some(systems) = systems {
        let names = systems.iter().map(SystemId::as_str);
        marks.and_where(system(export_system::Column::Name).is_in(names));
    }
    Expr::SubQuery(None, Box::new(marks.into()))
}

/// The marks that a row tells of the entry in this place, by system name.
pub(in crate::store) fn marks_in(
    row: &QueryResult,
    place: usize,
    entry_id: EntryId,
) -> Result<Vec<EntryExport>> {
    let told: Option<String> = row.try_get_by_index(place)?;
    told.map_or(Ok(Vec::new()), |told| exports(entry_id, &told))
}

fn exports(entry_id: EntryId, told: &str) -> Result<Vec<EntryExport>> {
    let told: Vec<Told> = serde_json::from_str(told).map_err(Error::internal)?;
    let export = |(system_id, marked_at, note, times, version, document, url): Told| {
        Ok(EntryExport {
            entry_id,
            system_id,
            exported_at: Timestamp::from_micros(marked_at).map_err(Error::internal)?,
            note,
            remarked: times > 1,
            version,
            reference: document.map(|document_id| Reference { document_id, url }),
            conflict: None,
        })
    };
    let mut exports: Vec<EntryExport> = told.into_iter().map(export).collect::<Result<_>>()?;
    exports.sort_unstable_by(|a, b| a.system_id.cmp(&b.system_id));
    Ok(exports)
}
