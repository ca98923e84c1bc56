//! The mutations of workers and persons, called as docs/connectors.md tells connectors to: with a key, and again with
//! it until there is an answer. Who dies before that never knows.

use fastrand::Rng;
use serde_json::{Value, json};

use crate::claims::SYSTEM;
use crate::client::Outcome;
use crate::record::About;
use crate::world::World;

/// What reports call a mutation, and its document.
pub type Mutation = (&'static str, &'static str);

/// Takes entries.
pub const CLAIM: Mutation = (
    "claim",
    "mutation($input: ClaimExportsInput!) { claimExports(input: $input) {
        claim { claimId expiresAt entries(first: 500) {
            nodes { version dispatchKey entry { entryId externalId voucher { id } } }
            pageInfo { hasNextPage } } }
        userErrors { code message } } }",
);
/// Says what became of them.
pub const SETTLE: Mutation = (
    "settle",
    "mutation($input: SettleClaimInput!) { settleClaim(input: $input) {
        exports { entryId note version } failures { voucherId state entryCount } remainingCount
        userErrors { field code message } } }",
);
/// Takes more time.
pub const EXTEND: Mutation = (
    "extend",
    "mutation($input: ExtendClaimInput!) { extendClaim(input: $input) {
        claim { expiresAt } userErrors { code message } } }",
);
/// Gives the rest back.
pub const RELEASE: Mutation = (
    "release",
    "mutation($input: ReleaseClaimInput!) { releaseClaim(input: $input) {
        entryCount userErrors { code message } } }",
);
/// Takes marks back.
pub const UNMARK: Mutation = (
    "unmark",
    "mutation($input: UnmarkExportedInput!) { unmarkExported(input: $input) {
        done: unmarkings { entryId entryCount at: unmarkedAt } userErrors { field code message } } }",
);
/// Has something wait.
pub const PARK: Mutation = (
    "park",
    "mutation($input: ParkExportsInput!) { parkExports(input: $input) {
        done: parked { entryId entryCount at } userErrors { field code message } } }",
);
/// Has it tried again.
pub const REQUEUE: Mutation = (
    "requeue",
    "mutation($input: RequeueExportsInput!) { requeueExports(input: $input) {
        done: requeued { entryId entryCount at } userErrors { field code message } } }",
);
/// Tells of a failure without a claim.
pub const REPORT: Mutation = (
    "report failure",
    "mutation($input: ReportExportFailuresInput!) { reportExportFailures(input: $input) {
        done: failures { entryId entryCount } userErrors { field code message } } }",
);
/// Takes back what was marked in a range of time.
pub const START_REPLAY: Mutation = (
    "start replay",
    "mutation($input: StartReplayInput!) { startReplay(input: $input) {
        replay { replayId } userErrors { code message } } }",
);
/// Puts it back.
pub const CANCEL_REPLAY: Mutation = (
    "cancel replay",
    "mutation($input: CancelReplayInput!) { cancelReplay(input: $input) {
        replay { replayId } userErrors { code message } } }",
);

/// Where a worker or a person sits.
pub struct Desk<'a> {
    /// The run.
    pub world: &'a World,
    /// Who sits there.
    pub who: &'a str,
}

impl Desk<'_> {
    /// Calls a mutation until it is answered, and sometimes once more: the answer has to be the same. Nothing when the
    /// caller dies before that. Gives the payload.
    pub async fn ask(
        &self,
        rng: &mut Rng,
        mutation: Mutation,
        input: &Value,
        about: &About,
    ) -> Option<Value> {
        let (kind, document) = mutation;
        let mut first = None;
        let mut times = if rng.u8(..6) == 0 { 2 } else { 1 };
        loop {
            let client = self.world.gateway(rng).client.clone();
            let variables = json!({ "input": input });
            self.tell(about, format!("{kind} at {}: {input}", client.gateway));
            match client.graphql(&self.world.record, kind, document, variables).await {
                Outcome::Answered(data) => {
                    let fields = data.as_object().and_then(|data| data.values().next());
                    let payload = fields.cloned().unwrap_or_default();
                    let before = first.get_or_insert_with(|| payload.clone());
                    if is_out_of_turn(before) {
                        before.clone_from(&payload);
                    }
                    if lasting(before) != lasting(&payload) {
                        let text = format!("{kind}: first {before}, then {payload}");
                        self.wrong("a repeated call of a worker or a person has another answer", about, text);
                    }
                    times -= 1;
                    if times == 0 {
                        return first;
                    }
                    continue;
                }
                Outcome::Unknown(text) => {
                    self.tell(about, format!("{kind} not acknowledged: {text}"));
                    if first.is_none() && rng.u8(..4) == 0 {
                        self.tell(about, format!("dies before {kind} is answered"));
                        return None;
                    }
                }
                Outcome::Refused(text) => client.refused(&self.world.record, about.clone(), &text),
            }
            self.world.breathe().await;
        }
    }

    /// The payload may have refusals of these codes; another one is a failure.
    pub fn only(&self, payload: &Value, codes: &[&str], about: &About) {
        let errors = payload["userErrors"].as_array().cloned().unwrap_or_default();
        let other =
            errors.iter().find(|error| error["code"].as_str().is_none_or(|code| !codes.contains(&code)));
        if let Some(error) = other {
            self.wrong("a worker or a person is refused", about, error.to_string());
        }
    }

    /// These entries as the system sees them.
    pub fn about(&self, ids: &[i64]) -> About {
        let state = self.world.model.lock();
        let entries = ids.iter().filter_map(|id| state.by_id.get(id).cloned()).collect();
        About { entries, system: Some(SYSTEM.to_owned()), call: None }
    }

    /// Puts down what happens here.
    pub fn tell(&self, about: &About, text: impl Into<String>) {
        self.world.event(self.who, about.clone(), text);
    }

    /// A promise did not hold.
    pub fn wrong(&self, kind: &str, about: &About, text: impl Into<String>) {
        self.world.record.failure(kind, about.clone(), text);
    }
}

/// Whether another replay was in the way. Such an answer is not kept with the key, so that the call may be carried out later.
fn is_out_of_turn(payload: &Value) -> bool {
    payload["userErrors"][0]["code"] == "REPLAY_OPEN"
}

/// What stays of an answer when it is given again: a claim is told as it stands then.
fn lasting(payload: &Value) -> &Value {
    let claim = &payload["claim"]["claimId"];
    if claim.is_null() { payload } else { claim }
}
