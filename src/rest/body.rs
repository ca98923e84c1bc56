//! Request bodies of the REST surface.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde_json::Value;

use super::problem::Problem;
use crate::domain::{Code, Error, Result};
use crate::request::{self, json};

/// The body as bytes. A body that is too large or breaks off is refused as a problem.
pub struct RawBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Bytes::from_request(request, state).await.map(RawBody);
        body.map_err(|rejection| request::unreadable_body(rejection.status()).into())
    }
}

/// A JSON body. What is not JSON, and a key that stands twice in an object, is refused as a problem.
pub struct JsonBody(Value);

impl JsonBody {
    /// The whole of it.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The list of this name, such as in `{"accounting_entries": […]}`.
    pub fn items_mut(&mut self, list: &str) -> Result<&mut Vec<Value>> {
        let object = self.0.as_object_mut().filter(|object| object.len() == 1);
        let items = object.and_then(|object| object.get_mut(list));
        items.and_then(Value::as_array_mut).ok_or_else(|| {
            let message = format!("the body is an object with the list {list} and nothing else");
            Error::refused(Code::InvalidBody, message)
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !request::is_json(request.headers()) {
            let detail = "send the body as content-type application/json, in UTF-8";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::UnsupportedMediaType, detail));
        }
        let RawBody(bytes) = RawBody::from_request(request, state).await?;
        json::read(&bytes)
            .map(JsonBody)
            .map_err(|fault| Problem::refused(StatusCode::BAD_REQUEST, vec![fault]))
    }
}
