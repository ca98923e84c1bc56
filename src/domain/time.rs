//! Moments and the clock that gives them. Everything in ledgate counts in whole microseconds of UTC: both
//! databases keep that exactly, and two moments compare alike everywhere.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC, in whole microseconds, of the years 1 to 9999. By default the beginning of 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Why a text is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Not RFC 3339.
    #[error("is not a date and time such as \"2026-01-31T12:00:00Z\" (RFC 3339)")]
    Malformed,
    /// More than six digits of fraction that count: rounding would move the boundary.
    #[error("is finer than a microsecond: give at most 6 digits after the second")]
    TooPrecise,
    /// Before the year 1 or after 9999.
    #[error("is out of range: the years 1 to 9999")]
    OutOfRange,
}

impl Timestamp {
    const MIN_MICROS: i64 = -62_135_596_800_000_000;
    const MAX_MICROS: i64 = 253_402_300_799_999_999;

    /// From microseconds since 1970-01-01T00:00:00Z, the form the database keeps.
    pub fn from_micros(micros: i64) -> Result<Self, TimestampError> {
        if (Self::MIN_MICROS..=Self::MAX_MICROS).contains(&micros) {
            Ok(Timestamp(micros))
        } else {
            Err(TimestampError::OutOfRange)
        }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339; a time without an offset is taken as UTC (the original API's reading).
    pub fn parse_lenient(text: &str) -> Result<Self, TimestampError> {
        match text.parse() {
            Err(TimestampError::Malformed) => {
                let naive = without_offset(text).ok_or(TimestampError::Malformed)?;
                Self::try_from(naive.and_utc())
            }
            read => read,
        }
    }

    /// This moment moved by whole microseconds, kept in range.
    pub fn plus_micros(self, micros: i64) -> Self {
        Timestamp(self.0.saturating_add(micros).clamp(Self::MIN_MICROS, Self::MAX_MICROS))
    }
}

impl TryFrom<DateTime<Utc>> for Timestamp {
    type Error = TimestampError;

    fn try_from(moment: DateTime<Utc>) -> Result<Self, TimestampError> {
        if !moment.timestamp_subsec_nanos().is_multiple_of(1_000) {
            return Err(TimestampError::TooPrecise);
        }
        Self::from_micros(moment.timestamp_micros())
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let moment = DateTime::parse_from_rfc3339(text).map_err(|_| TimestampError::Malformed)?;
        Self::try_from(moment.with_timezone(&Utc))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The range was checked when the value was made, so chrono always knows the moment.
        let moment = DateTime::from_timestamp_micros(self.0).unwrap_or_default();
        f.write_str(&moment.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|e| serde::de::Error::custom(format_args!("\"{text}\" {e}")))
    }
}

/// A day, or a day and a time behind `T` or a space.
fn without_offset(text: &str) -> Option<NaiveDateTime> {
    let (day, time) = text.split_at_checked(10)?;
    let time = match time.strip_prefix(['T', ' ']) {
        Some(time) => NaiveTime::parse_from_str(time, "%H:%M:%S%.f").ok()?,
        None if time.is_empty() => NaiveTime::MIN,
        None => return None,
    };
    Some(parse_day(day)?.and_time(time))
}

/// Reads a day written exactly `YYYY-MM-DD`: chrono by itself also takes `2026-1-5`, spaces and signs.
fn parse_day(text: &str) -> Option<NaiveDate> {
    let is_form = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let has_form = text.len() == 10 && text.bytes().enumerate().all(is_form);
    if has_form { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

/// The first year of which a day may stand in the books.
pub const FIRST_YEAR: i32 = 1900;

/// A day of the calendar, written `2026-01-31`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

/// The text is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a date such as \"2026-01-31\"")]
pub struct DayError;

impl Day {
    /// The day as the libraries that we use have it.
    pub fn date(self) -> NaiveDate {
        self.0
    }

    /// Whether it may stand in the books: of the years 1900 to 9999. An earlier one is a slip of the finger.
    pub fn is_bookable(self) -> bool {
        (FIRST_YEAR..=9999).contains(&self.0.year())
    }

    /// Whether it is of the years 1 to 9999: both databases and ISO 8601 agree on these only.
    pub fn is_storable(self) -> bool {
        (1..=9999).contains(&self.0.year())
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Day(date)
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        parse_day(text).map(Day).ok_or(DayError)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Where "now" comes from. Handed in, so that tests can fix it.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock, cut to microseconds.
    pub fn system() -> Self {
        #[allow(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
        Self::new(|| Timestamp(Utc::now().timestamp_micros()))
    }

    /// A clock of the caller's.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Clock(Arc::new(now))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn always_six_digits_and_z() {
        let moment: Timestamp = "2026-01-31T13:00:00+01:00".parse().unwrap();
        assert_eq!(moment.to_string(), "2026-01-31T12:00:00.000000Z");
        assert_eq!(moment.to_string().parse(), Ok(moment));
    }

    #[test]
    fn both_ends_of_the_range_are_dates() {
        for text in ["0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn finer_than_a_microsecond_is_refused_not_rounded() {
        assert_eq!("2026-01-31T12:00:00.1234567Z".parse::<Timestamp>(), Err(TimestampError::TooPrecise));
        assert!("2026-01-31T12:00:00.123456000Z".parse::<Timestamp>().is_ok());
    }

    #[test]
    fn a_day_has_one_form() {
        assert_eq!(
            "2024-02-29".parse::<Day>().unwrap().date(),
            NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()
        );
        for text in
            ["2026-1-5", "+2026-01-1", " 2026-1-31", "2026- 1- 1", "2023-02-29", "2026/01/31", "20260131", ""]
        {
            assert_eq!(text.parse::<Day>(), Err(DayError), "{text:?}");
        }
    }

    #[test]
    fn without_an_offset_only_the_lenient_reader_takes_it() {
        assert_eq!("2026-01-31T12:00:00".parse::<Timestamp>(), Err(TimestampError::Malformed));
        for text in ["2026-01-31T12:00:00", "2026-01-31 12:00:00", "2026-01-31T12:00:00Z"] {
            assert_eq!(Timestamp::parse_lenient(text).unwrap().to_string(), "2026-01-31T12:00:00.000000Z");
        }
        assert_eq!(
            Timestamp::parse_lenient("2026-01-31").unwrap().to_string(),
            "2026-01-31T00:00:00.000000Z"
        );
    }
}
