//! Claims voucher by voucher.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::{Id, JoinError, JoinSet};

use super::Next;
use super::claim::Claim;
use crate::outcome::{FailureType, Outcome};
use crate::voucher::Voucher;

/// Gives each voucher of a claim to the handler, so many at a time.
pub async fn voucher<H, F>(claim: Claim, handler: Arc<H>, concurrency: usize) -> Next
where
    H: Fn(Voucher) -> F + Send + Sync + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    let mut waiting = claim.vouchers().iter().cloned().enumerate();
    let mut running = JoinSet::new();
    let mut places: HashMap<Id, usize> = HashMap::new();
    loop {
        while running.len() < concurrency && !claim.stop().is_cancelled() && !claim.lost().is_cancelled() {
            let Some((place, voucher)) = waiting.next() else { break };
            places.insert(running.spawn(handler(voucher)).id(), place);
        }
        let ended = tokio::select! {
            () = claim.lost().cancelled() => break,
            ended = running.join_next_with_id() => ended,
        };
        let Some(ended) = ended else { return Next::Claim };
        answer(&claim, &mut places, ended).await;
    }
    // What did end is a fact, and is answered; the rest is cut where it waits.
    running.abort_all();
    while let Some(ended) = running.join_next_with_id().await {
        answer(&claim, &mut places, ended).await;
    }
    Next::Claim
}

async fn answer(claim: &Claim, places: &mut HashMap<Id, usize>, ended: Result<(Id, Outcome), JoinError>) {
    let (id, outcome) = match ended {
        Ok(ended) => ended,
        Err(error) if error.is_cancelled() => return,
        Err(error) => (error.id(), Outcome::failed(FailureType::Other, "the program that sends it panicked")),
    };
    if let Some(place) = places.remove(&id) {
        claim.answer(place, outcome).await;
    }
}
