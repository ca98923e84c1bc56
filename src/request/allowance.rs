//! What each token may cost over time. The budgets live in this process: behind two gateways a token has two.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde::Serialize;

use super::Refusal;
use crate::config::BudgetSettings;
use crate::domain::budget::{Bucket, Budget};
use crate::domain::{Caller, Code};
use crate::service::Ledger;

/// The budgets of all tokens that have called.
#[derive(Clone, Debug)]
pub struct Budgets {
    /// `None`: nobody has one.
    budget: Option<Budget>,
    /// By the handle of the token: the operator makes tokens, so there are no more than the operator wants.
    buckets: Arc<Mutex<HashMap<String, Bucket>>>,
}

impl Budgets {
    /// As the settings say.
    pub fn new(settings: &BudgetSettings) -> Self {
        let &BudgetSettings { enabled, size, restore_per_second } = settings;
        Self { budget: enabled.then_some(Budget { size, restore_per_second }), buckets: Arc::default() }
    }

    /// What a request may cost that goes on with this ledger. Callers without a token have no budget.
    pub fn allowance(&self, caller: &Caller, ledger: &Ledger) -> Allowance {
        let budget = match (self.budget, caller) {
            (Some(budget), Caller::Bearer(token)) => Some((budget, token.handle.clone())),
            _ => None,
        };
        Allowance { budget, buckets: Arc::clone(&self.buckets), ledger: ledger.clone() }
    }
}

/// What one request may cost, found among its extensions.
#[derive(Clone, Debug)]
pub struct Allowance {
    budget: Option<(Budget, String)>,
    buckets: Arc<Mutex<HashMap<String, Bucket>>>,
    ledger: Ledger,
}

/// What a request cost, as `extensions.cost` of a GraphQL answer tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CostReport {
    /// The most it could have cost, by the sizes of the pages that were asked for.
    pub requested: u64,
    /// What it cost.
    pub actual: u64,
    /// What the token has left now.
    pub available: u64,
    /// How much comes back to the token each second.
    pub restore_rate: u64,
}

/// A request that costs more than is left.
#[derive(Clone, Copy, Debug)]
pub struct Throttled {
    /// The state of the budget; the request was not run, so its actual cost is 0.
    pub cost: CostReport,
    /// How long until there is enough.
    pub wait: Duration,
}

impl Throttled {
    /// A sentence for a person.
    pub fn message(&self) -> String {
        let CostReport { requested, available, restore_rate, .. } = self.cost;
        format!(
            "this costs up to {requested}, and the token has {available} left; {restore_rate} come back each second: \
             try again in {} s, or ask for less",
            self.retry_after()
        )
    }

    /// The wait in whole seconds, rounded up, as the header `Retry-After` has it.
    pub fn retry_after(&self) -> u64 {
        self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0)
    }
}

impl From<Throttled> for Refusal {
    fn from(throttled: Throttled) -> Self {
        Refusal::new(StatusCode::TOO_MANY_REQUESTS, Code::Throttled, throttled.message())
            .with_retry_after(throttled.retry_after())
    }
}

impl Allowance {
    /// Takes what the request may cost out of the budget until it is settled. `None` where the caller has no budget.
    pub fn reserve(&self, requested: u64) -> Result<Option<Reservation>, Throttled> {
        self.reserve_since(self.spent(), requested)
    }

    /// What the ledger has cost so far. A moment for [`Self::reserve_since`].
    pub fn spent(&self) -> u64 {
        self.ledger.cost()
    }

    /// The same, for work of which a part was done since this moment: it is paid with the rest.
    pub fn reserve_since(&self, before: u64, requested: u64) -> Result<Option<Reservation>, Throttled> {
        let Some((budget, _)) = self.budget else { return Ok(None) };
        let now = Instant::now();
        let taken = self.with_bucket(now, |bucket| {
            bucket.take(requested, now).map_err(|wait| (wait, bucket.available(now)))
        });
        match taken {
            None => Ok(None),
            Some(Ok(())) => {
                Ok(Some(Reservation { allowance: self.clone(), requested, before, settled: false }))
            }
            Some(Err((wait, available))) => {
                let restore_rate = budget.restore_per_second;
                Err(Throttled { cost: CostReport { requested, actual: 0, available, restore_rate }, wait })
            }
        }
    }

    fn with_bucket<T>(&self, now: Instant, work: impl FnOnce(&mut Bucket) -> T) -> Option<T> {
        let (budget, handle) = self.budget.as_ref()?;
        let mut buckets: MutexGuard<'_, _> = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        Some(work(buckets.entry(handle.clone()).or_insert_with(|| Bucket::full(*budget, now))))
    }
}

/// What was taken out of a budget for a request. Dropping it settles it, so that a request that is given up pays too.
#[derive(Debug)]
pub struct Reservation {
    allowance: Allowance,
    requested: u64,
    /// What the ledger had cost before: a subscription takes one for each event.
    before: u64,
    settled: bool,
}

impl Reservation {
    /// Pays what the request cost and puts the rest back.
    pub fn settle(mut self) -> Option<CostReport> {
        self.pay()
    }

    fn pay(&mut self) -> Option<CostReport> {
        if std::mem::replace(&mut self.settled, true) {
            return None;
        }
        let spent = self.allowance.spent().saturating_sub(self.before);
        let (requested, actual, now) = (self.requested, spent.max(1), Instant::now());
        let available = self.allowance.with_bucket(now, |bucket| {
            bucket.settle(requested, actual, now);
            bucket.available(now)
        })?;
        let restore_rate = self.allowance.budget.as_ref()?.0.restore_per_second;
        Some(CostReport { requested, actual, available, restore_rate })
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.pay();
    }
}
