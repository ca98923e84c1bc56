//! Calls to a server.

use std::time::Duration;

use graphql_client::{GraphQLQuery, Response};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};

use crate::Error;

/// How long it may take to be connected.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the next part of an answer may take.
const READ: Duration = Duration::from_secs(60);
/// How long a call may take in all.
const CALL: Duration = Duration::from_secs(180);
/// Longest answer that is read, in bytes. A page of a claim has at most 500 entries, each with at most 64 KiB of attributes.
const MAX_ANSWER: usize = 64 << 20;
/// Longest wait that a server may ask for.
const MAX_RETRY_AFTER: u64 = 3_600;

/// A server of ledgate, and who calls it. Cheap to clone: clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    endpoint: Url,
}

impl Client {
    /// Calls the server at this address, such as `http://127.0.0.1:8080` or `http://127.0.0.1:8080/ledgers/annex`, as the
    /// holder of this token. `None` where the server asks for no token. Nothing is sent yet.
    ///
    /// The error says what is wrong with the address or the token.
    pub fn new(server: &str, token: Option<&str>) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        let accept = "application/graphql-response+json, application/json;q=0.9";
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        if let Some(token) = token {
            let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
            let mut bearer = bearer.map_err(|_| {
                Error::lasting(
                    "the token has characters that none has: give it as `ledgate token create` printed it",
                )
            })?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        let http = reqwest::Client::builder()
            .user_agent(concat!("ledgate-client/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .timeout(CALL)
            .build();
        let http =
            http.map_err(|error| Error::lasting(format!("calls cannot be made: {}", reason(&error))))?;
        Ok(Self { http, endpoint: endpoint(server)? })
    }

    /// Runs an operation once, and gives its data. The error is the first that the answer has, or that there was no answer.
    pub async fn ask<Q: GraphQLQuery>(&self, variables: Q::Variables) -> Result<Q::ResponseData, Error> {
        let request = self.http.post(self.endpoint.clone()).json(&Q::build_query(variables));
        let mut response = request.send().await.map_err(|error| unanswered(&self.endpoint, &error))?;
        let (status, retry_after) = (response.status(), retry_after(response.headers()));
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| unanswered(&self.endpoint, &error))? {
            if body.len() + part.len() > MAX_ANSWER {
                return Err(Error::lasting(format!("the answer is longer than {MAX_ANSWER} bytes")));
            }
            body.extend_from_slice(&part);
        }
        let answer: Response<Q::ResponseData> = match serde_json::from_slice(&body) {
            Ok(answer) => answer,
            Err(_) if status != StatusCode::OK => return Err(Error::of_status(status.as_u16(), retry_after)),
            Err(error) => {
                return Err(Error::lasting(format!(
                    "the answer is not that of a ledgate of this version: {error}"
                )));
            }
        };
        if let Some(error) = answer.errors.into_iter().flatten().next() {
            return Err(Error::of_graphql(error, status.as_u16(), retry_after));
        }
        answer.data.ok_or_else(|| Error::of_status(status.as_u16(), retry_after))
    }
}

/// Where the server answers GraphQL.
fn endpoint(server: &str) -> Result<Url, Error> {
    let wrong = |reason: String| Error::lasting(format!("{server} is not the address of a server: {reason}"));
    let mut url =
        Url::parse(server).map_err(|error| wrong(format!("{error}; http://127.0.0.1:8080 is one")))?;
    match url.scheme() {
        "http" => {}
        "https" => {
            let reason =
                "this program speaks plain HTTP. Call it through a proxy on this machine that speaks TLS";
            return Err(wrong(reason.to_owned()));
        }
        _ => return Err(wrong("it begins with http://".to_owned())),
    }
    let path = format!("{}/graphql", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// The wait that an answer asks for, in whole seconds. A date is not read: ledgate sends none.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(MAX_RETRY_AFTER)))
}

fn unanswered(endpoint: &Url, error: &reqwest::Error) -> Error {
    let server = endpoint.origin().ascii_serialization();
    if error.is_timeout() {
        return Error::unanswered(format!("{server} did not answer in time"));
    }
    let what = if error.is_connect() { "cannot be reached" } else { "did not answer" };
    Error::unanswered(format!("{server} {what}: {}", reason(error)))
}

/// The innermost reason, which is the one that tells something.
fn reason(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
