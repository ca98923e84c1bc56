//! A fake ERP: it keeps what it is sent, under the key that comes with it, so that posting twice does no harm. Now and
//! then it fails, before or after it has kept.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};

/// What it was sent: (system, key), and how often.
type Kept = Arc<Mutex<HashMap<(String, String), u64>>>;

/// The ERP of every system.
pub struct Erp {
    address: SocketAddr,
    kept: Kept,
}

#[derive(Clone)]
struct Desk {
    kept: Kept,
    calls: Arc<AtomicU64>,
}

impl Erp {
    /// Starts it on a free port of 127.0.0.1.
    pub async fn start() -> Self {
        let kept = Kept::default();
        let desk = Desk { kept: Arc::clone(&kept), calls: Arc::default() };
        let router = Router::new().route("/{system}", post(take)).with_state(desk);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, kept }
    }

    /// Posts the entries until they are kept.
    pub async fn post(&self, http: &reqwest::Client, system: &str, entries: &[String]) {
        let url = format!("http://{}/{system}", self.address);
        loop {
            let answer = http.post(&url).json(entries).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
        }
    }

    /// Whether it has been sent the entry, and how often.
    pub fn times(&self, system: &str, entry: &str) -> u64 {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&(system.to_owned(), entry.to_owned())).copied().unwrap_or(0)
    }

    /// How many entries it keeps, and how many of them it was sent more than once.
    pub fn totals(&self) -> (usize, usize) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.len(), kept.values().filter(|times| **times > 1).count())
    }
}

async fn take(
    State(desk): State<Desk>,
    Path(system): Path<String>,
    Json(entries): Json<Vec<String>>,
) -> StatusCode {
    let call = desk.calls.fetch_add(1, Ordering::Relaxed);
    if call % 17 == 3 {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let mut kept = desk.kept.lock().unwrap_or_else(PoisonError::into_inner);
    for entry in entries {
        *kept.entry((system.clone(), entry)).or_default() += 1;
    }
    if call % 23 == 5 { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
}
