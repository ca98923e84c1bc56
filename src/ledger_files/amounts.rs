//! Amounts as accounting packages and spreadsheets write them: a decimal comma or point, a sign in front or behind,
//! groups of three digits set off, padding.
//!
//! `25,000` may be twenty-five, to three decimals, or twenty-five thousand. A file has one decimal sign: what its other
//! amounts show decides, and where they show nothing, or both signs, such an amount is refused.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::domain::Money;
use crate::domain::money::MoneyError;

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalSign {
    /// `12,50`
    Comma,
    /// `12.50`
    Point,
}

/// The text is no decimal sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no decimal sign: a comma or a point")]
pub struct DecimalSignError;

impl FromStr for DecimalSign {
    type Err = DecimalSignError;

    fn from_str(text: &str) -> Result<Self, DecimalSignError> {
        match text {
            "," => Ok(DecimalSign::Comma),
            "." => Ok(DecimalSign::Point),
            _ => Err(DecimalSignError),
        }
    }
}

impl DecimalSign {
    fn of(mark: char) -> Option<DecimalSign> {
        match mark {
            ',' => Some(DecimalSign::Comma),
            '.' => Some(DecimalSign::Point),
            _ => None,
        }
    }

    fn character(self) -> char {
        match self {
            DecimalSign::Comma => ',',
            DecimalSign::Point => '.',
        }
    }
}

impl fmt::Display for DecimalSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DecimalSign::Comma => "comma",
            DecimalSign::Point => "point",
        })
    }
}

/// What is known of a file's decimal sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// The person who imports the file said it.
    given: Option<DecimalSign>,
    comma: bool,
    point: bool,
}

impl Signs {
    pub(super) fn new(given: Option<DecimalSign>) -> Self {
        Signs { given, ..Signs::default() }
    }

    /// The one decimal sign of the file, if one is shown and the other is not.
    pub(super) fn settled(self) -> Option<DecimalSign> {
        match (self.given, self.comma, self.point) {
            (Some(given), _, _) => Some(given),
            (None, true, false) => Some(DecimalSign::Comma),
            (None, false, true) => Some(DecimalSign::Point),
            _ => None,
        }
    }

    /// Takes note of what an amount shows. Whether it is the first to show that sign.
    fn show(&mut self, sign: DecimalSign) -> bool {
        let shown = match sign {
            DecimalSign::Comma => &mut self.comma,
            DecimalSign::Point => &mut self.point,
        };
        !std::mem::replace(shown, true) && self.given.is_none()
    }
}

/// What a text says as an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    /// This, and the decimal sign that it is the first of its file to show.
    Is(Money, Option<DecimalSign>),
    /// One of two: with decimals behind this mark, or with groups of three digits.
    Either(DecimalSign),
}

/// Reads an amount. Empty is zero. The text is trimmed. With `last` all of the file was seen.
pub(super) fn read(text: &str, signs: &mut Signs, last: bool) -> Result<Amount, MoneyError> {
    if text.is_empty() {
        return Ok(Amount::Is(Money::ZERO, None));
    }
    let (negative, digits) = signed(text);
    if let Some(sign) = signs.given {
        return decimal(negative, digits, Some(sign)).map(|amount| Amount::Is(amount, None));
    }
    let Some(mark) = digits.rfind(['.', ',']) else {
        return decimal(negative, digits, None).map(|amount| Amount::Is(amount, None));
    };
    let Some(sign) = digits[mark..].chars().next().and_then(DecimalSign::of) else {
        return Err(MoneyError::Malformed);
    };
    if is_open(&digits[..mark], &digits[mark + 1..]) {
        return match signs.settled() {
            Some(settled) if last && settled == sign => {
                decimal(negative, digits, Some(sign)).map(|amount| Amount::Is(amount, None))
            }
            _ => Ok(Amount::Either(sign)),
        };
    }
    let amount = decimal(negative, digits, Some(sign))?;
    Ok(Amount::Is(amount, signs.show(sign).then_some(sign)))
}

/// Whether what stands before and behind the only mark may be groups as well as a whole number and its decimals.
fn is_open(whole: &str, behind: &str) -> bool {
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    behind.len() == 3
        && (1..=3).contains(&whole.len())
        && !whole.starts_with('0')
        && are_digits(whole)
        && are_digits(behind)
}

/// The amount when this is the decimal sign, if there is one.
fn decimal(negative: bool, digits: &str, sign: Option<DecimalSign>) -> Result<Money, MoneyError> {
    let mark = sign.map(DecimalSign::character);
    let (whole, fraction) = mark.and_then(|mark| digits.rsplit_once(mark)).unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(MoneyError::Malformed);
    }
    // A mark that also groups digits ("1,234,567") may mean either: refused, unless the decimal sign was given.
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = if are_digits(whole) {
        Cow::Borrowed(whole)
    } else {
        ungrouped(whole, mark)
            .filter(|whole| are_digits(whole))
            .map(Cow::Owned)
            .ok_or(MoneyError::Malformed)?
    };
    let mut plain = String::with_capacity(digits.len() + 3);
    plain.push_str(if negative { "-0" } else { "0" });
    plain.push_str(&whole);
    plain.push('.');
    plain.push_str(if fraction.is_empty() { "0" } else { fraction });
    plain.parse()
}

/// Takes one sign off, wherever it is. A second one stays, and is no digit.
fn signed(text: &str) -> (bool, &str) {
    if let [b'0'..=b'9', .., b'0'..=b'9'] = text.as_bytes() {
        return (false, text);
    }
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
