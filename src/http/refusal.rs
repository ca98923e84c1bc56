//! Requests that are refused before they reach a surface, in the form of the surface that they were for.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::domain::Code;
use crate::graphql;
use crate::request::Refusal;
use crate::rest::Problem;

/// In which form a request is refused. Made before the request is handed on, which takes it away.
pub struct Refuser {
    is_graphql: bool,
    accept: Option<HeaderValue>,
}

impl Refuser {
    /// For this request.
    pub fn of(request: &Request) -> Self {
        Self {
            is_graphql: request.uri().path() == "/graphql",
            accept: request.headers().get(header::ACCEPT).cloned(),
        }
    }

    /// The answer that refuses the request.
    pub fn refuse(&self, status: StatusCode, code: Code, message: &str) -> Response {
        self.tell(Refusal::new(status, code, message))
    }

    /// This refusal, in the surface's form.
    pub fn tell(&self, refusal: Refusal) -> Response {
        if self.is_graphql {
            return graphql::failure(self.accept.as_ref(), &refusal);
        }
        Problem::from(refusal).into_response()
    }
}
