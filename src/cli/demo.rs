//! The demo: a small ledger of a company that does not exist, and two systems that were sent half of it, of which one
//! refused a voucher.

use std::path::PathBuf;

use tempfile::TempDir;

use super::Failure;
use crate::config::{DatabaseUrl, LedgerUrls, LedgersSettings};
use crate::domain::progress::FailureType;
use crate::domain::{Batch, Item, TargetDraft};
use crate::http::serve::Address;
use crate::ledger_files::{self, Options};
use crate::service::{
    ExportFailure, ExportFailureDraft, FailureDraft, ImportOrder, Ledger, Mark, MarkDraft, Source,
};

const ACTOR: &str = "demo";

/// The entry whose voucher `erp` refused.
const REFUSED: i64 = 57;

/// The folder of the temporary database. It is removed when the value is dropped.
pub fn folder() -> std::io::Result<TempDir> {
    tempfile::Builder::new().prefix("ledgate-demo-").tempdir()
}

/// The address of the database in that folder.
pub fn database_url(folder: &TempDir) -> Result<DatabaseUrl, Failure> {
    let path = folder.path().join("demo.db");
    format!("sqlite://{}", path.display()).parse().map_err(Failure)
}

/// The settings of the ledgers beside `main` with none of them: the demo shows nothing of the operator's.
pub fn without_ledgers(settings: &LedgersSettings) -> LedgersSettings {
    LedgersSettings { folder: PathBuf::new(), urls: LedgerUrls::default(), ..settings.clone() }
}

/// Loads the demo ledger and marks every second entry: the even ones for `erp`, and the first half for
/// `warehouse`. One voucher was refused by `erp`.
pub async fn fill(ledger: &Ledger) -> Result<(), Failure> {
    let file = Source { name: "the demo".to_owned(), input: Box::new(ledger_files::DEMO.as_bytes()) };
    let order = ImportOrder::new(vec![file], Options::default(), "demo");
    let report = ledger.import(order, ACTOR, |_| ()).await?;
    let highest = i64::try_from(report.summary.inserted).unwrap_or(i64::MAX);
    mark(ledger, (1..=highest).filter(|id| id % 2 == 0), "erp", "posted by the demo").await?;
    mark(ledger, 1..=highest / 2, "warehouse", "loaded by the demo").await?;
    refuse(ledger, REFUSED, "erp").await?;
    Ok(ledger.finish_takeovers().await?)
}

/// The system refuses the voucher of this entry.
async fn refuse(ledger: &Ledger, id: i64, system_id: &str) -> Result<(), Failure> {
    let draft = ExportFailureDraft {
        target: TargetDraft { entry_id: Some(Some(id)), voucher_id: None },
        system_id: system_id.to_owned(),
        failure: FailureDraft {
            kind: FailureType::UnknownAccount.as_str().to_owned(),
            reason: "the ERP of the demo does not know one of the accounts".to_owned(),
            retry_at: None,
        },
    };
    let call = Batch::<ExportFailure>::parse(vec![Ok(draft)], None);
    ledger.perform(call, ACTOR).await?;
    Ok(())
}

async fn mark(
    ledger: &Ledger,
    ids: impl Iterator<Item = i64>,
    system_id: &str,
    note: &str,
) -> Result<(), Failure> {
    let draft = |id| MarkDraft {
        entry_id: Some(id),
        system_id: system_id.to_owned(),
        note: Some(note.to_owned()),
        version: None,
        reference: None,
    };
    let drafts: Vec<MarkDraft> = ids.map(draft).collect();
    for items in drafts.chunks(Mark::MAX) {
        let call = Batch::<Mark>::parse(items.iter().cloned().map(Ok).collect(), None);
        ledger.perform(call, ACTOR).await?;
    }
    Ok(())
}

/// What `serve --demo` prints: where to look, and what to ask.
pub fn welcome(address: &Address) -> String {
    let (page, curl) = match address {
        Address::Tcp(address) => (format!("http://{address}/"), format!("curl http://{address}/graphql")),
        #[cfg(unix)]
        Address::Unix(path) => (
            "through a proxy in front of the socket".to_owned(),
            format!("curl --unix-socket {} http://localhost/graphql", path.display()),
        ),
    };
    format!(
        "ledgate serves a demo ledger that is gone when it stops.\n\n  \
         Explore   {page}\n  \
         Ask       {curl} -H 'content-type: application/json' -d '{{\"query\": \"{{ unexportedEntries(systemId: \
         \\\"erp\\\", first: 3) {{ nodes {{ id postingDate description debit credit }} }} }}\"}}'\n"
    )
}
