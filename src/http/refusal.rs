//! Requests that come to nothing before they reach a surface, refused in the form of the surface they were for.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::domain::Code;
use crate::graphql;
use crate::rest::Problem;

/// How a request wants to be refused, kept while it is handed on.
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

    /// The refusal.
    pub fn refuse(&self, status: StatusCode, code: Code, message: &str) -> Response {
        self.tell(Problem::new(status, code, message))
    }

    /// The refusal for this reason.
    pub fn tell(&self, problem: Problem) -> Response {
        if self.is_graphql {
            let (code, detail) = problem.code_and_detail();
            let mut response = graphql::failure(self.accept.as_ref(), problem.status(), code, detail);
            if let Some(seconds) = problem.retry_after() {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            return response;
        }
        problem.into_response()
    }
}
