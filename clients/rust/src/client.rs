//! Calls to a server.

use std::time::Duration;

use graphql_client::{GraphQLQuery, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;
use url::Url;

use crate::Error;
use crate::connection::{Connector, origin};
use crate::work::FollowedSystems;

/// How long the next part of an answer may take.
const READ: Duration = Duration::from_secs(60);
/// How long a call may take in all.
const CALL: Duration = Duration::from_secs(180);
/// How long a connection is kept for the next call.
const IDLE: Duration = Duration::from_secs(50);
/// Longest answer that is read, in bytes. A page of a claim has at most 500 entries, each with at most 64 KiB of attributes.
const MAX_ANSWER: usize = 64 << 20;
/// Longest wait that a server may ask for.
const MAX_RETRY_AFTER: u64 = 3_600;
/// Who the server is told is calling.
pub const CALLER: &str = concat!("ledgate-client/", env!("CARGO_PKG_VERSION"));

/// A server of ledgate, and who calls it. Cheap to clone: clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: legacy::Client<Connector, Full<Bytes>>,
    headers: HeaderMap,
    pub(crate) endpoint: Uri,
    pub(crate) connector: Connector,
    pub(crate) followed: FollowedSystems,
}

impl Client {
    /// Calls the server at this address, such as `http://127.0.0.1:8080` or `https://ledgate.example/ledgers/annex`, as the
    /// holder of this token. `None` where the server asks for no token. Nothing is sent yet.
    ///
    /// Over https, the server needs a certificate of an authority that this machine trusts or, where the variable
    /// `SSL_CERT_FILE` is set, of one that is in that file.
    ///
    /// The error says what is wrong with the address or the token.
    pub fn new(server: &str, token: Option<&str>) -> Result<Self, Error> {
        let endpoint = endpoint(server)?;
        let mut headers = HeaderMap::new();
        let accept = "application/graphql-response+json, application/json;q=0.9";
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(CALLER));
        if let Some(token) = token {
            let bearer = HeaderValue::from_str(&format!("Bearer {token}")).ok();
            let mut bearer = bearer.filter(|bearer| bearer.to_str().is_ok()).ok_or_else(|| {
                Error::lasting(
                    "the token has characters that none has: give it as `ledgate token create` printed it",
                )
            })?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        let connector = Connector::new(&endpoint)?;
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector.clone());
        Ok(Self { http, headers, endpoint, connector, followed: FollowedSystems::default() })
    }

    /// Runs an operation once, and gives its data. The error is the first that the answer has, or that there was no answer.
    pub async fn ask<Q: GraphQLQuery>(&self, variables: Q::Variables) -> Result<Q::ResponseData, Error> {
        let question = written(&Q::build_query(variables))?;
        let answered = timeout(CALL, self.post(question)).await;
        let Answer { status, retry_after, body } = answered.unwrap_or_else(|_| Err(self.late()))?;
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
            return Err(Error::of_graphql(error, Some(status.as_u16()), retry_after));
        }
        answer.data.ok_or_else(|| Error::of_status(status.as_u16(), retry_after))
    }

    /// Sends this JSON, and reads the answer.
    async fn post(&self, question: String) -> Result<Answer, Error> {
        let mut request = Request::new(Full::from(question));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.endpoint.clone();
        *request.headers_mut() = self.headers.clone();
        let response = timeout(READ, self.http.request(request)).await.map_err(|_| self.late())?;
        let (head, mut body) = response.map_err(|error| self.unanswered(&error))?.into_parts();
        let mut answer =
            Answer { status: head.status, retry_after: retry_after(&head.headers), body: Vec::new() };
        while let Some(frame) = timeout(READ, body.frame()).await.map_err(|_| self.late())? {
            let frame = frame.map_err(|error| self.unanswered(&error))?;
            let Some(part) = frame.data_ref() else { continue };
            if answer.body.len() + part.len() > MAX_ANSWER {
                return Err(Error::lasting(format!("the answer is longer than {MAX_ANSWER} bytes")));
            }
            answer.body.extend_from_slice(part);
        }
        Ok(answer)
    }

    /// `Bearer` and the token, where there is one.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.headers.get(AUTHORIZATION)?.to_str().ok()
    }

    fn late(&self) -> Error {
        Error::unanswered(format!("{} did not answer in time", origin(&self.endpoint)))
    }

    fn unanswered(&self, error: &(dyn std::error::Error + 'static)) -> Error {
        let mut inner = error;
        loop {
            // No connection came about, and the connector says why.
            if let Some(error) = inner.downcast_ref::<Error>() {
                return error.clone();
            }
            let Some(source) = inner.source() else { break };
            inner = source;
        }
        Error::unanswered(format!("{} did not answer: {inner}", origin(&self.endpoint)))
    }
}

/// What a server answers.
struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

/// Where the server answers GraphQL.
fn endpoint(server: &str) -> Result<Uri, Error> {
    let wrong = |reason: String| Error::lasting(format!("{server} is not the address of a server: {reason}"));
    let mut url =
        Url::parse(server).map_err(|error| wrong(format!("{error}; http://127.0.0.1:8080 is one")))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(wrong("it begins with http:// or https://".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let reason = "no name and no password stand in it: ledgate takes a token";
        return Err(Error::lasting(format!("this is not the address of a server: {reason}")));
    }
    let path = format!("{}/graphql", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    url.as_str().parse().map_err(|error| wrong(format!("{error}")))
}

/// As JSON.
pub fn written(message: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(message)
        .map_err(|error| Error::lasting(format!("the call cannot be written as JSON: {error}")))
}

/// The wait that an answer asks for, in whole seconds. A date is not read: ledgate sends none.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(MAX_RETRY_AFTER)))
}
