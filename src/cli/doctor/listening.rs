//! Whether gateways hear each other where `database.listen_url` leads.

use crate::config::DatabaseSettings;
use crate::store::Database;
use crate::store::events::sequencer::{self, CHANNEL};

/// Listens there, and tells something by way of the database's own address. Nothing where the setting is empty, or means
/// nothing.
pub(super) async fn look(settings: &DatabaseSettings, database: &Database) -> Option<Result<String, String>> {
    if !database.is_postgres() {
        return None;
    }
    let (address, listening) = (settings.listen_url.as_ref()?, database.listening()?);
    let meanwhile = "Until then events of other gateways are seen after up to a second";
    let mut listener = match listening.open(CHANNEL).await {
        Ok(listener) => listener,
        Err(error) => {
            return Some(Err(format!("nothing hears at database.listen_url: {error}. {meanwhile}")));
        }
    };
    let heard = async { sequencer::tell(database.writer()).await.is_ok() && listener.heard(|| true).await };
    let heard = tokio::time::timeout(settings.acquire_timeout(), heard).await;
    listener.end().await;
    Some(match heard {
        Ok(true) => Ok(format!("hear each other at {address}")),
        Ok(false) | Err(_) => Err(format!(
            "nothing is heard at {address}: database.listen_url has to lead to the database of database.url, and to no \
             pooler in transaction mode. {meanwhile}"
        )),
    })
}
