//! A request that is refused: what every surface needs to know to say so in its own form.

use axum::http::StatusCode;

use crate::domain::{Code, Error, Fault};

/// The codes of the errors in an answer, each once. Found among the extensions of a response, for the log and the
/// metrics: GraphQL answers most of its errors with 200, so the status alone would hide them.
#[derive(Clone, Debug, Default)]
pub struct ErrorCodes(Vec<Code>);

impl ErrorCodes {
    /// Of these codes, by name. What is not in the catalogue is left out.
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut codes = Vec::new();
        for name in names {
            codes.extend(Code::ALL.iter().find(|code| code.as_str() == name && !codes.contains(*code)));
        }
        Self(codes)
    }

    /// The codes.
    pub fn iter(&self) -> impl Iterator<Item = Code> {
        self.0.iter().copied()
    }
}

impl From<Code> for ErrorCodes {
    fn from(code: Code) -> Self {
        Self(vec![code])
    }
}

/// Why a request is refused. REST writes it as `application/problem+json`, GraphQL as an entry of `errors`.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// The code of the catalogue.
    pub code: Code,
    /// A sentence for a person.
    pub message: String,
    /// Each fault of the call, with its path. Empty where the request as a whole is refused.
    pub faults: Vec<Fault>,
    /// After how many seconds to try again, where trying again makes sense.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal of the request as a whole. With 503 it says to try again after a second.
    pub fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        let retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(1);
        Self { status, code, message: message.into(), faults: Vec::new(), retry_after }
    }

    /// A refusal for these faults; the first one gives the code.
    pub fn of_faults(status: StatusCode, faults: Vec<Fault>) -> Self {
        let code = faults.first().map_or(Code::BadUserInput, |fault| fault.code);
        let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
        let message = messages.join("; ");
        Self { faults, ..Self::new(status, code, message) }
    }

    /// The refusal for an error of a use case. `refused` is the status for what the caller can mend, except for
    /// missing tokens (401) and missing rights (403). The cause of a failure goes to the log and not into the message.
    pub fn of_error(error: Error, refused: StatusCode) -> Self {
        match error {
            Error::Refused(faults) => {
                let status = match faults.first().map(|fault| fault.code) {
                    Some(Code::Unauthenticated) => StatusCode::UNAUTHORIZED,
                    Some(Code::Forbidden) => StatusCode::FORBIDDEN,
                    _ => refused,
                };
                Self::of_faults(status, faults)
            }
            Error::Unavailable(cause) => {
                tracing::warn!(%cause, "the database is unavailable");
                let message = "The database cannot do that just now; try again in a moment.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, message)
            }
            Error::Internal(cause) => {
                tracing::error!(%cause, "internal error");
                let message = "Something went wrong on our side; the request id leads to it in the log.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::InternalServerError, message)
            }
        }
    }

    /// The same, with the seconds after which to try again.
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}
