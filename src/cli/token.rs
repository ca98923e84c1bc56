//! `ledgate token`: makes, lists, replaces and revokes tokens.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::{Common, Failure, Outcome, WITH_FINDINGS, close, output};
use crate::app;
use crate::domain::access::AccessToken;
use crate::domain::{Clock, Right, SystemId, Timestamp};
use crate::service::{Ledger, NewToken};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a token and print it, this once
    #[command(after_help = "Rights:\n  \
        read    entries, their marks and timelines\n  \
        export  what a system has not been sent, and how far behind it is\n  \
        mark    say that entries have been sent\n  \
        record  write entries\n  \
        admin   all of that\n\n\
        Examples:\n  \
        ledgate token create --name \"ERP sync\" --system erp --can export,mark --expires 90d\n  \
        ledgate token create --name auditor --can read")]
    Create(Create),
    /// List the tokens, and which of them are valid
    List {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Replace a token by a new one with the same name, rights and systems; print that, this once
    #[command(after_help = "Example:\n  \
        ledgate token rotate \"ERP sync\" --keep-old 1h    time to give the new one to the ERP")]
    Rotate(Rotate),
    /// End a token, on every gateway, from the next request on
    Revoke {
        /// The name it was made with
        name: String,
    },
}

#[derive(Debug, Args)]
struct Create {
    /// Who or what will use it; shows in timelines
    #[arg(long)]
    name: String,
    /// What it may do, separated by commas: read, export, mark, unmark, manage, record, admin
    #[arg(long, value_name = "RIGHTS", required = true, value_delimiter = ',')]
    can: Vec<Right>,
    /// Only for this system; may be given several times [default: all systems]
    #[arg(long = "system", value_name = "SYSTEM")]
    systems: Vec<SystemId>,
    /// How long it is valid, such as 12h, 90d or 1y [default: until it is revoked]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    expires: Option<Duration>,
}

#[derive(Debug, Args)]
struct Rotate {
    /// The name of the token to replace
    name: String,
    /// How long the old token stays valid, such as 1h [default: it is refused at once]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    keep_old: Option<Duration>,
    /// How long the new one is valid, such as 90d [default: as long as the old one was made for]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    expires: Option<Duration>,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    match arguments.action {
        Action::Create(new) => create(common, new).await,
        Action::List { json } => list(common, json).await,
        Action::Rotate(old) => rotate(common, old).await,
        Action::Revoke { name } => revoke(common, &name).await,
    }
}

async fn create(common: &Common, new: Create) -> Outcome {
    let clock = Clock::system();
    let expires_at = new.expires.map(|lifetime| end(clock.now(), lifetime)).transpose()?;
    let ledger = app::open(&common.settings()?.database, clock).await?;
    let systems = (!new.systems.is_empty()).then_some(new.systems);
    let (token, text) =
        ledger.create_token(NewToken { name: new.name, rights: new.can, systems, expires_at }).await?;
    hand_out(&token, &text)?;
    close(&ledger).await?;
    Ok(ExitCode::SUCCESS)
}

async fn rotate(common: &Common, old: Rotate) -> Outcome {
    let clock = Clock::system();
    let expires_at = old.expires.map(|lifetime| end(clock.now(), lifetime)).transpose()?;
    let keep_old = old.keep_old.unwrap_or_default();
    end(clock.now(), keep_old)?;
    let ledger = common.open_existing().await?;
    let made = ledger.rotate_token(&old.name, expires_at, keep_old).await?;
    close(&ledger).await?;
    let Some((token, text)) = made else { return Ok(unknown(&old.name)) };
    hand_out(&token, &text)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a new token to standard output, and what it is to standard error.
fn hand_out(token: &AccessToken, text: &str) -> Result<(), Failure> {
    output::complain(&format!(
        "This is the token \"{}\". It is shown this once; whoever has it may {}.",
        token.name,
        rights(token)
    ));
    Ok(output::say(text)?)
}

fn unknown(name: &str) -> ExitCode {
    output::complain(&format!("There is no token \"{name}\"; `ledgate token list` lists them."));
    ExitCode::from(WITH_FINDINGS)
}

fn end(now: Timestamp, lifetime: Duration) -> Result<Timestamp, Failure> {
    let micros = i64::try_from(lifetime.as_micros()).ok().and_then(|micros| now.micros().checked_add(micros));
    let end = micros.and_then(|micros| Timestamp::from_micros(micros).ok());
    end.ok_or_else(|| {
        Failure("the years end with 9999: leave --expires out for a token without an end".to_owned())
    })
}

async fn list(common: &Common, json: bool) -> Outcome {
    let ledger = common.open_existing().await?;
    let tokens = ledger.tokens().await?;
    let text = if json {
        serde_json::json!({ "tokens": tokens }).to_string()
    } else if tokens.is_empty() {
        "No token was made yet. Until then, who reaches the server may do everything.".to_owned()
    } else {
        let now = Clock::system().now();
        let rows: Vec<[String; 8]> = tokens.into_iter().map(|token| row(token, now)).collect();
        output::table(
            ["NAME", "HANDLE", "RIGHTS", "SYSTEMS", "CREATED", "LAST USED", "EXPIRES", "STATE"],
            &rows,
        )
    };
    output::say(&text)?;
    close(&ledger).await?;
    Ok(ExitCode::SUCCESS)
}

fn row(token: AccessToken, now: Timestamp) -> [String; 8] {
    let state = match token.revoked_at {
        Some(moment) if token.is_valid(now) => format!("replaced, valid until {moment}"),
        Some(moment) => format!("revoked {moment}"),
        None if token.is_valid(now) => "valid".to_owned(),
        None => "expired".to_owned(),
    };
    let systems = token.systems.as_ref().map_or_else(
        || "all".to_owned(),
        |systems| systems.iter().map(SystemId::as_str).collect::<Vec<_>>().join(", "),
    );
    let moment =
        |moment: Option<Timestamp>| moment.map_or_else(|| "–".to_owned(), |moment| moment.to_string());
    let (created, used, expires) =
        (token.created_at.to_string(), moment(token.last_used_at), moment(token.expires_at));
    [token.name.clone(), token.handle.clone(), rights(&token), systems, created, used, expires, state]
}

fn rights(token: &AccessToken) -> String {
    token.rights.iter().map(|right| right.as_str()).collect::<Vec<_>>().join(", ")
}

async fn revoke(common: &Common, name: &str) -> Outcome {
    let ledger: Ledger = common.open_existing().await?;
    let revoked = ledger.revoke_token(name).await?;
    close(&ledger).await?;
    if !revoked {
        return Ok(unknown(name));
    }
    output::say(&format!("The token \"{name}\" is refused from now on."))?;
    Ok(ExitCode::SUCCESS)
}
