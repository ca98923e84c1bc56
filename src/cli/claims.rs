//! `ledgate claims`: what workers have claimed.

use std::process::ExitCode;

use clap::Args;

use super::{Common, Outcome, close, output, pages, parse_system};
use crate::domain::SystemId;
use crate::rest::ExportClaim;
use crate::service::claim_cursor;

/// Claims that are read at a time.
const PAGE: i64 = 100;

#[derive(Debug, Args)]
#[command(
    after_help = "A claim whose lease has ended is listed until another worker claims what it had. Its worker may \
    still say what it sent."
)]
pub struct Arguments {
    /// The external system, such as erp
    #[arg(long, value_name = "ID", value_parser = parse_system)]
    system: SystemId,
    /// Print one JSON object for each claim, with the names of the REST interface
    #[arg(long)]
    json: bool,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    let mut rows: Vec<[String; 6]> = Vec::new();
    pages::read(PAGE, async |page| {
        let page = ledger.export_claims(&arguments.system, &page).await?;
        let next = page.next_after(claim_cursor);
        for claim in page.items {
            if arguments.json {
                output::say(&serde_json::to_string(&ExportClaim::from(claim))?)?;
            } else {
                let lease = if claim.is_live { "live" } else { "ended" };
                let (claimed_at, expires_at) = (claim.claimed_at.to_string(), claim.expires_at.to_string());
                let worker = output::one_line(&claim.worker);
                rows.push([claim.id, worker, claim.actor, claimed_at, expires_at, lease.to_owned()]);
            }
        }
        Ok(next)
    })
    .await?;
    if !arguments.json {
        let nothing = format!("Nothing is claimed for {}.", arguments.system);
        output::list(["CLAIM", "WORKER", "BY", "CLAIMED", "LEASE ENDS", "LEASE"], &rows, &nothing)?;
    }
    close(&ledger).await?;
    Ok(ExitCode::SUCCESS)
}
