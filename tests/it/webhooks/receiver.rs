//! Somebody who is told: a small server on a port of its own that keeps what it gets, and answers as the test wants.

use std::convert::Infallible;
use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// No test waits longer for a signal.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What a receiver answers.
#[derive(Clone, Copy)]
pub enum Answer {
    /// This status; those of redirections lead to `/elsewhere`.
    Status(u16),
    /// 200, and a body of a gigabyte.
    Gigabyte,
    /// Nothing, for a long time.
    Nothing,
}

/// What it got.
#[derive(Clone, Debug)]
pub struct Got {
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The system and the kinds that it tells of.
    pub fn told(&self) -> (Value, Value) {
        let data = &self.json()["data"];
        (data["systemId"].clone(), data["kinds"].clone())
    }

    /// For the libraries that verify.
    pub fn to_verify(&self, secrets: &[&str]) -> String {
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let headers: serde_json::Map<String, Value> =
            names.iter().map(|name| ((*name).to_owned(), json!(self.header(name)))).collect();
        json!({ "secrets": secrets, "headers": headers, "body": self.body }).to_string()
    }
}

#[derive(Clone)]
struct Shared {
    got: Arc<Mutex<Vec<Got>>>,
    answer: Arc<Mutex<Answer>>,
    /// Parts of a gigabyte that were taken.
    parts: Arc<AtomicUsize>,
}

/// A receiver. It ends when it is dropped.
pub struct Receiver {
    pub url: String,
    shared: Shared,
    server: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        Self::behind(listener, url)
    }

    /// One that gets what comes in here. Webhooks reach it at this address.
    pub fn behind<L: Listener<Addr: Debug>>(listener: L, url: String) -> Self {
        let shared = Shared {
            got: Arc::default(),
            answer: Arc::new(Mutex::new(Answer::Status(204))),
            parts: Arc::default(),
        };
        let at_work = shared.clone();
        let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: String| {
            let shared = at_work.clone();
            async move {
                shared.got.lock().unwrap().push(Got { path: uri.path().to_owned(), headers, body });
                let answer = *shared.answer.lock().unwrap();
                answered(answer, &shared.parts).await
            }
        });
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, server }
    }

    pub fn answer(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap() = answer;
    }

    pub fn got(&self) -> Vec<Got> {
        self.shared.got.lock().unwrap().clone()
    }

    pub fn parts(&self) -> usize {
        self.shared.parts.load(Ordering::SeqCst)
    }

    /// What it got, as soon as it is so many.
    pub async fn so_many(&self, count: usize) -> Vec<Got> {
        let begun = Instant::now();
        loop {
            let got = self.got();
            if got.len() >= count {
                return got;
            }
            assert!(begun.elapsed() < PATIENCE, "{count} signals: {got:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The last signal that it gets of these kinds.
    pub async fn of_kind(&self, kind: &str) -> Got {
        let begun = Instant::now();
        loop {
            let got = self.got();
            let found = got.iter().rfind(|got| got.told().1.as_array().unwrap().contains(&json!(kind)));
            if let Some(found) = found {
                return found.clone();
            }
            assert!(begun.elapsed() < PATIENCE, "no {kind}: {got:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn answered(answer: Answer, parts: &Arc<AtomicUsize>) -> Response {
    match answer {
        Answer::Status(status) => Response::builder()
            .status(status)
            .header("location", "/elsewhere")
            .body(Body::from("x".repeat(10_000)))
            .unwrap(),
        Answer::Gigabyte => {
            let (part, parts) = (Bytes::from(vec![b'x'; 64 * 1_024]), Arc::clone(parts));
            let body = stream::iter(0..16_384).map(move |_| {
                parts.fetch_add(1, Ordering::SeqCst);
                Ok::<_, Infallible>(part.clone())
            });
            Body::from_stream(body).into_response()
        }
        Answer::Nothing => {
            tokio::time::sleep(PATIENCE * 4).await;
            ().into_response()
        }
    }
}
