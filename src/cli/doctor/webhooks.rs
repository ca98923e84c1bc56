//! Whether webhooks can be told.

use crate::domain::webhook::SwitchedOff;
use crate::store::{Database, webhooks};

/// What is wrong with each webhook that is switched off or fails, and how many are well. Nothing where there are none.
pub(super) async fn look(database: &Database) -> Vec<Result<String, String>> {
    let all = match webhooks::all(database.reader()).await {
        Ok(all) => all,
        Err(error) => return vec![Err(error.to_string())],
    };
    let (mut well, mut found) = (0, Vec::new());
    for kept in all {
        let webhook = kept.webhook;
        let id = webhook.id;
        match (webhook.switched_off, webhook.failing_since) {
            (Some((at, SwitchedOff::Failed)), _) => found.push(Err(format!(
                "{id} is switched off since {at}, after three days of failures. `ledgate webhook show {id}` tells of \
                 them; mend the receiver, then `ledgate webhook on {id}`"
            ))),
            (Some((at, SwitchedOff::Gone)), _) => found.push(Err(format!(
                "{id} is switched off since {at}, since its receiver answered 410. `ledgate webhook delete {id}` \
                 deletes it, `ledgate webhook on {id}` switches it on"
            ))),
            (None, Some(since)) => found.push(Err(format!(
                "{id} fails since {since}, {} attempts so far. `ledgate webhook show {id}` tells why; it is tried for \
                 three days",
                webhook.attempts
            ))),
            (None, None) => well += 1,
        }
    }
    if well > 0 {
        found.insert(0, Ok(format!("told what happens: {well}")));
    }
    found
}
