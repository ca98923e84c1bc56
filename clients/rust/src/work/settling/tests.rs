//! How outcomes are put into calls.

use super::item::Target;
use super::*;
use crate::outcome::FailureType;

fn item(voucher: usize, lines: usize, outcome: Outcome) -> Item {
    let target = Target::Voucher(format!("voucher/2024-01-31/VE/{voucher}"));
    Item { voucher, target, outcome, lines, is_first: true }
}

fn sizes(mut waiting: VecDeque<Item>) -> Vec<usize> {
    let mut sizes = Vec::new();
    while !waiting.is_empty() {
        sizes.push(batch(&mut waiting).len());
    }
    sizes
}

#[test]
fn a_call_has_at_most_500_items() {
    let waiting = (0..1_200).map(|voucher| item(voucher, 1, Outcome::exported())).collect();
    assert_eq!(sizes(waiting), [500, 500, 200]);
}

#[test]
fn a_call_stands_for_no_more_entries_than_a_server_takes() {
    let waiting = (0..6).map(|voucher| item(voucher, 2_000, Outcome::exported())).collect();
    assert_eq!(sizes(waiting), [2, 2, 2]);
    let waiting = [5_000, 1].into_iter().map(|lines| item(0, lines, Outcome::exported())).collect();
    assert_eq!(sizes(waiting), [1, 1]);
}

#[test]
fn a_call_is_no_longer_than_a_server_reads() {
    let refused = || Outcome::failed(FailureType::Other, "é".repeat(2_000));
    let waiting = (0..100).map(|voucher| item(voucher, 2, refused())).collect();
    let sizes = sizes(waiting);
    assert!(sizes.iter().all(|size| (1..=66).contains(size)), "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), 100);
}
