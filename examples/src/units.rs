//! What people write in a bid file: amounts with a unit, spans of time, weights.

use demeter_core::{Amount, Ppm, RangeError, Span};
use serde::Deserialize;

/// Why a text is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitError {
    /// Not an amount.
    #[error("an amount is written as in `1.5 ada` or `1500000 lovelace`, found {found:?}")]
    Amount {
        /// The text found.
        found: String,
    },
    /// Not a span.
    #[error("a span of time is written as in `90s`, `30m`, `1h 30m` or `2d`, found {found:?}")]
    Span {
        /// The text found.
        found: String,
    },
    /// Not a weight.
    #[error("a weight is a number from 0 to 1 with at most six decimals, found {found:?}")]
    Weight {
        /// The text found.
        found: String,
    },
    /// Too much.
    #[error("{found:?} is too much: {source}")]
    TooMuch {
        /// The text found.
        found: String,
        /// The range that it left.
        source: RangeError,
    },
}

/// An amount of ada, as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Ada(pub Amount);

/// A span of time, as people write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Duration(pub Span);

impl std::fmt::Display for Duration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let duration = std::time::Duration::from_millis(self.0.to_milliseconds());
        humantime::format_duration(duration).fmt(f)
    }
}

/// A part of one, as people write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Weight(pub Ppm);

/// Reads a decimal number exactly, as a count of its millionths.
fn millionths(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 6 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let fraction: u64 = format!("{fraction:0<6}").parse().ok()?;
    whole.checked_mul(1_000_000)?.checked_add(fraction)
}

impl TryFrom<String> for Ada {
    type Error = UnitError;

    fn try_from(text: String) -> Result<Self, UnitError> {
        let (number, unit) = text.trim().split_once(' ').unwrap_or((&text, ""));
        let units = match unit.trim() {
            "ada" => millionths(number),
            "lovelace" => number.parse().ok(),
            _ => None,
        };
        let units = units.ok_or_else(|| UnitError::Amount { found: text.clone() })?;
        Amount::from_units(units).map(Self).map_err(|source| UnitError::TooMuch { found: text, source })
    }
}

impl TryFrom<String> for Duration {
    type Error = UnitError;

    fn try_from(text: String) -> Result<Self, UnitError> {
        let Ok(duration) = humantime::parse_duration(&text) else {
            return Err(UnitError::Span { found: text });
        };
        match u64::try_from(duration.as_millis()).map(Span::from_milliseconds) {
            Ok(Ok(span)) => Ok(Self(span)),
            Ok(Err(source)) => Err(UnitError::TooMuch { found: text, source }),
            Err(_) => Err(UnitError::Span { found: text }),
        }
    }
}

impl TryFrom<String> for Weight {
    type Error = UnitError;

    fn try_from(text: String) -> Result<Self, UnitError> {
        millionths(text.trim())
            .and_then(|count| Ppm::from_millionths(count).ok())
            .filter(|ratio| *ratio <= Ppm::ONE)
            .map(Self)
            .ok_or(UnitError::Weight { found: text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada(text: &str) -> Result<u64, UnitError> {
        Ada::try_from(text.to_owned()).map(|ada| ada.0.to_units())
    }

    #[test]
    fn amounts_are_exact() {
        assert_eq!(ada("1.5 ada"), Ok(1_500_000));
        assert_eq!(ada("0.000001 ada"), Ok(1));
        assert_eq!(ada("1500000 lovelace"), Ok(1_500_000));
        for wrong in ["1.5", "1.5 usd", "-1 ada", "1e3 ada", ".5 ada", "0.0000001 ada", "", "1.5 lovelace"] {
            assert!(matches!(ada(wrong), Err(UnitError::Amount { .. })), "{wrong}");
        }
        assert!(matches!(ada("9223372036854775808 lovelace"), Err(UnitError::TooMuch { .. })));
    }

    #[test]
    fn spans_and_weights() {
        let span = |text: &str| Duration::try_from(text.to_owned()).map(|span| span.0.to_milliseconds());
        assert_eq!(span("1h 30m"), Ok(5_400_000));
        assert!(span("soon").is_err());
        let weight = |text: &str| Weight::try_from(text.to_owned()).map(|weight| weight.0.to_millionths());
        assert_eq!(weight("0.3"), Ok(300_000));
        assert_eq!(weight("1"), Ok(1_000_000));
        assert!(weight("1.000001").is_err());
    }
}
