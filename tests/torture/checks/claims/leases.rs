//! Claims against each other, judged from what workers were told alone: none had what another one had, no voucher was
//! split, and a document keeps its key until something of it is marked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Told, Wrong};
use crate::claims::{Act, Claim, Claims, Kind, Line};
use crate::model::State;

/// Clocks are exact to the millisecond; nothing closer is judged.
pub(super) const MARGIN: i64 = 100_000;

/// Everything wrong about the claims.
pub fn judge(state: &State, told: &Told) -> Vec<Wrong> {
    let mut acts: HashMap<&str, Vec<&Act>> = HashMap::new();
    for act in &state.claims.acts {
        let vouchers: BTreeSet<&str> = act.named.iter().map(|id| told.voucher(*id)).collect();
        for voucher in vouchers {
            acts.entry(voucher).or_default().push(act);
        }
    }
    let scene = Scene { claims: &state.claims, told, acts };
    let mut wrong = scene.overlaps();
    wrong.extend(scene.splits(state));
    wrong.extend(scene.keys());
    wrong
}

struct Scene<'a> {
    claims: &'a Claims,
    told: &'a Told,
    /// By voucher.
    acts: HashMap<&'a str, Vec<&'a Act>>,
}

impl<'a> Scene<'a> {
    /// What was done to the entry, or may have been.
    fn acts(&self, id: i64) -> impl Iterator<Item = &'a Act> {
        let of_voucher = self.acts.get(self.told.voucher(id)).cloned().unwrap_or_default();
        of_voucher.into_iter().filter(move |act| act.rest || act.named.contains(&id))
    }

    fn overlaps(&self) -> Vec<Wrong> {
        let mut of: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (number, claim) in self.claims.calls.iter().enumerate() {
            for line in &claim.lines {
                of.entry(line.id).or_default().push(number);
            }
        }
        let mut wrong = Vec::new();
        for (id, numbers) in of {
            for (nth, one) in numbers.iter().enumerate() {
                for other in &numbers[nth + 1..] {
                    if self.overlap(*one, *other, id) {
                        let (one, other) = (&self.claims.calls[*one], &self.claims.calls[*other]);
                        wrong.push((
                            "two acknowledged claims have one entry",
                            id,
                            format!("{}; {}", brief(one), brief(other)),
                        ));
                    }
                }
            }
        }
        wrong
    }

    /// Whether both had the entry at one moment, whichever of them was made first.
    fn overlap(&self, one: usize, other: usize, id: i64) -> bool {
        let (first, second) = (&self.claims.calls[one], &self.claims.calls[other]);
        let may_precede = |claim: &Claim, next: &Claim| next.ended.is_none_or(|ended| claim.begun <= ended);
        (!may_precede(first, second) || self.had(one, other, id))
            && (!may_precede(second, first) || self.had(other, one, id))
    }

    /// Whether the first claim surely still had the entry when the other one was made, if it was made before.
    fn had(&self, first: usize, other: usize, id: i64) -> bool {
        let (claim, next) = (&self.claims.calls[first], &self.claims.calls[other]);
        let Some(ended) = next.ended else { return false };
        let latest = ended + MARGIN;
        let mut leases = claim.leases.iter().enumerate();
        let is_long = leases.any(|(nth, lease)| (nth == 0 || lease.told < next.begun) && lease.ends > latest);
        let frees = |act: &Act| match act.kind {
            Kind::Exported | Kind::Parked => true,
            Kind::Failed | Kind::Released => act.claim.is_none_or(|claim| claim == first),
            Kind::Requeued | Kind::Unmarked => false,
        };
        is_long && !self.acts(id).any(|act| act.begun < ended && frees(act))
    }

    /// A claim has all lines of a voucher that were recorded at once and were pending.
    fn splits(&self, state: &State) -> Vec<Wrong> {
        let mut voucher_of: HashMap<i64, usize> = HashMap::new();
        let id = |name: &String| state.entries.get(name).and_then(|entry| entry.id);
        let vouchers: Vec<Vec<i64>> =
            self.claims.vouchers.iter().map(|names| names.iter().filter_map(id).collect()).collect();
        for (number, ids) in vouchers.iter().enumerate() {
            voucher_of.extend(ids.iter().map(|id| (*id, number)));
        }
        let mut wrong = Vec::new();
        for claim in &self.claims.calls {
            let Some(ended) = claim.ended else { continue };
            let has: BTreeSet<i64> = claim.lines.iter().map(|line| line.id).collect();
            let whole: BTreeSet<usize> = has.iter().filter_map(|id| voucher_of.get(id).copied()).collect();
            for id in whole.into_iter().flat_map(|number| &vouchers[number]) {
                if !has.contains(id) && self.was_unexported(*id, claim.begun, ended) {
                    let text = format!("{} has others of its voucher {has:?}", brief(claim));
                    wrong.push(("a voucher was split by a claim", *id, text));
                }
            }
        }
        wrong
    }

    /// Whether the entry was surely unexported all the time between these moments.
    fn was_unexported(&self, id: i64, begun: i64, ended: i64) -> bool {
        let marks = self.acts(id).filter(|act| act.kind == Kind::Exported && act.begun < ended);
        let marked = marks.map(|act| act.ended.unwrap_or(i64::MAX)).max();
        let taken_back = |act: &Act| {
            act.kind == Kind::Unmarked
                && act.count == Some(1)
                && act.begun > marked.unwrap_or_default()
                && act.ended.is_some_and(|ended| ended < begun)
        };
        marked.is_none() || self.acts(id).any(taken_back)
    }

    /// All attempts to send a voucher have one key, as long as nothing of it was marked.
    fn keys(&self) -> Vec<Wrong> {
        let mut of: BTreeMap<&str, Vec<(&Line, i64)>> = BTreeMap::new();
        for claim in &self.claims.calls {
            for line in &claim.lines {
                of.entry(&line.voucher).or_default().push((line, claim.ended.unwrap_or(i64::MAX)));
            }
        }
        let mut wrong = Vec::new();
        for (voucher, lines) in of {
            let acts = self.acts.get(self.told.voucher(lines[0].0.id)).into_iter().flatten();
            let marks = acts.filter(|act| act.kind == Kind::Exported).map(|act| act.begun);
            let marked = marks.min().unwrap_or(i64::MAX);
            let before = lines.iter().filter(|(_, ended)| *ended < marked);
            let keys: BTreeSet<&str> = before.map(|(line, _)| line.key.as_str()).collect();
            if keys.len() > 1 {
                let text = format!("{voucher} under {keys:?}, and nothing of it was marked");
                wrong.push(("one document has two dispatch keys", lines[0].0.id, text));
            }
        }
        wrong
    }
}

fn brief(claim: &Claim) -> String {
    let Claim { worker, begun, ended, id, leases, .. } = claim;
    format!("claim {id} of {worker}, {begun} to {ended:?}, {leases:?}")
}
