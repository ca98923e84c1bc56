//! The demo: a small ledger of a company that does not exist, and two systems, of which one is kept up to date by a worker
//! while the demo is served. `filling` has what is there at the start, `living` what happens then.

mod filling;
mod living;

use std::path::PathBuf;

use tempfile::TempDir;

use super::Failure;
use crate::config::{DatabaseUrl, LedgerUrls, LedgersSettings};
use crate::http::serve::Address;
use crate::ledger_files::Options;
use crate::service::{ImportOrder, ImportReport, Ledger, Source};

pub use filling::fill;
pub use living::live;

const ACTOR: &str = "demo";

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

/// The filter of the log without the lines of requests: the worker calls every few seconds, and its calls would bury the rest.
/// Who wants them writes `ledgate::http::router=info` into the filter, which comes later and so has the last word.
pub fn without_requests(filter: &str) -> String {
    format!("ledgate::http::router=warn,{filter}")
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

/// Imports a text in the form of the FEC.
async fn import(ledger: &Ledger, name: &str, text: String) -> Result<ImportReport, Failure> {
    let file = Source { name: name.to_owned(), input: Box::new(std::io::Cursor::new(text.into_bytes())) };
    let order = ImportOrder::new(vec![file], Options::default(), name);
    Ok(ledger.import(order, ACTOR, |_| ()).await?)
}
