//! Why a call did not do what it was to do.

use std::fmt;
use std::time::Duration;

use graphql_client::Error as GraphqlError;
use serde_json::Value;

/// Codes of answers that may be other ones in a moment. docs/errors.md of ledgate explains them.
const TEMPORARY: [&str; 5] = ["UNAVAILABLE", "TIMEOUT", "THROTTLED", "BODY_TIMEOUT", "INTERNAL_SERVER_ERROR"];
/// Statuses of the same kind, where an answer has no code: a proxy gave it.
const TEMPORARY_STATUS: [u16; 7] = [408, 425, 429, 500, 502, 503, 504];
/// Codes with which a server closes a connection for subscriptions for good. docs/signals.md of ledgate explains them.
const CLOSED_FOR_GOOD: [u16; 6] = [4400, 4401, 4403, 4406, 4409, 4429];
/// What some of them are in ledgate's catalogue.
const CLOSED: [(u16, &str); 2] = [(4401, "UNAUTHENTICATED"), (4403, "FORBIDDEN")];

/// Why a call did not do what it was to do: the server could not be reached, or it refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: String,
    code: Option<String>,
    status: Option<u16>,
    retry_after: Option<Duration>,
    is_temporary: bool,
}

impl Error {
    /// The code of ledgate's catalogue, such as `FORBIDDEN`, where the server said one.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The HTTP status of the answer; `None` when there was no answer.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// How long the server asks to wait before the next call.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the same call may succeed in a moment. A call that writes and was not answered may have been carried out:
    /// repeat it with the same idempotency key.
    pub fn is_temporary(&self) -> bool {
        self.is_temporary
    }

    /// What the caller has to mend.
    pub(crate) fn lasting(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: None, status: None, retry_after: None, is_temporary: false }
    }

    /// An answer that did not come, or not to its end.
    pub(crate) fn unanswered(message: impl Into<String>) -> Self {
        Self { is_temporary: true, ..Self::lasting(message) }
    }

    /// An answer without any error of GraphQL, but with a status that is no success.
    pub(crate) fn of_status(status: u16, retry_after: Option<Duration>) -> Self {
        Self {
            status: Some(status),
            retry_after,
            is_temporary: TEMPORARY_STATUS.contains(&status),
            ..Self::lasting(format!(
                "the server answered with status {status}, and not with GraphQL: see whether its address is right"
            ))
        }
    }

    /// The first of the errors that GraphQL told, with the status of the answer if it came over HTTP.
    pub(crate) fn of_graphql(
        error: GraphqlError,
        status: Option<u16>,
        retry_after: Option<Duration>,
    ) -> Self {
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
        let code = code.and_then(Value::as_str).map(str::to_owned);
        let is_temporary = match &code {
            Some(code) => TEMPORARY.contains(&code.as_str()),
            None => status.is_some_and(|status| TEMPORARY_STATUS.contains(&status)),
        };
        let message = error.message;
        Self { message, code, status, retry_after, is_temporary }
    }

    /// That the server did not open a connection for subscriptions, and answered with this status.
    pub(crate) fn of_upgrade(status: u16, retry_after: Option<Duration>) -> Self {
        let message = format!(
            "the server opens no connection for subscriptions, and answered with status {status}: a proxy before it has to let \
             WebSockets through"
        );
        Self { message, ..Self::of_status(status, retry_after) }
    }

    /// That the server closed a connection for subscriptions with this code, and why.
    pub(crate) fn of_close(code: u16, reason: &str) -> Self {
        let named = CLOSED.iter().find(|(known, _)| *known == code).map(|(_, name)| (*name).to_owned());
        let reason = if reason.is_empty() { "without a reason" } else { reason };
        Self {
            code: named,
            is_temporary: !CLOSED_FOR_GOOD.contains(&code),
            ..Self::lasting(format!("the connection for subscriptions was closed: {reason}"))
        }
    }

    /// What a mutation told in `userErrors`.
    pub(crate) fn of_user(code: String, message: String) -> Self {
        Self { code: Some(code), ..Self::lasting(message) }
    }

    /// Whether it has one of these codes.
    pub(crate) fn has_code(&self, codes: &[&str]) -> bool {
        self.code().is_some_and(|code| codes.contains(&code))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{} ({code})", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {}
