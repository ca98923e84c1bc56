//! A claim as a handler has it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use crate::outcome::Outcome;
use crate::voucher::Voucher;

/// Vouchers that a worker has to itself until the lease ends. Dropped, it takes no more answers.
#[derive(Debug)]
pub struct Claim {
    id: String,
    vouchers: Arc<[Voucher]>,
    answers: Arc<Answers>,
    outcomes: Sender<(usize, Outcome)>,
    lost: CancellationToken,
    stop: CancellationToken,
}

impl Claim {
    pub(super) fn new(
        id: String,
        vouchers: Arc<[Voucher]>,
        answers: Arc<Answers>,
        outcomes: Sender<(usize, Outcome)>,
        lost: CancellationToken,
        stop: CancellationToken,
    ) -> Self {
        Self { id, vouchers, answers, outcomes, lost, stop }
    }

    /// The id of the claim.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is to be sent, in the order in which it was recorded.
    pub fn vouchers(&self) -> &[Voucher] {
        &self.vouchers
    }

    /// Cancelled when the lease may have ended: another worker may have what is not finished, so nothing more is to be sent.
    /// What was sent by then is to be answered all the same.
    pub fn lost(&self) -> &CancellationToken {
        &self.lost
    }

    /// Cancelled when the worker is to stop: nothing new is to be begun.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Whether this voucher, by its place in [`Claim::vouchers`], has been answered.
    pub fn is_answered(&self, index: usize) -> bool {
        self.answers.has(index)
    }

    /// Says what became of a voucher, by its place in [`Claim::vouchers`]. It is settled soon, while the handler goes on; the
    /// call waits when many are waiting. Gives whether it counted: the first answer counts, of a voucher that there is.
    pub async fn answer(&self, index: usize, outcome: Outcome) -> bool {
        // The receiver is there as long as the claim is.
        self.answers.take(index) && self.outcomes.send((index, outcome)).await.is_ok()
    }
}

/// Which vouchers of a claim have been answered.
#[derive(Debug)]
pub struct Answers(Vec<AtomicBool>);

impl Answers {
    pub fn new(count: usize) -> Self {
        Self(std::iter::repeat_with(AtomicBool::default).take(count).collect())
    }

    fn has(&self, index: usize) -> bool {
        self.0.get(index).is_some_and(|answered| answered.load(Ordering::Relaxed))
    }

    /// Notes the answer; false when there was one, or there is no such voucher.
    fn take(&self, index: usize) -> bool {
        self.0.get(index).is_some_and(|answered| !answered.swap(true, Ordering::Relaxed))
    }

    /// How many have none.
    pub fn missing(&self) -> u64 {
        self.0.iter().filter(|answered| !answered.load(Ordering::Relaxed)).count() as u64
    }
}
