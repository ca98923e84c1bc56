//! Request bodies.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde_json::Value;

use super::problem::Problem;
use crate::domain::{Code, Error, Result};
use crate::http::body_fault;

/// Whatever the body is, refused as a problem when it is too much.
pub struct RawBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Bytes::from_request(request, state).await.map(RawBody).map_err(|rejection| {
            let (code, message) = body_fault(rejection.status());
            Problem::new(rejection.status(), code, message)
        })
    }
}

/// A JSON body, refused as a problem when it is none.
pub struct JsonBody(Value);

impl JsonBody {
    /// The list in `{"accounting_entries": […]}`.
    pub fn items(&self) -> Result<&Vec<Value>> {
        let object = self.0.as_object().filter(|object| object.len() == 1);
        let items = object.and_then(|object| object.get("accounting_entries"));
        items.and_then(Value::as_array).ok_or_else(|| {
            let message = "the body is an object with the list accounting_entries and nothing else";
            Error::refused(Code::InvalidBody, message)
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let mime = content_type.and_then(|text| text.parse::<mime::Mime>().ok());
        if mime.is_none_or(|mime| mime.essence_str() != "application/json") {
            let detail = "send the body as content-type application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::UnsupportedMediaType, detail));
        }
        let RawBody(bytes) = RawBody::from_request(request, state).await?;
        serde_json::from_slice(&bytes).map(JsonBody).map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, Code::InvalidBody, format!("the body is not JSON: {error}"))
        })
    }
}
