//! Query strings, read strictly: a parameter that the call does not have is refused. A misspelt filter would otherwise
//! mean "everything".

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::filter_groups;
use super::problem::Problem;
use crate::domain::page::{Order, OrderKey, PageArguments};
use crate::domain::{Code, Error, Fault, Filter, Result, SystemId, Timestamp};
use crate::request::json;

/// Refuses a call whose address has parameters: for calls that take none. A client that writes
/// `mark-as-exported?idempotency_key=7` has to learn that this is not where the key goes.
#[derive(Debug)]
pub struct NoParameters;

impl<S: Sync> FromRequestParts<S> for NoParameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        match Parameters::read(parts.uri.query(), &[], false, &Bytes::new()) {
            Ok(_) => Ok(Self),
            // 400 on writing calls too: 422 is for what their body says.
            Err(error) => Err(Problem::of_read(error)),
        }
    }
}

/// The number in a path; `None` when it has none. What is not UTF-8 is no number either.
pub fn number_in(id: Result<Path<String>, PathRejection>) -> Option<i64> {
    id.ok().and_then(|Path(id)| id.parse().ok())
}

/// The number in a path; otherwise a fault with this code and message.
pub fn number_of(id: Result<Path<String>, PathRejection>, code: Code, message: &str) -> Result<i64> {
    number_in(id).ok_or_else(|| Fault::new(code, message).under("id").into())
}

/// The parameters of a call, by name.
#[derive(Debug)]
pub struct Parameters {
    values: HashMap<String, String>,
    /// The conditions of `filter_groups`, from the query string or the body.
    pub filter: Option<Filter>,
}

impl Parameters {
    /// Reads a query string that may hold these names and, if `filterable`, `filter_groups` there or in the
    /// JSON body.
    pub fn read(query: Option<&str>, known: &[&str], filterable: bool, body: &Bytes) -> Result<Self> {
        let query = query.unwrap_or_default();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|_| {
            Error::refused(Code::BadUserInput, "the query string is not name=value pairs in UTF-8")
        })?;
        let mut values = HashMap::new();
        let mut faults = Vec::new();
        for (name, value) in pairs {
            if filterable && filter_groups::owns(&name) {
                continue;
            }
            if !known.contains(&name.as_str()) {
                let message = match known {
                    [] => "this call takes no parameters".to_owned(),
                    known => format!("this call has no parameter of this name; it has: {}", known.join(", ")),
                };
                faults.push(Fault::new(Code::BadUserInput, message).under(clip(&name)));
            } else if values.insert(name.clone(), value).is_some() {
                faults.push(Fault::new(Code::BadUserInput, "the parameter is given twice").under(name));
            }
        }
        if !faults.is_empty() {
            return Err(Error::Refused(faults));
        }
        let filter = if filterable { read_filter(query, body)? } else { None };
        Ok(Self { values, filter })
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The system of a call that is about one.
    pub fn system_id(&self) -> Result<SystemId, Fault> {
        let text = self.get("system_id").ok_or_else(|| {
            let message = "system_id is missing: name the system the entries are for, e.g. system_id=erp";
            Fault::new(Code::InvalidSystemId, message).under("system_id")
        })?;
        text.parse().map_err(|fault: Fault| fault.under("system_id"))
    }

    /// Whether the parameter is given as `true`.
    pub fn flag(&self, name: &str) -> Result<bool, Fault> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Fault::new(Code::BadUserInput, "this is true or false").under(name)),
        }
    }

    /// The value as a whole number.
    pub fn number(&self, name: &str) -> Result<Option<i64>> {
        let read = |text: &str| {
            text.parse().map_err(|_| Fault::new(Code::BadUserInput, "this is not a whole number").under(name))
        };
        Ok(self.get(name).map(read).transpose()?)
    }

    /// The size of a page. Many APIs read `limit=0` as "no limit", and would get an empty page here, which looks as if
    /// there were nothing to export: so it is refused.
    pub fn limit(&self) -> Result<Option<i64>> {
        let limit = self.number("limit")?;
        if limit == Some(0) {
            let message = "a page has at least one item: leave limit out for its default";
            return Err(Fault::new(Code::InvalidPageSize, message).under("limit").into());
        }
        Ok(limit)
    }

    /// The page of a list that is read with `limit` and `after`.
    pub fn page(&self) -> Result<PageArguments> {
        let after = self.get("after").map(str::to_owned);
        Ok(PageArguments { first: self.limit()?, after, ..PageArguments::default() })
    }

    /// The value as a moment. Without an offset it is UTC. A space is read as the `+` that it was before it was decoded.
    pub fn moment(&self, name: &str) -> Result<Option<Timestamp>> {
        let read = |text: &str| {
            Timestamp::parse_lenient(&filter_groups::restore_lost_plus(text))
                .map_err(|error| Fault::new(Code::BadUserInput, format!("{text:?} {error}")).under(name))
        };
        Ok(self.get(name).map(read).transpose()?)
    }

    /// The order, such as `sort=posting_date`; descending with a minus in front.
    pub fn order(&self) -> Result<Order> {
        let Some(text) = self.get("sort") else { return Ok(Order::default()) };
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let key = match name {
            "id" => OrderKey::Id,
            "created_at" => OrderKey::CreatedAt,
            "updated_at" => OrderKey::UpdatedAt,
            "posting_date" => OrderKey::PostingDate,
            _ => {
                let message =
                    "sort is id, created_at, updated_at or posting_date, with - in front for descending";
                return Err(Fault::new(Code::BadUserInput, message).under("sort").into());
            }
        };
        Ok(Order { key, descending })
    }
}

fn read_filter(query: &str, body: &Bytes) -> Result<Option<Filter>> {
    let in_query = filter_groups::from_query(query)?;
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(in_query);
    }
    let refuse = |message: &str| Error::refused(Code::InvalidBody, message);
    let json = json::read(body).map_err(|mut fault| {
        fault.message =
            format!("a body here is JSON of the form {{\"filter_groups\": […]}}: {}", fault.message);
        fault
    })?;
    match (json.as_object(), in_query) {
        (Some(object), None) if object.len() == 1 => match object.get("filter_groups") {
            Some(groups) => filter_groups::from_json(groups).map(Some),
            None => Err(refuse("the body holds filter_groups and nothing else")),
        },
        (Some(_), Some(_)) => {
            Err(refuse("filter_groups stands in the query string and in the body: give it once"))
        }
        _ => Err(refuse("the body holds filter_groups and nothing else")),
    }
}

/// The name of a parameter that the client made up, cut to 40 characters for the answer.
fn clip(name: &str) -> String {
    name.chars().take(40).collect()
}
