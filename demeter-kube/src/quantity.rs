//! Kubernetes quantities (`500m`, `1.5Gi`, `2e3`), parsed exactly.
//!
//! # The grammar
//!
//! A sign or none, digits with at most one point and at least one digit, and one suffix or none:
//! `n u m k M G T P E` are powers of a thousand, `Ki Mi Gi Ti Pi Ei` powers of 1,024, and `e` or `E` with an
//! integer (`2e3`, `5E-1`) a power of ten. `1E` is an exa, `1E3` a thousand. No spaces.
//!
//! # Rounding
//!
//! What is asked for finer than its unit is rounded **up** to it, as Kubernetes does: who asks for something
//! gets something. Rounding happens once, on the exact value; no floating point number occurs.
//!
//! # Where this differs from Kubernetes
//!
//! Negative quantities are errors, for nobody can request them. What does not fit `0..2^63` units is an
//! error too: Kubernetes caps binary quantities such as `8Ei` silently. A lone point or sign, which its
//! scanner lets through as zero against its own grammar, is refused.

use demeter_core::Quantity;

use crate::excerpt::excerpt;

/// More digits before the point than any quantity has that fits 63 bits.
const DIGIT_LIMIT: i64 = 30;

/// What a resource is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Thousandths, rounded up: `cpu`, in millicores.
    Milli,
    /// Ones, rounded up: `memory` and storage, in bytes.
    Whole,
    /// Ones that cannot be split: extended resources such as `nvidia.com/gpu`.
    Piece,
}

impl Unit {
    /// The unit in which Kubernetes, and a bid, count the resource of this name.
    pub fn of(resource: &str) -> Self {
        match resource {
            "cpu" => Self::Milli,
            name if name.contains('/') => Self::Piece,
            _ => Self::Whole,
        }
    }

    const fn decimals(self) -> i64 {
        match self {
            Self::Milli => 3,
            Self::Whole | Self::Piece => 0,
        }
    }
}

/// A text is not a quantity, or not one that can be requested.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuantityError {
    /// There is no number at the start.
    #[error("{text:?} does not begin with a number")]
    NotANumber {
        /// The text, or its beginning.
        text: String,
    },
    /// What follows the number is not a suffix.
    #[error(
        "{text:?} ends in {suffix:?}, which is none of n u m k M G T P E Ki Mi Gi Ti Pi Ei or an exponent"
    )]
    UnknownSuffix {
        /// The text, or its beginning.
        text: String,
        /// What follows the number, or its beginning.
        suffix: String,
    },
    /// The quantity is below zero.
    #[error("{text:?} is negative")]
    Negative {
        /// The text, or its beginning.
        text: String,
    },
    /// The quantity has `2^63` units or more.
    #[error("{text:?} is more than 9223372036854775807 units")]
    TooLarge {
        /// The text, or its beginning.
        text: String,
    },
    /// The resource comes in whole pieces only.
    #[error("{text:?} is not a whole number, and this resource comes in whole pieces")]
    Fraction {
        /// The text, or its beginning.
        text: String,
    },
}

/// Parses a quantity into units, rounding up.
///
/// ```
/// use demeter_kube::{Unit, parse_quantity};
///
/// assert_eq!(parse_quantity("1.5Gi", Unit::Whole)?.to_units(), 1_610_612_736);
/// assert_eq!(parse_quantity("0.1", Unit::Milli)?.to_units(), 100);
/// assert_eq!(parse_quantity("1n", Unit::Milli)?.to_units(), 1);
/// # Ok::<(), demeter_kube::QuantityError>(())
/// ```
///
/// # Errors
/// The text is not of Kubernetes' grammar, is negative, has `2^63` units or more, or is a fraction of a
/// [piece](Unit::Piece).
pub fn parse_quantity(text: &str, unit: Unit) -> Result<Quantity, QuantityError> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, rest) = split_digits(unsigned);
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(rest) => split_digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(QuantityError::NotANumber { text: excerpt(text) });
    }
    let Some((decimal, binary)) = powers(suffix) else {
        return Err(QuantityError::UnknownSuffix { text: excerpt(text), suffix: excerpt(suffix) });
    };

    let digits = Digits::new(whole, fraction, decimal + unit.decimals());
    if negative && !digits.is_zero() {
        return Err(QuantityError::Negative { text: excerpt(text) });
    }
    let (units, is_exact) = digits
        .times_power_of_two(binary)
        .and_then(|(floor, exact)| Some((floor.checked_add(u128::from(!exact))?, exact)))
        .ok_or_else(|| QuantityError::TooLarge { text: excerpt(text) })?;
    if unit == Unit::Piece && !is_exact {
        return Err(QuantityError::Fraction { text: excerpt(text) });
    }
    Quantity::try_from(units).map_err(|_| QuantityError::TooLarge { text: excerpt(text) })
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// The powers of ten and of two that a suffix stands for.
fn powers(suffix: &str) -> Option<(i64, u32)> {
    Some(match suffix {
        "n" => (-9, 0),
        "u" => (-6, 0),
        "m" => (-3, 0),
        "" => (0, 0),
        "k" => (3, 0),
        "M" => (6, 0),
        "G" => (9, 0),
        "T" => (12, 0),
        "P" => (15, 0),
        "E" => (18, 0),
        "Ki" => (0, 10),
        "Mi" => (0, 20),
        "Gi" => (0, 30),
        "Ti" => (0, 40),
        "Pi" => (0, 50),
        "Ei" => (0, 60),
        _ => (exponent(suffix)?, 0),
    })
}

/// The integer after an `e` or `E`. It saturates: beyond 32 bits only the direction matters.
fn exponent(suffix: &str) -> Option<i64> {
    let signed = suffix.strip_prefix(['e', 'E'])?;
    let (negative, digits) = match signed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, signed.strip_prefix('+').unwrap_or(signed)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let magnitude = i64::from(digits.parse::<u32>().unwrap_or(u32::MAX));
    Some(if negative { -magnitude } else { magnitude })
}

/// A non-negative decimal number of any length.
struct Digits {
    /// Its digits from the first that is not zero.
    digits: Vec<u8>,
    /// How many of them stand before the point; below zero, how many zeros stand between point and digits.
    point: i64,
}

impl Digits {
    fn new(whole: &str, fraction: &str, decimal: i64) -> Self {
        let all = || whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0');
        let zeros = all().take_while(|digit| *digit == 0).count();
        // NOTE: no text is longer than i64 can count, so the conversions below lose nothing.
        let position = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        Self { digits: all().skip(zeros).collect(), point: position(whole.len()) - position(zeros) + decimal }
    }

    fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// The product rounded down, and whether that lost nothing. `None` when it is far beyond 63 bits.
    fn times_power_of_two(&self, power: u32) -> Option<(u128, bool)> {
        if self.is_zero() {
            return Some((0, true));
        }
        if self.point > DIGIT_LIMIT {
            return None;
        }
        let before = usize::try_from(self.point).unwrap_or(0);
        let padded = self.digits.iter().copied().chain(std::iter::repeat(0)).take(before);
        let whole = padded.fold(0_u128, |value, digit| value * 10 + u128::from(digit));

        // The fraction is multiplied digit by digit from its end; what is carried over the point is whole.
        let mut carry = 0_u128;
        let mut exact = true;
        // The carry is below 2^64: after twenty zeros nothing is left of it, however many there are.
        let zeros = usize::try_from((-self.point).clamp(0, DIGIT_LIMIT)).unwrap_or(0);
        let fraction = self.digits.iter().copied().skip(before).rev().chain(std::iter::repeat_n(0, zeros));
        for digit in fraction {
            let product = (u128::from(digit) << power) + carry;
            exact &= product.is_multiple_of(10);
            carry = product / 10;
        }
        let product = whole.checked_mul(1 << power)?.checked_add(carry)?;
        Some((product, exact))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn units(text: &str, unit: Unit) -> u64 {
        parse_quantity(text, unit).unwrap_or_else(|error| panic!("{error}")).to_units()
    }

    fn fault(text: &str, unit: Unit) -> String {
        parse_quantity(text, unit).unwrap_err().to_string()
    }

    #[test]
    fn every_suffix() {
        let cases: [(&str, u64); 24] = [
            ("1000000000n", 1),
            ("1000000u", 1),
            ("2000m", 2),
            ("7", 7),
            ("1k", 1_000),
            ("1M", 1_000_000),
            ("1G", 1_000_000_000),
            ("1T", 1_000_000_000_000),
            ("1P", 1_000_000_000_000_000),
            ("1E", 1_000_000_000_000_000_000),
            ("1Ki", 1 << 10),
            ("1Mi", 1 << 20),
            ("1Gi", 1 << 30),
            ("1Ti", 1 << 40),
            ("1Pi", 1 << 50),
            ("1Ei", 1 << 60),
            ("2e3", 2_000),
            ("1E3", 1_000),
            ("1E+3", 1_000),
            ("5000e-3", 5),
            ("7.99Ei", 9_211_842_821_808_707_339),
            ("9223372036854775807", u64::MAX >> 1),
            ("1.5Gi", 1_610_612_736),
            ("0.123456789E", 123_456_789_000_000_000),
        ];
        for (text, expected) in cases {
            assert_eq!(units(text, Unit::Whole), expected, "{text}");
        }
    }

    #[test]
    fn every_way_to_write_a_number() {
        for text in ["2", "+2", "002", "2.", "2.0", "2000m", "0.002k", ".002k", "2e0", "20e-1", "0.0002e4"] {
            assert_eq!(units(text, Unit::Milli), 2_000, "{text}");
            assert_eq!(units(text, Unit::Piece), 2, "{text}");
        }
        for text in ["0", "-0", "+0.0", "0Ei", "0e99999999999999999999", "-0e-1"] {
            assert_eq!(units(text, Unit::Milli), 0, "{text}");
        }
    }

    #[test]
    fn rounds_up_to_the_unit_as_kubernetes_does() {
        assert_eq!(units("1n", Unit::Milli), 1);
        assert_eq!(units("0.5m", Unit::Milli), 1);
        assert_eq!(units("100.001m", Unit::Milli), 101);
        assert_eq!(units("0.1Ki", Unit::Whole), 103);
        assert_eq!(units("128974848000m", Unit::Whole), 128_974_848);
        assert_eq!(units("1m", Unit::Whole), 1);
        assert_eq!(units("1e-4000000000", Unit::Whole), 1);
        // One beyond what 128 bits hold, in the last of 60 places.
        assert_eq!(units(&format!("1.{}1", "0".repeat(60)), Unit::Whole), 2);
        assert_eq!(units(&format!("1.{}", "0".repeat(60)), Unit::Whole), 1);
        // 1/1024 has an exact decimal notation: no rounding where none is due.
        assert_eq!(units("0.0009765625Ki", Unit::Whole), 1);
        assert_eq!(units("0.00097656250000000000000000001Ki", Unit::Whole), 2);
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        for text in ["", ".", "+", "-", "abc", " 1", "Gi", "e3", ".e3", "+-1", "\u{661}"] {
            assert_eq!(fault(text, Unit::Whole), format!("{text:?} does not begin with a number"));
        }
        for (text, suffix) in [
            ("1 ", " "),
            ("1i", "i"),
            ("12x", "x"),
            ("1.1.M", ".M"),
            ("1+1.0M", "+1.0M"),
            ("0.1mi", "mi"),
            ("1K", "K"),
            ("1gi", "gi"),
            ("1e", "e"),
            ("1e+", "e+"),
            ("1e1.5", "e1.5"),
            ("1E3Gi", "E3Gi"),
            ("0x10", "x10"),
            ("1_000", "_000"),
            ("1\n", "\n"),
        ] {
            assert_eq!(
                fault(text, Unit::Whole),
                format!(
                    "{text:?} ends in {suffix:?}, which is none of n u m k M G T P E Ki Mi Gi Ti Pi Ei or an \
                     exponent"
                )
            );
        }
        assert_eq!(fault("-1", Unit::Milli), "\"-1\" is negative");
        assert_eq!(fault("-1n", Unit::Milli), "\"-1n\" is negative");
        for text in
            ["9223372036854775808", "8Ei", "9223372036854775807.1", "1e19", "1e999999999999", "99999E"]
        {
            assert_eq!(fault(text, Unit::Whole), format!("{text:?} is more than 9223372036854775807 units"));
        }
        assert_eq!(fault("10P", Unit::Milli), "\"10P\" is more than 9223372036854775807 units");
        assert_eq!(
            fault("500m", Unit::Piece),
            "\"500m\" is not a whole number, and this resource comes in whole pieces"
        );
    }

    proptest! {
        #[test]
        fn agrees_with_fractions(
            whole in 0_u64..1_000_000,
            places in 0_u32..12,
            fraction in 0_u64..1_000_000_000_000,
            suffix in 0_usize..7,
        ) {
            let fraction = fraction % 10_u64.pow(places);
            let digits = if places == 0 { String::new() } else { format!(".{fraction:0width$}", width = places as usize) };
            let (suffix, factor) =
                [("", 1_u128), ("k", 1_000), ("G", 1_000_000_000), ("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("e3", 1_000)]
                    [suffix];
            let below = 10_u128.pow(places);
            let above = (u128::from(whole) * below + u128::from(fraction)) * factor;
            let text = format!("{whole}{digits}{suffix}");
            prop_assert_eq!(u128::from(units(&text, Unit::Whole)), above.div_ceil(below));
            prop_assert_eq!(u128::from(units(&text, Unit::Milli)), (above * 1000).div_ceil(below));
            prop_assert_eq!(parse_quantity(&text, Unit::Piece).is_ok(), above % below == 0);
        }

        #[test]
        fn never_panics(text in "[-+]?[0-9.]{0,40}[eEinumkKMGTP0-9+-]{0,12}") {
            for unit in [Unit::Milli, Unit::Whole, Unit::Piece] {
                if let Err(error) = parse_quantity(&text, unit) {
                    prop_assert!(!error.to_string().contains('\n'));
                }
            }
        }
    }
}
