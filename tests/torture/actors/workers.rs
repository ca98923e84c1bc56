//! Workers: they claim what their system has not been sent, and settle it, or a part of it. Some die with what they
//! have, come back when the lease has ended, say it twice, ask for more time, or give the rest back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use ledgate::domain::Timestamp;
use serde_json::{Value, json};

use crate::claims::{Act, Kind, Lease, Line, SYSTEM};
use crate::client::id;
use crate::desk::{CLAIM, Desk, EXTEND, RELEASE, SETTLE};
use crate::model::Fate;
use crate::world::{World, now};

/// The shortest lease there is, in seconds: many end in a short run.
const LEASE: u64 = 10;

/// Works until the run stops.
pub async fn work(world: Arc<World>, mut rng: Rng, name: String) {
    let desk = Desk { world: &world, who: &name };
    // The system has a history when it becomes known.
    let begin = Duration::from_millis(rng.u64(2_000..5_000));
    world.stop.run_until_cancelled(tokio::time::sleep(begin)).await;
    let (mut number, mut late): (usize, Vec<usize>) = (0, Vec::new());
    while !world.stopped() {
        world.pause(&mut rng, 1_500).await;
        number += 1;
        if let Some(claim) = claim(&desk, &mut rng, number).await
            && work_off(&desk, &mut rng, claim).await
        {
            late.push(claim);
        }
        let (over, rest): (Vec<usize>, Vec<usize>) =
            late.into_iter().partition(|claim| is_over(&world, *claim));
        late = rest;
        for claim in over {
            settle(&desk, &mut rng, claim, 0).await;
        }
    }
}

/// Whether the lease of the claim has ended.
fn is_over(world: &World, claim: usize) -> bool {
    let state = world.model.lock();
    state.claims.calls[claim].leases.iter().all(|lease| lease.ends < now())
}

/// Claims, and gives the number of the claim, if there was something.
async fn claim(desk: &Desk<'_>, rng: &mut Rng, number: usize) -> Option<usize> {
    let worker = format!("{}/{number}", desk.who);
    let mut input = json!({ "systemId": SYSTEM, "first": rng.u64(1..=60), "leaseSeconds": LEASE,
        "worker": worker, "idempotencyKey": worker });
    if rng.u8(..4) == 0 {
        input["filter"] = json!({ "journalCode": { "eq": "IM" } });
    }
    let call = desk.world.model.lock().claims.begin_claim(&worker);
    let about = desk.about(&[]);
    let answer = desk.ask(rng, CLAIM, &input, &about).await?;
    desk.only(&answer, &[], &about);
    let (wrong, ids) = learn(desk.world, call, &answer);
    desk.world.record.checked("answers to claims", 1);
    let about = desk.about(&ids);
    desk.tell(&about, format!("claim {call} acknowledged: {}", answer["claim"]["claimId"]));
    for text in wrong {
        desk.wrong("a claim was answered wrongly", &about, format!("claim {call}: {text}"));
    }
    (!ids.is_empty()).then_some(call)
}

/// Keeps what an answer told of a claim. Gives what is wrong about it, and the ids of its entries.
fn learn(world: &World, call: usize, answer: &Value) -> (Vec<String>, Vec<i64>) {
    let told = &answer["claim"];
    let mut state = world.model.lock();
    let (mut wrong, mut lines) = (Vec::new(), Vec::new());
    for node in told["entries"]["nodes"].as_array().into_iter().flatten() {
        let entry = &node["entry"];
        let (id, name) = (id(&entry["entryId"]), entry["externalId"].as_str().unwrap_or_default());
        wrong.extend(state.learn_id(name, id));
        if state.entries.get(name).is_some_and(|known| known.fate == Fate::RolledBack) {
            wrong.push(format!("entry {id} was rolled back"));
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        lines.push(Line {
            id,
            voucher: text(&entry["voucher"]["id"]),
            version: node["version"].as_i64().and_then(|version| version.try_into().ok()).unwrap_or_default(),
            key: text(&node["dispatchKey"]),
        });
    }
    if told["entries"]["pageInfo"]["hasNextPage"] == json!(true) || told.is_null() != lines.is_empty() {
        wrong.push(format!("{} entries in {told}", lines.len()));
    }
    let ids = lines.iter().map(|line| line.id).collect();
    let claim = &mut state.claims.calls[call];
    claim.ended = Some(now());
    claim.id = told["claimId"].as_str().unwrap_or_default().to_owned();
    claim.leases.extend(lease(told));
    claim.lines = lines;
    (wrong, ids)
}

/// The lease that an answer tells.
fn lease(told: &Value) -> Option<Lease> {
    let ends = told["expiresAt"].as_str()?.parse::<Timestamp>().ok()?;
    Some(Lease { told: now(), ends: ends.micros() })
}

/// Works on what the claim has. Gives whether the worker forgets it, and comes back when the lease has ended.
async fn work_off(desk: &Desk<'_>, rng: &mut Rng, claim: usize) -> bool {
    // To post takes time.
    desk.world.pause(rng, 3_000).await;
    match rng.u8(..14) {
        // It dies.
        0 => {}
        1 | 2 => return true,
        3 | 4 => {
            extend(desk, rng, claim).await;
            desk.world.pause(rng, 3_000).await;
            settle(desk, rng, claim, 2).await;
        }
        5 => release(desk, rng, claim).await,
        6 => {
            settle(desk, rng, claim, 8).await;
            release(desk, rng, claim).await;
        }
        _ => settle(desk, rng, claim, 1).await,
    }
    false
}

/// The id of the claim, and what it was given.
fn told(world: &World, claim: usize) -> (String, Vec<Line>) {
    let state = world.model.lock();
    let claim = &state.claims.calls[claim];
    (claim.id.clone(), claim.lines.clone())
}

async fn extend(desk: &Desk<'_>, rng: &mut Rng, claim: usize) {
    let (id, lines) = told(desk.world, claim);
    let about = desk.about(&ids(&lines));
    let key = desk.world.model.lock().claims.fresh("extend");
    let input = json!({ "claimId": id, "leaseSeconds": rng.u64(LEASE..=2 * LEASE), "idempotencyKey": key });
    let Some(answer) = desk.ask(rng, EXTEND, &input, &about).await else { return };
    desk.only(&answer, &["CLAIM_LOST"], &about);
    let lease = lease(&answer["claim"]);
    desk.world.model.lock().claims.calls[claim].leases.extend(lease);
}

async fn release(desk: &Desk<'_>, rng: &mut Rng, claim: usize) {
    let (id, lines) = told(desk.world, claim);
    let about = desk.about(&ids(&lines));
    let act = Act { claim: Some(claim), ..Act::new(Kind::Released, id.clone(), ids(&lines)) };
    let (act, key) = {
        let mut state = desk.world.model.lock();
        (state.claims.begin(act), state.claims.fresh("release"))
    };
    let input = json!({ "claimId": id, "idempotencyKey": key });
    let Some(answer) = desk.ask(rng, RELEASE, &input, &about).await else { return };
    desk.only(&answer, &["CLAIM_LOST"], &about);
    let count = answer["entryCount"].as_u64().unwrap_or_default() as usize;
    desk.world.model.lock().claims.end(act, count);
}

fn ids(lines: &[Line]) -> Vec<i64> {
    lines.iter().map(|line| line.id).collect()
}

/// Says what became of the claim, in several calls, some of them twice. So many sixteenths of its vouchers it forgets.
async fn settle(desk: &Desk<'_>, rng: &mut Rng, claim: usize, forgets: u8) {
    let (id, lines) = told(desk.world, claim);
    let mut vouchers: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for line in lines {
        vouchers.entry(line.voucher.clone()).or_default().push(line);
    }
    let mut rest: Vec<Vec<Line>> = vouchers.into_values().collect();
    rng.shuffle(&mut rest);
    while !rest.is_empty() {
        let left = rest.len() - rng.usize(1..=rest.len());
        let mut part = rest.split_off(left);
        part.retain(|_| rng.u8(..16) >= forgets);
        for _ in 0..if rng.u8(..8) == 0 { 2 } else { 1 } {
            if !part.is_empty() && !send(desk, rng, claim, &id, &part).await {
                return;
            }
        }
    }
}

/// One call that settles these vouchers. Gives whether the worker is still alive.
async fn send(desk: &Desk<'_>, rng: &mut Rng, claim: usize, id: &str, vouchers: &[Vec<Line>]) -> bool {
    let (mut acts, mut exported, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for lines in vouchers {
        let text = desk.world.model.lock().claims.fresh("settle");
        let voucher = &lines[0].voucher;
        let reference = json!({ "documentId": format!("GL-{}", lines[0].key) });
        let (mut named, mut kind) = (ids(lines), Kind::Exported);
        match rng.u8(..16) {
            0 | 1 => {
                kind = Kind::Failed;
                failed.push(refused(rng, voucher, &text));
            }
            2 => {
                // A line without the rest of its voucher.
                named.truncate(1);
                exported
                    .push(json!({ "entryId": named[0].to_string(), "reference": reference, "note": text }));
            }
            _ => exported.push(json!({ "voucherId": voucher, "reference": reference, "note": text })),
        }
        acts.push((voucher.as_str(), Act { claim: Some(claim), ..Act::new(kind, text, named) }));
    }
    let named: Vec<i64> = acts.iter().flat_map(|(_, act)| act.named.iter().copied()).collect();
    let about = desk.about(&named);
    let (numbers, key) = {
        let mut state = desk.world.model.lock();
        let numbers: Vec<usize> = acts.iter().map(|(_, act)| state.claims.begin(act.clone())).collect();
        (numbers, state.claims.fresh("settling"))
    };
    let input = json!({ "claimId": id, "exported": exported, "failed": failed, "idempotencyKey": key });
    let Some(answer) = desk.ask(rng, SETTLE, &input, &about).await else { return false };
    desk.only(&answer, &["CLAIM_LOST"], &about);
    for (number, (voucher, act)) in numbers.into_iter().zip(&acts) {
        let count = count(act, voucher, &answer);
        if count > act.named.len() || (act.kind == Kind::Exported && count != act.named.len()) {
            let text = format!("{act:?}: {count} in {}", answer);
            desk.wrong("a settling was answered wrongly", &about, text);
        }
        desk.world.model.lock().claims.end(number, count);
    }
    desk.world.record.checked("answers to settlings", 1);
    true
}

/// That the system refused a voucher, to be tried again soon or when ledgate says.
fn refused(rng: &mut Rng, voucher: &str, text: &str) -> Value {
    let kind = rng.choice(["VALIDATION", "UNAVAILABLE", "OTHER"]);
    let soon = Timestamp::from_micros(now() + 3_000_000).ok().filter(|_| rng.bool());
    let retry_at = soon.map(|moment| moment.to_string());
    json!({ "voucherId": voucher, "type": kind, "reason": text, "retryAt": retry_at })
}

/// How many events the item has written, as the answer tells.
fn count(act: &Act, voucher: &str, payload: &Value) -> usize {
    let of = |list: &str, name: &str, value: &str| -> Vec<Value> {
        let all = payload[list].as_array().into_iter().flatten();
        all.filter(|one| one[name] == value).cloned().collect()
    };
    if act.kind == Kind::Exported {
        return of("exports", "note", &act.text).len();
    }
    match of("failures", "voucherId", voucher).first() {
        Some(failure) => failure["entryCount"].as_u64().unwrap_or_default() as usize,
        // The claim has lost it: the timelines tell of the failure all the same.
        None => act.named.len(),
    }
}
