//! `ledgate doctor`: what is wrong, and what to do.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Common, Failure, Outcome, WITH_FINDINGS, output};
use crate::config::{ListenAddress, Settings};
use crate::graphql::TrustedDocuments;
use crate::http::serve::bind;
use crate::store::{Database, schema, takeover};

#[derive(Debug, Args)]
#[command(after_help = "Looks only: it makes no database and changes nothing.\n\n\
    Exit codes: 0 all is well, 1 something is to be done.")]
pub struct Arguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What one look found.
#[derive(Debug, Serialize)]
struct Finding {
    about: &'static str,
    ok: bool,
    says: String,
}

pub async fn run(common: &Common, arguments: &Arguments) -> Outcome {
    let findings = examine(common).await;
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

/// Looks at one thing after the other, and stops where the next cannot be looked at.
async fn examine(common: &Common) -> Vec<Finding> {
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
    if answers_as_ledgate(&settings.http.listen).await {
        // Its metrics have their address too, then.
        find("listen", Ok(format!("a ledgate answers on {}", settings.http.listen)));
    } else {
        find("listen", free(&settings.http.listen, "--listen or LEDGATE_HTTP_LISTEN").await);
        if let Some(address) = &settings.metrics.listen {
            find("metrics", free(address, "LEDGATE_METRICS_LISTEN").await);
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
    let database = match Database::connect_existing(&settings.database).await {
        Ok(database) => database,
        Err(error) => {
            find("database", Err(error.to_string()));
            return findings;
        }
    };
    find("database", Ok(format!("{} answers and can be written", settings.database.url)));
    if find("schema", schema(&database).await) {
        find("history", history(&database).await);
    }
    // Nothing was written, so there is nothing that closing could fail to keep.
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
    match bind(address.as_str(), change_with).await {
        Ok(_) => Ok(format!("{address} is free")),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether somebody answers there and gives a request its id back, as ledgate does.
async fn answers_as_ledgate(address: &ListenAddress) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address.as_str()).await?;
        stream
            .write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nx-request-id: doctor\r\nconnection: close\r\n\r\n")
            .await?;
        let mut answer = Vec::new();
        stream.take(1_000).read_to_end(&mut answer).await?;
        std::io::Result::Ok(String::from_utf8_lossy(&answer).to_ascii_lowercase())
    };
    let answer = tokio::time::timeout(Duration::from_secs(2), ask).await;
    matches!(answer, Ok(Ok(answer)) if answer.contains("x-request-id: doctor"))
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
