//! Access tokens: keeps, finds and revokes them. They are never deleted: a timeline names the token that was used, and
//! when several tokens have had that name, the time of the event tells which one it was.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    TryInsertResult,
};

use crate::domain::access::{AccessToken, SecretDigest};
use crate::domain::{Result, Timestamp};
use crate::entities::access_token::{ActiveModel, Column, Entity, Model};
use crate::entities::values::Words;

/// A token as the database keeps it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The token without its secret.
    pub token: AccessToken,
    /// The digest of its secret.
    pub secret_digest: SecretDigest,
}

/// Keeps a new token. Gives `false` and keeps nothing when its handle is taken, or when another token with its name has
/// no `revoked_at`.
pub async fn insert(connection: &impl ConnectionTrait, kept: Kept) -> Result<bool> {
    let Kept { token, secret_digest } = kept;
    let row = ActiveModel {
        key: NotSet,
        handle: Set(token.handle),
        name: Set(token.name),
        secret_digest: Set(secret_digest),
        rights: Set(Words(token.rights)),
        systems: Set(token.systems.map(Words)),
        created_at: Set(token.created_at),
        expires_at: Set(token.expires_at),
        revoked_at: Set(token.revoked_at),
        last_used_at: Set(token.last_used_at),
    };
    let taken = OnConflict::new().do_nothing().to_owned();
    let inserted =
        Entity::insert(row).on_conflict(taken).try_insert().exec_without_returning(connection).await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0))
}

/// The token with this handle, even if it has expired or was revoked.
pub async fn by_handle(connection: &impl ConnectionTrait, handle: &str) -> Result<Option<Kept>> {
    let row = Entity::find().filter(Column::Handle.eq(handle)).one(connection).await?;
    Ok(row.map(Kept::from))
}

/// The token that has this name now: the one without `revoked_at`. It may have expired.
pub async fn by_name(connection: &impl ConnectionTrait, name: &str) -> Result<Option<AccessToken>> {
    let named = Entity::find().filter(Column::Name.eq(name)).filter(Column::RevokedAt.is_null());
    Ok(named.one(connection).await?.map(|row| Kept::from(row).token))
}

/// Every token, ordered by name; those with the same name from the oldest to the newest.
pub async fn all(connection: &impl ConnectionTrait) -> Result<Vec<AccessToken>> {
    let rows = Entity::find().order_by_asc(Column::Name).order_by_asc(Column::Key).all(connection).await?;
    Ok(rows.into_iter().map(|row| Kept::from(row).token).collect())
}

/// The handles among these of tokens that are valid at `now`.
pub async fn valid_among(
    connection: &impl ConnectionTrait,
    handles: &[String],
    now: Timestamp,
) -> Result<Vec<String>> {
    let later = |end: Column| Condition::any().add(end.is_null()).add(end.gt(now));
    let valid = Entity::find()
        .select_only()
        .column(Column::Handle)
        .filter(Column::Handle.is_in(handles.iter().map(String::as_str)))
        .filter(later(Column::RevokedAt))
        .filter(later(Column::ExpiresAt));
    Ok(valid.into_tuple().all(connection).await?)
}

/// Whether any token was ever made.
pub async fn exist(connection: &impl ConnectionTrait) -> Result<bool> {
    let any: Option<i64> =
        Entity::find().select_only().column(Column::Key).limit(1).into_tuple().one(connection).await?;
    Ok(any.is_some())
}

/// Revokes the tokens with this name as of `at`, which may be in the future. One that was revoked for an earlier time
/// keeps that time. Gives `false` when no token ever had this name.
pub async fn revoke(connection: &impl ConnectionTrait, name: &str, at: Timestamp) -> Result<bool> {
    let open = Condition::any().add(Column::RevokedAt.is_null()).add(Column::RevokedAt.gt(at));
    let revoked = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(at))
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

/// Frees the name of a token that has expired: the token counts as revoked from the moment at which it expired.
pub async fn release_expired(connection: &impl ConnectionTrait, name: &str, now: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::col(Column::ExpiresAt))
        .filter(Column::Name.eq(name))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.lte(now))
        .exec(connection)
        .await?;
    Ok(())
}

/// Stores that the token with this handle was used at `now`.
pub async fn used(connection: &impl ConnectionTrait, handle: &str, now: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now))
        .filter(Column::Handle.eq(handle))
        .exec(connection)
        .await?;
    Ok(())
}

impl From<Model> for Kept {
    fn from(row: Model) -> Kept {
        let token = AccessToken {
            handle: row.handle,
            name: row.name,
            rights: row.rights.0,
            systems: row.systems.map(|systems| systems.0),
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            last_used_at: row.last_used_at,
        };
        Kept { token, secret_digest: row.secret_digest }
    }
}
