//! External ids for entries of a file that has none.

use std::collections::HashMap;

/// Numbers the lines of each voucher in the order of the file.
#[derive(Default)]
pub struct Positions {
    /// Lines so far, by the hash of the voucher. Two vouchers with one hash count on from each other: the
    /// positions then skip numbers, and the ids are still unique, and the same whenever the file is read. That
    /// is why the names themselves need not be kept: a voucher costs 16 bytes.
    counts: HashMap<u64, u64>,
}

impl Positions {
    /// The id of the voucher's next line: `VE:20260131:17:1`. The date is in it because entry numbers begin
    /// anew every fiscal year, and one year must not overwrite another.
    pub fn next_id(&mut self, journal: &str, date: &str, number: &str) -> String {
        let voucher = format!("{journal}:{date}:{number}:");
        let count = self.counts.entry(fnv1a(voucher.as_bytes())).or_default();
        *count += 1;
        format!("{voucher}{count}")
    }
}

/// FNV-1a. The standard library's hashers may change from one Rust to the next; ids may not.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn names_that_run_together_still_get_ids_of_their_own() {
        let mut positions = Positions::default();
        assert_eq!(positions.next_id("A", "20260101", "x"), "A:20260101:x:1");
        assert_eq!(positions.next_id("A", "20260101", "x"), "A:20260101:x:2");
        assert_eq!(positions.next_id("A:20260101", "20260101", "x"), "A:20260101:20260101:x:1");
        assert_eq!(positions.next_id("A", "20260101", "20260101:x"), "A:20260101:20260101:x:2");
    }
}
