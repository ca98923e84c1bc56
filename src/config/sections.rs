//! Every setting: what it does, its type, its default and its bounds. This is the one place; the file of defaults, the
//! help and the names of the variables are made of it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::definition::{OutOfRange, settings, within};
use super::{
    DatabaseUrl, FilePath, HeaderField, HostName, LedgerUrls, ListenAddress, LogFormat, Names, Origin,
};

settings! {
    /// `[database]`: where the ledger is.
    [database] DatabaseSettings {
        /// Where the entries are: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME`.
        /// A password is better given in LEDGATE_DATABASE_URL than written here. (--database-url)
        url: DatabaseUrl = "sqlite://ledgate.db";

        /// The most connections to hold: the size of the pool on PostgreSQL, the number of readers on SQLite (which has
        /// one writer). On PostgreSQL one more listens to other gateways. Keep the sum over all gateways below
        /// max_connections of the PostgreSQL server.
        max_connections: u32 = 8, from 1 to 1000;

        /// How long a request waits for a free connection. After that it is answered UNAVAILABLE (503).
        acquire_timeout_seconds: u64 = 3, from 1 to 60;

        /// How long PostgreSQL works on one statement before it cancels the statement and rolls back. Streamed exports,
        /// migrations and the take-over of a history have no limit. More than http.request_timeout_seconds has no effect.
        statement_timeout_seconds: u64 = 30, from 1 to 3600;

        /// Set this to true when url leads to PgBouncer, or a pooler like it, in transaction mode: then every statement
        /// runs in a transaction and is prepared anew. Session mode does not need it, and SQLite ignores it. See
        /// docs/scaling.md.
        transaction_pooling: bool = false;

        /// Where this gateway listens to what other gateways add to the log of events: the `postgres://` address of the same
        /// database, leading straight to the server or to a pooler in session mode. With an empty text it listens at url,
        /// and where that leads to a pooler it does not listen: events of other gateways are then seen after up to a second.
        /// A password is better given in LEDGATE_DATABASE_LISTEN_URL than written here. Ledgers beside `main` listen at
        /// their own addresses, and SQLite ignores it. See docs/scaling.md.
        #[serde(deserialize_with = "super::database_url::postgres_or_none")]
        listen_url: Option<DatabaseUrl> = "";
    }

    /// `[ledgers]`: other ledgers behind this gateway, each in a database of its own, under /ledgers/NAME/. See
    /// docs/ledgers.md. The ledger in database.url is called `main`.
    [ledgers] LedgersSettings {
        /// A folder of SQLite files, such as "ledgers": each file NAME.db in it is the ledger NAME (a-z, 0-9, - and _, up
        /// to 64 characters). Files that are added later are found. Links are not followed. With an empty text there is no
        /// such folder.
        folder: PathBuf = "";

        /// Ledgers elsewhere, by name, such as { beta = "postgres://USER:PASSWORD@HOST/beta" }. In the environment:
        /// LEDGATE_LEDGERS_URLS="beta=postgres://… gamma=postgres://…". A name that is also a file of the folder means
        /// the address here.
        urls: LedgerUrls = {};

        /// The most connections that these ledgers hold together. When another one is to be opened and there is no room,
        /// the ledger that was unused for the longest time is closed; when all of them are in use, the request waits
        /// database.acquire_timeout_seconds and then gets UNAVAILABLE (503). It comes on top of database.max_connections.
        /// On PostgreSQL each open ledger has one more, which listens to other gateways.
        max_connections: u32 = 64, from 4 to 100000;

        /// The most connections that one of these ledgers holds; on SQLite one of them is for writing. An open ledger
        /// counts with all of them, so max_connections divided by this is how many are open at the same time: one of them
        /// while it is looked at (look_every_seconds), the others for those who use them.
        max_connections_each: u32 = 4, from 2 to 1000;

        /// How many requests to one of these ledgers may be at work at the same time, so that one whose database is slow
        /// or away leaves room for the others. They also count for http.max_running_requests.
        max_running_requests_each: usize = 16, from 1 to 100000;

        /// How long a ledger that nobody uses, and that has no work in the background, stays open.
        close_idle_after_seconds: u64 = 300, from 1 to 86400;

        /// How often each ledger that is closed is opened for a moment, to see whether there is work in the background.
        look_every_seconds: u64 = 3600, from 1 to 86400;
    }

    /// `[http]`: where to serve, for whom, and how much at the same time.
    [http] HttpSettings {
        /// The address and port to serve on. 0.0.0.0 takes calls from other machines: make tokens first (`ledgate token
        /// create`), and put a proxy in front that speaks TLS. `unix:/run/ledgate.sock` serves on a Unix socket instead,
        /// for the user who runs ledgate and the members of its group (mode 0660). (--listen)
        listen: ListenAddress = "127.0.0.1:8080";

        /// While no token has been made, ledgate serves everybody on this machine and refuses to start on an address that
        /// other machines can reach. With true it starts there as well, and everybody may read, mark and record.
        serve_anyone_without_a_token: bool = false;

        /// Names that clients call this server by, such as "ledger.example.com".
        /// On a loopback address only localhost, 127.0.0.1, [::1] and these names are answered, so that no page of the
        /// internet can reach the server under a name of its own. On any other address an empty list answers every name;
        /// otherwise these names and IP addresses are answered. Other requests get MISDIRECTED_REQUEST (421).
        hosts: Names<HostName> = [];

        /// The origins of pages that may call from a browser (CORS), such as "https://app.example.com". With an empty
        /// list no page of another origin may.
        allowed_origins: Names<Origin> = [];

        /// The headers that such pages may send in addition to those that ledgate reads (authorization, content-type,
        /// idempotency-key and x-request-id are always allowed). The default allows what libraries for tracing and
        /// Apollo's client send.
        allowed_headers: Names<HeaderField> = "traceparent, tracestate, baggage, sentry-trace, apollographql-client-name, apollographql-client-version";

        /// How long a request may take before it is answered TIMEOUT (504). A streamed export and an import have no limit.
        request_timeout_seconds: u64 = 30, from 1 to 3600;

        /// How long a client may take to send the head of a request; this is also how long an idle connection is kept.
        /// The usual load balancers close an idle connection after 60 seconds: keep this longer, so that the balancer
        /// closes first and never sends a request on a connection that is being closed here.
        head_timeout_seconds: u64 = 75, from 1 to 3600;

        /// How long a client may take to send the body of a request. After that it is answered BODY_TIMEOUT (408).
        body_timeout_seconds: u64 = 20, from 1 to 3600;

        /// How long a client may take to read the next 64 KiB of an answer. After that the connection is closed.
        answer_timeout_seconds: u64 = 30, from 1 to 3600;

        /// The largest request body that is read, in bytes. A larger one is answered PAYLOAD_TOO_LARGE (413).
        body_limit_bytes: usize = 2097152, from 1024 to 1073741824;

        /// The largest ledger file that POST /v10/imports takes, in bytes. It is read as it comes in and never held whole.
        import_limit_bytes: u64 = 8589934592, from 1024 to 1099511627776;

        /// How many imports may run over HTTP at the same time, whatever ledger they are for. Over the limit, one waits 3
        /// seconds for a place and then gets UNAVAILABLE (503). Imports into one ledger take turns anyway.
        max_running_imports: usize = 2, from 1 to 1000;

        /// How many requests may be at work at the same time; those for health and pages do not count. Over the limit, a
        /// request waits 250 ms for a place and then gets UNAVAILABLE (503). A higher limit makes each request slower.
        max_running_requests: usize = 64, from 1 to 100000;

        /// How many exports may be streamed at the same time. Each holds a connection to the database. Over the limit, an
        /// export waits 3 seconds for a place and then gets UNAVAILABLE (503). Keep it below database.max_connections.
        max_running_exports: usize = 4, from 1 to 1000;

        /// Whether answers of 1 KiB or more are compressed, for clients that ask for it: with br or gzip, or with zstd for
        /// those that take nothing else or like it better.
        compression: bool = true;

        /// How long running requests may go on after SIGTERM or Ctrl-C before they are cut. A second signal cuts them at
        /// once.
        shutdown_deadline_seconds: u64 = 20, from 0 to 3600;
    }

    /// `[graphql]`: how large a GraphQL operation may be.
    [graphql] GraphqlSettings {
        /// The longest GraphQL document, in characters.
        max_query_characters: usize = 15000, from 100 to 1000000;

        /// The most tokens in a document: names, numbers, texts and punctuation.
        max_tokens: usize = 5000, from 100 to 1000000;

        /// The most fields that a document may select, with its fragments written out.
        max_selections: usize = 2000, from 10 to 100000;

        /// The most levels of fields in an operation. Introspection does not count.
        max_depth: usize = 15, from 3 to 50;

        /// How often one path through an answer may pass the same field. An entry has marks and a mark has its entry: each
        /// round of this circle multiplies the answer by the number of systems.
        max_passes: usize = 2, from 1 to 5;

        /// The most aliases in an operation.
        max_aliases: usize = 100, from 0 to 10000;

        /// The most fields at the root of a query. Each of them asks the database separately.
        max_root_fields: usize = 100, from 1 to 1000;

        /// The most directives in an operation.
        max_directives: usize = 100, from 0 to 10000;

        /// The most items in a list of an argument or a variable. Lists inside attributes do not count.
        max_list_items: usize = 1000, from 500 to 1000000;

        /// The most levels of and, or and not in a filter that is put together from the document and its variables. The
        /// ledger itself takes five; this limit is checked earlier, before anything is read.
        max_filter_levels: usize = 10, from 5 to 10;

        /// The most that an answer may cost. An object costs 1, a page as much as the objects it may have, a value under an
        /// alias 1, a count or another question of its own 10, and the attributes of an entry 20.
        max_cost: usize = 50000, from 100 to 10000000;

        /// The most errors that are reported for one request. Further ones are left out.
        max_errors: usize = 20, from 1 to 1000;

        /// The files that list the trusted documents, such as "web/persisted-documents.json", as graphql-codegen writes
        /// them. They are read when the server starts, and any other document is refused with PERSISTED_QUERY_REQUIRED.
        /// With an empty list every document is run.
        trusted_documents: Names<FilePath> = [];
    }

    /// `[sockets]`: GraphQL subscriptions over WebSocket, at /graphql.
    [sockets] SocketsSettings {
        /// The most connections that this gateway holds, for all ledgers together. A further one is answered UNAVAILABLE
        /// (503). They take none of http.max_running_requests while nothing happens on them.
        max_connections: usize = 1000, from 1 to 100000;

        /// The most connections of one token; and of all callers without a token together, where none is needed. A
        /// further one is closed with code 1013.
        max_connections_per_caller: usize = 100, from 1 to 100000;

        /// The most subscriptions that are open on one connection at the same time. A further one is answered
        /// TOO_MANY_SUBSCRIPTIONS.
        max_subscriptions_per_connection: usize = 100, from 1 to 10000;

        /// The most bytes of a message from a client. A connection that brings a larger one is closed with code 1009.
        max_message_bytes: usize = 65536, from 1024 to 1048576;

        /// How many messages of one connection are read a second, after a burst of twice as many. Further ones wait where
        /// they are, in the network.
        max_messages_per_second: u64 = 100, from 1 to 100000;

        /// How long a client may take to send connection_init, with its token where one is needed. After that the
        /// connection is closed with code 4408.
        init_timeout_seconds: u64 = 3, from 1 to 60;

        /// After how many seconds without a message from the client it is pinged. Keep this shorter than what proxies in
        /// front allow an idle connection.
        ping_seconds: u64 = 20, from 1 to 3600;

        /// How long a client may take to answer a ping. After that the connection counts as lost.
        pong_timeout_seconds: u64 = 20, from 1 to 3600;

        /// How long one message to a client may wait for the client to read. After that the connection is closed with code
        /// 4413. Events that were not sent stay in the log, and a subscription goes on behind the last cursor it got.
        slow_reader_seconds: u64 = 10, from 1 to 3600;
    }

    /// `[webhooks]`: how webhooks are told. See docs/signals.md.
    [webhooks] WebhookSettings {
        /// Whether webhooks may lead to http, and to addresses that are not of the public internet: your own network.
        allow_private: bool = false;

        /// For how long what happens is collected before webhooks are told of it together, in milliseconds.
        debounce_ms: u64 = 1000, from 10 to 60000;

        /// How long a receiver may take to answer. Half of it is for connecting.
        timeout_seconds: u64 = 10, from 1 to 60;

        /// How many webhooks of one ledger may be told at the same time.
        max_running_deliveries: usize = 20, from 1 to 1000;
    }

    /// `[budget]`: what a token may cost over time.
    [budget] BudgetSettings {
        /// Whether every token has a budget. Each request takes its cost out of the budget, which fills again at a steady
        /// rate; graphql.max_cost says how the cost of GraphQL is counted, and through REST each entry that is read costs 1
        /// and each of its attributes 1, up to 20. A request that costs more than is left is answered THROTTLED (429).
        /// Callers without a token have no budget, streamed exports are not counted, and every gateway counts for itself.
        enabled: bool = true;

        /// How much a full budget holds, which is the most that can be used in a burst. At least graphql.max_cost.
        size: u64 = 100000, from 100 to 1000000000;

        /// How much comes back each second, which is what a token can use in the long run.
        restore_per_second: u64 = 20000, from 1 to 1000000000;
    }

    /// `[log]`: what is logged, and how.
    [log] LogSettings {
        /// `text` for people, `json` for machines, or `auto`: text when standard error is a terminal, json otherwise.
        format: LogFormat = "auto";

        /// What to log: a level (error, warn, info, debug, trace), then levels for single modules after commas, as in
        /// "info,ledgate=debug". https://docs.rs/tracing-subscriber/latest/tracing_subscriber/filter/struct.EnvFilter.html
        /// "info,sqlx::query=debug" also logs every SQL statement that is sent, under the id of its request: its text, how
        /// many rows came and how long it took, and never the values. "info,ledgate::http=debug" also logs the requests of
        /// health checks.
        filter: String = "info,sea_orm_migration=warn";
    }

    /// `[metrics]`: figures for Prometheus.
    [metrics] MetricsSettings {
        /// The address of the Prometheus metrics (path /metrics), such as "127.0.0.1:9464". It is not the address of the
        /// API. With an empty text there are no metrics.
        #[serde(deserialize_with = "super::listen::empty_is_none")]
        listen: Option<ListenAddress> = "";

        /// How many seconds lie between two measurements of how far the systems of a ledger are behind. Every gateway with
        /// an address for metrics measures for itself, at its start for the first time. See docs/operations.md.
        measure_seconds: u64 = 30, from 1 to 3600;
    }
}
