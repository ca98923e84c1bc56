//! `ledgate replay`: takes back what a system was marked in a range of time, and puts it back again.

use std::process::ExitCode;

use clap::Args;

use super::{Common, Failure, Outcome, close, output, pages, parse_system, targets};
use crate::domain::replay::{Replay, ReplayState};
use crate::domain::{SystemId, Timestamp};
use crate::rest::ExportReplay;
use crate::service::{CancelReplay, Ledger, ReplayDraft, StartReplay, replay_cursor};

/// Who replays here.
const ACTOR: &str = "replay";

/// Replays that are read at a time.
const PAGE: i64 = 100;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate replay --system erp --since 2024-01-31T02:00:00Z --reason 'restored from the backup of 2 a.m.'\n  \
    ledgate replay --cancel 3\n  \
    ledgate replay --system erp --list\n\n\
    Every mark of the range is taken back, and its entry is unexported again at once. Marks that are made while it runs \
    stay. The command ends when all is done; gateways that serve the same ledger help.")]
pub struct Arguments {
    /// The external system, such as erp
    #[arg(long, value_name = "ID", value_parser = parse_system, required_unless_present = "cancel")]
    system: Option<SystemId>,
    /// Take back the marks after this moment (RFC 3339)
    #[arg(long, value_name = "TIME", requires = "reason", required_unless_present_any = ["cancel", "list"])]
    since: Option<Timestamp>,
    /// Take back the marks up to this moment (RFC 3339); without it up to now
    #[arg(long, value_name = "TIME", requires = "since")]
    until: Option<Timestamp>,
    /// Why, in words
    #[arg(long, value_name = "TEXT", requires = "since")]
    reason: Option<String>,
    /// Put back what the replay with this number took back
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["system", "since", "list"])]
    cancel: Option<i64>,
    /// List the replays of the system
    #[arg(long, conflicts_with = "since")]
    list: bool,
    /// Print one JSON object for each replay, with the names of the REST interface
    #[arg(long)]
    json: bool,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    match (&arguments.system, arguments.since, arguments.cancel) {
        (_, _, Some(id)) => {
            let cancelled = ledger.cancel_replay(CancelReplay::parse(Some(id), None), ACTOR).await;
            carry_out(&ledger, cancelled.map_err(targets::told)?.id, arguments.json).await?;
        }
        (Some(system), Some(marked_since), None) => {
            let draft = ReplayDraft {
                system_id: system.to_string(),
                marked_since,
                marked_until: arguments.until,
                reason: arguments.reason.unwrap_or_default(),
            };
            let started = ledger.perform(StartReplay::parse(draft, None), ACTOR).await;
            carry_out(&ledger, started.map_err(targets::told)?.id, arguments.json).await?;
        }
        (Some(system), None, None) => list(&ledger, system, arguments.json).await?,
        (None, _, None) => {}
    }
    close(&ledger).await?;
    Ok(ExitCode::SUCCESS)
}

/// Carries the replay on until nothing is left to be done, and says what came of it.
async fn carry_out(ledger: &Ledger, id: i64, json: bool) -> Result<(), Failure> {
    ledger.finish_replay(id).await?;
    let Some(replay) = ledger.replay(id).await? else { return Ok(()) };
    if json {
        output::say(&serde_json::to_string(&ExportReplay::from(replay))?)?;
        return Ok(());
    }
    let Replay { system_id, set_aside, put_back, .. } = &replay;
    output::say(&match replay.state {
        ReplayState::Cancelling | ReplayState::Cancelled => {
            format!("Replay {id} is cancelled: {put_back} of {set_aside} marks for {system_id} are back.")
        }
        ReplayState::Running | ReplayState::Done => {
            format!("Replay {id} is done: {set_aside} marks for {system_id} were taken back.")
        }
    })?;
    Ok(())
}

async fn list(ledger: &Ledger, system: &SystemId, json: bool) -> Result<(), Failure> {
    let mut rows: Vec<[String; 7]> = Vec::new();
    pages::read(PAGE, async |page| {
        let page = ledger.replays(system, &page).await?;
        let next = page.next_after(replay_cursor);
        for replay in page.items {
            if json {
                output::say(&serde_json::to_string(&ExportReplay::from(replay))?)?;
            } else {
                rows.push(row(replay));
            }
        }
        Ok(next)
    })
    .await?;
    if !json {
        let header = ["REPLAY", "STATE", "SINCE", "UNTIL", "TAKEN BACK", "PUT BACK", "REASON"];
        output::list(header, &rows, &format!("There are no replays for {system}."))?;
    }
    Ok(())
}

fn row(replay: Replay) -> [String; 7] {
    [
        replay.id.to_string(),
        replay.state.as_str().to_owned(),
        replay.marked_since.to_string(),
        replay.marked_until.to_string(),
        replay.set_aside.to_string(),
        replay.put_back.to_string(),
        output::one_line(&replay.reason),
    ]
}
