//! `ledgate doctor`: what is wrong, and what to do.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{Common, Failure, Outcome, WITH_FINDINGS, output};
use crate::config::Settings;
use crate::store::{Database, schema, takeover};

#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 all is well, 1 something is to be done.")]
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
    find("listen", listen(&settings).await);
    let database = match Database::connect(&settings.database).await {
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
    findings
}

fn source(settings: &Settings) -> String {
    match &settings.file {
        Some(file) => format!("read from {}", file.display()),
        None => "no file, so defaults, environment and flags".to_owned(),
    }
}

async fn listen(settings: &Settings) -> Result<String, String> {
    let address = &settings.http.listen;
    match crate::http::serve::bind(address.as_str(), "--listen or LEDGATE_HTTP_LISTEN").await {
        Ok(_) => Ok(format!("{address} is free")),
        Err(error) => Err(format!("{error} (If that is ledgate itself, all is well.)")),
    }
}

async fn schema(database: &Database) -> Result<String, String> {
    match schema::fit(database).await {
        Ok(schema::Fit::Current) => Ok("every migration is applied".to_owned()),
        Ok(schema::Fit::Empty) => Err("the database is empty: `serve` or `import` set it up".to_owned()),
        Ok(schema::Fit::Behind) => Err("migrations are missing: run `ledgate migrate up`".to_owned()),
        Ok(schema::Fit::Newer) => Err("the schema is newer than this program: update ledgate".to_owned()),
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
