//! What an amount says, alone and beside others.

use super::super::amounts::{Amount, DecimalSign, Signs, read};
use crate::domain::money::MoneyError;

/// Read alone, with nothing known of the decimal sign.
fn alone(text: &str) -> Result<Amount, MoneyError> {
    read(text, &mut Signs::default(), true)
}

fn value(read: Result<Amount, MoneyError>) -> Result<String, MoneyError> {
    read.map(|amount| match amount {
        Amount::Is(amount, _) => amount.to_string(),
        Amount::Either(sign) => format!("either ({sign})"),
    })
}

#[test]
fn amounts_as_packages_write_them() {
    for (text, expected) in [
        ("", "0.00"),
        ("0,00", "0.00"),
        ("1234,5", "1234.50"),
        ("1234.56", "1234.56"),
        ("0000001234,56", "1234.56"),
        ("-12,50", "-12.50"),
        ("12,50-", "-12.50"),
        ("- 12,50", "-12.50"),
        ("-0000012,50", "-12.50"),
        ("\u{2212}12,50", "-12.50"),
        ("+12,50", "12.50"),
        ("12,50+", "12.50"),
        (",50", "0.50"),
        ("12,", "12.00"),
        (",000", "0.00"),
        ("0,000", "0.00"),
        ("1 234 567,89", "1234567.89"),
        ("1\u{a0}234,56", "1234.56"),
        ("12\u{202f}345", "12345.00"),
        ("1.234.567,89", "1234567.89"),
        ("1,234.50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1234,567", "1234.567"),
        ("0,123400", "0.1234"),
        ("922337203685477,5807", "922337203685477.5807"),
        ("1.234", "either (point)"),
        ("-25,000", "either (comma)"),
    ] {
        assert_eq!(value(alone(text)), Ok(expected.to_owned()), "{text:?}");
    }
}

#[test]
fn what_may_mean_two_things_is_no_amount() {
    for text in [
        "-",
        ",",
        "--1",
        "-1-",
        "+-5",
        "1,234,567",
        "12 34,5",
        "1 234.567 890",
        "1 23,0",
        "1e3",
        "12€",
        " ",
        "é",
    ] {
        assert_eq!(alone(text), Err(MoneyError::Malformed), "{text:?}");
    }
    assert_eq!(alone("0,12345"), Err(MoneyError::TooPrecise));
    assert_eq!(alone("922337203685478"), Err(MoneyError::OutOfRange));
}

#[test]
fn other_amounts_of_the_file_decide_and_only_at_its_end() {
    for (others, expected) in [
        (&["12,50"][..], "25.00"),
        (&[",000"], "25.00"),
        (&["12,50", "7"], "25.00"),
        (&["7", "120"], "either (comma)"),
        (&["1,234.50"], "either (comma)"),
        (&["12,50", "12.50"], "either (comma)"),
        (&["25.000"], "either (comma)"),
    ] {
        let mut signs = Signs::default();
        assert_eq!(value(read("25,000", &mut signs, false)), Ok("either (comma)".to_owned()));
        for other in others {
            read(other, &mut signs, false).unwrap();
        }
        assert_eq!(value(read("25,000", &mut signs, false)), Ok("either (comma)".to_owned()));
        assert_eq!(value(read("25,000", &mut signs, true)), Ok(expected.to_owned()), "{others:?}");
    }
    let mut signs = Signs::default();
    let first = read("12,50", &mut signs, false).unwrap();
    assert_eq!(first, Amount::Is("12.50".parse().unwrap(), Some(DecimalSign::Comma)));
    assert_eq!(read("12,50", &mut signs, false).unwrap(), Amount::Is("12.50".parse().unwrap(), None));
}

#[test]
fn a_decimal_sign_that_is_given_is_taken_at_its_word() {
    let with = |text: &str, sign| value(read(text, &mut Signs::new(Some(sign)), false));
    for (text, comma, point) in [
        ("25,000", Some("25.00"), Some("25000.00")),
        ("25.000", Some("25000.00"), Some("25.00")),
        ("1,234.50", None, Some("1234.50")),
        ("1.234,50", Some("1234.50"), None),
        ("1,234,567", None, Some("1234567.00")),
        ("12,50", Some("12.50"), None),
        ("1 234", Some("1234.00"), Some("1234.00")),
    ] {
        let expected = |text: Option<&str>| text.map(str::to_owned).ok_or(MoneyError::Malformed);
        assert_eq!(with(text, DecimalSign::Comma), expected(comma), "{text}");
        assert_eq!(with(text, DecimalSign::Point), expected(point), "{text}");
    }
}
