//! Access tokens: kept, found, revoked. Never deleted: a timeline names the token, and the moment says which one of that
//! name it was.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    TryInsertResult,
};

use super::convert::moment;
use crate::domain::access::AccessToken;
use crate::domain::{Error, Result, SystemId, Timestamp};
use crate::entities::access_token::{ActiveModel, Column, Entity, Model};

/// A token as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What it stands for.
    pub token: AccessToken,
    /// The digest of its secret.
    pub secret_digest: String,
}

/// Keeps a token; `false` when its handle is taken, or its name by one that is not revoked.
pub async fn insert(connection: &impl ConnectionTrait, kept: Kept) -> Result<bool> {
    let Kept { token, secret_digest } = kept;
    let systems = token.systems.map(|systems| join(systems.iter().map(SystemId::as_str)));
    let row = ActiveModel {
        key: NotSet,
        handle: Set(token.handle),
        name: Set(token.name),
        secret_digest: Set(secret_digest),
        rights: Set(join(token.rights.iter().map(|right| right.as_str()))),
        systems: Set(systems),
        created_at: Set(token.created_at.micros()),
        expires_at: Set(token.expires_at.map(Timestamp::micros)),
        revoked_at: Set(token.revoked_at.map(Timestamp::micros)),
        last_used_at: Set(token.last_used_at.map(Timestamp::micros)),
    };
    let taken = OnConflict::new().do_nothing().to_owned();
    let inserted =
        Entity::insert(row).on_conflict(taken).try_insert().exec_without_returning(connection).await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0))
}

/// The token with this handle, valid or not.
pub async fn by_handle(connection: &impl ConnectionTrait, handle: &str) -> Result<Option<Kept>> {
    let row = Entity::find().filter(Column::Handle.eq(handle)).one(connection).await?;
    row.map(kept).transpose()
}

/// The token that has this name now: the one that is not revoked.
pub async fn by_name(connection: &impl ConnectionTrait, name: &str) -> Result<Option<AccessToken>> {
    let named = Entity::find().filter(Column::Name.eq(name)).filter(Column::RevokedAt.is_null());
    named.one(connection).await?.map(|row| kept(row).map(|kept| kept.token)).transpose()
}

/// Every token, by name, and those of one name from the oldest to the newest.
pub async fn all(connection: &impl ConnectionTrait) -> Result<Vec<AccessToken>> {
    let rows = Entity::find().order_by_asc(Column::Name).order_by_asc(Column::Key).all(connection).await?;
    rows.into_iter().map(|row| kept(row).map(|kept| kept.token)).collect()
}

/// Whether any token was ever made.
pub async fn exist(connection: &impl ConnectionTrait) -> Result<bool> {
    let any: Option<i64> =
        Entity::find().select_only().column(Column::Key).limit(1).into_tuple().one(connection).await?;
    Ok(any.is_some())
}

/// Ends the tokens of this name at this moment, or leaves them ended if they ended before; `false` when there is none.
pub async fn revoke(connection: &impl ConnectionTrait, name: &str, at: Timestamp) -> Result<bool> {
    let open = Condition::any().add(Column::RevokedAt.is_null()).add(Column::RevokedAt.gt(at.micros()));
    let revoked = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(at.micros()))
        .filter(Column::Name.eq(name))
        .filter(open)
        .exec(connection)
        .await?;
    if revoked.rows_affected > 0 {
        return Ok(true);
    }
    let ended: Option<i64> = Entity::find()
        .select_only()
        .column(Column::Key)
        .filter(Column::Name.eq(name))
        .limit(1)
        .into_tuple()
        .one(connection)
        .await?;
    Ok(ended.is_some())
}

/// Makes the name of a token that has expired free: it is revoked, as of the moment at which it expired.
pub async fn release_expired(connection: &impl ConnectionTrait, name: &str, now: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::col(Column::ExpiresAt))
        .filter(Column::Name.eq(name))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.lte(now.micros()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Writes down that the token with this handle was used.
pub async fn used(connection: &impl ConnectionTrait, handle: &str, now: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now.micros()))
        .filter(Column::Handle.eq(handle))
        .exec(connection)
        .await?;
    Ok(())
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn kept(row: Model) -> Result<Kept> {
    let unreadable = || Error::internal(format!("access token {}: it cannot be read", row.handle));
    let rights = row.rights.split_whitespace().map(str::parse).collect::<Result<_, _>>();
    let systems = row.systems.as_deref().map(|names| names.split_whitespace().map(str::parse).collect());
    Ok(Kept {
        token: AccessToken {
            rights: rights.map_err(|_| unreadable())?,
            systems: systems.transpose().map_err(|_: crate::domain::Fault| unreadable())?,
            handle: row.handle,
            name: row.name,
            created_at: moment(row.created_at)?,
            expires_at: row.expires_at.map(moment).transpose()?,
            revoked_at: row.revoked_at.map(moment).transpose()?,
            last_used_at: row.last_used_at.map(moment).transpose()?,
        },
        secret_digest: row.secret_digest,
    })
}
