//! Saying what became of a claim, in as few calls as come in time.

mod item;

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::options::Event;
use super::retry::Retry;
use crate::Error;
use crate::client::Client;
use crate::documents::{SettleClaim, settle_claim};
use crate::outcome::Outcome;
use crate::summary::Summary;
use crate::voucher::Voucher;
use item::{Item, items};

/// Most items of a call.
const MAX_ITEMS: usize = 500;
/// Most entries that the items of a call may stand for. A server takes 10,000.
const MAX_LINES: usize = 5_000;
/// Most text of the items of a call, in bytes. A server reads 2 MiB, and JSON may write a byte as six.
const MAX_TEXT: usize = 256 << 10;
/// How long the first outcome of a call waits for others.
const LINGER: Duration = Duration::from_millis(100);

/// Settles the outcomes of one claim.
pub struct Settler<'a> {
    pub client: &'a Client,
    pub claim_id: &'a str,
    pub vouchers: &'a [Voucher],
    pub retry: Retry<'a>,
    /// Cancelled here when nothing can be settled any more: then nothing more is to be sent.
    pub lost: &'a CancellationToken,
    /// Cancelled here when the claim has nothing any more.
    pub settled: &'a CancellationToken,
    pub summary: &'a mut Summary,
}

/// What a server said to a call.
struct Answer {
    /// What the claim still has; `None` when the call was refused as a whole, and nothing was written.
    remaining: Option<i64>,
    conflicts: u64,
    faults: Vec<Fault>,
}

/// What it said of one item, or of the call.
struct Fault {
    /// The item, by its place; `None` where it is none of them.
    place: Option<usize>,
    code: String,
    message: String,
}

impl Settler<'_> {
    /// Settles what comes until nothing more comes. The error is that the server could not be told of something.
    pub async fn run(&mut self, mut outcomes: Receiver<(usize, Outcome)>) -> Result<(), Error> {
        let mut waiting: VecDeque<Item> = VecDeque::new();
        while self.collect(&mut outcomes, &mut waiting).await {
            let batch = batch(&mut waiting);
            if let Err(error) = self.settle(batch).await {
                self.lost.cancel();
                self.give_up(&waiting, &error);
                while let Some((place, outcome)) = outcomes.recv().await {
                    let items = self.items(place, outcome);
                    self.give_up(&items, &error);
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// Waits for outcomes, and a little for more of them. Gives whether there is something to settle.
    async fn collect(&self, outcomes: &mut Receiver<(usize, Outcome)>, waiting: &mut VecDeque<Item>) -> bool {
        if waiting.is_empty() {
            let Some((place, outcome)) = outcomes.recv().await else { return false };
            waiting.extend(self.items(place, outcome));
        }
        let until = Instant::now() + LINGER;
        while waiting.len() < MAX_ITEMS {
            let Ok(Some((place, outcome))) = timeout_at(until, outcomes.recv()).await else { break };
            waiting.extend(self.items(place, outcome));
        }
        true
    }

    /// The items of a call that say this.
    fn items(&self, place: usize, outcome: Outcome) -> Vec<Item> {
        self.vouchers
            .get(place)
            .map(|voucher| items(place, voucher, outcome.admissible()))
            .unwrap_or_default()
    }

    /// Settles these items. A call that is refused as a whole is divided, until the item is found that is the cause.
    async fn settle(&mut self, items: Vec<Item>) -> Result<(), Error> {
        let mut parts = vec![items];
        while let Some(mut items) = parts.pop() {
            // The same key in all repetitions: the first answer is given again.
            let key = Uuid::new_v4().to_string();
            let (client, claim_id) = (self.client, self.claim_id);
            let answer = self.retry.until_answered(|| send(client, claim_id, &items, &key)).await;
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    parts.push(items);
                    for part in &parts {
                        self.give_up(part, &error);
                    }
                    return Err(error);
                }
            };
            match answer.remaining {
                Some(remaining) => self.count(&items, &answer, remaining),
                None if items.len() > 1 => {
                    let rest = items.split_off(items.len() / 2);
                    parts.extend([rest, items]);
                }
                None => {
                    let fault = answer.faults.into_iter().next();
                    let fault = fault.map(|fault| Error::of_user(fault.code, fault.message));
                    let error =
                        fault.unwrap_or_else(|| Error::lasting("the server refused it without a reason"));
                    self.give_up(&items, &error);
                }
            }
        }
        Ok(())
    }

    /// Counts what a call did.
    fn count(&mut self, items: &[Item], answer: &Answer, remaining: i64) {
        let (mut exported, mut failed) = (0, 0);
        for (place, item) in items.iter().enumerate() {
            let fault = answer.faults.iter().find(|fault| fault.place == Some(place));
            match (fault, &item.outcome) {
                // A voucher that was told of by its lines counts once.
                (None, _) if !item.is_first => {}
                (None, Outcome::Exported(_)) => exported += 1,
                (None, Outcome::Failed(_)) => failed += 1,
                (Some(fault), Outcome::Failed(_)) if fault.code == "CLAIM_LOST" => self.summary.lost += 1,
                (Some(fault), _) => {
                    let error = Error::of_user(fault.code.clone(), fault.message.clone());
                    self.give_up(std::slice::from_ref(item), &error);
                }
            }
        }
        self.summary.exported += exported;
        self.summary.failed += failed;
        self.summary.conflicts += answer.conflicts;
        self.retry.observer.tell(&Event::Settled { exported, failed });
        if remaining == 0 {
            self.settled.cancel();
        }
    }

    /// Notes that the server could not be told of these.
    fn give_up<'i>(&mut self, items: impl IntoIterator<Item = &'i Item>, error: &Error) {
        for item in items.into_iter().filter(|item| item.is_first) {
            if let Some(voucher) = self.vouchers.get(item.voucher) {
                let reason = error.to_string();
                let event = Event::NotSettled { voucher_id: &voucher.voucher_id, reason: &reason };
                self.retry.observer.tell(&event);
                self.summary.add_unsettled(item.unsettled(voucher, reason));
            }
        }
    }
}

/// As many of the items as one call takes; at least one, if there is one.
fn batch(waiting: &mut VecDeque<Item>) -> Vec<Item> {
    let (mut count, mut lines, mut text) = (0, 0, 0);
    for item in waiting.iter().take(MAX_ITEMS) {
        lines += item.lines;
        text += item.text();
        if count > 0 && (lines > MAX_LINES || text > MAX_TEXT) {
            break;
        }
        count += 1;
    }
    waiting.drain(..count).collect()
}

/// Makes the call once.
async fn send(client: &Client, claim_id: &str, items: &[Item], key: &str) -> Result<Answer, Error> {
    let (mut exported, mut failed) = (Vec::new(), Vec::new());
    // Where the items of each list stand among all of them.
    let mut places: [Vec<usize>; 2] = [Vec::new(), Vec::new()];
    for (place, item) in items.iter().enumerate() {
        match &item.outcome {
            Outcome::Exported(outcome) => {
                exported.push(item.exported(outcome));
                places[0].push(place);
            }
            Outcome::Failed(outcome) => {
                failed.push(item.failed(outcome));
                places[1].push(place);
            }
        }
    }
    let (claim_id, key) = (claim_id.to_owned(), key.to_owned());
    let variables = settle_claim::Variables { claim_id, exported, failed, key };
    let payload = client.ask::<SettleClaim>(variables).await?.settle_claim;
    let payload =
        payload.ok_or_else(|| Error::lasting("the server answered without the payload of settleClaim"))?;
    let place = |field: &[String]| {
        let list = match field.first()?.as_str() {
            "exported" => &places[0],
            "failed" => &places[1],
            _ => return None,
        };
        list.get(field.get(1)?.parse::<usize>().ok()?).copied()
    };
    let faults = payload.user_errors.into_iter().map(|error| Fault {
        place: error.field.as_deref().and_then(place),
        code: error.code,
        message: error.message,
    });
    let exports = payload.exports.into_iter().flatten();
    Ok(Answer {
        remaining: payload.remaining_count,
        conflicts: exports.filter(|export| export.conflict.is_some()).count() as u64,
        faults: faults.collect(),
    })
}

#[cfg(test)]
mod tests;
