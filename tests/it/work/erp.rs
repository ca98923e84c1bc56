//! A small ERP behind real HTTP. It keeps documents by the idempotency keys they came under, refuses accounts it does not
//! know, answers slowly, and goes away. It keeps its documents while it is away.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Json;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

/// How long it may take until the port of the ERP is free again.
const PATIENCE: Duration = Duration::from_secs(20);

/// The ERP. It goes away when it is dropped.
pub struct Erp {
    books: Arc<Mutex<Books>>,
    port: u16,
    running: Option<Runtime>,
}

/// What it has, and how it is.
#[derive(Default)]
struct Books {
    /// By idempotency key.
    documents: BTreeMap<String, Document>,
    /// By entry, the key that it was first posted under.
    keys: HashMap<i64, String>,
    refused: HashSet<String>,
    delay: Duration,
    is_busy: bool,
    /// Posts of an entry that was there already, under another key.
    second: usize,
}

struct Document {
    number: usize,
    /// Entry, debit, credit.
    lines: Vec<(i64, String, String)>,
}

type Answer = (StatusCode, Json<Value>);

impl Drop for Erp {
    fn drop(&mut self) {
        self.goes_away();
    }
}

impl Erp {
    /// One that is there, knows every account and answers at once.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut erp = Self { books: Arc::default(), port, running: None };
        erp.serve(listener);
        erp
    }

    /// Where documents are posted.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/documents", self.port)
    }

    /// From now on it does not know this account.
    pub fn refuses(&self, account: &str) {
        self.books.lock().unwrap().refused.insert(account.to_owned());
    }

    /// From now on it knows this account.
    pub fn knows(&self, account: &str) {
        self.books.lock().unwrap().refused.remove(account);
    }

    /// From now on each answer takes so long. The document is there before.
    pub fn takes(&self, delay: Duration) {
        self.books.lock().unwrap().delay = delay;
    }

    /// Whether it answers with status 503 from now on.
    pub fn is_busy(&self, is_busy: bool) {
        self.books.lock().unwrap().is_busy = is_busy;
    }

    /// Cuts all connections and listens no more.
    pub fn goes_away(&mut self) {
        if let Some(running) = self.running.take() {
            running.shutdown_background();
        }
    }

    /// Listens again, at the same address.
    pub async fn comes_back(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let listener = loop {
            match TcpListener::bind(("127.0.0.1", self.port)) {
                Ok(listener) => break listener,
                Err(error) => assert!(Instant::now() < deadline, "the port is not free again: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        self.serve(listener);
    }

    /// How many documents it has.
    pub fn documents(&self) -> usize {
        self.books.lock().unwrap().documents.len()
    }

    /// How often an entry was posted that it had under another key.
    pub fn posted_under_two_keys(&self) -> usize {
        self.books.lock().unwrap().second
    }

    /// Its own list of what it has, as a CSV.
    pub fn list(&self) -> String {
        let books = self.books.lock().unwrap();
        let mut list = "accounting_entry_id;debit;credit;reference\n".to_owned();
        for document in books.documents.values() {
            for (entry, debit, credit) in &document.lines {
                list.push_str(&format!("{entry};{debit};{credit};GL-{}\n", document.number));
            }
        }
        list
    }

    /// A runtime of its own, so that all of it ends at once when it goes away.
    fn serve(&mut self, listener: TcpListener) {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let router = Router::new().route("/documents", post(take)).with_state(Arc::clone(&self.books));
        listener.set_nonblocking(true).unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
        self.running = Some(runtime);
    }
}

/// Takes a voucher.
async fn take(
    State(books): State<Arc<Mutex<Books>>>,
    headers: HeaderMap,
    Json(voucher): Json<Value>,
) -> Answer {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let (answer, delay) = {
        let mut books = books.lock().unwrap();
        (books.take(key, &voucher), books.delay)
    };
    tokio::time::sleep(delay).await;
    answer
}

impl Books {
    fn take(&mut self, key: String, voucher: &Value) -> Answer {
        if self.is_busy {
            return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({})));
        }
        if let Some(known) = self.documents.get(&key) {
            return (StatusCode::OK, shown(known.number));
        }
        let lines = voucher["lines"].as_array().unwrap();
        let unknown = |line: &&Value| self.refused.contains(line["account_number"].as_str().unwrap());
        if let Some(line) = lines.iter().find(unknown) {
            let reason = format!(
                "account {} is not in the chart of accounts",
                line["account_number"].as_str().unwrap()
            );
            let refusal = json!({ "type": "UNKNOWN_ACCOUNT", "reason": reason });
            return (StatusCode::UNPROCESSABLE_ENTITY, Json(refusal));
        }
        let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        let read = |line: &Value| (line["id"].as_i64().unwrap(), text(line, "debit"), text(line, "credit"));
        let document = Document { number: self.documents.len() + 1, lines: lines.iter().map(read).collect() };
        for (entry, ..) in &document.lines {
            if self.keys.insert(*entry, key.clone()).is_some() {
                self.second += 1;
            }
        }
        let answer = (StatusCode::CREATED, shown(document.number));
        self.documents.insert(key, document);
        answer
    }
}

fn shown(number: usize) -> Json<Value> {
    Json(json!({ "id": format!("GL-{number}"), "url": format!("https://erp.example/gl/{number}") }))
}
