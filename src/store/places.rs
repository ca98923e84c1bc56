//! Which tables hold the entries of a list, and which of their rows.
//!
//! The entries that a system has not been sent are in up to three places, each entry in only one of them: the system's
//! pending rows; the part of its history that is not taken over yet, without the entries that have a mark; and, as of a
//! moment, the marks made after that moment. A list of one state has the pending rows in that state.

mod later;
mod states;

use sea_orm::sea_query::{
    Asterisk, DynIden, Expr, ExprTrait, IntoColumnRef, IntoIden, JoinType, Query, SelectStatement,
};
use sea_orm::{DbBackend, EntityTrait};

use super::changes::has_changed;
use super::probe;
use super::same_voucher::entries_of;
use super::systems::{History, KnownSystem, taken_over_key};
use crate::domain::progress::ExportState;
use crate::domain::{Result, SystemId, Timestamp, VoucherId};
use crate::entities::accounting_entry::{Column, Entity};
use crate::entities::{changed_export, pending_export};
use later::{Later, marked_later};
use states::in_state;

pub(super) use later::Stretch;

/// Which entries a list has. The system's state is already looked up, except for `Pending`.
#[derive(Clone, Debug)]
pub enum Range {
    /// All entries of the ledger, withdrawn ones too.
    Ledger,
    /// All entries that are not withdrawn: for a system that is not known yet, these are what it has not been sent.
    Standing,
    /// The entries of a voucher; withdrawn entries belong to none.
    Voucher(VoucherId),
    /// What the system with this name has not been sent, in one query that looks the system up itself. The answer is
    /// always empty when the system is not known or its history is not all taken over.
    Pending(SystemId),
    /// What a known system has not been sent, or had not been sent as of a moment in the past.
    Unexported {
        /// The system.
        system: KnownSystem,
        /// The moment: entries whose mark is later than this are in the list too. `None` means now.
        marked_after: Option<Timestamp>,
        /// Only those in one of these states now; `None`: in whatever state, and those marked later.
        states: Option<Vec<ExportState>>,
    },
    /// What a known system was sent, and what has changed or was withdrawn since.
    Changed(KnownSystem),
    /// Nothing.
    Empty,
}

/// One of the places that hold entries of a list.
pub(super) struct Place {
    /// The column of this place that holds the entry's id. Pages use it for their order, which the place's index has.
    pub(super) id: Expr,
    /// Whether a page is made by sorting a few matches. If not, it is read along an index in the page's order.
    pub(super) sorted: bool,
    pub(super) rows: SelectStatement,
    table: DynIden,
    pub(super) join: Join,
    /// Of marks: those later than a moment, which may be few or many of the system's.
    pub(super) later: Option<Later>,
    /// Whether a page reads these marks block by block.
    pub(super) by_blocks: bool,
    /// The range of ids that the rows are limited to.
    within: Option<History>,
    /// For rows that are not entries: the part of their primary key beside the entry's id.
    system_key: Option<SystemKey>,
}

/// The system's column in a primary key that consists of system and entry, and the system wanted.
struct SystemKey {
    column: Expr,
    value: Expr,
    /// How the row of one entry is found.
    rows_of: probe::RowsOf,
}

/// How the entry of a row is found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// The row is the entry.
    None,
    /// The entry of each row is looked up by its id.
    OneByOne,
}

impl Place {
    fn new(table: impl IntoIden, id: Expr, rows: SelectStatement, join: Join) -> Self {
        Self {
            id,
            sorted: false,
            rows,
            table: table.into_iden(),
            join,
            later: None,
            by_blocks: false,
            within: None,
            system_key: None,
        }
    }

    /// Changes the order of reading: the entries are read first, and each is looked up in the rows of this place.
    pub(super) fn look_up_each_entry(&mut self, backend: DbBackend) {
        let Some(SystemKey { column, value, rows_of }) = self.system_key.take() else { return };
        let rows = rows_of(self.rows.clone(), (self.id.clone(), entry_id()), (column, value), backend);
        self.rows = Query::select().from(Entity).and_where(probe::exists(rows, backend)).to_owned();
        (self.id, self.table, self.join) = (entry_id(), Entity.into_iden(), Join::None);
    }

    /// A query for the ids alone, in a column `id`. It does not read the entries of rows that are not entries.
    pub(super) fn ids(&self, backend: DbBackend) -> SelectStatement {
        let mut rows = self.limited_rows(backend).expr_as(self.id.clone(), Column::Id).to_owned();
        if self.join == Join::None {
            // True for every id that a database gives. Without a bound on the id PostgreSQL reads the table instead of
            // the index.
            rows.and_where(self.id.clone().gt(i64::MIN));
        }
        rows
    }

    /// The rows within the range of ids. Where a few matches are sorted, another index finds them. The range is then
    /// written so that no index answers it: a planner without statistics would read the whole range instead of the
    /// matches.
    fn limited_rows(&self, backend: DbBackend) -> SelectStatement {
        let mut rows = self.rows.clone();
        if let Some(History { after, to }) = self.within {
            let id = || if self.sorted { without_index(self.id.clone(), backend) } else { self.id.clone() };
            rows.and_where(id().gt(after));
            rows.and_where_option(to.map(|end| id().lte(end)));
        }
        rows
    }

    /// Cuts the rows to the page before their entries are looked up. Only for pages in the order of the ids, without a
    /// condition on the entries.
    pub(super) fn cut(&mut self, cut: impl FnOnce(&mut SelectStatement) -> Result<()>) -> Result<()> {
        if self.join != Join::None {
            let mut rows = std::mem::take(&mut self.rows);
            rows.expr(self.id.clone());
            cut(&mut rows)?;
            self.rows = Query::select().from_subquery(rows, self.table.clone()).to_owned();
        }
        Ok(())
    }

    /// A query for the entries; the caller adds the columns.
    pub(super) fn query(&self, backend: DbBackend) -> SelectStatement {
        let mut query = self.limited_rows(backend);
        let same_id = entry_id().eq(self.id.clone());
        match (self.join, backend) {
            (Join::None, _) => {}
            (_, DbBackend::Postgres) => {
                // Because of the OFFSET, although it is 0, PostgreSQL runs the subquery for each row and never as
                // another kind of join.
                let entry =
                    Query::select().column(Asterisk).from(Entity).and_where(same_id).offset(0).to_owned();
                query.join_lateral(JoinType::InnerJoin, entry, Entity, Expr::cust("TRUE"));
            }
            _ => {
                // With CROSS JOIN, SQLite reads the tables in the order in which they are written.
                query.cross_join(Entity).and_where(same_id);
            }
        }
        query
    }
}

impl Range {
    /// The key of the system of [`Range::Unexported`]; `None` for every other range.
    pub fn system_key(&self) -> Option<i64> {
        match self {
            Range::Unexported { system, .. } | Range::Changed(system) => Some(system.key),
            _ => None,
        }
    }

    /// The places that together hold the entries of the range. No entry is in two of them.
    pub(super) fn places(&self, backend: DbBackend) -> Vec<Place> {
        let (system, marked_after, states) = match self {
            Range::Ledger | Range::Standing => {
                let mut rows = Query::select().from(Entity).to_owned();
                if matches!(self, Range::Standing) {
                    rows.and_where(probe::stands());
                }
                return vec![Place::new(Entity, entry_id(), rows, Join::None)];
            }
            Range::Voucher(id) => {
                let rows = entries_of(id);
                return vec![Place::new(Entity, entry_id(), rows, Join::None)];
            }
            Range::Changed(system) => return vec![changed(system, backend)],
            Range::Empty => {
                let rows = Query::select().from(Entity).and_where(Expr::cust("1 = 0")).to_owned();
                return vec![Place::new(Entity, entry_id(), rows, Join::None)];
            }
            Range::Pending(id) => {
                return vec![pending(Expr::SubQuery(None, Box::new(taken_over_key(id).into())))];
            }
            Range::Unexported { system, marked_after, states } => (system, marked_after, states),
        };
        if let Some(states) = states {
            return states.iter().flat_map(|state| in_state(system, *state, backend)).collect();
        }
        let mut places = vec![pending_outside_history(system)];
        places.extend(unmarked_history(system, backend));
        places.extend(marked_after.map(|moment| marked_later(system, moment, backend)));
        places
    }
}

pub(super) fn column<T: sea_orm::sea_query::Iden + EntityTrait>(
    table: T,
    column: impl sea_orm::ColumnTrait,
) -> Expr {
    Expr::col((table, column).into_column_ref())
}

fn entry_id() -> Expr {
    column(Entity, Column::Id)
}

fn pending(system_key: Expr) -> Place {
    let of_system = column(pending_export::Entity, pending_export::Column::SystemKey);
    pending_where(of_system.eq(system_key.clone()), system_key)
}

/// The pending rows for which this is true, all of one system.
fn pending_where(condition: Expr, system_key: Expr) -> Place {
    let id = column(pending_export::Entity, pending_export::Column::EntryId);
    let of_system = column(pending_export::Entity, pending_export::Column::SystemKey);
    let rows = Query::select().from(pending_export::Entity).and_where(condition).to_owned();
    Place {
        system_key: Some(SystemKey { column: of_system, value: system_key, rows_of: probe::rows_in_system }),
        ..Place::new(pending_export::Entity, id, rows, Join::OneByOne)
    }
}

fn pending_outside_history(system: &KnownSystem) -> Place {
    outside_history(pending(Expr::value(system.key)), system)
}

/// Of these pending rows, those that are not of the history that is not taken over yet.
fn outside_history(mut place: Place, system: &KnownSystem) -> Place {
    if let Some(history) = system.history {
        let mut taken_over = place.id.clone().lte(history.after);
        if let Some(end) = history.to {
            taken_over = taken_over.or(place.id.clone().gt(end));
        }
        place.rows.and_where(taken_over);
    }
    place
}

/// The entries of the history not taken over yet that are not withdrawn and have no mark. The mark of each entry is
/// looked up by its key, see [`probe`].
fn unmarked_history(system: &KnownSystem, backend: DbBackend) -> Option<Place> {
    let history = system.history?;
    let unmarked = probe::mark_of(entry_id(), system.key, backend).not();
    let rows = Query::select().from(Entity).and_where(unmarked).and_where(probe::stands()).to_owned();
    let mut place = Place::new(Entity, entry_id(), rows, Join::None);
    place.within = Some(history);
    Some(place)
}

/// What may have changed since it was sent, less what has not: the mark and the entry of each row are looked up by their
/// keys.
fn changed(system: &KnownSystem, backend: DbBackend) -> Place {
    let row = |name| column(changed_export::Entity, name);
    let id = row(changed_export::Column::EntryId);
    let of_system = row(changed_export::Column::SystemKey);
    let rows = Query::select()
        .from(changed_export::Entity)
        .and_where(of_system.clone().eq(system.key))
        .and_where(has_changed(id.clone(), system.key, backend))
        .to_owned();
    let system_key =
        Some(SystemKey { column: of_system, value: Expr::value(system.key), rows_of: probe::rows_in_system });
    Place { system_key, ..Place::new(changed_export::Entity, id, rows, Join::OneByOne) }
}

/// The value of a column as an expression that no index has, so that the planner cannot use an index for it.
pub(super) fn without_index(column: Expr, backend: DbBackend) -> Expr {
    match backend {
        DbBackend::Postgres => column.add(0),
        _ => Expr::cust_with_expr("+?", column),
    }
}
