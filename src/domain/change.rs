//! What has changed in an entry since a version of it, told from its timeline.

use std::collections::BTreeMap;

use serde_json::Value;

use super::entry::Entry;
use super::event::{EventPayload, Replaced, ReplacedValue, TimelineEvent};
use super::field::Field;

/// A field whose value is another than it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The field and the value that it had, as [`ReplacedValue`] has them.
    pub before: ReplacedValue,
    /// The value that it has, in the same form.
    pub now: Value,
}

/// The material changes of an entry since this version of it. `events` are the newest ones of its timeline, newest first:
/// as many as there are, or at least those since that version. `None` when they do not reach back so far.
pub fn changes_since(version: i32, entry: &Entry, events: &[TimelineEvent]) -> Option<Vec<Change>> {
    let mut at = entry.version;
    let mut before: BTreeMap<&'static str, ReplacedValue> = BTreeMap::new();
    for event in events {
        if at <= version {
            break;
        }
        let EventPayload::Updated { replaced } = &event.payload else { continue };
        // What is read last happened first: its old value is the one that the field had in that version.
        for value in replaced.values().filter(|value| value.field.is_some_and(Field::is_material)) {
            before.insert(value.name(), value);
        }
        at -= i32::from(replaced.is_material());
    }
    if at > version {
        return None;
    }
    let now = Replaced::of(entry);
    let changes = before.into_values().filter_map(|before| {
        let now = now.iter().find(|now| now.field == before.field)?.value.clone();
        (now != before.value).then_some(Change { before, now })
    });
    Some(changes.collect())
}
