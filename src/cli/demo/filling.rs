//! What is in the demo at its start.

use super::{ACTOR, import};
use crate::cli::Failure;
use crate::domain::export::Reference;
use crate::domain::progress::FailureType;
use crate::domain::{Batch, Item, Result, TargetDraft};
use crate::ledger_files;
use crate::service::{
    ExportFailure, ExportFailureDraft, FailureDraft, Ledger, Mark, MarkDraft, Operation, Park, ParkDraft,
    ReplayDraft, StartReplay,
};

/// The entry that `erp` has under two documents.
const POSTED_TWICE: i64 = 2;
/// An entry of the voucher that a person parked for `erp`.
const PARKED: i64 = 51;
/// An entry of the voucher that `erp` refused.
const REFUSED: i64 = 57;
/// A text of a voucher, and the text that its source put in its place after it was sent.
const CORRECTED: [&str; 2] =
    ["Abonnement fibre et mobiles", "Abonnement fibre, mobiles et location du routeur"];

/// Loads the demo ledger. `erp` was sent every second entry; one of them twice, and one voucher was corrected since. It refused
/// a voucher, and a person parked one. `warehouse` was sent the first half, has lost it, and is sent all again.
pub async fn fill(ledger: &Ledger) -> Result<(), Failure> {
    let (began, text) = (ledger.clock().now(), ledger_files::DEMO);
    let report = import(ledger, "the demo", text.to_owned()).await?;
    let highest = i64::try_from(report.summary.inserted).unwrap_or(i64::MAX);
    mark(ledger, (1..=highest).filter(|id| id % 2 == 0), "erp", |id| format!("GL-2026-{id:03}")).await?;
    mark(ledger, 1..=highest / 2, "warehouse", |id| format!("load-1/{id}")).await?;
    mark(ledger, [POSTED_TWICE], "erp", |_| "GL-2026-118".to_owned()).await?;
    let header = text.lines().next().unwrap_or_default();
    let [before, now] = CORRECTED;
    let lines = text.lines().filter(|line| line.contains(before)).map(|line| line.replace(before, now));
    let corrected: Vec<String> = std::iter::once(header.to_owned()).chain(lines).collect();
    import(ledger, "a correction", corrected.join("\n") + "\n").await?;
    perform(ledger, Batch::<ExportFailure>::parse(vec![Ok(refused())], None)).await?;
    perform(ledger, Batch::<Park>::parse(vec![Ok(parked())], None)).await?;
    ledger.finish_takeovers().await?;
    let replay = ReplayDraft {
        system_id: "warehouse".to_owned(),
        marked_since: began,
        marked_until: None,
        reason: "the warehouse was restored from an older backup".to_owned(),
    };
    perform(ledger, StartReplay::parse(replay, None)).await
}

async fn perform<O: Operation>(ledger: &Ledger, call: Result<O>) -> Result<(), Failure> {
    ledger.perform(call, ACTOR).await?;
    Ok(())
}

fn refused() -> ExportFailureDraft {
    ExportFailureDraft {
        target: TargetDraft { entry_id: Some(Some(REFUSED)), voucher_id: None },
        system_id: "erp".to_owned(),
        failure: FailureDraft {
            kind: FailureType::UnknownAccount.as_str().to_owned(),
            reason: "the ERP of the demo does not know one of the accounts".to_owned(),
            retry_at: None,
        },
    }
}

fn parked() -> ParkDraft {
    ParkDraft {
        target: TargetDraft { entry_id: Some(Some(PARKED)), voucher_id: None },
        system_id: "erp".to_owned(),
        reason: "the bank has to confirm the rate first".to_owned(),
    }
}

/// Marks these entries, each with a document of its own.
async fn mark(
    ledger: &Ledger,
    ids: impl IntoIterator<Item = i64>,
    system_id: &str,
    document: impl Fn(i64) -> String,
) -> Result<(), Failure> {
    let draft = |id| MarkDraft {
        entry_id: Some(id),
        system_id: system_id.to_owned(),
        note: Some("sent by the demo".to_owned()),
        version: None,
        reference: Some(Reference { document_id: document(id), url: None }),
    };
    let drafts: Vec<MarkDraft> = ids.into_iter().map(draft).collect();
    for items in drafts.chunks(Mark::MAX) {
        perform(ledger, Batch::<Mark>::parse(items.iter().cloned().map(Ok).collect(), None)).await?;
    }
    Ok(())
}
