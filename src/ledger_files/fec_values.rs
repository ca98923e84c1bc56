//! Values as accounting packages write them in a FEC.

use chrono::NaiveDate;

use crate::domain::Money;
use crate::domain::money::MoneyError;

/// An amount: a decimal comma or point, a sign in front or behind, groups of three digits set off, padding.
/// Empty is zero. The text is trimmed.
pub(super) fn amount(text: &str) -> Result<Money, MoneyError> {
    if text.is_empty() {
        return Ok(Money::ZERO);
    }
    let (negative, digits) = signed(text);
    let (whole, fraction) = match digits.rfind(['.', ',']) {
        Some(mark) => (&digits[..mark], &digits[mark + 1..]),
        None => (digits, ""),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(MoneyError::Malformed);
    }
    // A mark that also groups digits ("1,234,567") may mean either: refused, as Money knows no group mark.
    let mark = digits[whole.len()..].chars().next();
    let whole = ungrouped(whole, mark).ok_or(MoneyError::Malformed)?;
    let sign = if negative { "-" } else { "" };
    let or_zero = |part: &str| if part.is_empty() { "0".to_owned() } else { part.to_owned() };
    format!("{sign}{}.{}", or_zero(&whole), or_zero(fraction)).parse()
}

/// Takes one sign off, wherever it is. A second one stays, and is no digit.
fn signed(text: &str) -> (bool, &str) {
    for (sign, negative) in [('-', true), ('\u{2212}', true), ('+', false)] {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return (negative, rest.trim());
        }
    }
    (false, text)
}

/// The digits without the marks between groups of three. One kind of mark, other than the decimal one.
fn ungrouped(whole: &str, decimal: Option<char>) -> Option<String> {
    let is_group_mark = |c: char| c.is_whitespace() || matches!(c, '.' | ',' | '\'' | '’');
    let Some(mark) = whole.chars().find(|c| is_group_mark(*c)) else { return Some(whole.to_owned()) };
    let mut groups = whole.split(mark);
    let first = groups.next()?;
    let well_formed = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    (well_formed && Some(mark) != decimal).then(|| whole.replace(mark, ""))
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a date such as \"20260131\"")]
pub(super) struct DateError;

/// A date: YYYYMMDD, and also YYYY-MM-DD and DD/MM/YYYY. None when empty or all zeros. The text is trimmed.
pub(super) fn date(text: &str) -> Result<Option<NaiveDate>, DateError> {
    if !text.is_ascii() {
        return Err(DateError);
    }
    let bytes = text.as_bytes();
    let (year, month, day) = match bytes {
        [] => return Ok(None),
        [_, _, _, _, _, _, _, _] => (&text[..4], &text[4..6], &text[6..]),
        [_, _, _, _, b'-', _, _, b'-', _, _] => (&text[..4], &text[5..7], &text[8..]),
        [_, _, b'/', _, _, b'/', _, _, _, _] => (&text[6..], &text[3..5], &text[..2]),
        _ if bytes.iter().all(|byte| *byte == b'0') => return Ok(None),
        _ => return Err(DateError),
    };
    let number = |digits: &str| {
        if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse::<u32>().ok() } else { None }
    };
    match (number(year), number(month), number(day)) {
        (Some(0), Some(0), Some(0)) => Ok(None),
        (Some(year), Some(month), Some(day)) => i32::try_from(year)
            .ok()
            .and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
            .map(Some)
            .ok_or(DateError),
        _ => Err(DateError),
    }
}

/// The side of the books an amount is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Debit,
    Credit,
}

/// The side: D or C, +1 or −1. `None` for any other text.
pub(super) fn side(text: &str) -> Option<Side> {
    match text {
        "D" | "d" | "+1" | "1" | "+" => Some(Side::Debit),
        "C" | "c" | "-1" | "-" => Some(Side::Credit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_packages_write_them() {
        for (text, value) in [
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
            ("1 234 567,89", "1234567.89"),
            ("1\u{a0}234,56", "1234.56"),
            ("12\u{202f}345", "12345.00"),
            ("1.234.567,89", "1234567.89"),
            ("1,234.50", "1234.50"),
            ("1'234.50", "1234.50"),
            ("1.234", "1.234"),
            ("0,123400", "0.1234"),
            ("922337203685477,5807", "922337203685477.5807"),
        ] {
            assert_eq!(amount(text).map(|m| m.to_string()), Ok(value.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn what_may_mean_two_things_is_no_amount() {
        for text in [
            "-",
            ",",
            "--1",
            "-1-",
            "1,234,567",
            "12 34,5",
            "1 234.567 890",
            "1 23,0",
            "1e3",
            "12€",
            " ",
            "é",
        ] {
            assert_eq!(amount(text), Err(MoneyError::Malformed), "{text:?}");
        }
        assert_eq!(amount("0,12345"), Err(MoneyError::TooPrecise));
        assert_eq!(amount("922337203685478"), Err(MoneyError::OutOfRange));
    }

    #[test]
    fn dates_in_three_spellings() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29);
        for text in ["20240229", "2024-02-29", "29/02/2024"] {
            assert_eq!(date(text), Ok(day), "{text}");
        }
        for text in ["", "0", "00000000", "0000-00-00", "00/00/0000"] {
            assert_eq!(date(text), Ok(None), "{text}");
        }
        for text in ["20230229", "2024022", "240229", "02/29/2024", "+2240229", "2024.02.29", "20é40229", "é"]
        {
            assert_eq!(date(text), Err(DateError), "{text}");
        }
    }
}
