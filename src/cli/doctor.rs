//! `ledgate doctor`: what is wrong, and what to do.

mod deep;
mod ledgers;
mod listening;
mod webhooks;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use super::{Common, Failure, Outcome, WITH_FINDINGS, output};
use crate::config::{ListenAddress, Settings};
use crate::graphql::TrustedDocuments;
use crate::http::LEDGER_HEADER;
use crate::http::serve::bind;
use crate::store::{Database, identity, schema, takeover};

#[derive(Debug, Args)]
#[command(after_help = "Looks only: it makes no database and changes nothing, unless --repair is given.\n\n\
    Exit codes: 0 all is well, 1 something is to be done.")]
pub struct Arguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Also look at every entry: whether it is for every system exported or unexported, and only one of both. Reads the
    /// whole ledger in small steps, beside traffic
    #[arg(long)]
    deep: bool,
    /// Make entries that are neither exported nor unexported for a system unexported again
    #[arg(long, requires = "deep")]
    repair: bool,
}

/// The result of one check.
#[derive(Debug, Serialize)]
struct Finding {
    about: &'static str,
    ok: bool,
    says: String,
}

pub async fn run(common: &Common, arguments: &Arguments) -> Outcome {
    let findings = examine(common, arguments).await;
    let well = findings.iter().all(|finding| finding.ok);
    if arguments.json {
        output::say(&serde_json::json!({ "ok": well, "findings": findings }).to_string())?;
    } else {
        for Finding { about, ok, says } in &findings {
            output::say(&format!("{} {about:<14} {says}", if *ok { "✓" } else { "✗" }))?;
        }
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(WITH_FINDINGS) })
}

/// Runs one check after the other, and stops when the next ones would have nothing to look at.
async fn examine(common: &Common, arguments: &Arguments) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find = |about, result: Result<String, String>| {
        let ok = result.is_ok();
        findings.push(Finding { about, ok, says: result.unwrap_or_else(|wrong| wrong) });
        ok
    };
    let settings = match common.settings() {
        Ok(settings) => settings,
        Err(Failure(wrong)) => {
            find("configuration", Err(wrong));
            return findings;
        }
    };
    find("configuration", Ok(source(&settings)));
    // Opened before the address is looked at: what answers there is compared with it.
    let database = Database::connect_existing(&settings.database).await;
    match asked(&settings.http.listen).await {
        Answer::Nobody => {
            find("listen", free(&settings.http.listen, "--listen or LEDGATE_HTTP_LISTEN").await);
            if let Some(address) = &settings.metrics.listen {
                find("metrics", free(address, "LEDGATE_METRICS_LISTEN").await);
            }
        }
        // The address of the metrics is in use by the same server.
        Answer::Ledgate { version, ledger } => {
            // What it answers there is about its `main`.
            let own = match &database {
                Ok(database) if common.other_ledger().is_none() => identity(database).await.ok(),
                _ => None,
            };
            find("listen", judged(&settings.http.listen, &version, ledger.as_deref(), own.as_deref()));
        }
    }
    match TrustedDocuments::read(&settings.graphql) {
        Ok(trusted) => {
            if let Some(documents) = trusted.count() {
                find("documents", Ok(format!("{documents} are trusted, and no others run")));
            }
        }
        Err(error) => drop(find("documents", Err(error.to_string()))),
    }
    if common.other_ledger().is_none() {
        for found in ledgers::look(&settings).await {
            find("ledgers", found);
        }
    }
    let database = match database {
        Ok(database) => database,
        Err(error) => {
            find("database", Err(error.to_string()));
            return findings;
        }
    };
    find("database", Ok(format!("{} answers and can be written", settings.database.url)));
    if let Some(found) = listening::look(&settings.database, &database).await {
        find("gateways", found);
    }
    if find("schema", schema(&database).await) {
        find("history", history(&database).await);
        for found in webhooks::look(&database).await {
            find("webhooks", found);
        }
        if arguments.deep {
            for found in deep::look(&database, arguments.repair).await {
                find("entries", found);
            }
        }
    }
    // Nothing was written, so an error on closing loses nothing.
    database.close().await.ok();
    findings
}

fn source(settings: &Settings) -> String {
    match &settings.file {
        Some(file) => format!("read from {}", file.display()),
        None => "no file, so defaults, environment and flags".to_owned(),
    }
}

async fn free(address: &ListenAddress, change_with: &'static str) -> Result<String, String> {
    // Listening on a Unix socket would make its file: one that is not there is free.
    if address.unix_path().is_some_and(|path| !path.exists()) {
        return Ok(format!("{address} is free"));
    }
    match bind(address, change_with).await {
        Ok(_) => Ok(format!("{address} is free")),
        Err(error) => Err(error.to_string()),
    }
}

/// Who answers at the address where this ledgate would listen.
enum Answer {
    /// Nobody, or a program that is not ledgate.
    Nobody,
    /// A ledgate.
    Ledgate {
        /// Its version.
        version: String,
        /// Which ledger it serves; `None` when its database does not answer.
        ledger: Option<String>,
    },
}

/// Asks `/readyz`: a ledgate names itself in the header `Server`.
async fn asked(address: &ListenAddress) -> Answer {
    let ask = async {
        #[cfg(unix)]
        if let Some(path) = address.unix_path() {
            return answer_of(UnixStream::connect(path).await?).await;
        }
        answer_of(TcpStream::connect(address.as_str()).await?).await
    };
    let Ok(Ok(answer)) = tokio::time::timeout(Duration::from_secs(5), ask).await else {
        return Answer::Nobody;
    };
    let header = |wanted: &str| {
        let mut lines = answer.lines().take_while(|line| !line.is_empty());
        lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    };
    match header("server").and_then(|server| server.strip_prefix("ledgate/").map(str::to_owned)) {
        Some(version) => Answer::Ledgate { version, ledger: header(LEDGER_HEADER.as_str()) },
        None => Answer::Nobody,
    }
}

async fn answer_of(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<String> {
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.take(4_000).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A ledgate on the address is well when it serves the ledger that the settings name.
fn judged(
    address: &ListenAddress,
    version: &str,
    ledger: Option<&str>,
    own: Option<&str>,
) -> Result<String, String> {
    match (ledger, own) {
        (Some(ledger), Some(own)) if ledger == own => {
            Ok(format!("ledgate {version} answers on {address}, with this ledger"))
        }
        (Some(_), Some(_)) => Err(format!(
            "ledgate {version} answers on {address} with another ledger: choose another address with --listen or \
             LEDGATE_HTTP_LISTEN, or name its ledger with --database-url"
        )),
        _ => Ok(format!("ledgate {version} answers on {address}; whether with this ledger cannot be said")),
    }
}

async fn schema(database: &Database) -> Result<String, String> {
    match schema::fit(database).await {
        Ok(schema::Fit::Current) => Ok("every migration is applied".to_owned()),
        Ok(schema::Fit::Empty) => {
            Err("there is no ledger in it yet: `ledgate import FILE` or `ledgate serve` sets it up"
                .to_owned())
        }
        Ok(schema::Fit::Behind) => {
            Err("migrations are missing: make a backup, then run `ledgate migrate up`".to_owned())
        }
        Ok(schema::Fit::Extended | schema::Fit::Newer) => {
            Err("the schema is newer than this program: update ledgate".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

async fn history(database: &Database) -> Result<String, String> {
    match takeover::unfinished(database.reader()).await {
        Ok(keys) if keys.is_empty() => Ok("every system's history is taken over".to_owned()),
        Ok(keys) => Ok(format!("{} systems are being taken over; `serve` goes on with it", keys.len())),
        Err(error) => Err(error.to_string()),
    }
}
