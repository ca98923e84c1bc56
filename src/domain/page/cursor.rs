//! Cursors: opaque texts that name a place in a list, and are bound to that list.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A place in an order: the key's value as an integer (id, microseconds or day), then the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The value of the order's key.
    pub key: i64,
    /// The id of the item.
    pub id: i64,
}

/// What a cursor is bound to, digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding([u8; 8]);

/// Raise it when the meaning of the bytes changes; older cursors are then refused.
const CURSOR_VERSION: u8 = 1;

impl Binding {
    /// Of anything that can be told apart by its JSON. Clients keep cursors, so the JSON must not change when
    /// something is renamed in Rust: every name in it is written out, and is REST's where REST has one.
    pub fn new(bound_to: &(impl Serialize + ?Sized)) -> Self {
        // A listing is plain data, which always has a JSON form; should that change, cursors stay unbound
        // rather than unusable.
        let json = serde_json::to_vec(bound_to).unwrap_or_default();
        let digest = Sha256::digest(json);
        let mut binding = [0; 8];
        binding.copy_from_slice(&digest[..8]);
        Binding(binding)
    }

    /// The cursor of a position.
    pub fn cursor(&self, position: Position) -> String {
        self.seal(&[position.key.to_be_bytes(), position.id.to_be_bytes()].concat())
    }

    /// The position of a cursor made with this binding; `None` for any other text.
    pub fn position(&self, cursor: &str) -> Option<Position> {
        let bytes = self.open(cursor)?;
        let (key, id) = bytes.split_at_checked(8)?;
        Some(Position {
            key: i64::from_be_bytes(key.try_into().ok()?),
            id: i64::from_be_bytes(id.try_into().ok()?),
        })
    }

    /// The cursor of an item in a list that is ordered by the ids.
    pub fn id_cursor(&self, id: i64) -> String {
        self.cursor(Position { key: id, id })
    }

    /// The id in such a cursor made with this binding; `None` for any other text.
    pub fn id(&self, cursor: &str) -> Option<i64> {
        Some(self.position(cursor)?.id)
    }

    /// The cursor of a place that a name stands for.
    pub fn name_cursor(&self, name: &str) -> String {
        self.seal(name.as_bytes())
    }

    /// The name in a cursor made with this binding; `None` for any other text.
    pub fn name(&self, cursor: &str) -> Option<String> {
        String::from_utf8(self.open(cursor)?).ok()
    }

    fn seal(&self, place: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode([&[CURSOR_VERSION], &self.0[..], place].concat())
    }

    fn open(&self, cursor: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        Some(bytes.strip_prefix(&[CURSOR_VERSION])?.strip_prefix(&self.0)?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Listing, Order, Scope};
    use super::*;

    fn binding(order: Order) -> Binding {
        Listing { scope: Scope::Ledger, filter: None, order }.binding()
    }

    #[test]
    fn a_cursor_belongs_to_its_listing() {
        let here = binding(Order::default());
        let there = binding(Order { descending: true, ..Order::default() });
        let position = Position { key: -3, id: i64::MAX };
        let cursor = here.cursor(position);
        assert_eq!(here.position(&cursor), Some(position));
        assert_eq!(there.position(&cursor), None);
        for broken in ["", "AQ", "not a cursor", &cursor[1..], &format!("{cursor}AA")] {
            assert_eq!(here.position(broken), None, "{broken:?}");
        }
    }
}
