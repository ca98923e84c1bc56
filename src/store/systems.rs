//! Known systems, which are those that somebody has marked an entry for, and how far their history is taken over.

use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, ExprTrait, Func, Query, SelectStatement},
};

use super::gate::{self, Hold};
use crate::domain::page::Page;
use crate::domain::retry::RetryRules;
use crate::domain::system::SystemSettings;
use crate::domain::{Result, SystemId, Timestamp};
use crate::entities::{accounting_entry, export_mark, export_system};

/// A known system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSystem {
    /// Its number, by which other tables name it.
    pub key: i64,
    /// Its name.
    pub id: SystemId,
    /// When an entry was first marked for it.
    pub known_since: Timestamp,
    /// The part of its history that is not taken over yet; `None` when all is taken over. Of a retired system it is all.
    pub history: Option<History>,
    /// Since when it is retired; `None`: it is not.
    pub retired_at: Option<Timestamp>,
    /// How it is to be treated.
    pub settings: SystemSettings,
}

/// A range of ids in which unexported entries may have no pending row yet. So here an entry counts as unexported when
/// it has no mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// The range begins after this id.
    pub after: i64,
    /// The range ends with this id. `None`: it has no end, since transactions that did not know of the system may still
    /// commit.
    pub to: Option<i64>,
}

impl From<export_system::Model> for KnownSystem {
    fn from(row: export_system::Model) -> Self {
        let history = match row.history_end {
            Some(end) if row.taken_over_to >= end => None,
            to => Some(History { after: row.taken_over_to, to }),
        };
        let retry = RetryRules {
            max_attempts: row.max_attempts,
            first_seconds: row.first_retry_seconds,
            longest_seconds: row.longest_retry_seconds,
        };
        let settings = SystemSettings {
            display_name: row.display_name,
            description: row.description,
            unit: row.unit,
            retry,
        };
        Self {
            key: row.key,
            id: row.name,
            known_since: row.known_since,
            history,
            retired_at: row.retired_at,
            settings,
        }
    }
}

/// The system with this name; `None` when nobody has marked for it yet.
pub async fn find(connection: &impl ConnectionTrait, id: &SystemId) -> Result<Option<KnownSystem>> {
    let row = export_system::Entity::find()
        .filter(export_system::Column::Name.eq(id.as_str()))
        .one(connection)
        .await?;
    Ok(row.map(KnownSystem::from))
}

/// The name of the system with this key.
pub async fn name_of(connection: &impl ConnectionTrait, key: i64) -> Result<Option<SystemId>> {
    let row = export_system::Entity::find_by_id(key).one(connection).await?;
    Ok(row.map(|system| system.name))
}

/// A query for the key of the system with this name. It has no row when the system is not known or its history is not
/// all taken over.
pub(super) fn taken_over_key(id: &SystemId) -> SelectStatement {
    key_query(id).and_where(all_is_taken_over()).to_owned()
}

/// The key of the system with this name; NULL when it is not known. Both databases look it up before anything else.
pub(super) fn key_of(id: &SystemId) -> Expr {
    Expr::SubQuery(None, Box::new(key_query(id).into()))
}

fn key_query(id: &SystemId) -> SelectStatement {
    let column = |column: export_system::Column| Expr::col((export_system::Entity, column));
    Query::select()
        .expr(column(export_system::Column::Key))
        .from(export_system::Entity)
        .and_where(column(export_system::Column::Name).eq(id.as_str()))
        .to_owned()
}

/// Condition: all of the history of the system with the key in this column is taken over.
pub(super) fn is_taken_over(system_key: Expr) -> Expr {
    let key = Expr::col((export_system::Entity, export_system::Column::Key));
    let system = Query::select()
        .expr(Expr::value(1))
        .from(export_system::Entity)
        .and_where(key.eq(system_key))
        .and_where(all_is_taken_over())
        .to_owned();
    Expr::exists(system)
}

/// Condition: all of this system's history is taken over. It is not when the history has no settled end.
fn all_is_taken_over() -> Expr {
    let column = |column: export_system::Column| Expr::col((export_system::Entity, column));
    column(export_system::Column::TakenOverTo).gte(column(export_system::Column::HistoryEnd))
}

/// A page of the known systems, or of those among `systems`, that are retired or not, with one more than its size when
/// there are more. They are ordered by name, in reverse when the page is taken from the end.
pub async fn page(
    connection: &impl ConnectionTrait,
    systems: Option<&[SystemId]>,
    retired: bool,
    page: &Page<SystemId>,
) -> Result<Vec<KnownSystem>> {
    let name = export_system::Column::Name;
    let retired_at = export_system::Column::RetiredAt;
    let query = export_system::Entity::find()
        .filter(if retired { retired_at.is_not_null() } else { retired_at.is_null() })
        .apply_if(page.after.as_ref(), |query, after| query.filter(name.gt(after.as_str())))
        .apply_if(page.before.as_ref(), |query, before| query.filter(name.lt(before.as_str())))
        .apply_if(systems, |query, systems| query.filter(name.is_in(systems.iter().map(SystemId::as_str))))
        .order_by(name, if page.from_end { Order::Desc } else { Order::Asc })
        .limit(page.limit());
    Ok(query.all(connection).await?.into_iter().map(KnownSystem::from).collect())
}

/// The known systems among those with these names, ordered by key.
pub async fn by_names(connection: &impl ConnectionTrait, ids: &[&SystemId]) -> Result<Vec<KnownSystem>> {
    named(connection, ids, None).await
}

/// The systems with these names, for a transaction that marks; those not known yet become known.
///
/// If the history of one of them is not all taken over, the transaction locks their rows for share until it ends, so
/// that a mark and the step that takes over its entry never overlap. On PostgreSQL it passes the gate first, so that
/// the mover gets its turn (`store/gate.rs`).
pub async fn make_known(
    transaction: &impl ConnectionTrait,
    ids: &[&SystemId],
    now: Timestamp,
) -> Result<Vec<KnownSystem>> {
    known(transaction, ids, now, Hold::Shared).await
}

/// The same for a transaction that writes pending rows. It locks the systems whose history is not all taken over for itself:
/// an entry that another transaction is marking must not get a pending row.
pub async fn make_known_alone(
    transaction: &impl ConnectionTrait,
    ids: &[&SystemId],
    now: Timestamp,
) -> Result<Vec<KnownSystem>> {
    known(transaction, ids, now, Hold::Alone).await
}

async fn known(
    transaction: &impl ConnectionTrait,
    ids: &[&SystemId],
    now: Timestamp,
    hold: Hold,
) -> Result<Vec<KnownSystem>> {
    let mut known = named(transaction, ids, None).await?;
    let missing: Vec<&SystemId> =
        ids.iter().copied().filter(|id| !known.iter().any(|system| system.id == **id)).collect();
    if !missing.is_empty() {
        for id in missing {
            let mut insert = Query::insert();
            insert
                .into_table(export_system::Entity)
                .columns([
                    export_system::Column::Name,
                    export_system::Column::KnownSince,
                    export_system::Column::HistoryEnd,
                ])
                .values_panic([id.as_str().into(), now.into(), end_of_history(transaction)])
                .on_conflict(OnConflict::column(export_system::Column::Name).do_nothing().to_owned());
            transaction.execute(&insert).await?;
        }
        known = named(transaction, ids, None).await?;
    }
    let open: Vec<i64> =
        known.iter().filter(|system| system.history.is_some()).map(|system| system.key).collect();
    if !open.is_empty() {
        if transaction.get_database_backend() == DbBackend::Postgres {
            gate::pass(transaction, open, hold).await?;
        }
        let lock = match hold {
            Hold::Shared => LockType::Share,
            Hold::Alone => LockType::Update,
        };
        known = named(transaction, ids, Some(lock)).await?;
    }
    Ok(known)
}

async fn named(
    connection: &impl ConnectionTrait,
    ids: &[&SystemId],
    lock: Option<LockType>,
) -> Result<Vec<KnownSystem>> {
    let mut query = export_system::Entity::find()
        .filter(export_system::Column::Name.is_in(ids.iter().map(|id| id.as_str())))
        .order_by_asc(export_system::Column::Key);
    if let Some(lock) = lock {
        query = query.lock(lock);
    }
    Ok(query.all(connection).await?.into_iter().map(KnownSystem::from).collect())
}

/// The end of the history of a system that becomes known now. SQLite has one writer at a time, so there it is the highest
/// id. On PostgreSQL transactions may be open that do not know of the system: it is NULL, and `takeover` settles it later.
pub(super) fn end_of_history(transaction: &impl ConnectionTrait) -> Expr {
    match transaction.get_database_backend() {
        DbBackend::Postgres => Expr::value(Option::<i64>::None),
        _ => Expr::expr(Func::coalesce([
            Expr::SubQuery(None, Box::new(max_entry_id().into())),
            Expr::value(0i64),
        ])),
    }
}

/// A query for the highest id of all entries; NULL when there are none.
pub(super) fn max_entry_id() -> SelectStatement {
    Query::select()
        .expr(Expr::col(accounting_entry::Column::Id).max())
        .from(accounting_entry::Entity)
        .to_owned()
}

/// Sets all settings of the system with this key.
pub async fn configure(
    transaction: &impl ConnectionTrait,
    key: i64,
    settings: &SystemSettings,
) -> Result<()> {
    let SystemSettings { display_name, description, unit, retry } = settings;
    export_system::Entity::update_many()
        .col_expr(export_system::Column::DisplayName, display_name.clone().into())
        .col_expr(export_system::Column::Description, description.clone().into())
        .col_expr(export_system::Column::Unit, (*unit).into())
        .col_expr(export_system::Column::MaxAttempts, retry.max_attempts.into())
        .col_expr(export_system::Column::FirstRetrySeconds, retry.first_seconds.into())
        .col_expr(export_system::Column::LongestRetrySeconds, retry.longest_seconds.into())
        .filter(export_system::Column::Key.eq(key))
        .exec(transaction)
        .await?;
    Ok(())
}

/// The time of the newest mark for the system; `None` when it has no mark.
pub async fn last_marked_at(connection: &impl ConnectionTrait, key: i64) -> Result<Option<Timestamp>> {
    let newest: Option<Option<Timestamp>> = export_mark::Entity::find()
        .select_only()
        .column_as(export_mark::Column::MarkedAt.max(), "newest")
        .filter(export_mark::Column::SystemKey.eq(key))
        .into_tuple()
        .one(connection)
        .await?;
    Ok(newest.flatten())
}
