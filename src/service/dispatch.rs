//! The key under which a unit is sent: one text for a system and a unit, the same over all attempts and workers, so that the
//! system recognizes what it was sent before. An un-mark gives a unit a new one, since then it is to be sent again.
//!
//! No id of an entry is part of it. After a restore, or when a replica that lagged behind was promoted, another entry may be given
//! the id of one that was lost; under its key the system would take the new entry for one that it has.
//!
//! Lines that were recorded after the others of their voucher had been sent get a key of their own: under the old key the
//! system would answer with the document that it has, and never post them.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};

use crate::domain::progress::Unit;
use crate::domain::voucher::MAX_LINES;
use crate::domain::{EntryId, Error, GlobalId, Result, Timestamp, Voucher, VoucherId};
use crate::store::dispatch::{self, Line};
use crate::store::{self, systems::KnownSystem};

/// Bytes of the digest that are kept.
const BYTES: usize = 16;

/// The key of the unit of each of these entries, by entry.
pub(super) async fn keys(
    connection: &impl ConnectionTrait,
    system: &KnownSystem,
    ids: &[EntryId],
) -> Result<HashMap<EntryId, String>> {
    let Some(salt) = dispatch::salt(connection, system.key).await? else { return Ok(HashMap::new()) };
    let entries = store::entries::by_ids(connection, ids).await?;
    let mut units: HashMap<VoucherId, Vec<EntryId>> = HashMap::new();
    for entry in &entries {
        let unit = match system.settings.unit {
            Unit::Voucher => Voucher::of(entry).id,
            Unit::Entry => VoucherId::Unnumbered(entry.id),
        };
        units.entry(unit).or_default().push(entry.id);
    }
    let mut lines: HashMap<VoucherId, Vec<EntryId>> = units.clone();
    if system.settings.unit == Unit::Voucher {
        let first = |(unit, ids): (&VoucherId, &Vec<EntryId>)| Some((*ids.first()?, unit.clone()));
        let ones: HashMap<EntryId, VoucherId> = units.iter().filter_map(first).collect();
        let of: Vec<EntryId> = ones.keys().copied().collect();
        let limit = MAX_LINES * (1 + of.len() as u64);
        for (one, line) in store::units::lines_of(connection, &of, limit).await? {
            let unit = ones.get(&one).ok_or_else(|| Error::internal("a line without a unit"))?;
            lines.entry(unit.clone()).or_default().push(line);
        }
    }
    let all: Vec<EntryId> = lines.values().flatten().copied().collect();
    let known = dispatch::lines(connection, system.key, &all).await?;
    let mut keys = HashMap::with_capacity(ids.len());
    for (unit, ids) in units {
        let of_unit = lines.get(&unit).into_iter().flatten();
        let of_unit: Vec<(EntryId, &Line)> = of_unit.filter_map(|id| Some((*id, known.get(id)?))).collect();
        let (set_aside, first_late) = (last_set_aside(&of_unit), first_late(&of_unit));
        let external_id = |id: &EntryId| known.get(id).map(|line| line.external_id.as_str());
        let name = match &unit {
            VoucherId::Unnumbered(id) => format!("entry/{}", external_id(id).unwrap_or_default()),
            numbered => GlobalId::Voucher(numbered.clone()).to_string(),
        };
        for id in ids {
            let first_late = first_late.get(&id).and_then(external_id);
            keys.insert(id, key(&salt, &name, set_aside, first_late)?);
        }
    }
    Ok(keys)
}

fn key(salt: &str, unit: &str, set_aside: i64, first_late: Option<&str>) -> Result<String> {
    let json = serde_json::to_vec(&(salt, unit, set_aside, first_late)).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(&Sha256::digest(json)[..BYTES]))
}

/// The last mark of the unit that was set aside, by its number; 0 when none was.
fn last_set_aside(lines: &[(EntryId, &Line)]) -> i64 {
    lines.iter().map(|(_, line)| line.set_aside).max().unwrap_or_default()
}

/// Divides a unit into groups of lines that are sent under one key. In the order in which they were recorded, a line begins a
/// new group if all earlier lines had been marked before it was recorded. Gives the first line of its group for each line
/// of a later group; lines of the first group are left out. Marks that are made later do not change the groups.
fn first_late(lines: &[(EntryId, &Line)]) -> HashMap<EntryId, EntryId> {
    let mut ordered: Vec<&(EntryId, &Line)> = lines.iter().collect();
    ordered.sort_by_key(|(id, line)| (line.recorded_at, *id));
    let mut first_late = HashMap::new();
    let mut first: Option<EntryId> = None;
    // When the last of the earlier lines was marked; `None` while one of them is not, and before there are any.
    let mut all_marked_at: Option<Timestamp> = None;
    for (place, together) in ordered.chunk_by(|(_, a), (_, b)| a.recorded_at == b.recorded_at).enumerate() {
        let (id, line) = together[0];
        if all_marked_at.is_some_and(|marked_at| marked_at < line.recorded_at) {
            first = Some(*id);
        }
        first_late.extend(together.iter().filter_map(|(id, _)| Some((*id, first?))));
        let earlier = if place == 0 { Some(Timestamp::default()) } else { all_marked_at };
        all_marked_at = together
            .iter()
            .map(|(_, line)| line.marked_at)
            .fold(earlier, |all, marked| all.zip(marked).map(|(all, marked)| all.max(marked)));
    }
    first_late
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    fn line(recorded: i64, marked: Option<i64>, set_aside: i64) -> Line {
        Line {
            external_id: String::new(),
            recorded_at: moment(recorded),
            marked_at: marked.map(moment),
            set_aside,
        }
    }

    /// The key of the line with the highest id.
    fn of(lines: &[(EntryId, Line)]) -> String {
        let lines: Vec<(EntryId, &Line)> = lines.iter().map(|(id, line)| (*id, line)).collect();
        let last = lines.iter().map(|(id, _)| *id).max().unwrap();
        let first_late = first_late(&lines).get(&last).map(|id| format!("external:{id}"));
        key("salt", "entry/external:1", last_set_aside(&lines), first_late.as_deref()).unwrap()
    }

    #[test]
    fn a_key_stays_over_attempts_and_is_new_after_an_unmark_and_for_latecomers() {
        let first = of(&[(1, line(1, None, 0)), (2, line(1, None, 0))]);
        assert_eq!(first.len(), 22);
        assert_eq!(first, of(&[(1, line(1, Some(5), 0)), (2, line(1, None, 0))]), "half of it is marked");
        assert_eq!(first, of(&[(1, line(1, Some(5), 0)), (2, line(1, Some(5), 0))]), "all of it is marked");
        assert_ne!(first, of(&[(1, line(1, None, 7)), (2, line(1, None, 8))]), "it was un-marked");
        let late = of(&[(1, line(1, Some(5), 0)), (2, line(1, Some(5), 0)), (3, line(6, None, 0))]);
        assert_ne!(first, late);
        let two = [(1, line(1, Some(5), 0)), (3, line(6, None, 0)), (4, line(7, None, 0))];
        assert_eq!(late, of(&two), "another one came");
        let part = [(1, line(1, Some(5), 0)), (3, line(6, Some(9), 0)), (4, line(7, None, 0))];
        assert_eq!(late, of(&part), "a part of the late ones is marked");
        let later = [(1, line(1, Some(5), 0)), (3, line(6, Some(9), 0)), (4, line(10, None, 0))];
        assert_ne!(late, of(&later), "all of the late ones had been marked");
        assert_ne!(first, key("other", "entry/external:1", 0, None).unwrap());
    }

    #[test]
    fn a_line_that_came_while_others_were_unexported_goes_with_them_whatever_is_marked_first() {
        let before = of(&[(1, line(1, Some(5), 0)), (2, line(1, None, 0)), (3, line(6, None, 0))]);
        let after = of(&[(1, line(1, Some(5), 0)), (2, line(1, Some(8), 0)), (3, line(6, None, 0))]);
        assert_eq!(before, after);
        assert_eq!(before, of(&[(1, line(1, None, 0))]));
    }
}
