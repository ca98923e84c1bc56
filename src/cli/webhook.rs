//! `ledgate webhook`: makes, lists, tests, changes and deletes webhooks.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Common, Failure, Outcome, WITH_FINDINGS, close, output, pages, parse_system, targets};
use crate::app;
use crate::domain::page::PageArguments;
use crate::domain::webhook::{Delivery, Webhook, WebhookKind};
use crate::domain::{Clock, SystemId};
use crate::rest;
use crate::service::{
    CreateWebhook, DeleteWebhook, Ledger, MadeWebhook, ReplayWebhook, RotateWebhookSecret, SwitchWebhookOn,
    WebhookDraft, webhook_cursor,
};

/// Who makes webhooks here.
const ACTOR: &str = "webhook";
/// Webhooks that are read at a time.
const PAGE: i64 = 100;
/// Attempts that `show` lists.
const ATTEMPTS: i64 = 20;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
    /// Print JSON, with the names of the REST interface
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a webhook and print its secret, this once
    #[command(after_help = "Kinds:\n  \
        ready     entries wait to be sent to the system\n  \
        failed    the system refused entries\n  \
        parked    entries were parked\n  \
        conflict  facts about an export do not fit together\n  \
        changed   entries have changed, or were withdrawn, since they were sent\n  \
        exported, unmarked, requeued, claimed, replayed  as the log of events has them\n\n\
        Example:\n  \
        ledgate webhook create --url https://hooks.example.com/ledgate --system erp --kinds ready,failed")]
    Create(Create),
    /// List the webhooks
    List,
    /// Show a webhook, and the last attempts to tell it something
    Show(Named),
    /// Delete a webhook
    Delete(Named),
    /// Give a webhook a new secret and print it, this once
    Rotate(Rotate),
    /// Tell a webhook `ledgate.test` now, and print what came of it
    Test(Named),
    /// Have a webhook told again of what is in the log of events, and of every backlog
    Replay(Replay),
    /// Switch a webhook on that was switched off: it is told what it was not told
    On(Named),
}

#[derive(Debug, Args)]
struct Create {
    /// The address that is to be told: https, without user name and password
    #[arg(long)]
    url: String,
    /// Only for this system [default: all systems]
    #[arg(long, value_name = "SYSTEM", value_parser = parse_system)]
    system: Option<SystemId>,
    /// What it is to tell of, separated by commas
    #[arg(long, value_name = "KINDS", required = true, value_delimiter = ',', value_parser = parse_kind)]
    kinds: Vec<WebhookKind>,
    /// What there is to know about it
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

#[derive(Debug, Args)]
struct Named {
    /// The number of the webhook
    #[arg(value_name = "NUMBER")]
    id: i64,
}

#[derive(Debug, Args)]
struct Rotate {
    /// The number of the webhook
    #[arg(value_name = "NUMBER")]
    id: i64,
    /// For so long both secrets sign, such as 1h [default: 1day]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    overlap: Option<Duration>,
}

#[derive(Debug, Args)]
struct Replay {
    /// The number of the webhook
    #[arg(value_name = "NUMBER")]
    id: i64,
    /// Only what is after the event with this cursor [default: everything in the log]
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
}

fn parse_kind(text: &str) -> Result<WebhookKind, String> {
    text.to_ascii_uppercase().parse().map_err(|_| {
        let kinds: Vec<String> = WebhookKind::ALL.iter().map(|kind| kind.as_str().to_lowercase()).collect();
        format!("the kinds are {}", kinds.join(", "))
    })
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let settings = common.settings()?;
    let ledger = app::open_existing(&settings.database, Clock::system()).await?;
    let ledger = match common.other_ledger() {
        Some(name) => ledger.named(name),
        None => ledger,
    };
    let ledger = ledger.with_webhooks(&settings.webhooks);
    let code = act(&ledger, arguments.action, arguments.json).await?;
    close(&ledger).await?;
    Ok(code)
}

async fn act(ledger: &Ledger, action: Action, json: bool) -> Outcome {
    match action {
        Action::Create(new) => {
            let draft = WebhookDraft {
                url: new.url,
                system_id: new.system.map(|system| system.to_string()),
                kinds: new.kinds.into_iter().map(Ok).collect(),
                description: new.description,
            };
            let made = ledger.create_webhook(CreateWebhook::parse(draft, None), ACTOR).await;
            hand_out(ledger, made.map_err(targets::told)?, json).await?;
        }
        Action::Rotate(Rotate { id, overlap }) => {
            let seconds = overlap.map(|overlap| i64::try_from(overlap.as_secs()).unwrap_or(i64::MAX));
            let call = RotateWebhookSecret::parse(Some(id), seconds, None);
            let made = ledger.change_webhook(call, ACTOR).await;
            hand_out(ledger, made.map_err(targets::told)?, json).await?;
        }
        Action::List => list(ledger, json).await?,
        Action::Show(Named { id }) => show(ledger, id, json).await?,
        Action::Delete(Named { id }) => {
            let deleted = ledger.change_webhook(DeleteWebhook::parse(Some(id), None), ACTOR).await;
            let id = deleted.map_err(targets::told)?.id;
            let json = json.then(|| json!({ "webhook_id": id }).to_string());
            output::say(&json.unwrap_or_else(|| format!("The webhook {id} is deleted.")))?;
        }
        Action::Test(Named { id }) => {
            let delivery = ledger.test_webhook(Some(id)).await.map_err(targets::told)?;
            let is_taken = delivery.is_taken();
            if json {
                output::say(&serde_json::to_string(&rest::WebhookDelivery::from(delivery))?)?;
            } else {
                output::say(&format!("{} after {} ms", outcome(&delivery), delivery.duration_ms))?;
            }
            return Ok(if is_taken { ExitCode::SUCCESS } else { ExitCode::from(WITH_FINDINGS) });
        }
        Action::Replay(Replay { id, after }) => {
            let call = ReplayWebhook::parse(Some(id), after.as_deref(), None);
            let moved = ledger.change_webhook(call, ACTOR).await.map_err(targets::told)?;
            told(ledger, moved.id, "is told again", json).await?;
        }
        Action::On(Named { id }) => {
            let call = SwitchWebhookOn::parse(Some(id), None);
            let moved = ledger.change_webhook(call, ACTOR).await.map_err(targets::told)?;
            told(ledger, moved.id, "is on", json).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a secret to standard output, and what it is for to standard error.
async fn hand_out(ledger: &Ledger, made: MadeWebhook, json: bool) -> Result<(), Failure> {
    let webhook = find(ledger, made.id).await?;
    let secret = made.secret.map(|secret| secret.0).unwrap_or_default();
    if json {
        let webhook = rest::Webhook::from(webhook);
        return Ok(output::say(&json!({ "webhook": webhook, "secret": secret }).to_string())?);
    }
    let Webhook { id, url, .. } = webhook;
    output::complain(&format!(
        "This is the secret of webhook {id}, which tells {url}. It is shown this once."
    ));
    Ok(output::say(&secret)?)
}

async fn told(ledger: &Ledger, id: i64, what: &str, json: bool) -> Result<(), Failure> {
    let webhook = find(ledger, id).await?;
    Ok(output::say(&if json {
        serde_json::to_string(&rest::Webhook::from(webhook))?
    } else {
        format!("The webhook {id} {what}.")
    })?)
}

async fn find(ledger: &Ledger, id: i64) -> Result<Webhook, Failure> {
    let none = || Failure(format!("there is no webhook {id}; `ledgate webhook list` lists them"));
    ledger.webhook(id).await?.ok_or_else(none)
}

async fn list(ledger: &Ledger, json: bool) -> Result<(), Failure> {
    let mut webhooks: Vec<Webhook> = Vec::new();
    pages::read(PAGE, async |page| {
        let page = ledger.webhooks(&page).await?;
        let next = page.next_after(webhook_cursor);
        webhooks.extend(page.items);
        Ok(next)
    })
    .await?;
    if json {
        let webhooks: Vec<rest::Webhook> = webhooks.into_iter().map(rest::Webhook::from).collect();
        return Ok(output::say(&json!({ "webhooks": webhooks }).to_string())?);
    }
    let rows: Vec<[String; 5]> = webhooks.into_iter().map(row).collect();
    Ok(output::list(["WEBHOOK", "ADDRESS", "SYSTEM", "KINDS", "STATE"], &rows, "There are no webhooks.")?)
}

fn row(webhook: Webhook) -> [String; 5] {
    let system = webhook.system_id.as_ref().map_or_else(|| "all".to_owned(), ToString::to_string);
    [webhook.id.to_string(), output::one_line(&webhook.url), system, names(&webhook.kinds), state(&webhook)]
}

fn names(kinds: &[WebhookKind]) -> String {
    kinds.iter().map(|kind| kind.as_str().to_lowercase()).collect::<Vec<_>>().join(", ")
}

fn state(webhook: &Webhook) -> String {
    match (webhook.switched_off, webhook.failing_since) {
        (Some((at, because)), _) => format!("off since {at} ({})", because.as_str()),
        (None, Some(since)) => format!("failing since {since}"),
        (None, None) => "on".to_owned(),
    }
}

async fn show(ledger: &Ledger, id: i64, json: bool) -> Result<(), Failure> {
    let webhook = find(ledger, id).await?;
    let page = PageArguments { first: Some(ATTEMPTS), ..PageArguments::default() };
    let deliveries = ledger.webhook_deliveries(id, &page).await?.items;
    if json {
        let deliveries: Vec<_> = deliveries.into_iter().map(rest::WebhookDelivery::from).collect();
        let shown = json!({ "webhook": rest::Webhook::from(webhook), "deliveries": deliveries });
        return Ok(output::say(&shown.to_string())?);
    }
    if let Some(description) = &webhook.description {
        output::say(&output::one_line(description))?;
    }
    output::say(&output::table(["WEBHOOK", "ADDRESS", "SYSTEM", "KINDS", "STATE"], &[row(webhook)]))?;
    let rows: Vec<[String; 5]> = deliveries.iter().map(attempt).collect();
    Ok(output::list(["AT", "SYSTEM", "TOLD OF", "OUTCOME", "MS"], &rows, "It was told nothing yet.")?)
}

fn attempt(delivery: &Delivery) -> [String; 5] {
    let told = if delivery.kinds.is_empty() { "test".to_owned() } else { names(&delivery.kinds) };
    [
        delivery.at.to_string(),
        output::or_dash(delivery.system_id.as_ref().map(ToString::to_string)),
        told,
        outcome(delivery),
        delivery.duration_ms.to_string(),
    ]
}

fn outcome(delivery: &Delivery) -> String {
    match (delivery.status, delivery.error) {
        (Some(status), _) => format!("answer {status}"),
        (None, Some(error)) => error.as_str().to_owned(),
        (None, None) => "–".to_owned(),
    }
}
