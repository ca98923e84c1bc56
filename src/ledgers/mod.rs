//! Many ledgers behind one gateway, a database each: found by name, opened when they are needed, closed when nobody uses
//! them. A failure of one does not affect the others.
//!
//! `main` is open from the start to the stop of the gateway. Of the others, those that are used or have work in the
//! background are open, as many as there is room for; [`upkeep`] looks after them.

mod catalogue;
mod opening;
mod room;
mod slot;
mod upkeep;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::config::{DatabaseKind, DatabaseSettings, LedgerName, LedgersSettings, Settings, WebhookSettings};
use crate::service::Ledger;
use crate::telemetry;

pub use catalogue::{Catalogue, CatalogueError};
pub use opening::{OpenError, open, open_existing};

use room::Room;
use slot::Slot;

/// Why a ledger cannot be used just now.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotOpen {
    /// Its database cannot be opened, or is no ledger of this program.
    #[error(transparent)]
    Failed(Arc<OpenError>),
    /// The limit of open ledgers is reached, and all of them are in use.
    #[error(
        "as many ledgers are in use as this server may have open, which is {0} (settings ledgers.max_connections and \
         ledgers.max_connections_each)"
    )]
    NoRoom(usize),
}

impl NotOpen {
    /// The same for a caller of the ledger, without addresses and without the database's own words.
    pub fn to_caller(&self, ledger: &LedgerName) -> String {
        match self {
            Self::Failed(error) => error.to_caller(ledger.as_str()),
            Self::NoRoom(_) => {
                "this server has as many ledgers in use as it may: try again in a moment".to_owned()
            }
        }
    }
}

/// The ledgers of a gateway. Cheap to clone; all clones share them.
#[derive(Clone, Debug)]
pub struct Ledgers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    main: Ledger,
    catalogue: Catalogue,
    /// What the databases of the others have in common with that of `main`.
    database: DatabaseSettings,
    settings: LedgersSettings,
    webhooks: WebhookSettings,
    room: Room,
    /// Of every ledger that was asked for. There are no more than the operator made.
    slots: Mutex<HashMap<LedgerName, Arc<Slot>>>,
}

impl Ledgers {
    /// This ledger as `main`, and those of the settings, none of which is opened yet.
    pub fn new(main: Ledger, settings: &Settings) -> Self {
        let ledgers = &settings.ledgers;
        Self(Arc::new(Shared {
            main: main.with_webhooks(&settings.webhooks),
            catalogue: Catalogue::new(ledgers),
            database: settings.database.clone(),
            settings: ledgers.clone(),
            webhooks: settings.webhooks.clone(),
            room: Room::new(ledgers.max_connections, ledgers.max_connections_each),
            slots: Mutex::default(),
        }))
    }

    /// The ledger in `database.url`.
    pub fn main(&self) -> &Ledger {
        &self.0.main
    }

    /// Where the others are.
    pub fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
    }

    /// The ledger of this name; `None` when there is none. Opens it if it is not open; those who ask at the same time wait
    /// for the same opening. It stays open as long as a clone of what is given is kept.
    pub async fn get(&self, name: &LedgerName) -> Result<Option<Ledger>, NotOpen> {
        let Some(slot) = self.slot(name) else { return Ok(None) };
        if let Some(ledger) = slot.ledger() {
            return Ok(Some(ledger));
        }
        let opened = slot.open_with(|| self.open(name)).await;
        self.tell_how_many();
        // Somebody may have taken its file away.
        if opened.is_err() && self.0.catalogue.find(name).is_none() {
            self.slots().remove(name);
            return Ok(None);
        }
        opened.map(Some)
    }

    /// Whether there is a ledger of this name. Asks no database.
    pub fn has(&self, name: &LedgerName) -> bool {
        self.slot(name).is_some()
    }

    /// Closes all of them but `main`. Running statements finish first.
    pub async fn close(&self) {
        let slots: Vec<Arc<Slot>> = self.slots().drain().map(|(_, slot)| slot).collect();
        futures_util::future::join_all(slots.iter().map(|slot| slot.close())).await;
    }

    /// Opens a ledger, once there is room for it.
    async fn open(&self, name: &LedgerName) -> Result<slot::Open, NotOpen> {
        let place = self.place().await?;
        let ledger = self.open_in_place(name).await.map_err(|error| {
            tracing::warn!(ledger = %name, %error, "a ledger cannot be opened");
            NotOpen::Failed(Arc::new(error))
        })?;
        tracing::info!(ledger = %name, "opened a ledger");
        Ok(slot::Open::new(ledger, place))
    }

    /// Opens a ledger by somebody who has a place for it.
    async fn open_in_place(&self, name: &LedgerName) -> Result<Ledger, OpenError> {
        let Some(url) = self.0.catalogue.find(name) else {
            return Err(OpenError::Empty { address: name.to_string() });
        };
        let most = self.0.settings.max_connections_each;
        // On SQLite the one that writes comes on top.
        let max_connections = if url.kind() == DatabaseKind::Sqlite { most - 1 } else { most };
        let settings = DatabaseSettings { max_connections, ..self.0.database.beside_main(url) };
        let ledger = open_existing(&settings, self.0.main.clock().clone()).await?;
        Ok(ledger.named(name).with_webhooks(&self.0.webhooks))
    }

    /// A place for one more open ledger. Where all are taken, that of the ledger that was unused for the longest time.
    async fn place(&self) -> Result<room::Place, NotOpen> {
        let give_up = tokio::time::Instant::now() + self.0.database.acquire_timeout();
        loop {
            if let Some(place) = self.0.room.take() {
                return Ok(place);
            }
            if self.close_the_least_used().await {
                continue;
            }
            if tokio::time::Instant::now() >= give_up {
                return Err(NotOpen::NoRoom(self.0.room.places()));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Closes the ledger that nobody uses for the longest time, rather one without open work; `false` when all are used.
    async fn close_the_least_used(&self) -> bool {
        let mut unused: Vec<(bool, std::time::Instant, Arc<Slot>)> = self
            .slots()
            .values()
            .filter_map(|slot| slot.unused_since().map(|(works, since)| (works, since, Arc::clone(slot))))
            .collect();
        unused.sort_by_key(|(works, since, _)| (*works, *since));
        for (_, _, slot) in unused {
            if slot.close_if_unused(Duration::ZERO).await {
                return true;
            }
        }
        false
    }

    fn slot(&self, name: &LedgerName) -> Option<Arc<Slot>> {
        if let Some(slot) = self.slots().get(name) {
            return Some(Arc::clone(slot));
        }
        self.0.catalogue.find(name)?;
        Some(Arc::clone(self.slots().entry(name.clone()).or_default()))
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, HashMap<LedgerName, Arc<Slot>>> {
        self.0.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell_how_many(&self) {
        telemetry::ledgers_open(self.slots().values().filter(|slot| slot.is_open()).count());
    }
}
