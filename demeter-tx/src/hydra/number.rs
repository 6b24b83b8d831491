//! Numbers and times, exact.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, UNIX_EPOCH};

use demeter_core::Time;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Raw;
use crate::Ratio;

/// A number as JSON writes it, exact, whatever its size: a float would round it.
///
/// Two are equal if they stand for the same number: `1.50` and `15e-1` are.
#[derive(Clone)]
pub struct Decimal(Raw);

/// The text is not a number of JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a number, found {found:?}")]
pub struct DecimalError {
    /// The text found.
    pub found: String,
}

impl Decimal {
    /// The text of the number.
    pub fn as_text(&self) -> &str {
        self.0.as_text()
    }

    /// The number as a fraction, if it is not negative and the two parts fit 64 bits.
    pub fn to_ratio(&self) -> Option<Ratio> {
        Ratio::from_decimal(self.as_text())
    }

    /// The number if it is whole, not negative and fits 64 bits.
    pub fn to_u64(&self) -> Option<u64> {
        let (negative, digits, exponent) = self.parts();
        if negative || exponent < 0 {
            return None;
        }
        // The digits end in one that is not 0: so many zeros as a u64 has digits are too many, but of 0.
        let zeros = usize::try_from(exponent).ok().filter(|zeros| *zeros < 20)?;
        format!("{digits}{}", "0".repeat(zeros)).parse().ok()
    }

    /// Sign, digits without zeros at either end, and the power of ten that they are times; of 0, no sign.
    fn parts(&self) -> (bool, String, i64) {
        let text = self.as_text();
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_end_matches('0');
        let zeros = i64::try_from(all.len() - digits.len()).unwrap_or(i64::MAX);
        let digits = digits.trim_start_matches('0');
        if digits.is_empty() {
            return (false, "0".to_owned(), 0);
        }
        // NOTE: an exponent beyond 64 bits counts as the last within them.
        let limit = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
        let exponent = exponent.trim_start_matches('+').parse().unwrap_or(limit);
        let places = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        (negative, digits.to_owned(), exponent.saturating_sub(places).saturating_add(zeros))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Decimal {}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_text())
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let is_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        match Raw::from_text(text.to_owned()) {
            // NOTE: JSON allows blanks before and after.
            Ok(raw) if is_number && raw.as_text() == text.trim_end() => Ok(Self(raw)),
            _ => Err(DecimalError { found: text.to_owned() }),
        }
    }
}

impl From<u64> for Decimal {
    fn from(number: u64) -> Self {
        Self::of_text(number.to_string())
    }
}

impl Decimal {
    /// NOTE: only called with digits, which are JSON.
    fn of_text(text: String) -> Self {
        Self(Raw::from_text(text).unwrap_or_default())
    }

    /// A fraction as a decimal number; `None` if no decimal number is exactly that.
    pub fn of_ratio(ratio: Ratio) -> Option<Self> {
        let (mut rest, denominator) = (u128::from(ratio.numerator()), u128::from(ratio.denominator()));
        let mut text = (rest / denominator).to_string();
        rest %= denominator;
        if rest > 0 {
            text.push('.');
        }
        // A denominator of 64 bits that divides some power of ten divides the 64th.
        for _ in 0..64 {
            if rest == 0 {
                return Some(Self::of_text(text));
            }
            text.push_str(&(rest * 10 / denominator).to_string());
            rest = rest * 10 % denominator;
        }
        (rest == 0).then(|| Self::of_text(text))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Raw::deserialize(deserializer)?.as_text().parse().map_err(serde::de::Error::custom)
    }
}

/// A fraction as the ledger writes it: a decimal number if one is exactly that, else numerator and denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RatioJson(pub Ratio);

impl Serialize for RatioJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match Decimal::of_ratio(self.0) {
            Some(decimal) => decimal.serialize(serializer),
            None => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for RatioJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(deserializer)?;
        let ratio = match raw.as_text().parse::<Decimal>() {
            Ok(decimal) => decimal.to_ratio(),
            Err(_) => raw.decode().ok(),
        };
        ratio.map(Self).ok_or_else(|| serde::de::Error::custom("expected a non-negative fraction"))
    }
}

/// A moment as hydra writes it: ISO 8601 in UTC, with up to twelve digits of a second's fraction, which are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

/// A moment is not one that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a moment after 1970 as yyyy-mm-ddThh:mm:ssZ, found {found:?}")]
pub struct TimestampError {
    /// The text found.
    pub found: String,
}

impl Timestamp {
    /// Writes a time.
    pub fn of(time: Time) -> Self {
        let moment = UNIX_EPOCH.checked_add(Duration::from_millis(time.to_milliseconds()));
        // NOTE: the year 10000 is as far as four digits go; what is later is written as the last moment before it.
        let last = 253_402_300_799_999;
        let moment = moment.filter(|_| time.to_milliseconds() <= last);
        let moment = moment.unwrap_or_else(|| UNIX_EPOCH + Duration::from_millis(last));
        Self(humantime::format_rfc3339_millis(moment).to_string())
    }

    /// The text.
    pub fn as_text(&self) -> &str {
        &self.0
    }

    /// The time, without what is below a millisecond.
    ///
    /// # Errors
    /// The text is not such a moment, or one before 1970.
    pub fn to_time(&self) -> Result<Time, TimestampError> {
        let found = || TimestampError { found: self.0.clone() };
        let moment = humantime::parse_rfc3339(&self.0).map_err(|_| found())?;
        let since = moment.duration_since(UNIX_EPOCH).map_err(|_| found())?;
        let milliseconds = u64::try_from(since.as_millis()).map_err(|_| found())?;
        Time::from_milliseconds(milliseconds).map_err(|_| found())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn the_same_number_is_equal_however_written() {
        for (left, right) in [
            ("1.50", "15e-1"),
            ("0", "-0.0e7"),
            ("45000000000000000", "4.5E+16"),
            ("-1.5", "-15e-1"),
            ("100", "1e2"),
        ] {
            assert_eq!(decimal(left), decimal(right));
        }
        for (left, right) in [
            ("9007199254740993", "9007199254740992"),
            ("1", "-1"),
            ("0.1", "0.10000000000000001"),
            ("1e1", "1e2"),
        ] {
            assert_ne!(decimal(left), decimal(right));
        }
    }

    #[test]
    fn a_number_is_kept_as_written() {
        let text = "[0.10000000000000000000001,18446744073709551616,-1.5,1e400]";
        let numbers: Vec<Decimal> = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&numbers).unwrap(), text);
    }

    #[test]
    fn whole_numbers_are_told() {
        assert_eq!(decimal("18446744073709551615").to_u64(), Some(u64::MAX));
        assert_eq!(decimal("4.5e16").to_u64(), Some(45_000_000_000_000_000));
        assert_eq!(decimal("0e99").to_u64(), Some(0));
        for text in ["18446744073709551616", "1.5", "-1", "1e400", "1e-400", "1e99999999999999999999"] {
            assert_eq!(decimal(text).to_u64(), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "x", "\"1\"", "null", "[1]", "1 2", "01", "NaN", "+1", " 1"] {
            assert_eq!(text.parse::<Decimal>().unwrap_err().found, text);
        }
        let error = "x".parse::<Decimal>().unwrap_err();
        assert_eq!(error.to_string(), "expected a number, found \"x\"");
    }

    #[test]
    fn fractions_are_decimal_where_they_can_be() {
        let written = |numerator, denominator| {
            serde_json::to_string(&RatioJson(Ratio::new(numerator, denominator).unwrap())).unwrap()
        };
        assert_eq!(written(577, 10_000), "0.0577");
        assert_eq!(written(15, 1), "15");
        assert_eq!(written(3, 2), "1.5");
        assert_eq!(written(1, 3), r#"{"numerator":1,"denominator":3}"#);
        assert_eq!(written(1, 1 << 63).len(), 2 + 63);
        for text in ["0.0577", "15", r#"{"numerator":1,"denominator":3}"#] {
            let RatioJson(ratio) = serde_json::from_str(text).unwrap();
            assert_eq!(written(ratio.numerator(), ratio.denominator()), text);
        }
        assert!(serde_json::from_str::<RatioJson>("-1").is_err());
        assert!(serde_json::from_str::<RatioJson>("1e99").is_err());
    }

    #[test]
    fn moments_are_kept_and_told() {
        let text = "\"2026-11-21T15:40:01.065451656788Z\"";
        let moment: Timestamp = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&moment).unwrap(), text);
        assert_eq!(moment.to_time().unwrap().to_milliseconds(), 1_795_275_601_065);
        let time = Time::from_milliseconds(1_795_275_601_065).unwrap();
        assert_eq!(Timestamp::of(time).as_text(), "2026-11-21T15:40:01.065Z");
        assert_eq!(Timestamp::of(time).to_time().unwrap(), time);
        assert_eq!(Timestamp::of(Time::MAX).as_text(), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn old_moments_are_not_told() {
        let old: Timestamp = serde_json::from_str("\"1864-05-09T23:37:45Z\"").unwrap();
        assert_eq!(
            old.to_time().unwrap_err().to_string(),
            "expected a moment after 1970 as yyyy-mm-ddThh:mm:ssZ, found \"1864-05-09T23:37:45Z\""
        );
    }
}
