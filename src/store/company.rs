//! The numbers of the company whose books the ledger holds.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryOrder};

use crate::domain::{Result, Siren, Timestamp};
use crate::entities::company_number::{ActiveModel, Column, Entity};

/// All of them, the first FEC's first. Empty as long as no FEC with a number in its name was imported.
pub async fn numbers(connection: &impl ConnectionTrait) -> Result<Vec<Siren>> {
    let numbers = Entity::find().order_by_asc(Column::Place).all(connection).await?;
    Ok(numbers.into_iter().map(|number| number.siren).collect())
}

/// Adds a number behind so many others. Does nothing when another transaction has added one in this place; then
/// [`numbers`] shows it.
pub async fn add(
    transaction: &impl ConnectionTrait,
    siren: &Siren,
    others: usize,
    now: Timestamp,
) -> Result<()> {
    let place = i64::try_from(others).unwrap_or(i64::MAX).saturating_add(1);
    let number = ActiveModel { place: Set(place), siren: Set(siren.clone()), since: Set(now) };
    Entity::insert(number)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
