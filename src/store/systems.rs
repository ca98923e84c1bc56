//! Known systems, and how far their history has been taken over.

use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, ExprTrait, Func, Query, SelectStatement},
};

use super::gate;
use crate::domain::page::Page;
use crate::domain::{Result, SystemId, Timestamp};
use crate::entities::{accounting_entry, export_mark, export_system};

/// A known system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSystem {
    /// Its number in the other tables.
    pub key: i64,
    /// Its name.
    pub id: SystemId,
    /// When it was first marked for.
    pub known_since: Timestamp,
    /// The part of the ledger that has no pending rows yet; `None` when all is taken over.
    pub history: Option<History>,
}

/// A stretch of ids that is read by looking for missing marks, since it has no pending rows yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// It begins behind this id.
    pub after: i64,
    /// It ends with this id; `None` while transactions that did not know of the system may still commit.
    pub to: Option<i64>,
}

impl From<export_system::Model> for KnownSystem {
    fn from(row: export_system::Model) -> Self {
        let history = match row.history_end {
            Some(end) if row.taken_over_to >= end => None,
            to => Some(History { after: row.taken_over_to, to }),
        };
        Self { key: row.key, id: row.name, known_since: row.known_since, history }
    }
}

/// The system of that name, if somebody has marked for it.
pub async fn find(connection: &impl ConnectionTrait, id: &SystemId) -> Result<Option<KnownSystem>> {
    let row = export_system::Entity::find()
        .filter(export_system::Column::Name.eq(id.as_str()))
        .one(connection)
        .await?;
    Ok(row.map(KnownSystem::from))
}

/// The name of the system with that key.
pub async fn name_of(connection: &impl ConnectionTrait, key: i64) -> Result<Option<SystemId>> {
    let row = export_system::Entity::find_by_id(key).one(connection).await?;
    Ok(row.map(|system| system.name))
}

/// The key of the system of that name, if it is known and all its history is taken over.
pub(super) fn taken_over_key(id: &SystemId) -> SelectStatement {
    let column = |column: export_system::Column| Expr::col((export_system::Entity, column));
    Query::select()
        .expr(column(export_system::Column::Key))
        .from(export_system::Entity)
        .and_where(column(export_system::Column::Name).eq(id.as_str()))
        .and_where(column(export_system::Column::TakenOverTo).gte(column(export_system::Column::HistoryEnd)))
        .to_owned()
}

/// The systems on this page of these (`None`: of all), one more than the page has when there are more: by name, or
/// backwards when the page is taken from the end.
pub async fn page(
    connection: &impl ConnectionTrait,
    systems: Option<&[SystemId]>,
    page: &Page<SystemId>,
) -> Result<Vec<KnownSystem>> {
    let name = export_system::Column::Name;
    let query = export_system::Entity::find()
        .apply_if(page.after.as_ref(), |query, after| query.filter(name.gt(after.as_str())))
        .apply_if(page.before.as_ref(), |query, before| query.filter(name.lt(before.as_str())))
        .apply_if(systems, |query, systems| query.filter(name.is_in(systems.iter().map(SystemId::as_str))))
        .order_by(name, if page.from_end { Order::Desc } else { Order::Asc })
        .limit(page.limit());
    Ok(query.all(connection).await?.into_iter().map(KnownSystem::from).collect())
}

/// Those of the systems of these names that are known.
pub async fn by_names(connection: &impl ConnectionTrait, ids: &[&SystemId]) -> Result<Vec<KnownSystem>> {
    named(connection, ids, None).await
}

/// The systems of these names for a transaction that marks, made known where they were not. While the history
/// of one is being taken over its row stays locked against the mover, so that a mark and the chunk that
/// covers its entry cannot pass each other. Whoever marks goes through the system's gate before, so that the mover has
/// its turn too.
pub async fn make_known(
    transaction: &impl ConnectionTrait,
    ids: &[&SystemId],
    now: Timestamp,
) -> Result<Vec<KnownSystem>> {
    // On SQLite nobody else writes: the history ends here. On PostgreSQL transactions that do not know of the
    // system may be under way: it is settled later, see takeover.
    let history_end = match transaction.get_database_backend() {
        DbBackend::Postgres => Expr::value(Option::<i64>::None),
        _ => Expr::expr(Func::coalesce([
            Expr::SubQuery(None, Box::new(max_entry_id().into())),
            Expr::value(0i64),
        ])),
    };
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
                .values_panic([id.as_str().into(), now.into(), history_end.clone()])
                .on_conflict(OnConflict::column(export_system::Column::Name).do_nothing().to_owned());
            transaction.execute(&insert).await?;
        }
        known = named(transaction, ids, None).await?;
    }
    let open: Vec<i64> =
        known.iter().filter(|system| system.history.is_some()).map(|system| system.key).collect();
    if !open.is_empty() {
        if transaction.get_database_backend() == DbBackend::Postgres {
            gate::pass(transaction, open).await?;
        }
        known = named(transaction, ids, Some(LockType::Share)).await?;
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

/// `SELECT max(id) FROM accounting_entries`.
pub(super) fn max_entry_id() -> SelectStatement {
    Query::select()
        .expr(Expr::col(accounting_entry::Column::Id).max())
        .from(accounting_entry::Entity)
        .to_owned()
}

/// The time of the newest mark for the system.
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
