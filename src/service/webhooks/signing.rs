//! Signatures after Standard Webhooks (https://www.standardwebhooks.com): an id, a time and a signature in headers.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest, Sha256};
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook as Signer,
};

use crate::domain::webhook::WebhookSecret;
use crate::domain::{Error, Result, Timestamp};
use crate::store::webhooks::Kept;

/// Random bytes of a secret.
const SECRET: usize = 32;

/// A secret that nobody has yet.
pub(super) fn new_secret() -> Result<WebhookSecret> {
    let mut bytes = [0; SECRET];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(WebhookSecret(format!("whsec_{}", STANDARD.encode(bytes))))
}

/// The id of a signal with this content: the same each time that it is told. A later signal with the same content has
/// another one, since the number of signals has grown by then.
pub(super) fn signal_id(kept: &Kept, data: &impl Serialize) -> Result<String> {
    let webhook = &kept.webhook;
    let told = (webhook.id, webhook.created_at, kept.signal_number, data);
    let json = serde_json::to_vec(&told).map_err(Error::internal)?;
    Ok(format!("msg_{}", URL_SAFE_NO_PAD.encode(&Sha256::digest(json)[..18])))
}

/// The headers that sign this body at this moment, by each secret that is valid.
pub(super) fn headers(
    kept: &Kept,
    signal_id: &str,
    now: Timestamp,
    body: &str,
) -> Result<[(&'static str, String); 3]> {
    let seconds = now.micros().div_euclid(1_000_000);
    let signatures: Vec<String> = kept
        .secrets(now)
        .map(|secret| {
            let signer = Signer::new(&secret.0).map_err(Error::internal)?;
            signer.sign(signal_id, seconds, body.as_bytes()).map_err(Error::internal)
        })
        .collect::<Result<_>>()?;
    Ok([
        (HEADER_WEBHOOK_ID, signal_id.to_owned()),
        (HEADER_WEBHOOK_TIMESTAMP, seconds.to_string()),
        (HEADER_WEBHOOK_SIGNATURE, signatures.join(" ")),
    ])
}
