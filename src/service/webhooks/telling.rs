//! A signal: what a webhook is told, and one attempt to tell it.

use serde::Serialize;
use uuid::Uuid;

use super::{sending, signing};
use crate::config::WebhookSettings;
use crate::domain::export_event::LogPlace;
use crate::domain::webhook::{Delivery, Webhook, WebhookKind};
use crate::domain::{Error, Result, SystemId, Timestamp};
use crate::service::{Ledger, event_cursor};
use crate::store;
use crate::store::webhooks::Kept;
use crate::telemetry;

/// What a webhook is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// The system that it is about; `None` for a test of a webhook for all systems.
    pub system_id: Option<SystemId>,
    /// What it tells of; nothing for a test.
    pub kinds: Vec<WebhookKind>,
    /// The last event that it tells of.
    pub place: LogPlace,
}

impl Signal {
    /// A test of this webhook.
    pub fn test(webhook: &Webhook) -> Self {
        Self { system_id: webhook.system_id.clone(), kinds: Vec::new(), place: webhook.place }
    }

    fn is_test(&self) -> bool {
        self.kinds.is_empty()
    }
}

/// What the receiver gets.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: &'a Data<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    ledger: &'a str,
    system_id: Option<&'a SystemId>,
    kinds: &'a [WebhookKind],
    cursor: Option<&'a str>,
}

impl Ledger {
    /// Tells a webhook something, as the `attempt`th attempt, and writes down what came of it.
    pub async fn tell(
        &self,
        settings: &WebhookSettings,
        kept: &Kept,
        attempt: i32,
        signal: &Signal,
    ) -> Result<Delivery> {
        let at = self.clock.now();
        let cursor = (signal.place != LogPlace::BEGINNING).then(|| event_cursor(signal.place));
        let data = Data {
            ledger: self.name(),
            system_id: signal.system_id.as_ref(),
            kinds: &signal.kinds,
            cursor: cursor.as_deref(),
        };
        // Each test is told by itself.
        let signal_id = if signal.is_test() {
            format!("msg_{}", Uuid::new_v4().simple())
        } else {
            signing::signal_id(kept, &data)?
        };
        let kind = if signal.is_test() { "ledgate.test" } else { "ledgate.signal" };
        let body =
            serde_json::to_string(&Payload { kind, timestamp: at, data: &data }).map_err(Error::internal)?;
        let headers = signing::headers(kept, &signal_id, at, &body)?;
        let answered = sending::post(settings, &kept.webhook.url, &headers, body).await;
        let delivery = Delivery {
            id: 0,
            webhook_id: kept.webhook.id,
            at,
            attempt,
            signal_id,
            system_id: signal.system_id.clone(),
            kinds: signal.kinds.clone(),
            cursor,
            status: answered.status.ok(),
            error: answered.status.err(),
            duration_ms: i32::try_from(answered.took.as_millis()).unwrap_or(i32::MAX),
        };
        telemetry::webhook_told(self.name(), delivery.is_taken());
        let transaction = self.database.begin().await?;
        let id = store::webhooks::note(&transaction, &delivery).await?;
        transaction.commit().await?;
        Ok(Delivery { id, ..delivery })
    }
}
