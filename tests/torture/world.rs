//! Everything that runs: the database on its small disk, two gateways in front of it, the ERP behind the exporters,
//! and what is known of all of it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use ledgate::domain::Clock;
use sea_orm::{ConnectOptions, DatabaseConnection, DbErr};
use tokio_util::sync::CancellationToken;

use crate::Settings;
use crate::disk::Disk;
use crate::erp::Erp;
use crate::gateway::Gateway;
use crate::model::Model;
use crate::postgres::Postgres;
use crate::postgres_programs::free_ports;
use crate::proxy::Proxy;
use crate::record::{About, Record};

/// How far the second gateway's clock is ahead.
const AHEAD: &str = "+60s";

/// The run and all that is in it. Things end in the order in which they stand here.
pub struct World {
    /// How this run was asked for.
    pub settings: Settings,
    /// Two of them on one database.
    pub gateways: Vec<Gateway>,
    /// The server, unless the database is a file.
    pub postgres: Option<Postgres>,
    /// What the database is on.
    pub disk: Disk,
    /// The external system of all names.
    pub erp: Erp,
    /// What has to be true.
    pub model: Model,
    /// What happened.
    pub record: Record,
    /// Set when nobody should begin anything new.
    pub stop: CancellationToken,
    /// The address of the database without a proxy between.
    pub database_url: String,
    /// The way of the command line to the database.
    pub import_url: String,
    /// Logs, and files to import. Kept when the run fails.
    pub folder: PathBuf,
    /// The client of the ERP.
    pub http: reqwest::Client,
}

impl World {
    /// Starts everything.
    pub async fn start(settings: Settings) -> Arc<Self> {
        let record = Record::new();
        let disk = Disk::mount();
        let folder = tempfile::Builder::new().prefix("ledgate-torture-logs.").tempdir().unwrap().keep();
        let postgres = settings.postgres.then(|| Postgres::start(&disk.folder));
        let database_url = match &postgres {
            Some(postgres) => Postgres::url(postgres.port),
            None => format!("sqlite://{}", disk.folder.join("ledger.db").display()),
        };
        let mut import_url = database_url.clone();
        // Gateways on one SQLite file are on one machine, so they have one clock.
        let faketime = libfaketime().filter(|_| settings.postgres);
        if settings.postgres && faketime.is_none() {
            record.not_tried("two clocks a minute apart", "libfaketime is not installed");
        }
        let mut gateways = Vec::new();
        for (index, name) in ["one", "two"].into_iter().enumerate() {
            let behind = match &postgres {
                Some(postgres) => Some(Proxy::to(([127, 0, 0, 1], postgres.port).into()).await),
                None => None,
            };
            let url =
                behind.as_ref().map_or(database_url.clone(), |proxy| Postgres::url(proxy.address.port()));
            import_url = url.clone();
            let address = ([127, 0, 0, 1], free_ports()[0]).into();
            let mut command = program(&settings, &folder, &url);
            command.env("LEDGATE_HTTP_LISTEN", format!("{address}"));
            if let Some(library) = faketime.as_ref().filter(|_| index == 1) {
                command.env("LD_PRELOAD", library).env("FAKETIME", AHEAD);
                command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("FAKETIME_DISABLE_SHM", "1");
            }
            let log = folder.join(format!("gateway-{name}.log"));
            gateways.push(Gateway::new(name, address, command, behind, log).await);
        }
        if faketime.is_some() {
            record.fault_begins("two clocks a minute apart");
            record.fault_ends("two clocks a minute apart");
        }
        let world = Self {
            settings,
            gateways,
            postgres,
            disk,
            erp: Erp::start().await,
            model: Model::default(),
            record,
            stop: CancellationToken::new(),
            database_url,
            import_url,
            folder,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        for gateway in &world.gateways {
            gateway
                .start()
                .await
                .unwrap_or_else(|error| panic!("{error}; its log: {}", gateway.log.display()));
        }
        Arc::new(world)
    }

    /// One of the gateways.
    pub fn gateway(&self, rng: &mut Rng) -> &Gateway {
        &self.gateways[rng.usize(..self.gateways.len())]
    }

    /// The program with the database at this address.
    pub fn program(&self, database_url: &str) -> Command {
        program(&self.settings, &self.folder, database_url)
    }

    /// Whether nobody should begin anything new.
    pub fn stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Waits a moment of up to so many milliseconds, or until the run ends.
    pub async fn pause(&self, rng: &mut Rng, milliseconds: u64) {
        let pause = Duration::from_millis(rng.u64(..=milliseconds));
        self.stop.run_until_cancelled(tokio::time::sleep(pause)).await;
    }

    /// Waits a moment before something is tried again.
    pub async fn breathe(&self) {
        tokio::time::sleep(Duration::from_millis(150)).await;
    }

    /// A connection of another program, past all gateways and proxies.
    pub async fn other_program(&self) -> Result<DatabaseConnection, DbErr> {
        let mut options = ConnectOptions::new(self.database_url.clone());
        options.max_connections(1).sqlx_logging(false).connect_timeout(Duration::from_secs(5));
        options.map_sqlx_sqlite_opts(|sqlite| sqlite.busy_timeout(Duration::from_secs(10)));
        sea_orm::Database::connect(options).await
    }

    /// The same, tried until it is there.
    pub async fn other_program_at_last(&self) -> DatabaseConnection {
        let begun = Instant::now();
        loop {
            match self.other_program().await {
                Ok(connection) => return connection,
                Err(error) if begun.elapsed() > Duration::from_secs(60) => panic!("no database: {error}"),
                Err(_) => self.breathe().await,
            }
        }
    }

    /// Puts down an event.
    pub fn event(&self, who: &str, about: About, text: impl Into<String>) {
        self.record.event(who, about, text);
    }
}

/// Now, in microseconds, by the clock of this machine and of the first gateway.
pub fn now() -> i64 {
    Clock::system().now().micros()
}

fn program(settings: &Settings, folder: &PathBuf, database_url: &str) -> Command {
    let mut command = Command::new(&settings.ledgate);
    command
        .current_dir(folder)
        .env_clear()
        .env("TMPDIR", folder)
        .env("LEDGATE_DATABASE_URL", database_url)
        .env("LEDGATE_LOG_FORMAT", "json");
    command
}

/// Debian's libfaketime.
fn libfaketime() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|folder| folder.path());
    folders.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|library| library.is_file())
}
