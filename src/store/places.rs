//! Where the entries of a scope lie.
//!
//! What a system has not been sent lies in up to three places, which never overlap: its pending rows; the stretch of
//! history that has none yet, less what is marked; and, as of a moment, what was marked later.

use sea_orm::sea_query::{
    Asterisk, DynIden, Expr, ExprTrait, IntoColumnRef, IntoIden, JoinType, Query, SelectStatement,
};
use sea_orm::{DbBackend, EntityTrait};

use super::changes::has_changed;
use super::probe;
use super::same_voucher::entries_of;
use super::systems::{History, KnownSystem, taken_over_key};
use crate::domain::{Result, SystemId, Timestamp, VoucherId};
use crate::entities::accounting_entry::{Column, Entity};
use crate::entities::{changed_export, export_mark, pending_export};

/// Which entries are meant, with the system's state looked up.
#[derive(Clone, Debug)]
pub enum Range {
    /// All there are: the ledger.
    Ledger,
    /// All but those that are withdrawn: what a system that nobody marked for has not been sent.
    Standing,
    /// The entries of a voucher.
    Voucher(VoucherId),
    /// What the system of this name has not been sent, in one query that looks the system up itself. Empty,
    /// whatever the system has, unless it is known and all its history is taken over.
    Pending(SystemId),
    /// What a known system has not been sent, or had not been at a moment that is past.
    Unexported {
        /// The system.
        system: KnownSystem,
        /// Also what was marked later than this.
        marked_after: Option<Timestamp>,
    },
    /// What a known system was sent, and what has changed or was withdrawn since.
    Changed(KnownSystem),
    /// Nothing.
    Empty,
}

/// One of the places where entries lie.
pub(super) struct Place {
    /// The entry's id as the place has it: the cheapest to order by, since its index is ordered so.
    pub(super) id: Expr,
    /// Whether pages are sorted, since matches are few, rather than found along an index in their order.
    pub(super) sorted: bool,
    pub(super) rows: SelectStatement,
    table: DynIden,
    pub(super) join: Join,
    /// Whether the rows are chosen by a condition that may leave few of many.
    pub(super) chosen: bool,
    /// The stretch of ids that it is limited to.
    within: Option<History>,
    /// Where the rows are not the entries: the primary key of their table but for the entry's id.
    system_key: Option<SystemKey>,
}

/// The part of a primary key that names the system.
struct SystemKey {
    column: Expr,
    value: Expr,
    /// Whether it stands before the entry's id.
    leads: bool,
}

/// How the entries come to the rows of a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// The rows are the entries.
    None,
    /// Row by row, each entry by its id.
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
            chosen: false,
            within: None,
            system_key: None,
        }
    }

    /// Reads the entries first, and looks for each whether it has a row here.
    pub(super) fn look_up_each_entry(&mut self, backend: DbBackend) {
        let Some(SystemKey { column, value, leads }) = self.system_key.take() else { return };
        let (id, system) = ((self.id.clone(), entry_id()), (column, value));
        let key = if leads { [system, id] } else { [id, system] };
        let rows = probe::rows_of(self.rows.clone(), key, backend);
        self.rows = Query::select().from(Entity).and_where(probe::exists(rows, backend)).to_owned();
        (self.id, self.table, self.join) = (entry_id(), Entity.into_iden(), Join::None);
    }

    /// The ids alone, as `id`, without looking at the entries.
    pub(super) fn ids(&self, backend: DbBackend) -> SelectStatement {
        let mut rows = self.limited_rows(backend).expr_as(self.id.clone(), Column::Id).to_owned();
        if self.join == Join::None {
            // Every id is larger. Without a bound PostgreSQL reads the table and not its index.
            rows.and_where(self.id.clone().gt(i64::MIN));
        }
        rows
    }

    /// The rows, within the stretch of ids. Where a few matches are sorted, their own index finds them: the stretch is
    /// then only a test, since a planner without statistics would rather read all of it.
    fn limited_rows(&self, backend: DbBackend) -> SelectStatement {
        let mut rows = self.rows.clone();
        if let Some(History { after, to }) = self.within {
            let id = || if self.sorted { without_index(self.id.clone(), backend) } else { self.id.clone() };
            rows.and_where(id().gt(after));
            rows.and_where_option(to.map(|end| id().lte(end)));
        }
        rows
    }

    /// Cuts the rows before the entries come to them. For pages that ids alone decide on.
    pub(super) fn cut(&mut self, cut: impl FnOnce(&mut SelectStatement) -> Result<()>) -> Result<()> {
        if self.join != Join::None {
            let mut rows = std::mem::take(&mut self.rows);
            rows.expr(self.id.clone());
            cut(&mut rows)?;
            self.rows = Query::select().from_subquery(rows, self.table.clone()).to_owned();
        }
        Ok(())
    }

    /// A query of the entries, without columns.
    pub(super) fn query(&self, backend: DbBackend) -> SelectStatement {
        let mut query = self.limited_rows(backend);
        let same_id = entry_id().eq(self.id.clone());
        match (self.join, backend) {
            (Join::None, _) => {}
            (_, DbBackend::Postgres) => {
                // A subquery with an OFFSET, if only of 0, is never joined in another way.
                let entry =
                    Query::select().column(Asterisk).from(Entity).and_where(same_id).offset(0).to_owned();
                query.join_lateral(JoinType::InnerJoin, entry, Entity, Expr::cust("TRUE"));
            }
            _ => {
                // To SQLite the word CROSS says that the order of the tables is meant.
                query.cross_join(Entity).and_where(same_id);
            }
        }
        query
    }
}

impl Range {
    /// The key of the system whose unexported entries these are, if it is known.
    pub fn system_key(&self) -> Option<i64> {
        match self {
            Range::Unexported { system, .. } | Range::Changed(system) => Some(system.key),
            _ => None,
        }
    }

    /// The places of the range.
    pub(super) fn places(&self, backend: DbBackend) -> Vec<Place> {
        let (system, marked_after) = match self {
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
            Range::Unexported { system, marked_after } => (system, marked_after),
        };
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
    let id = column(pending_export::Entity, pending_export::Column::EntryId);
    let of_system = column(pending_export::Entity, pending_export::Column::SystemKey);
    let rows = Query::select()
        .from(pending_export::Entity)
        .and_where(of_system.clone().eq(system_key.clone()))
        .to_owned();
    Place {
        system_key: Some(SystemKey { column: of_system, value: system_key, leads: true }),
        ..Place::new(pending_export::Entity, id, rows, Join::OneByOne)
    }
}

fn pending_outside_history(system: &KnownSystem) -> Place {
    let mut place = pending(Expr::value(system.key));
    if let Some(history) = system.history {
        let mut taken_over = place.id.clone().lte(history.after);
        if let Some(end) = history.to {
            taken_over = taken_over.or(place.id.clone().gt(end));
        }
        place.rows.and_where(taken_over);
    }
    place
}

/// Entries of the history that stand and have no mark. Each entry's mark is looked up by its key: see [`probe`].
fn unmarked_history(system: &KnownSystem, backend: DbBackend) -> Option<Place> {
    let history = system.history?;
    let unmarked = probe::mark_of(entry_id(), system.key, backend).not();
    let rows = Query::select().from(Entity).and_where(unmarked).and_where(probe::stands()).to_owned();
    let mut place = Place::new(Entity, entry_id(), rows, Join::None);
    place.within = Some(history);
    Some(place)
}

/// What was marked later, less what is withdrawn: the entry of each mark is looked up by its key.
fn marked_later(system: &KnownSystem, moment: Timestamp, backend: DbBackend) -> Place {
    let mark = |name| column(export_mark::Entity, name);
    let rows = Query::select()
        .from(export_mark::Entity)
        .and_where(mark(export_mark::Column::SystemKey).eq(system.key))
        .and_where(mark(export_mark::Column::MarkedAt).gt(moment.micros()))
        .and_where(probe::has_standing(mark(export_mark::Column::EntryId), backend))
        .to_owned();
    let id = mark(export_mark::Column::EntryId);
    let column = mark(export_mark::Column::SystemKey);
    let system_key = Some(SystemKey { column, value: Expr::value(system.key), leads: false });
    Place { chosen: true, system_key, ..Place::new(export_mark::Entity, id, rows, Join::OneByOne) }
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
    let system_key = Some(SystemKey { column: of_system, value: Expr::value(system.key), leads: true });
    Place { chosen: true, system_key, ..Place::new(changed_export::Entity, id, rows, Join::OneByOne) }
}

/// The value of a column, made so that no index has it.
pub(super) fn without_index(column: Expr, backend: DbBackend) -> Expr {
    match backend {
        DbBackend::Postgres => column.add(0),
        _ => Expr::cust_with_expr("+?", column),
    }
}
