//! `ledgate doctor`: what is wrong, and what to do.

mod deep;
mod ledgers;
mod listening;
mod webhooks;

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{Common, Failure, Outcome, WITH_FINDINGS, output, probe};
use crate::config::{ListenAddress, Settings};
use crate::graphql::TrustedDocuments;
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
    match probe::ask(&settings.http.listen).await {
        // The address of the metrics is in use by the same server.
        Ok(answer) => {
            // What it answers there is about its `main`.
            let own = match &database {
                Ok(database) if common.other_ledger().is_none() => identity(database).await.ok(),
                _ => None,
            };
            let ledger = answer.ledger.as_deref();
            find("listen", judged(&settings.http.listen, &answer.version, ledger, own.as_deref()));
        }
        // Nobody, or a program that is not ledgate.
        Err(_) => {
            find("listen", free(&settings.http.listen, "--listen or LEDGATE_HTTP_LISTEN").await);
            if let Some(address) = &settings.metrics.listen {
                find("metrics", free(address, "LEDGATE_METRICS_LISTEN").await);
            }
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
