//! A gateway in this process: the real one, behind real HTTP, with a clock that the test moves.

mod calls;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ledgate::app::{self, Gateway as Running};
use ledgate::config::{Overrides, Settings};
use ledgate::domain::{Clock, Timestamp};
use ledgate::graphql::TrustedDocuments;
use ledgate::http::Access;
use ledgate::service::Ledger;
use ledgate::store::{Database, takeover};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::{large_ledger, postgres};

/// When a test's clock begins.
pub const START: &str = "2026-03-01T12:00:00Z";

/// PostgreSQL databases are copies of one that was migrated once.
static MIGRATED: postgres::Template = postgres::Template::new();

/// A running gateway. Stops when it is dropped.
pub struct Gateway {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// `sqlite://…` or `postgres://…`
    pub database_url: String,
    /// The same ledger, for what a test looks at behind the doors.
    pub ledger: Ledger,
    client: reqwest::Client,
    now: Arc<AtomicI64>,
    stop: CancellationToken,
    running: Mutex<Running>,
    _folder: Option<TempDir>,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Gateway {
    /// On a SQLite file of its own.
    pub async fn on_sqlite() -> Self {
        Self::on_sqlite_with(&[]).await
    }

    /// The same with settings of its own, given as variables of the environment.
    pub async fn on_sqlite_with(variables: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Self::start(url, Some(folder), variables).await
    }

    /// On a PostgreSQL database of its own.
    pub async fn on_postgres() -> Self {
        Self::on_postgres_with(&[]).await
    }

    /// The same with settings of its own, given as variables of the environment.
    pub async fn on_postgres_with(variables: &[(&str, &str)]) -> Self {
        let url = MIGRATED
            .fresh_database(|url| async move {
                let ledger = app::open(&settings(&url, &[]).database, Clock::system()).await.unwrap();
                ledger.database().clone().close().await.unwrap();
            })
            .await;
        Self::start(url, None, variables).await
    }

    /// A second gateway on the same database, with the same clock.
    pub async fn another(&self) -> Self {
        self.another_with(&[]).await
    }

    /// The same with settings of its own, given as variables of the environment.
    pub async fn another_with(&self, variables: &[(&str, &str)]) -> Self {
        let other = Self::start(self.database_url.clone(), None, variables).await;
        other.set_micros(self.now.load(Ordering::SeqCst));
        other
    }

    async fn start(database_url: String, folder: Option<TempDir>, variables: &[(&str, &str)]) -> Self {
        let settings = settings(&database_url, variables);
        let now = Arc::new(AtomicI64::new(START.parse::<Timestamp>().unwrap().micros()));
        let shared = Arc::clone(&now);
        let clock = Clock::new(move || Timestamp::from_micros(shared.load(Ordering::SeqCst)).unwrap());
        let ledger = app::open(&settings.database, clock).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let trusted = TrustedDocuments::read(&settings.graphql).unwrap();
        let running = Running::start(ledger.clone(), listener, Access::Open, &settings, trusted, &stop);
        let running = Mutex::new(running.unwrap());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { url, database_url, ledger, client, now, stop, running, _folder: folder }
    }

    /// Ends the background work, so that the test can do it step by step.
    pub async fn stop_background(&self) {
        let mut running = self.running.lock().await;
        running.stop_background.cancel();
        (&mut running.background).await.unwrap();
    }

    /// Tells the gateway to stop.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Returns when a gateway that was told to stop answers no more. Gives how many connections it had to cut.
    pub async fn stopped(&self) -> usize {
        (&mut self.running.lock().await.server).await.unwrap().cut
    }

    /// Takes over all history there is, or waits until other gateways have.
    pub async fn history_taken_over(&self) {
        while !takeover::unfinished(self.database().reader()).await.unwrap().is_empty() {
            self.ledger.finish_takeovers().await.unwrap();
        }
    }

    /// Moves the clock to this moment.
    pub fn set_clock(&self, moment: &str) {
        self.set_micros(moment.parse::<Timestamp>().unwrap().micros());
    }

    fn set_micros(&self, micros: i64) {
        self.now.store(micros, Ordering::SeqCst);
    }

    /// A connection of another program to the same database: it knows nothing of ledgate.
    pub async fn other_program(&self) -> sea_orm::DatabaseConnection {
        let mut options = sea_orm::ConnectOptions::new(self.database_url.clone());
        options.max_connections(4).sqlx_logging(false);
        sea_orm::Database::connect(options).await.unwrap()
    }

    /// So many entries of another program, inserted by one statement; of each hundred the last is described as
    /// `rare`, the others as `often`.
    pub async fn insert_elsewhere(&self, count: u64) {
        let sql = large_ledger::inserted_elsewhere(count, self.backend());
        self.other_program().await.execute_unprepared(&sql).await.unwrap();
    }

    /// Returns when a statement of the gateway waits for a lock. PostgreSQL only.
    pub async fn until_it_waits(&self) {
        let other = self.other_program().await;
        let waiting = "SELECT count(*) AS n FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'ledgate' AND wait_event_type = 'Lock'";
        loop {
            let statement = Statement::from_string(DbBackend::Postgres, waiting);
            let row = other.query_one_raw(statement).await.unwrap().unwrap();
            if row.try_get::<i64>("", "n").unwrap() > 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// The database under the gateway.
    pub fn backend(&self) -> DbBackend {
        self.ledger.database().reader().get_database_backend()
    }

    /// The database under the gateway, for a second ledger in the same test.
    pub fn database(&self) -> &Database {
        self.ledger.database()
    }
}

fn settings(database_url: &str, variables: &[(&str, &str)]) -> Settings {
    let overrides = Overrides { database_url: Some(database_url.to_owned()), ..Overrides::default() };
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load_from(&overrides, variables, std::path::Path::new("/nonexistent")).unwrap()
}

/// The ids of what the system has not been sent, read page by page through `data`; as of a moment if one is given.
pub async fn paged(
    data: impl AsyncFn(&'static str, Value) -> Value,
    system: &str,
    since: Option<&str>,
) -> Vec<i64> {
    let query = "query($system: SystemId!, $since: DateTime, $after: String) {
        unexportedEntries(systemId: $system, notExportedSince: $since, first: 100, after: $after) {
            nodes { entryId } pageInfo { hasNextPage endCursor } } }";
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "system": system, "since": since, "after": after });
        let page = data(query, variables).await["unexportedEntries"].clone();
        found.extend(ids(&page["nodes"]));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// The ids in a list of nodes, of each of which one of its two ids was asked for.
pub fn ids(nodes: &Value) -> Vec<i64> {
    let id = |node: &Value| match node["entryId"].as_str() {
        Some(id) => id.parse().unwrap(),
        None => plain(node["id"].as_str().unwrap()),
    };
    nodes.as_array().unwrap_or_else(|| panic!("no list: {nodes:#}")).iter().map(id).collect()
}

/// The number of an entry in its global id.
pub fn plain(id: &str) -> i64 {
    id.strip_prefix("entry/").unwrap_or_else(|| panic!("{id:?} is no id of an entry")).parse().unwrap()
}

/// The global id of an entry.
pub fn global(id: i64) -> String {
    format!("entry/{id}")
}

/// So many entries to record, each different.
pub fn entries(count: usize) -> Vec<Value> {
    (1..=count).map(|number| entry(&format!("T:{number}"))).collect()
}

/// One entry to record.
pub fn entry(external_id: &str) -> Value {
    json!({
        "externalId": external_id,
        "journalCode": "VE",
        "entryNumber": "1",
        "postingDate": "2026-01-31",
        "accountNumber": "707000",
        "description": format!("Sale {external_id}"),
        "debit": "0.00",
        "credit": "12.50",
        "currency": "EUR",
    })
}
