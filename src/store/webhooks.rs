//! Webhooks, how far each has been told, and what the attempts came to.

mod deliveries;
mod happened;
mod leases;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::numbered;
use crate::domain::export_event::LogPlace;
use crate::domain::page::Page;
use crate::domain::webhook::{MAX_WEBHOOKS, Webhook, WebhookKind, WebhookSecret};
use crate::domain::{Result, SystemId, Timestamp};
use crate::entities::values::Words;
use crate::entities::webhook::{ActiveModel, Column, Entity, Model};
use crate::entities::webhook_level;

pub use deliveries::{forget_before, note, page as deliveries};
pub use happened::{Happened, happened, levels};
pub use leases::{Lease, Moved, failed, moved, renew, take};

/// A webhook as the database keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The webhook without its secrets.
    pub webhook: Webhook,
    /// What signs.
    pub secret: WebhookSecret,
    /// What signed before.
    pub previous_secret: Option<WebhookSecret>,
    /// Part of the id of the next signal.
    pub signal_number: i64,
    /// The number of the last lease.
    pub lease_number: i64,
}

impl Kept {
    /// The secrets that sign at this moment.
    pub fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &WebhookSecret> {
        let is_valid = self.webhook.previous_secret_until.is_some_and(|until| now < until);
        std::iter::once(&self.secret).chain(self.previous_secret.as_ref().filter(|_| is_valid))
    }
}

/// A webhook to make.
#[derive(Clone, Copy, Debug)]
pub struct NewWebhook<'a> {
    /// The address that is told.
    pub url: &'a str,
    /// The system that it is for; `None`: all.
    pub system_id: Option<&'a SystemId>,
    /// What it tells of.
    pub kinds: &'a [WebhookKind],
    /// What there is to know about it.
    pub description: Option<&'a str>,
    /// What signs.
    pub secret: &'a WebhookSecret,
    /// Events up to here are not told.
    pub place: LogPlace,
    /// Who makes it.
    pub actor: &'a str,
}

/// Makes a webhook, and gives its number.
pub async fn insert(transaction: &impl ConnectionTrait, new: &NewWebhook<'_>, now: Timestamp) -> Result<i64> {
    let row = ActiveModel {
        id: NotSet,
        url: Set(new.url.to_owned()),
        system_id: Set(new.system_id.cloned()),
        kinds: Set(Words(new.kinds.to_vec())),
        description: Set(new.description.map(str::to_owned)),
        secret: Set(new.secret.clone()),
        position: Set(new.place.position),
        tag: Set(new.place.tag),
        created_at: Set(now),
        created_by: Set(new.actor.to_owned()),
        ..ActiveModel::default()
    };
    Ok(Entity::insert(row).exec(transaction).await?.last_insert_id)
}

/// How many there are.
pub async fn count(connection: &impl ConnectionTrait) -> Result<u64> {
    Ok(Entity::find().count(connection).await?)
}

/// The webhook with this number.
pub async fn find(connection: &impl ConnectionTrait, id: i64) -> Result<Option<Kept>> {
    Ok(Entity::find_by_id(id).one(connection).await?.map(Kept::from))
}

/// All of them, oldest first.
pub async fn all(connection: &impl ConnectionTrait) -> Result<Vec<Kept>> {
    let rows = Entity::find().order_by_asc(Column::Id).limit(2 * MAX_WEBHOOKS).all(connection).await?;
    Ok(rows.into_iter().map(Kept::from).collect())
}

/// A page of the webhooks, or of those for one of `systems`, oldest first, in reverse when taken from the end.
pub async fn page(
    connection: &impl ConnectionTrait,
    systems: Option<&[SystemId]>,
    page: &Page<i64>,
) -> Result<Vec<Webhook>> {
    let query = Entity::find().apply_if(systems, |query, systems| {
        query.filter(Column::SystemId.is_in(systems.iter().map(SystemId::as_str)))
    });
    let query = numbered::lowest_first(query, Column::Id, page);
    let rows = query.all(connection).await?;
    Ok(rows.into_iter().map(|row| Kept::from(row).webhook).collect())
}

/// Deletes a webhook; `false` when there is none with this number. What its attempts came to stays until it is old: numbers
/// are not given again.
pub async fn delete(transaction: &impl ConnectionTrait, id: i64) -> Result<bool> {
    forget_levels(transaction, id).await?;
    Ok(Entity::delete_by_id(id).exec(transaction).await?.rows_affected > 0)
}

/// Signs with this secret from now on, and with the one before until that moment.
pub async fn change_secret(
    transaction: &impl ConnectionTrait,
    kept: &Kept,
    secret: &WebhookSecret,
    previous_until: Timestamp,
) -> Result<()> {
    let row = ActiveModel {
        secret: Set(secret.clone()),
        previous_secret: Set(Some(kept.secret.clone())),
        previous_secret_until: Set(Some(previous_until)),
        ..Default::default()
    };
    Entity::update_many().set(row).filter(Column::Id.eq(kept.webhook.id)).exec(transaction).await?;
    Ok(())
}

/// Switches a webhook on: it is told at once what it was not told.
pub async fn switch_on(transaction: &impl ConnectionTrait, id: i64) -> Result<()> {
    let row = ActiveModel {
        switched_off_at: Set(None),
        switched_off_because: Set(None),
        failing_since: Set(None),
        attempts: Set(0),
        next_attempt_at: Set(None),
        ..Default::default()
    };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(transaction).await?;
    Ok(())
}

/// Moves the place of a webhook: it is told again of what is behind it, and of every backlog. Whoever delivers to it now
/// loses the lease, so that it cannot move the place back.
pub async fn move_to(transaction: &impl ConnectionTrait, id: i64, place: LogPlace) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Position, place.position.into())
        .col_expr(Column::Tag, place.tag.into())
        .col_expr(Column::SignalNumber, Expr::col(Column::SignalNumber).add(1))
        .col_expr(Column::LeaseNumber, Expr::col(Column::LeaseNumber).add(1))
        .col_expr(Column::LeasedUntil, 0i64.into())
        .col_expr(Column::NextAttemptAt, Option::<Timestamp>::None.into())
        .filter(Column::Id.eq(id))
        .exec(transaction)
        .await?;
    forget_levels(transaction, id).await
}

async fn forget_levels(transaction: &impl ConnectionTrait, id: i64) -> Result<()> {
    webhook_level::Entity::delete_many()
        .filter(webhook_level::Column::WebhookId.eq(id))
        .exec(transaction)
        .await?;
    Ok(())
}

impl From<Model> for Kept {
    fn from(row: Model) -> Kept {
        let webhook = Webhook {
            id: row.id,
            url: row.url,
            system_id: row.system_id,
            kinds: row.kinds.0,
            description: row.description,
            place: LogPlace { position: row.position, tag: row.tag },
            previous_secret_until: row.previous_secret_until,
            failing_since: row.failing_since,
            attempts: row.attempts,
            next_attempt_at: row.next_attempt_at,
            switched_off: row.switched_off_at.zip(row.switched_off_because),
            created_at: row.created_at,
            created_by: row.created_by,
        };
        Kept {
            webhook,
            secret: row.secret,
            previous_secret: row.previous_secret,
            signal_number: row.signal_number,
            lease_number: row.lease_number,
        }
    }
}
