//! What every call that writes has in common: where its key and its items come from, how it is carried out and
//! answered.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use utoipa::{IntoParams, IntoResponses};

use super::body::JsonBody;
use super::item::ItemFields;
use super::parameters::NoParameters;
use super::problem::{Problem, in_rest_spelling, name_of_list, spell};
use crate::domain::{Batch, Code, Error, Fault, Item, Outcome};
use crate::service::{Ledger, Operation};

/// A call that writes, as it came in: its items are not read yet.
pub struct WritingCall {
    ledger: Ledger,
    idempotency_key: Option<String>,
    body: JsonBody,
}

impl<S: Send + Sync> FromRequest<S> for WritingCall {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let ledger = request.extensions().get::<Ledger>().cloned();
        let ledger =
            ledger.ok_or_else(|| Problem::of_write(Error::internal("a request without a ledger")))?;
        let (mut parts, body) = request.into_parts();
        NoParameters::from_request_parts(&mut parts, state).await?;
        let key = idempotency_key(&parts.headers);
        let body = JsonBody::from_request(Request::from_parts(parts, body), state).await?;
        let idempotency_key = key.map_err(|fault| Problem::of_write(fault.into()))?;
        Ok(Self { ledger, idempotency_key, body })
    }
}

impl WritingCall {
    /// Reads the items, each by `read`, and carries the call out. `read` refuses an item that has not the right form,
    /// with paths inside of the item; every other rule is the use case's.
    pub async fn perform<T: Item>(
        mut self,
        read: fn(&Value) -> Result<T::Draft, Vec<Fault>>,
    ) -> Result<<Batch<T> as Operation>::Answer, Problem>
    where
        Batch<T>: Operation,
    {
        let items = self.body.items_mut(name_of_list(T::LIST)).map_err(Problem::of_write)?;
        let drafts = std::mem::take(items).iter().map(read).collect();
        let call = Batch::<T>::parse(drafts, self.idempotency_key);
        self.ledger.perform(call, super::ACTOR).await.map_err(refused)
    }

    /// The same for a call that may be carried out for some of its items only: 200 with what was done and what could
    /// not be, 422 when nothing could.
    pub async fn perform_each<T: Item, D, A: From<Outcome<D>>>(
        self,
        read: fn(&Value) -> Result<T::Draft, Vec<Fault>>,
    ) -> Result<Json<A>, Problem>
    where
        Batch<T>: Operation<Answer = Outcome<D>>,
    {
        let mut outcome = self.perform::<T>(read).await?;
        outcome.faults.iter_mut().for_each(spell);
        if outcome.done.is_empty() {
            return Err(Problem::refused(StatusCode::UNPROCESSABLE_ENTITY, outcome.faults));
        }
        Ok(Json(outcome.into()))
    }

    /// For a call whose body is one object with fields of these names: the ledger, and what `read` makes of the body
    /// and the key. `read` refuses what has not the right form; every other rule is the use case's. The use case also
    /// asks for the right, before it tells what is wrong with the call.
    pub fn object<T>(
        self,
        known: &[&str],
        read: fn(ItemFields<'_>, Option<String>) -> Result<T, Error>,
    ) -> (Ledger, Result<T, Error>) {
        let Self { ledger, idempotency_key, body } = self;
        (ledger, read(ItemFields::of_body(body.value(), known), idempotency_key))
    }

    /// For a call whose body says nothing: the ledger, and the key.
    pub fn key_alone(self) -> (Ledger, Result<Option<String>, Error>) {
        self.object(&[], |fields, key| fields.finish(key).map_err(Error::Refused))
    }

    /// Reads such a body, and carries the call out.
    pub async fn perform_object<O: Operation>(
        self,
        known: &[&str],
        read: fn(ItemFields<'_>, Option<String>) -> Result<O, Error>,
    ) -> Result<O::Answer, Problem> {
        let (ledger, call) = self.object(known, read);
        ledger.perform(call, super::ACTOR).await.map_err(refused)
    }
}

/// Why a use case refused a call that writes.
pub fn refused(error: Error) -> Problem {
    Problem::of_write(in_rest_spelling(error))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let key = headers.get("idempotency-key").map(|value| value.to_str().map(str::to_owned));
    key.transpose().map_err(|_| {
        let fault = Fault::new(Code::InvalidIdempotencyKey, "the key is not visible ASCII");
        fault.under("Idempotency-Key")
    })
}

/// The header that every call which writes may bring, as the OpenAPI document describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "only described")]
pub struct IdempotencyKey {
    /// The same key with the same items gives the first answer again and writes nothing; with others it is refused. A
    /// key belongs to the token and to this call, and is kept for 24 hours at least. At most 200 characters.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 200,
        example = "run-118/page-3",
        required = false
    )]
    idempotency_key: Option<String>,
}

/// How every call that writes may be refused before it is looked at, as the OpenAPI document describes it. What any
/// call at all may be answered stands in `openapi/details.rs`.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "only described")]
pub enum Refusals {
    /// The body is not JSON, or the address has parameters
    #[response(status = 400, content_type = "application/problem+json")]
    NotJson(Problem),
}
