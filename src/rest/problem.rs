//! Errors as `application/problem+json` (RFC 9457), with the catalogue's codes and the path of what is wrong.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Code, Error, Fault, Step};
use crate::request::{ErrorCodes, Refusal, RequestId};

/// What went wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Identifies the kind of problem: `urn:ledgate:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:ledgate:problem:ENTRY_NOT_FOUND")]
    kind: String,
    /// The HTTP status in words.
    #[schema(example = "Unprocessable Entity")]
    title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// The code of the error, from the catalogue. Codes never change their meaning.
    #[schema(value_type = String, example = "ENTRY_NOT_FOUND")]
    code: Code,
    /// A sentence for a person.
    #[schema(example = "there is no entry 7; nothing was marked for this item")]
    detail: String,
    /// Each fault of the call, where the call as a whole is not at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemError>,
    /// The id of the request, under which the log has the cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0192f0c1-7d3e-7c44-a7f1-8f6f2b1c9d10")]
    request_id: Option<String>,
    /// In seconds; goes into a header of its own.
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// One fault.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemError {
    /// The code of the fault, from the catalogue.
    #[schema(example = "ENTRY_NOT_FOUND")]
    pub code: String,
    /// A sentence for a person.
    #[schema(example = "there is no entry 7; nothing was marked for this item")]
    pub message: String,
    /// The path to the faulty value in the call: names of fields, and positions in lists from 0.
    #[schema(value_type = Vec<Object>, example = json!(["accounting_entries", 0, "accounting_entry_id"]))]
    pub path: Vec<Step>,
    /// The id of the entry that the fault is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 7)]
    pub accounting_entry_id: Option<i64>,
}

impl From<&Fault> for ProblemError {
    fn from(fault: &Fault) -> Self {
        Self {
            code: fault.code.to_string(),
            message: fault.message.clone(),
            path: fault.path.clone(),
            accounting_entry_id: fault.entry_id,
        }
    }
}

/// The name of a list of items in this surface.
pub fn name_of_list(list: &str) -> &str {
    if list == "entries" { "accounting_entries" } else { list }
}

/// Renames the paths of faults from the domain's names to those of REST: `entries` is `accounting_entries` here. Faults
/// that this surface found itself have the caller's names already and are left as they are.
pub fn in_rest_spelling(error: Error) -> Error {
    match error {
        Error::Refused(mut faults) => {
            faults.iter_mut().for_each(spell);
            Error::Refused(faults)
        }
        other => other,
    }
}

/// The same for one fault. [`Code::InvalidBody`] was found by this surface, so only the name of the list is changed, and
/// what comes after it is the caller's own.
pub fn spell(fault: &mut Fault) {
    let code = fault.code;
    let ours = if code == Code::InvalidBody { 1 } else { fault.path.len() };
    for step in fault.path.iter_mut().take(ours) {
        let Step::Field(name) = step else { continue };
        *name = match name.as_str() {
            list @ "entries" => name_of_list(list).to_owned(),
            "entry_id" => "accounting_entry_id".to_owned(),
            // The size of a page. How much a claim asks for is called `first` here too.
            "first" if code == Code::InvalidPageSize => "limit".to_owned(),
            "idempotency_key" => "Idempotency-Key".to_owned(),
            _ => continue,
        };
    }
}

/// Renames as [`in_rest_spelling`] does. For a call whose address names something, as `claims/{id}` does: what the use
/// case knows as the field `name`, the caller gave as `id`.
pub fn in_path_spelling(error: Error, name: &str) -> Error {
    match in_rest_spelling(error) {
        Error::Refused(mut faults) => {
            for fault in &mut faults {
                if fault.path == [Step::from(name)] {
                    fault.path = vec![Step::from("id")];
                }
            }
            Error::Refused(faults)
        }
        other => other,
    }
}

impl Problem {
    /// A problem of the call as a whole.
    pub fn new(status: StatusCode, code: Code, detail: impl Into<String>) -> Self {
        Refusal::new(status, code, detail).into()
    }

    /// A refusal with each of its faults.
    pub fn refused(status: StatusCode, faults: Vec<Fault>) -> Self {
        Refusal::of_faults(status, faults).into()
    }

    /// A failed call whose address names something, which the use case knows as the field `name`: 404 when there is no
    /// such thing, which the code `absent` tells.
    pub fn of_named(error: Error, name: &str, absent: Code, otherwise: fn(Error) -> Problem) -> Self {
        match in_path_spelling(error, name) {
            Error::Refused(faults) if faults.iter().any(|fault| fault.code == absent) => {
                Self::refused(StatusCode::NOT_FOUND, faults)
            }
            error => otherwise(error),
        }
    }

    /// A failed reading call: what the caller can mend is 400.
    pub fn of_read(error: Error) -> Self {
        Refusal::of_error(error, StatusCode::BAD_REQUEST).into()
    }

    /// A failed writing call: what the caller can mend is 422.
    pub fn of_write(error: Error) -> Self {
        Refusal::of_error(error, StatusCode::UNPROCESSABLE_ENTITY).into()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let Refusal { status, code, message, faults, retry_after } = refusal;
        Self {
            kind: format!("urn:ledgate:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code,
            detail: message,
            errors: faults.iter().map(ProblemError::from).collect(),
            // Inside of a request, every problem tells the request's id.
            request_id: RequestId::current().map(|RequestId(id)| id),
            retry_after,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(ErrorCodes::from(self.code));
        response
    }
}

/// The answer for an address that does not exist.
pub async fn fallback() -> Problem {
    let detail =
        "there is nothing at this address; / shows what there is, and /openapi.json lists the REST calls";
    Problem::new(StatusCode::NOT_FOUND, Code::NotFound, detail)
}

/// The answer where the address is right and the method is not.
pub async fn method_not_allowed() -> Problem {
    let detail = "this address does not accept this method; the Allow header lists those it accepts";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, Code::MethodNotAllowed, detail)
}
