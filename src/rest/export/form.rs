//! The two forms of an answer with entries, JSON and NDJSON, each such that a part of it cannot pass for the whole:
//! JSON that was cut cannot be parsed, and NDJSON ends with a line that counts its entries.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

use crate::domain::{Error, Result, Timestamp};
use crate::rest::entry::AccountingEntry;

const NDJSON: &str = "application/x-ndjson";

/// The header with the moment whose state an answer shows.
const AS_OF: &str = "x-as-of";

/// What [`AS_OF`] promises.
const AS_OF_DESCRIPTION: &str = "The moment whose state the answer shows (RFC 3339, UTC, microseconds), by this \
    server's clock, read just before the snapshot was taken. Entries and marks committed before it are taken into \
    account; some that were committed just after it may be too. Given later as `not_exported_since`, it also lists \
    again the entries that were marked because of this answer; with several servers, as exactly as their clocks agree. \
    Do not filter `created_at` or `updated_at` by it to find what is new: an entry can be committed later than its \
    `created_at` says. What is new is simply in the next answer";

/// The header with its name, for the description of the API.
pub fn as_of_header() -> (&'static str, Header) {
    let moment = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    ("X-As-Of", HeaderBuilder::new().schema(Some(moment)).description(Some(AS_OF_DESCRIPTION)).build())
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `{"accounting_entries":[…]}`
    Json,
    /// An entry a line, and the end line.
    Lines,
}

/// A line of an answer in NDJSON.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ExportLine)]
#[allow(dead_code, clippy::large_enum_variant, reason = "only described: lines are written one by one")]
pub enum Line {
    /// Every line but the last.
    Entry(AccountingEntry),
    /// The last line of a complete answer.
    End(EndLine),
}

/// What an answer is made of.
pub trait Exported: Serialize + Send + 'static {
    /// The name of the list of them.
    const LIST: &'static str;
    /// How many of the ledger's entries it is.
    fn entries(&self) -> u64;
    /// Whether it is a voucher, so that vouchers are counted too.
    const IS_VOUCHER: bool = false;
}

impl Exported for AccountingEntry {
    const LIST: &'static str = "accounting_entries";

    fn entries(&self) -> u64 {
        1
    }
}

/// The last line of a complete answer in NDJSON. Where it is missing, entries are missing.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndLine {
    /// What was written before this line.
    end: End,
}

/// What an answer in NDJSON tells at its end.
#[derive(Debug, Serialize, ToSchema)]
pub struct End {
    /// In an answer with vouchers, how many it has: the number of lines before this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    vouchers: Option<u64>,
    /// How many entries the answer has: the number of lines before this one, where each is an entry.
    #[schema(example = 118)]
    entries: u64,
    /// The same moment as in the header `X-As-Of`.
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    as_of: String,
    /// With `limit`: give it as `after` for the next page. Null when nothing follows.
    next: Option<String>,
}

impl EndLine {
    /// For an answer of so many entries that shows this moment, with the cursor of the next page if there is one.
    pub fn new(entries: u64, as_of: Timestamp, next: Option<String>) -> Self {
        Self { end: End { vouchers: None, entries, as_of: as_of.to_string(), next } }
    }

    /// The same for an answer with so many vouchers.
    pub fn of_vouchers(self, vouchers: u64) -> Self {
        Self { end: End { vouchers: Some(vouchers), ..self.end } }
    }
}

impl Form {
    /// NDJSON where the caller names it as acceptable, else JSON.
    pub fn accepted(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let names_lines = |range: &str| range.split(';').next().is_some_and(|name| name.trim() == NDJSON);
        if accept.split(',').any(names_lines) { Form::Lines } else { Form::Json }
    }

    /// The answer with a page: with this body as JSON, line by line with these items.
    pub fn page<T: Exported>(
        self,
        body: impl Serialize,
        items: &[T],
        next: Option<String>,
        as_of: Timestamp,
    ) -> Result<Response> {
        let as_of_header = [(AS_OF, as_of.to_string())];
        if self == Form::Json {
            return Ok((as_of_header, Json(body)).into_response());
        }
        let (mut lines, mut written) = (String::new(), Written::default());
        for item in items {
            lines.push_str(&line(item)?);
            written.count(item);
        }
        lines.push_str(&line(&written.end::<T>(as_of, next))?);
        Ok((as_of_header, [(header::CONTENT_TYPE, NDJSON)], lines).into_response())
    }

    /// The answer with all of these items, written while they are read; it holds its place to its end. What is wrong with
    /// the question or the database is an error before the first byte: later there is no status any more, only a stream
    /// that breaks off.
    pub async fn stream<T: Exported>(
        self,
        items: impl Stream<Item = Result<T>> + Send + 'static,
        as_of: Timestamp,
        place: OwnedSemaphorePermit,
    ) -> Result<Response> {
        let mut items = Box::pin(items);
        let first = items.next().await.transpose()?;
        let items = futures_util::stream::iter(first.map(Ok)).chain(items).inspect(move |_| {
            let _ = &place;
        });
        let (content_type, body) = match self {
            Form::Json => ("application/json", Body::from_stream(as_json(items))),
            Form::Lines => (NDJSON, Body::from_stream(as_lines(items, as_of))),
        };
        Ok(([(AS_OF, as_of.to_string())], [(header::CONTENT_TYPE, content_type)], body).into_response())
    }
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

fn line(value: &impl Serialize) -> Result<String> {
    Ok(json(value)? + "\n")
}

/// What was written of an answer in NDJSON.
#[derive(Default)]
struct Written {
    items: u64,
    entries: u64,
}

impl Written {
    fn count(&mut self, item: &impl Exported) {
        self.items += 1;
        self.entries += item.entries();
    }

    fn end<T: Exported>(&self, as_of: Timestamp, next: Option<String>) -> EndLine {
        let end = EndLine::new(self.entries, as_of, next);
        if T::IS_VOUCHER { end.of_vouchers(self.items) } else { end }
    }
}

fn as_lines<T: Exported>(
    items: impl Stream<Item = Result<T>> + Send + 'static,
    as_of: Timestamp,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    chunked(async_stream::try_stream! {
        let mut written = Written::default();
        for await item in items {
            let item = item?;
            yield line(&item)?;
            written.count(&item);
        }
        yield line(&written.end::<T>(as_of, None))?;
    })
}

fn as_json<T: Exported>(
    items: impl Stream<Item = Result<T>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let edge = |text: String| futures_util::stream::iter([Ok(text)]);
    let items = items.enumerate().map(|(index, item)| {
        let separator = if index == 0 { "" } else { "," };
        Ok(format!("{separator}{}", json(&item?)?))
    });
    chunked(edge(format!("{{\"{}\":[", T::LIST)).chain(items).chain(edge("]}".to_owned())))
}

/// Several entries a chunk: one by one they would cost more in frames than in content. An error comes by
/// itself, behind everything that was right, and ends the connection.
fn chunked(
    texts: impl Stream<Item = Result<String>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    texts.ready_chunks(64).flat_map(|texts| {
        let mut chunk = String::new();
        let mut failure = None;
        for text in texts {
            match text {
                Ok(text) => chunk.push_str(&text),
                Err(error) => {
                    tracing::error!(%error, "an export broke off");
                    failure = Some(error);
                    break;
                }
            }
        }
        futures_util::stream::iter([Ok(Bytes::from(chunk))].into_iter().chain(failure.map(Err)))
    })
}
