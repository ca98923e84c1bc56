//! What happens in the demo while it is served. A worker sends what `warehouse` has not, by the client that everybody can use,
//! and slowly enough to be looked at. Later new sales come in.

use std::time::Duration;

use ledgate_client::{Client, FailureType, Options, Outcome, Voucher, work};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::import;
use crate::cli::Failure;
use crate::http::serve::Address;
use crate::ledger_files;
use crate::service::Ledger;

/// How long the worker takes for a voucher.
const SENDING: Duration = Duration::from_secs(4);
/// The account that the warehouse does not know.
const UNKNOWN: &str = "666000";
/// When the first sale comes in: by then the worker has sent most of what was there.
const FIRST_SALE: Duration = Duration::from_secs(120);
/// The time between two sales.
const SALES: Duration = Duration::from_secs(20);
/// After so many sales the demo becomes quiet, however long it is served.
const MOST_SALES: u32 = 200;

/// Works until stopped.
pub async fn live(ledger: Ledger, address: Address, stop: CancellationToken) {
    let life = async { tokio::join!(told("worker", send(&address)), told("new sales", sell(&ledger))) };
    // The stop does not wait for a voucher that the worker is sending: the database is deleted anyway.
    stop.run_until_cancelled(life).await;
}

/// The demo is served in any case: what fails here is a warning.
async fn told(part: &str, life: impl Future<Output = Result<(), Failure>>) {
    if let Err(Failure(sentence)) = life.await {
        tracing::warn!("the demo goes on without its {part}: {sentence}");
    }
}

/// Sends what `warehouse` has not been sent, a voucher a claim.
async fn send(address: &Address) -> Result<(), Failure> {
    // The client calls addresses of the network only, so the demo on a Unix socket has no worker.
    let Address::Tcp(address) = address else { return Ok(()) };
    let client = Client::new(&format!("http://{address}"), None)?;
    let options = Options { batch: 1, ..Options::new("warehouse", "demo worker") };
    work(&client, options, sent).await.map_err(|error| Failure(error.to_string()))?;
    Ok(())
}

async fn sent(voucher: Voucher) -> Outcome {
    sleep(SENDING).await;
    if voucher.lines.iter().any(|line| line.account_number == UNKNOWN) {
        let reason = format!("the warehouse of the demo does not know the account {UNKNOWN}");
        return Outcome::failed(FailureType::UnknownAccount, reason);
    }
    Outcome::exported_as(format!("DW-{}", voucher.entry_number))
}

/// Records new sales, one by one.
async fn sell(ledger: &Ledger) -> Result<(), Failure> {
    sleep(FIRST_SALE).await;
    for number in 1..=MOST_SALES {
        record(ledger, number).await?;
        sleep(SALES).await;
    }
    Ok(())
}

/// The name of the import is the beginning of its entries' external ids, so each has its own.
async fn record(ledger: &Ledger, number: u32) -> Result<(), Failure> {
    import(ledger, &format!("sale {number} of the demo"), sale(number)).await?;
    Ok(())
}

/// A file with one sale, in the form of the FEC.
fn sale(number: u32) -> String {
    let header = ledger_files::DEMO.lines().next().unwrap_or_default();
    let net = 400 + 25 * number;
    let (tax, gross) = (net / 5, net + net / 5);
    let document = format!("FA-2026-1{number:03}\t20260302\tLuminaires, commande {number}");
    let lines = [
        ("411000\tClients\tCBRISE\tHôtel La Brise", gross, 0),
        ("707000\tVentes de marchandises\t\t", 0, net),
        ("445710\tTVA collectée\t\t", 0, tax),
    ]
    .map(|(account, debit, credit)| {
        let voucher = format!("VE\tVentes\tVE1{number:03}\t20260302");
        format!("{voucher}\t{account}\t{document}\t{debit},00\t{credit},00\t\t\t20260302\t\t\n")
    });
    format!("{header}\n{}", lines.concat())
}

#[cfg(test)]
mod tests {
    use crate::app;
    use crate::cli::demo;
    use crate::config::{Overrides, Settings};
    use crate::domain::Clock;

    use super::*;

    #[tokio::test]
    async fn one_sale_comes_in_after_the_other() {
        let folder = demo::folder().unwrap();
        let mut settings =
            Settings::load_from(&Overrides::default(), std::iter::empty(), folder.path()).unwrap();
        settings.database.url = demo::database_url(&folder).unwrap();
        let ledger = app::open(&settings.database, Clock::system()).await.unwrap();
        for number in 1..=3 {
            record(&ledger, number).await.unwrap();
        }
    }
}
