//! The sections of the file, each a plain struct, and the bounds of every number in them.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    DatabaseUrl, FilePath, HeaderField, HostName, ListenAddress, Names, Origin, OutOfRange, Settings, seconds,
};

/// `[database]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// Where the entries are.
    pub url: DatabaseUrl,
    /// The size of the pool on PostgreSQL, the number of readers on SQLite.
    pub max_connections: u32,
    /// See [`DatabaseSettings::acquire_timeout`].
    pub acquire_timeout_seconds: u64,
    /// See [`DatabaseSettings::statement_timeout`].
    pub statement_timeout_seconds: u64,
    /// Whether a pooler in transaction mode stands before PostgreSQL.
    pub transaction_pooling: bool,
}

impl DatabaseSettings {
    /// How long a request waits for a free connection.
    pub fn acquire_timeout(&self) -> Duration {
        seconds(self.acquire_timeout_seconds)
    }

    /// How long PostgreSQL works on one statement.
    pub fn statement_timeout(&self) -> Duration {
        seconds(self.statement_timeout_seconds)
    }
}

/// `[http]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Where to serve.
    pub listen: ListenAddress,
    /// Whether to ask for no token, even where other machines can reach the address, while none was made.
    pub serve_anyone_without_a_token: bool,
    /// Names that clients call this server by.
    pub hosts: Names<HostName>,
    /// The origins of pages that may call from a browser.
    pub allowed_origins: Names<Origin>,
    /// The headers that these pages may send, besides those that ledgate reads.
    pub allowed_headers: Names<HeaderField>,
    /// See [`HttpSettings::request_timeout`].
    pub request_timeout_seconds: u64,
    /// See [`HttpSettings::head_timeout`].
    pub head_timeout_seconds: u64,
    /// See [`HttpSettings::body_timeout`].
    pub body_timeout_seconds: u64,
    /// See [`HttpSettings::answer_timeout`].
    pub answer_timeout_seconds: u64,
    /// The largest request body taken.
    pub body_limit_bytes: usize,
    /// Requests at work at once.
    pub max_running_requests: usize,
    /// Streamed exports at once.
    pub max_running_exports: usize,
    /// Whether answers are compressed.
    pub compression: bool,
    /// See [`HttpSettings::shutdown_deadline`].
    pub shutdown_deadline_seconds: u64,
}

impl HttpSettings {
    /// How long a request may take.
    pub fn request_timeout(&self) -> Duration {
        seconds(self.request_timeout_seconds)
    }

    /// How long a client may take over the head of a request, and so how long an idle connection is kept.
    pub fn head_timeout(&self) -> Duration {
        seconds(self.head_timeout_seconds)
    }

    /// How long a client may take over the body of a request.
    pub fn body_timeout(&self) -> Duration {
        seconds(self.body_timeout_seconds)
    }

    /// How long a client may make an answer wait before it takes more of it.
    pub fn answer_timeout(&self) -> Duration {
        seconds(self.answer_timeout_seconds)
    }

    /// How long running requests get to finish once the program is told to stop.
    pub fn shutdown_deadline(&self) -> Duration {
        seconds(self.shutdown_deadline_seconds)
    }
}

/// `[graphql]`: what an operation may look like.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GraphqlSettings {
    /// The longest document taken.
    pub max_query_characters: usize,
    /// The most tokens in a document.
    pub max_tokens: usize,
    /// The most fields asked for, fragments written out.
    pub max_selections: usize,
    /// The most levels of fields.
    pub max_depth: usize,
    /// How often one path through an answer may pass the same field.
    pub max_passes: usize,
    /// The most aliases.
    pub max_aliases: usize,
    /// The most fields at the root of a query.
    pub max_root_fields: usize,
    /// The most directives.
    pub max_directives: usize,
    /// The most items in a list of an argument or a variable.
    pub max_list_items: usize,
    /// The most levels of and, or and not, before the use case is asked.
    pub max_filter_levels: usize,
    /// The most an answer may cost.
    pub max_cost: usize,
    /// The most errors reported for a request.
    pub max_errors: usize,
    /// The manifests of the documents that are run; every document is when there are none.
    pub trusted_documents: Names<FilePath>,
}

/// `[budget]`: what a token may cost over time.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetSettings {
    /// Whether tokens have one.
    pub enabled: bool,
    /// The most that can be taken at once.
    pub size: u64,
    /// What comes back in a second.
    pub restore_per_second: u64,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// The form of a line.
    pub format: LogFormat,
    /// What to log, in tracing-subscriber's filter language. Checked where the log is set up.
    pub filter: String,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text when standard error is a terminal, JSON otherwise.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// `[metrics]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSettings {
    /// Where the metrics are served; `None` (empty in the file) when they are not.
    #[serde(deserialize_with = "super::listen::empty_is_none")]
    pub listen: Option<ListenAddress>,
}

impl Settings {
    /// Every number that is beyond its bounds, in the order of the file.
    pub(super) fn out_of_range(&self) -> Vec<OutOfRange> {
        let Settings { database, http, graphql, budget, .. } = self;
        [
            within("database.max_connections", database.max_connections.into(), 1..=1000),
            within("database.acquire_timeout_seconds", database.acquire_timeout_seconds, 1..=60),
            within("database.statement_timeout_seconds", database.statement_timeout_seconds, 1..=3600),
            within("http.request_timeout_seconds", http.request_timeout_seconds, 1..=3600),
            within("http.head_timeout_seconds", http.head_timeout_seconds, 1..=3600),
            within("http.body_timeout_seconds", http.body_timeout_seconds, 1..=3600),
            within("http.answer_timeout_seconds", http.answer_timeout_seconds, 1..=3600),
            within("http.body_limit_bytes", wide(http.body_limit_bytes), 1024..=1 << 30),
            within("http.max_running_requests", wide(http.max_running_requests), 1..=100_000),
            within("http.max_running_exports", wide(http.max_running_exports), 1..=1000),
            within("http.shutdown_deadline_seconds", http.shutdown_deadline_seconds, 0..=3600),
            within("graphql.max_query_characters", wide(graphql.max_query_characters), 100..=1_000_000),
            within("graphql.max_tokens", wide(graphql.max_tokens), 100..=1_000_000),
            within("graphql.max_selections", wide(graphql.max_selections), 10..=100_000),
            within("graphql.max_depth", wide(graphql.max_depth), 3..=50),
            within("graphql.max_passes", wide(graphql.max_passes), 1..=5),
            within("graphql.max_aliases", wide(graphql.max_aliases), 0..=10_000),
            within("graphql.max_root_fields", wide(graphql.max_root_fields), 1..=1000),
            within("graphql.max_directives", wide(graphql.max_directives), 0..=10_000),
            within("graphql.max_list_items", wide(graphql.max_list_items), 500..=1_000_000),
            within("graphql.max_filter_levels", wide(graphql.max_filter_levels), 5..=10),
            within("graphql.max_cost", wide(graphql.max_cost), 100..=10_000_000),
            within("graphql.max_errors", wide(graphql.max_errors), 1..=1000),
            // What costs more than a budget holds could never be answered.
            within("budget.size", budget.size, wide(graphql.max_cost)..=1_000_000_000),
            within("budget.restore_per_second", budget.restore_per_second, 1..=1_000_000_000),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn within(setting: &'static str, value: u64, bounds: RangeInclusive<u64>) -> Option<OutOfRange> {
    (!bounds.contains(&value)).then(|| OutOfRange {
        setting,
        reason: format!("{value} is not between {} and {}", bounds.start(), bounds.end()),
    })
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
