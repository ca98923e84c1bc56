//! How entries and filters are made by chance: of few values, so that filters meet entries.

use std::collections::HashMap;

use ledgate::domain::{
    CurrencyCode, Day, EntryContent, Field, Filter, Kind, Money, Test, Timestamp, Value as Operand,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::ENTRIES;

/// What texts are made of: letters with surprising cases, and whatever means something to LIKE, to regular
/// expressions or to SQL.
const PIECES: [&str; 48] = [
    "a", "A", "é", "É", "e\u{301}", "E\u{301}", "σ", "ς", "Σ", "ß", "ẞ", "ss", "i", "I", "ı", "İ", "k",
    "\u{212a}", "ſ", "ῼ", "ǆ", "ǅ", "ⅷ", "\u{345}", "ι", "漢", "😀", "%", "_", "\\", "'", "\"", "[", "]",
    "^", "$", ".", "*", "(", "|", "?", "{", "-", "&", "#", " ", "\n", "",
];
const AMOUNTS: [i64; 9] = [i64::MIN, -125_000, -1, 0, 1, 125_000, 125_001, i64::MAX - 1, i64::MAX];
const DATES: [&str; 6] = ["1900-01-01", "1999-12-31", "2024-02-29", "2026-01-31", "2026-02-01", "9999-12-31"];
const CURRENCIES: [&str; 3] = ["EUR", "JPY", "USD"];
/// When entries are recorded, each third later, and what moments are compared with.
pub const MOMENTS: [&str; 3] =
    ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000001Z", "2026-03-02T00:00:00Z"];
pub const OTHER_MOMENTS: [&str; 3] =
    ["0001-01-01T00:00:00Z", "2026-03-01T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"];

fn text(pieces: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = String> {
    vec(select(&PIECES[..]), pieces).prop_map(|pieces| pieces.concat())
}

/// For what may not be empty.
fn some_text() -> impl Strategy<Value = String> {
    text(1..=2).prop_map(|text| if text.is_empty() { "a".to_owned() } else { text })
}

/// Mostly one piece, which more entries have.
fn searched_text() -> impl Strategy<Value = String> {
    let piece =
        select(&PIECES[..]).prop_filter("not empty", |piece| !piece.is_empty()).prop_map(str::to_owned);
    prop_oneof![2 => piece, 1 => some_text()]
}

fn money() -> impl Strategy<Value = Money> {
    select(&AMOUNTS[..]).prop_map(Money::from_ten_thousandths)
}

fn date() -> impl Strategy<Value = Day> {
    select(&DATES[..]).prop_map(|date| date.parse().unwrap())
}

fn currency() -> impl Strategy<Value = CurrencyCode> {
    select(&CURRENCIES[..]).prop_map(|code| code.parse().unwrap())
}

fn moment() -> impl Strategy<Value = Timestamp> {
    select([MOMENTS, OTHER_MOMENTS].concat()).prop_map(|moment| moment.parse().unwrap())
}

/// The value of a field, missing where it may be.
fn value(field: Field) -> BoxedStrategy<Option<Operand>> {
    let there = match field.length() {
        Some(length) if *length.start() > 0 => some_text().prop_map(Operand::Text).boxed(),
        Some(_) => text(0..=3).prop_map(Operand::Text).boxed(),
        None => operand(field),
    };
    if field.is_nullable() { option::of(there).boxed() } else { there.prop_map(Some).boxed() }
}

/// A content with every field of the table, whatever their number.
pub fn content() -> impl Strategy<Value = EntryContent> {
    let values: Vec<_> = Field::CONTENT.iter().map(|field| value(*field)).collect();
    let content = values.prop_map(|values| {
        let mut values: HashMap<Field, Option<Operand>> =
            Field::CONTENT.iter().copied().zip(values).collect();
        EntryContent::from_values(|field| values.remove(&field).flatten())
    });
    content.prop_filter("the amount fits", |content| content.amount().is_some())
}

fn operand(field: Field) -> BoxedStrategy<Operand> {
    match field.kind() {
        Kind::Id => {
            prop_oneof![0..=ENTRIES as i64 + 1, Just(i64::MIN), Just(i64::MAX)].prop_map(Operand::Id).boxed()
        }
        Kind::Integer => {
            prop_oneof![-1..=3, Just(i32::MIN), Just(i32::MAX)].prop_map(Operand::Integer).boxed()
        }
        Kind::Currency => currency().prop_map(|currency| Operand::Text(currency.to_string())).boxed(),
        Kind::Text => text(0..=2).prop_map(Operand::Text).boxed(),
        Kind::Money => money().prop_map(Operand::Money).boxed(),
        Kind::Date => date().prop_map(Operand::Date).boxed(),
        Kind::Timestamp => moment().prop_map(Operand::Timestamp).boxed(),
    }
}

/// Any test that the field has.
pub fn test(field: Field) -> BoxedStrategy<Test> {
    let one = move || operand(field);
    let list = move || vec(operand(field), 1..=4);
    let compared = prop_oneof![
        one().prop_map(Test::Eq),
        one().prop_map(Test::Ne),
        one().prop_map(Test::Gt),
        one().prop_map(Test::Gte),
        one().prop_map(Test::Lt),
        one().prop_map(Test::Lte),
        list().prop_map(Test::In),
        list().prop_map(Test::NotIn),
        (one(), one()).prop_map(|(low, high)| Test::Between(low, high)),
        any::<bool>().prop_map(Test::IsNull),
    ];
    if field.kind() != Kind::Text {
        return compared.boxed();
    }
    let searched = prop_oneof![
        3 => searched_text().prop_map(Test::Contains),
        1 => searched_text().prop_map(Test::StartsWith),
        1 => searched_text().prop_map(Test::EndsWith),
    ];
    prop_oneof![1 => compared, 1 => searched].boxed()
}

pub fn field() -> impl Strategy<Value = Field> {
    select(&Field::ALL[..])
}

pub fn condition() -> impl Strategy<Value = Filter> {
    let single = field().prop_flat_map(|field| test(field).prop_map(move |test| Filter::Field(field, test)));
    let pair = field().prop_flat_map(|field| {
        vec(test(field).prop_map(move |test| Filter::Field(field, test)), 2).prop_map(Filter::All)
    });
    prop_oneof![3 => single, 1 => pair]
}

/// Any filter within the bounds.
pub fn filter() -> impl Strategy<Value = Filter> {
    condition().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..=3).prop_map(Filter::All),
            vec(inner.clone(), 1..=3).prop_map(Filter::Any),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}
