//! The places of the unexported entries in one state.

use sea_orm::DbBackend;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::{Place, column, entry_id, outside_history, pending_where, unmarked_history};
use crate::domain::progress::{ExportState, Progress};
use crate::entities::pending_export;
use crate::store::claims::is_live;
use crate::store::probe;
use crate::store::progress::in_progress;
use crate::store::systems::KnownSystem;

/// The unexported entries in this state. What a claim has whose lease has ended is free, and so is what has no pending row
/// yet.
pub(super) fn in_state(system: &KnownSystem, state: ExportState, backend: DbBackend) -> Vec<Place> {
    let rows = |progress| pending_where(in_progress(system.key, progress), Expr::value(system.key));
    match state {
        ExportState::Pending => {
            let free = outside_history(rows(Progress::Free), system);
            let mut lapsed = outside_history(rows(Progress::Claimed), system);
            lapsed.rows.and_where(is_live(backend).not());
            let history = unmarked_history(system, backend).map(|mut place| {
                let busy = probe::exists(busy_row(entry_id(), system.key, backend), backend);
                place.rows.and_where(busy.not());
                place
            });
            [free, lapsed].into_iter().chain(history).collect()
        }
        ExportState::Claimed => {
            let mut claimed = rows(Progress::Claimed);
            claimed.rows.and_where(is_live(backend));
            vec![claimed]
        }
        ExportState::Failed => vec![rows(Progress::Failed)],
        ExportState::Parked => vec![rows(Progress::GivenUp), rows(Progress::Parked)],
        ExportState::Exported | ExportState::Changed | ExportState::Withdrawn => Vec::new(),
    }
}

/// A query for the pending row of the entry, if it is claimed, has failed or is parked.
fn busy_row(entry_id: Expr, system_key: i64, backend: DbBackend) -> SelectStatement {
    let row = |name| column(pending_export::Entity, name);
    let progress = |progress: Progress| row(pending_export::Column::Progress).eq(progress);
    let claimed = progress(Progress::Claimed).and(is_live(backend));
    let mut rows = Query::select().from(pending_export::Entity).to_owned();
    let waiting = [Progress::Failed, Progress::GivenUp, Progress::Parked].map(progress);
    rows.and_where(waiting.into_iter().fold(claimed, ExprTrait::or));
    let system = (row(pending_export::Column::SystemKey), Expr::value(system_key));
    probe::rows_in_system(rows, (row(pending_export::Column::EntryId), entry_id), system, backend)
}
