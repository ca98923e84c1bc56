//! The places of the unexported entries in one state.

use sea_orm::DbBackend;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::{Place, column, entry_id, pending, pending_outside_history, unmarked_history};
use crate::domain::progress::{ExportState, Progress};
use crate::entities::pending_export;
use crate::store::claims::is_live;
use crate::store::probe;
use crate::store::systems::KnownSystem;

/// The unexported entries in this state. What a claim has whose lease has ended is free, and so is what has no pending row
/// yet.
pub(super) fn in_state(system: &KnownSystem, state: ExportState, backend: DbBackend) -> Vec<Place> {
    let progress = |progress: Progress, mut place: Place| {
        place.rows.and_where(column(pending_export::Entity, pending_export::Column::Progress).eq(progress));
        place
    };
    let all = || pending(Expr::value(system.key));
    match state {
        ExportState::Pending => {
            let free = progress(Progress::Free, pending_outside_history(system));
            let mut lapsed = progress(Progress::Claimed, pending_outside_history(system));
            lapsed.rows.and_where(is_live(backend).not());
            let history = unmarked_history(system, backend).map(|mut place| {
                let busy = probe::exists(busy_row(entry_id(), system.key, backend), backend);
                place.rows.and_where(busy.not());
                place
            });
            [free, lapsed].into_iter().chain(history).collect()
        }
        ExportState::Claimed => {
            let mut claimed = progress(Progress::Claimed, all());
            claimed.rows.and_where(is_live(backend));
            vec![claimed]
        }
        ExportState::Failed => vec![progress(Progress::Failed, all())],
        ExportState::Parked => vec![progress(Progress::Parked, all())],
        ExportState::Exported | ExportState::Changed | ExportState::Withdrawn => Vec::new(),
    }
}

/// A query for the pending row of the entry, if it is claimed, has failed or is parked.
fn busy_row(entry_id: Expr, system_key: i64, backend: DbBackend) -> SelectStatement {
    let row = |name| column(pending_export::Entity, name);
    let progress = |progress: Progress| row(pending_export::Column::Progress).eq(progress);
    let claimed = progress(Progress::Claimed).and(is_live(backend));
    let mut rows = Query::select().from(pending_export::Entity).to_owned();
    rows.and_where(claimed.or(progress(Progress::Failed)).or(progress(Progress::Parked)));
    let key = [
        (row(pending_export::Column::SystemKey), Expr::value(system_key)),
        (row(pending_export::Column::EntryId), entry_id),
    ];
    probe::rows_of(rows, key, backend)
}
