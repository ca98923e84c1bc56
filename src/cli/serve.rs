//! `ledgate serve`: answers requests until it is stopped.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::{Common, Failure, Outcome, SHOWN_PASSWORD, close, demo, output};
use crate::app::{self, Gateway};
use crate::config::{LedgersSettings, Overrides, Settings};
use crate::domain::Clock;
use crate::graphql::TrustedDocuments;
use crate::http::serve::{Address, Patience, bind, serve, stop_on_signal};
use crate::http::{Access, answer_own_names};
use crate::service::Ledger;
use crate::telemetry::{self, Metrics};

const EXAMPLES: &str = "Examples:\n  \
    ledgate serve --demo\n  \
    PGPASSFILE=/etc/ledgate/pgpass ledgate serve --database-url postgres://ledgate@db.lan/books\n\n\
    SIGTERM or Ctrl-C lets running requests end; once more stops at once.";

#[derive(Debug, Args)]
#[command(
    after_help = format!("{EXAMPLES}\n\n`ledgate serve --help` lists every setting."),
    after_long_help = format!("{EXAMPLES}\n\n{}", super::settings_help::settings())
)]
pub struct Arguments {
    /// Address and port to serve on, or unix:/PATH [env: LEDGATE_HTTP_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Serve everybody who can reach the address, without a token, also from other machines
    /// [env: LEDGATE_HTTP_SERVE_ANYONE_WITHOUT_A_TOKEN]
    #[arg(long)]
    serve_anyone_without_a_token: bool,
    /// Serve a small ledger from a throw-away database, two systems half exported, to look around
    #[arg(long)]
    demo: bool,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    if arguments.demo && common.database_url.is_some() {
        let sentence = "--demo serves a database of its own: leave --demo or --database-url out";
        return Err(Failure(sentence.to_owned()));
    }
    if common.ledger.is_some() {
        let sentence =
            "serve answers for every ledger of the settings, under /ledgers/NAME/: leave --ledger out";
        return Err(Failure(sentence.to_owned()));
    }
    let Arguments { listen, serve_anyone_without_a_token, .. } = arguments;
    let mut settings =
        Settings::load(&Overrides { listen, serve_anyone_without_a_token, ..common.overrides() })?;
    if arguments.demo {
        settings.log.filter = demo::without_requests(&settings.log.filter);
    }
    telemetry::init(&settings.log)?;
    if common.shows_a_password() {
        tracing::warn!("{SHOWN_PASSWORD}");
    }
    // From here on a signal stops the program in order, whenever it arrives.
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    // Holds the temporary database, so it lives as long as the server.
    let folder = arguments.demo.then(demo::folder).transpose()?;
    if let Some(folder) = &folder {
        settings.database.url = demo::database_url(folder)?;
        settings.ledgers = demo::without_ledgers(&settings.ledgers);
    }
    let trusted = TrustedDocuments::read(&settings.graphql)?;
    let listener = bind(&settings.http.listen, "--listen or LEDGATE_HTTP_LISTEN").await?;
    let ledger = app::open(&settings.database, Clock::system()).await?;
    let address = listener.address()?;
    if arguments.demo {
        demo::fill(&ledger).await?;
        output::say(&demo::welcome(&address))?;
    }
    let access = access(&ledger, &address, settings.http.serve_anyone_without_a_token).await?;
    if matches!(access, Access::Open) {
        let first_token = "After `ledgate token create` has made the first token, callers need one";
        tracing::warn!(
            "NO TOKEN IS ASKED FOR: everybody who can reach {address} may read, mark and record. {}",
            if arguments.demo { "The demo is gone when it stops" } else { first_token }
        );
    }
    serve_metrics(&settings, &stop).await?;
    if let Some(documents) = trusted.count() {
        tracing::info!(documents, "only trusted documents are run");
    }
    let gateway = Gateway::start(ledger.clone(), listener, access, &settings, trusted, &stop)?;
    tracing::info!(%address, database = %settings.database.url, "serving; stop with Ctrl-C");
    let demo = arguments.demo.then(|| tokio::spawn(demo::live(ledger.clone(), address, stop.clone())));

    gateway.server.await?;
    gateway.background.await?;
    if let Some(demo) = demo {
        demo.await?;
    }
    gateway.ledgers.close().await;
    close(&ledger).await?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Once there are tokens, callers need one. Before that everybody is answered, but only where no other machine can call,
/// or where `serve_anyone_without_a_token` is set.
async fn access(ledger: &Ledger, address: &Address, anyone: bool) -> Result<Access, Failure> {
    if ledger.has_tokens().await? {
        return Ok(Access::Tokens);
    }
    if !anyone && !address.is_local() {
        return Err(Failure(format!(
            "no token was made yet, and {address} may be reached from other machines, where everybody could read, \
             mark and record. Make one with `ledgate token create`, or serve on 127.0.0.1"
        )));
    }
    Ok(Access::Open)
}

/// How long the measurement of a ledger is told: beyond the next look at one that is closed, however many there are.
fn kept(ledgers: &LedgersSettings) -> Duration {
    Duration::from_secs(2 * ledgers.look_every_seconds + 600)
}

/// Serves the metrics at their own address, if the settings have one.
async fn serve_metrics(settings: &Settings, stop: &CancellationToken) -> Result<(), Failure> {
    let Some(address) = &settings.metrics.listen else { return Ok(()) };
    let listener = bind(address, "LEDGATE_METRICS_LISTEN").await?;
    let metrics = Metrics::record(&settings.metrics, kept(&settings.ledgers))?;
    let (http, address) = (&settings.http, listener.address()?);
    tracing::info!(%address, "metrics are at /metrics");
    let router = answer_own_names(metrics.router(), http, &address);
    tokio::spawn(serve(listener, router, stop.clone(), http.shutdown_deadline(), Patience::from(http)));
    tokio::spawn(stop.clone().run_until_cancelled_owned(metrics.upkeep()));
    Ok(())
}
