use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::model::{Books, columns, plain};
use super::*;
use crate::domain::{CurrencyCode, Day, Money};

/// A line from a small alphabet, so that lines are often alike.
fn content() -> impl Strategy<Value = EntryContent> {
    let texts = (0..4usize, 0..2usize, 0..2usize, 0..2usize);
    let rest = (0..3i64, 0..2i64, 0..2usize, 0..2usize);
    (texts, rest).prop_map(
        |((reference, description, account, subledger), (debit, credit, letter, attribute))| {
            let mut content = EntryContent::from_values(|_| None);
            content.journal_code = "VE".to_owned();
            content.entry_number = "17".to_owned();
            content.posting_date = "2024-01-31".parse::<Day>().unwrap();
            content.currency = CurrencyCode::EUR;
            content.document_reference =
                [None, Some(""), Some("F1"), Some("F2")][reference].map(str::to_owned);
            content.description = ["sale", "tax"][description].to_owned();
            content.account_number = ["411", "707"][account].to_owned();
            content.subledger_account_number = [None, Some("C1")][subledger].map(str::to_owned);
            content.debit = Money::from_ten_thousandths(debit * 10_000);
            content.credit = Money::from_ten_thousandths(credit * 10_000);
            content.reconciliation_code = [None, Some("AA")][letter].map(str::to_owned);
            if attribute == 1 {
                content.attributes.insert("Axe".to_owned(), "Nord".into());
            }
            content
        },
    )
}

fn coming(most: usize) -> impl Strategy<Value = Vec<ComingLine>> {
    let line = (content(), prop::bool::weighted(0.2)).prop_map(|(mut content, narrow)| {
        if narrow {
            content.reconciliation_code = None;
            content.attributes.clear();
        }
        ComingLine { content, columns: columns(narrow), is_named: false }
    });
    prop::collection::vec(line, 0..most)
}

fn ledger() -> impl Strategy<Value = Vec<LedgerLine>> {
    let line = (content(), prop::bool::weighted(0.2));
    prop::collection::vec(line, 0..8).prop_map(|lines| {
        let line =
            |(place, (content, is_withdrawn))| LedgerLine { id: 1 + place as i64, content, is_withdrawn };
        lines.into_iter().enumerate().map(line).collect()
    })
}

/// What can happen to books.
#[derive(Clone, Debug)]
enum Step {
    Import(Vec<ComingLine>, bool),
    /// The last file again, with some lines left out, some twice and some others.
    Edit(u64, u64, Vec<ComingLine>, bool),
    Mark(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (coming(7), any::<bool>()).prop_map(|(lines, withdraws)| Step::Import(lines, withdraws)),
        (any::<u64>(), any::<u64>(), coming(3), any::<bool>())
            .prop_map(|(left, twice, more, withdraws)| Step::Edit(left, twice & left, more, withdraws)),
        any::<u64>().prop_map(Step::Mark),
    ]
}

fn books(steps: &[Step]) -> Books {
    let mut books = Books::default();
    let mut last: Vec<ComingLine> = Vec::new();
    for step in steps {
        match step {
            Step::Import(lines, withdraws) => {
                last.clone_from(lines);
                books.import(&last, *withdraws);
            }
            Step::Edit(keep, twice, more, withdraws) => {
                let times = |place: usize| (keep >> place & 1) + (twice >> place & 1);
                let lines = last.iter().enumerate();
                last = lines.flat_map(|(place, line)| (0..times(place)).map(|_| line.clone())).collect();
                last.extend(more.iter().cloned());
                books.import(&last, *withdraws);
            }
            Step::Mark(which) => books.mark(*which),
        }
    }
    books
}

proptest! {
    #[test]
    fn the_plan_is_the_plain_models(ledger in ledger(), file in coming(8)) {
        prop_assert_eq!(plan(&ledger, &file), plain(&ledger, &file));
    }

    #[test]
    fn every_line_has_one_place_in_the_plan(ledger in ledger(), file in coming(8)) {
        let plan = plan(&ledger, &file);
        let mut of_file: Vec<usize> = plan.pairs.iter().map(|pair| pair.file).chain(plan.new).collect();
        of_file.sort_unstable();
        prop_assert_eq!(of_file, (0..file.len()).collect::<Vec<_>>());
        let left_withdrawn = (0..ledger.len()).filter(|&line| {
            ledger[line].is_withdrawn && plan.pairs.iter().all(|pair| pair.ledger != line)
        });
        let paired = plan.pairs.iter().map(|pair| pair.ledger);
        let mut of_ledger: Vec<usize> = paired.chain(plan.missing).chain(left_withdrawn).collect();
        of_ledger.sort_unstable();
        prop_assert_eq!(of_ledger, (0..ledger.len()).collect::<Vec<_>>());
    }

    #[test]
    fn neither_the_order_of_the_lines_nor_the_cuts_between_files_mean_anything(
        steps in prop::collection::vec(step(), 0..4),
        (file, other) in coming(8).prop_flat_map(|file| (Just(file.clone()), Just(file).prop_shuffle())),
        withdraws: bool,
    ) {
        let mut one = books(&steps);
        let mut two = one.clone();
        one.import(&file, withdraws);
        two.import(&other, withdraws);
        prop_assert_eq!(one, two);
    }

    #[test]
    fn an_import_that_is_repeated_changes_nothing(
        steps in prop::collection::vec(step(), 0..5), file in coming(8), withdraws: bool,
    ) {
        let mut once = books(&steps);
        once.import(&file, withdraws);
        let mut twice = once.clone();
        let plan = twice.import(&file, withdraws);
        prop_assert_eq!(plan.new, Vec::<usize>::new());
        prop_assert!(plan.pairs.iter().all(|pair| pair.change == Change::None && !pair.returns));
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn what_the_file_says_is_in_the_books_once(
        steps in prop::collection::vec(step(), 0..5), file in coming(8),
    ) {
        let mut books = books(&steps);
        books.import(&file, true);
        let standing: Vec<_> = books.0.iter().filter(|kept| !kept.line.is_withdrawn).collect();
        prop_assert_eq!(standing.len(), file.len());
        let left = file.iter().fold(standing, |mut standing, line| {
            // The lines that say more are taken out first, so that one that says less does not take theirs.
            let place = standing.iter().position(|kept| {
                change(&line.columns, &kept.line.content, &line.content) == Change::None
            });
            if let (Some(place), false) = (place, line.columns != columns(false)) {
                standing.swap_remove(place);
            }
            standing
        });
        let narrow = file.iter().filter(|line| line.columns != columns(false)).count();
        prop_assert_eq!(left.len(), narrow);
    }

    #[test]
    fn a_mark_stays_on_the_content_that_was_sent(steps in prop::collection::vec(step(), 0..9)) {
        let books = books(&steps);
        prop_assert_eq!(books.swapped(), Vec::<&model::Kept>::new());
    }
}

fn named(mut line: ComingLine, name: &str) -> ComingLine {
    line.content.external_id = name.to_owned();
    line.is_named = true;
    line
}

#[test]
fn a_name_of_the_source_is_the_identity_whatever_the_line_says() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let line = content().new_tree(&mut runner).unwrap().current();
    let plain = ComingLine { content: line.clone(), columns: columns(false), is_named: false };
    let mut moved = named(plain.clone(), "a1");
    moved.content.entry_number = "18".to_owned();
    let mut kept = line;
    kept.external_id = "a1".to_owned();
    let ledger = [LedgerLine { id: 1, content: kept, is_withdrawn: false }];
    let plan = super::plan(&ledger, &[named(plain, "a2"), moved]);
    assert_eq!(plan.pairs, [Pair { ledger: 0, file: 1, change: Change::Material, returns: false }]);
    assert_eq!((plan.new, plan.missing), (vec![0], vec![]));
}
