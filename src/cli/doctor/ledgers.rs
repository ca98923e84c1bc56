//! Whether the ledgers beside `main` can be worked with.

use crate::app;
use crate::cli::{Failure, ledger};
use crate::config::Settings;
use crate::domain::Clock;

/// What is wrong with each of them, and how many are well. Nothing where there are none. Opens one after the other.
pub async fn look(settings: &Settings) -> Vec<Result<String, String>> {
    let others = match ledger::all(settings) {
        Ok(ledgers) => ledgers.into_iter().skip(1),
        Err(Failure(sentence)) => return vec![Err(sentence)],
    };
    let (mut well, mut found) = (0, Vec::new());
    for (name, database) in others {
        match app::open_existing(&database, Clock::system()).await {
            Ok(ledger) => {
                well += 1;
                // Nothing was written, so an error on closing loses nothing.
                ledger.database().clone().close().await.ok();
            }
            Err(error) => found.push(Err(format!("{name}: {error}; it is the ledger of --ledger {name}"))),
        }
    }
    if well > 0 {
        found.insert(0, Ok(format!("{well} beside main answer, can be written and have every migration")));
    }
    found
}
