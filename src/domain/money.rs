//! Money as a whole number of ten-thousandths: exact to compare, order and add, in the program and in both
//! databases. It never passes through a binary float.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Ten-thousandths in one unit.
const SCALE: i64 = 10_000;
/// Digits after the point.
const FRACTION_DIGITS: usize = 4;

/// An amount in its currency, exact to four decimals, from −922,337,203,685,477.5808 to
/// 922,337,203,685,477.5807.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not digits with at most one point and a minus sign in front.
    #[error("is not a decimal number such as \"1234.50\"")]
    Malformed,
    /// More than four decimals that count.
    #[error("has more than 4 digits after the point")]
    TooPrecise,
    /// Does not fit 19 digits, four of them after the point.
    #[error("is out of range: at most 922337203685477.5807 either way")]
    OutOfRange,
}

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);
    /// The largest amount there is.
    pub const MAX: Money = Money(i64::MAX);
    /// The smallest amount there is.
    pub const MIN: Money = Money(i64::MIN);

    /// From the form the database keeps.
    pub const fn from_ten_thousandths(value: i64) -> Self {
        Money(value)
    }

    /// The form the database keeps.
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// The difference, or `None` when it does not fit.
    pub fn checked_sub(self, other: Money) -> Option<Money> {
        self.0.checked_sub(other.0).map(Money)
    }

    /// The opposite amount, or `None` for the one amount that has none.
    pub fn checked_neg(self) -> Option<Money> {
        self.0.checked_neg().map(Money)
    }
}

/// Sums of many amounts may be larger than any one amount: they are kept in 128 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoneySum(i128);

impl MoneySum {
    /// From a number of ten-thousandths.
    pub const fn from_ten_thousandths(value: i128) -> Self {
        MoneySum(value)
    }
}

impl std::ops::AddAssign<Money> for MoneySum {
    fn add_assign(&mut self, amount: Money) {
        self.0 += i128::from(amount.0);
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::Malformed);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > FRACTION_DIGITS {
            return Err(MoneyError::TooPrecise);
        }
        // Built up as a negative number, whose range is the wider one.
        let mut value: i64 = 0;
        let padding = FRACTION_DIGITS - fraction.len();
        for digit in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', padding)) {
            value = value
                .checked_mul(10)
                .and_then(|v| v.checked_sub(i64::from(digit - b'0')))
                .ok_or(MoneyError::OutOfRange)?;
        }
        if negative { Ok(Money(value)) } else { value.checked_neg().map(Money).ok_or(MoneyError::OutOfRange) }
    }
}

/// Writes at least two and at most four decimals: `1234.50`, `0.0001`.
fn write_decimal(f: &mut fmt::Formatter<'_>, value: i128) -> fmt::Result {
    let magnitude = value.unsigned_abs();
    let scale = SCALE.unsigned_abs() as u128;
    let (whole, fraction) = (magnitude / scale, magnitude % scale);
    let sign = if value < 0 { "-" } else { "" };
    if fraction % 100 == 0 {
        write!(f, "{sign}{whole}.{:02}", fraction / 100)
    } else if fraction % 10 == 0 {
        write!(f, "{sign}{whole}.{:03}", fraction / 10)
    } else {
        write!(f, "{sign}{whole}.{fraction:04}")
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, i128::from(self.0))
    }
}

impl fmt::Display for MoneySum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for MoneySum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    /// From a string only: a JSON number has already lost digits by the time it gets here.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Money;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal in a string such as \"1234.50\" (JSON numbers lose digits)")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Money, E> {
                text.parse().map_err(|e: MoneyError| E::custom(format_args!("\"{text}\" {e}")))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_ends_of_the_range_come_back_as_themselves() {
        for text in
            ["922337203685477.5807", "-922337203685477.5808", "123456789012345.6789", "0.0001", "-0.001"]
        {
            assert_eq!(text.parse::<Money>().unwrap().to_string(), text);
        }
        assert_eq!("922337203685477.5808".parse::<Money>(), Err(MoneyError::OutOfRange));
        assert_eq!("-922337203685477.5809".parse::<Money>(), Err(MoneyError::OutOfRange));
    }

    #[test]
    fn cents_are_always_shown() {
        assert_eq!("1234.5".parse::<Money>().unwrap().to_string(), "1234.50");
        assert_eq!("7".parse::<Money>().unwrap().to_string(), "7.00");
        assert_eq!("1.50000000".parse::<Money>().unwrap().to_string(), "1.50");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "-", ".", "1.", ".5", "1e3", "+1", " 1", "1,5", "--1", "１", "NaN"] {
            assert_eq!(text.parse::<Money>(), Err(MoneyError::Malformed), "{text:?}");
        }
        assert_eq!("0.00001".parse::<Money>(), Err(MoneyError::TooPrecise));
    }

    #[test]
    fn a_json_number_is_refused_with_the_reason() {
        let error = serde_json::from_str::<Money>("12.5").unwrap_err().to_string();
        assert!(error.contains("JSON numbers lose digits"), "{error}");
    }

    proptest! {
        #[test]
        fn every_amount_survives_its_text(value: i64) {
            let money = Money::from_ten_thousandths(value);
            prop_assert_eq!(money.to_string().parse::<Money>(), Ok(money));
        }
    }
}
