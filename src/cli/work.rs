//! `ledgate work`: sends what a system has not been sent, by a command of the user's.

mod connector;
mod lines;
mod process;
mod results;
mod telling;
mod voucher_line;

use std::ffi::OsString;
use std::fmt;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use clap::Args;
use futures_util::future::join_all;
use ledgate_client::{Client, Observer, Options, Summary, WorkError, work_claims};
use tokio_util::sync::CancellationToken;

use super::{Common, Failure, Outcome, WITH_FINDINGS, output, parse_system};
use crate::domain::SystemId;
use crate::http::serve::stop_on_signal;
use connector::{Connector, TOKEN_VARIABLE};
use telling::Telling;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate work --server http://127.0.0.1:8080 --system erp -- python3 connector.py\n  \
    ledgate work --server http://127.0.0.1:8080 --system erp --once --json -- ./connector.sh\n\n\
    Each claim starts the command once. It reads a voucher a line, as JSON: voucher_id, dispatch_key, journal_code, \
    entry_number, posting_date, debit, credit, currency and lines. It writes a result a line, in any order: \
    {\"voucher_id\": \"…\", \"reference\": {\"id\": \"…\", \"url\": \"…\"}}, or {\"voucher_id\": \"…\", \"error\": {\"type\": \"…\", \
    \"reason\": \"…\"}}. Give dispatch_key to the system as its idempotency key.\n\n\
    What it has not answered when it ends has failed, with the last words of its standard error. SIGTERM and Ctrl-C let it \
    finish within 30 seconds; the rest is given back.\n\n\
    While there is nothing to send, it is woken up by a subscription, and asks every 30 seconds in any case. Over https, the \
    server's certificate has to be of an authority that this machine trusts, or that is in the file of SSL_CERT_FILE.\n\n\
    Exit codes: 0 everything that was claimed was sent, 1 something was not, 2 could not run or broke off.")]
pub struct Arguments {
    /// The server, such as http://127.0.0.1:8080 or https://ledgate.example
    #[arg(long, value_name = "URL")]
    server: String,
    /// The external system, such as erp
    #[arg(long, value_name = "ID", value_parser = parse_system)]
    system: SystemId,
    /// The token to call with (everybody on this machine sees flags: give it in the variable)
    /// [env: LEDGATE_TOKEN]
    #[arg(long, value_name = "TOKEN")]
    token: Option<Token>,
    /// Entries that a claim asks for; the last voucher may exceed it
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=500))]
    batch: u16,
    /// Claims that are worked on at a time, each by a command of its own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: u8,
    /// How long a claim lasts unless it is extended, which happens each third of it
    #[arg(long, value_name = "S", default_value_t = 300, value_parser = clap::value_parser!(u32).range(10..=3_600))]
    lease_seconds: u32,
    /// End when there is nothing to claim, instead of waiting
    #[arg(long)]
    once: bool,
    /// Print what was done as one JSON object at the end
    #[arg(long)]
    json: bool,
    /// What sends the vouchers, with its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// A token. It is not printed with the arguments.
#[derive(Clone)]
struct Token(String);

impl From<String> for Token {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

const SHOWN_TOKEN: &str = "everybody on this machine can read the token in --token in the list of processes: give it in \
    LEDGATE_TOKEN";

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let client = client(common, &arguments)?;
    let is_json = arguments.json;
    let telling = Arc::new(Telling::new(&arguments.system, is_json));
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    let broken = OnceLock::new();
    let loops = (1..=arguments.workers).map(|number| {
        let options = options(&arguments, number, &telling, &stop);
        work(&client, options, &arguments.command, &telling, &broken)
    });
    let announced = async {
        stop.cancelled().await;
        telling.complain("stopping: what was begun may end within 30 seconds; once more stops at once");
        std::future::pending().await
    };
    let ended = tokio::select! {
        ended = join_all(loops) => ended,
        () = announced => Vec::new(),
    };
    telling.finish();

    let (mut summary, mut reasons) = (Summary::default(), Vec::new());
    for ended in ended {
        match ended {
            Ok(done) => summary.add(done),
            Err(WorkError { error, summary: done }) => {
                summary.add(*done);
                reasons.push(error.to_string());
            }
        }
    }
    reasons.extend(broken.get().cloned());
    reasons.dedup();
    for sentence in telling::unsettled(&summary) {
        output::complain(&sentence);
    }
    if is_json {
        output::say(&serde_json::to_string(&summary)?)?;
    } else {
        output::say(&telling::in_words(&summary))?;
    }
    if !reasons.is_empty() {
        return Err(Failure(reasons.join("\n")));
    }
    Ok(if telling::is_in_order(&summary) { ExitCode::SUCCESS } else { ExitCode::from(WITH_FINDINGS) })
}

/// One worker, to its end. One that cannot go on stops the others.
async fn work(
    client: &Client,
    options: Options,
    command: &[OsString],
    telling: &Arc<Telling>,
    broken: &OnceLock<String>,
) -> Result<Summary, WorkError> {
    let stop = options.stop.clone();
    let connector = Connector { command, is_once: options.once, telling, broken };
    let connector = &connector;
    let ended = work_claims(client, options, |claim| async move { connector.send(claim).await }).await;
    if ended.is_err() || broken.get().is_some() {
        stop.cancel();
    }
    ended
}

/// Whom to call, and as whom.
fn client(common: &Common, arguments: &Arguments) -> Result<Client, Failure> {
    if arguments.token.is_some() {
        output::complain(&format!("warning: {SHOWN_TOKEN}"));
    }
    let token = match &arguments.token {
        Some(Token(token)) => Some(token.clone()),
        None => std::env::var(TOKEN_VARIABLE).ok().filter(|token| !token.is_empty()),
    };
    let server = match common.other_ledger() {
        Some(name) => format!("{}/ledgers/{name}", arguments.server.trim_end_matches('/')),
        None => arguments.server.clone(),
    };
    Ok(Client::new(&server, token.as_deref())?)
}

fn options(arguments: &Arguments, number: u8, telling: &Arc<Telling>, stop: &CancellationToken) -> Options {
    let told = Arc::clone(telling);
    let worker = format!("{}/{}/{number}", process::host(), std::process::id());
    Options {
        batch: arguments.batch,
        lease_seconds: arguments.lease_seconds,
        once: arguments.once,
        stop: stop.clone(),
        observer: Observer::new(move |event| told.happened(event)),
        ..Options::new(arguments.system.to_string(), worker)
    }
}
