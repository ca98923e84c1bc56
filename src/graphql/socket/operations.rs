//! The operations of one connection, between the client, who knows them by ids of its own, and the carrier, which knows them
//! by numbers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use async_graphql::{Data, Executor, Request, Response, ServerError};
use futures_util::stream::{self, BoxStream, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use super::{Close, Said};
use crate::domain::Code;
use crate::graphql::answer::{Ran, codes, whole};
use crate::graphql::document_fault::DocumentFault;
use crate::graphql::engine::{Engine, NotRun};
use crate::graphql::question::Question;
use crate::graphql::turns::{Turns, wait};
use crate::request::{Budgets, Places, RequestId};
use crate::service::Ledger;
use crate::telemetry::{self, Target};

/// Who is on the connection, and what its operations take.
#[derive(Clone, Debug)]
pub struct Session {
    /// The ledger as the caller may use it.
    pub ledger: Ledger,
    /// The budgets of the ledger's callers.
    pub budgets: Budgets,
    /// The places of requests at work. What happens takes one of each for as long as it is written.
    pub places: Vec<Places>,
}

/// The operations. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Operations(Arc<Shared>);

struct Shared {
    engine: Engine,
    most: usize,
    session: OnceLock<Session>,
    open: Mutex<Open>,
    /// One operation after the other gives what it has. The carrier looks at them in one order and takes from the first that has
    /// something, and one that reads on from an old cursor always has.
    line: Places,
}

#[derive(Default)]
struct Open {
    /// How many there have been.
    count: u64,
    by_number: HashMap<u64, Operation>,
}

struct Operation {
    id: String,
    /// Until it is begun.
    question: Option<Question>,
}

impl Drop for Open {
    fn drop(&mut self) {
        telemetry::subscriptions_ended(self.by_number.len());
    }
}

/// What is to be done with a message of the client's.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// This goes on to the carrier.
    Carry(String),
    /// This goes back to the client.
    Reply(String),
    /// Nothing.
    Nothing,
}

/// A message of the carrier's.
#[derive(Deserialize)]
struct Carried<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow, default)]
    id: Option<&'a str>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
}

/// An answer in it. A value that is null is `None`.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    errors: Option<&'a RawValue>,
}

/// A message about an operation to the client.
#[derive(Serialize)]
struct About<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'a RawValue>,
}

impl Operations {
    /// Of a new connection, which has so many of them at most at the same time.
    pub fn new(engine: Engine, most: usize) -> Self {
        Self(Arc::new(Shared {
            engine,
            most,
            session: OnceLock::new(),
            open: Mutex::default(),
            line: Places::new(1),
        }))
    }

    /// Whether it is known who is on the connection.
    pub fn have_begun(&self) -> bool {
        self.0.session.get().is_some()
    }

    /// Begins: now it is known who is on the connection. Gives what the carrier is told.
    pub fn begin(&self, session: Session) -> String {
        // A connection begins once: its holder asks `have_begun` before.
        self.0.session.set(session).ok();
        json!({ "type": "connection_init" }).to_string()
    }

    /// Takes a message of the client's other than its beginning.
    pub fn take(&self, said: Said) -> Result<Next, Close> {
        match said {
            Said::Init(_) => Err(Close::new(Close::BEGUN_TWICE, "Too many initialisation requests")),
            Said::Ping => Ok(Next::Reply(json!({ "type": "pong" }).to_string())),
            Said::Pong => Ok(Next::Nothing),
            Said::Subscribe(..) if !self.have_begun() => Err(Close::new(Close::UNAUTHORIZED, "Unauthorized")),
            Said::Subscribe(id, question) => self.subscribe(id, question),
            Said::Complete(id) => {
                let Some(number) = self.open().remove_named(&id) else { return Ok(Next::Nothing) };
                Ok(Next::Carry(json!({ "type": "complete", "id": number.to_string() }).to_string()))
            }
        }
    }

    fn subscribe(&self, id: String, question: Question) -> Result<Next, Close> {
        let mut open = self.open();
        if open.by_number.values().any(|operation| operation.id == id) {
            return Err(Close::new(Close::DOUBLED, format!("Subscriber for {id} already exists")));
        }
        if open.by_number.len() >= self.0.most {
            let message = format!(
                "this connection has {} subscriptions open, and may have no more: end one, or open another connection",
                self.0.most
            );
            let code = Code::TooManySubscriptions.as_str();
            let error = json!({ "message": message, "extensions": { "code": code } });
            return Ok(Next::Reply(json!({ "id": id, "type": "error", "payload": [error] }).to_string()));
        }
        open.count += 1;
        let number = open.count;
        open.by_number.insert(number, Operation { id, question: Some(question) });
        telemetry::subscription_begun();
        // The question waits here until the carrier asks for it by this number.
        let number = number.to_string();
        Ok(Next::Carry(
            json!({ "type": "subscribe", "id": number, "payload": { "query": number } }).to_string(),
        ))
    }

    /// Translates a message of the carrier's for the client. `None`: the client is not told. `Err` when it is none.
    pub fn give(&self, text: &str) -> Result<Option<String>, serde_json::Error> {
        let carried: Carried<'_> = serde_json::from_str(text)?;
        let Some(number) = carried.id.and_then(|id| id.parse::<u64>().ok()) else {
            return Ok(Some(text.to_owned()));
        };
        let mut open = self.open();
        // The client has ended it, and may have given its id to another one since.
        let Some(Operation { id, .. }) = open.by_number.get(&number) else { return Ok(None) };
        let about = |kind, payload| serde_json::to_string(&About { id, kind, payload });
        if carried.kind == "complete" {
            let told = about("complete", None)?;
            open.remove(number);
            return Ok(Some(told));
        }
        let answer: Answer<'_> = match carried.payload {
            Some(payload) => serde_json::from_str(payload.get())?,
            None => Answer { data: None, errors: None },
        };
        match answer {
            // Nothing ran, or it cannot go on: that ends it, and its completion is not told.
            Answer { data: None, errors: Some(errors) } => {
                let told = about("error", Some(errors))?;
                open.remove(number);
                Ok(Some(told))
            }
            Answer { .. } => Ok(Some(about("next", carried.payload)?)),
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // Nothing can panic while the lock is held.
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn question(&self, number: &str) -> Option<Question> {
        self.open().by_number.get_mut(&number.parse().ok()?)?.question.take()
    }
}

impl Open {
    fn remove(&mut self, number: u64) {
        if self.by_number.remove(&number).is_some() {
            telemetry::subscriptions_ended(1);
        }
    }

    fn remove_named(&mut self, id: &str) -> Option<u64> {
        let (number, _) = self.by_number.iter().find(|(_, operation)| operation.id == id)?;
        let number = *number;
        self.remove(number);
        Some(number)
    }
}

impl Executor for Operations {
    async fn execute(&self, _: Request) -> Response {
        Response::from_errors(vec![ServerError::new(
            "the carrier of subscriptions asks for streams only",
            None,
        )])
    }

    fn execute_stream(&self, request: Request, _: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        // A client may end an operation before it is begun.
        let (Some(session), Some(question)) = (self.0.session.get(), self.question(&request.query)) else {
            return stream::empty().boxed();
        };
        follow(self.0.engine.clone(), session.clone(), question, self.0.line.clone())
    }
}

/// The answers to a subscription, complete, each when it is first in this line.
fn follow(
    engine: Engine,
    session: Session,
    question: Question,
    line: Places,
) -> BoxStream<'static, Response> {
    async_stream::stream! {
        let Session { ledger, budgets, places } = session;
        let name = ledger.name().to_owned();
        let caller = ledger.caller().clone();
        // Each counts its own cost.
        let ledger = ledger.on_behalf_of(caller.clone());
        let allowance = budgets.allowance(&caller, &ledger);
        let request_id = RequestId::current();
        // To take a document apart is work, too.
        let place = wait(&places).await;
        let followed = engine.follow(ledger, |cost| Turns::new(allowance, cost, places), question);
        drop(place);
        let mut answers = match followed {
            Ok(answers) => answers,
            Err(not_run) => stream::iter([refused(not_run)]).boxed(),
        };
        while let Some(ran) = answers.next().await {
            let first = line.wait().await;
            let answer = whole(ran, engine.limits(), request_id.as_ref());
            // As the answers over HTTP to this address are counted.
            let target = Target { route: Some("/graphql"), ledger: Some(&name) };
            telemetry::errors_answered(target, codes(&answer.errors).iter().map(Code::as_str));
            yield answer;
            drop(first);
            // So that the others are looked at, and can stand in the line.
            tokio::task::yield_now().await;
        }
    }
    .boxed()
}

fn refused(not_run: NotRun) -> Ran {
    match not_run {
        NotRun::Refused(faults) => Ran::refused(faults),
        NotRun::Throttled(throttled) => {
            Ran::refused(vec![DocumentFault::new(Code::Throttled, throttled.message())])
        }
        NotRun::OnlyQueries => {
            Ran::refused(vec![DocumentFault::new(Code::MethodNotAllowed, "only queries come this way")])
        }
    }
}
