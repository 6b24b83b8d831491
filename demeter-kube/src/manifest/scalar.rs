//! What a scalar is to Kubernetes, which reads YAML 1.1.

use super::node::Scalar;

/// The type of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScalarType {
    Null,
    Boolean,
    Number,
    Text,
}

impl ScalarType {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "a string",
        }
    }
}

impl Scalar {
    pub(super) fn scalar_type(&self) -> ScalarType {
        if !self.is_plain {
            return ScalarType::Text;
        }
        match self.text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => ScalarType::Null,
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" | "n" | "N"
            | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => ScalarType::Boolean,
            text if is_number(text) => ScalarType::Number,
            _ => ScalarType::Text,
        }
    }

    /// Whether the number begins with a zero, so that YAML 1.1 may take it for octal: `010`.
    pub(super) fn has_leading_zero(&self) -> bool {
        let digits = self.text.strip_prefix(['+', '-']).unwrap_or(&self.text);
        self.is_plain
            && digits.len() > 1
            && digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
    }
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let all = |digits: &str, radix| {
        !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix) || digit == '_')
    };
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = unsigned.strip_prefix(prefix) {
            return all(digits, radix);
        }
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let part = |digits: &str| digits.is_empty() || all(digits, 10);
    mantissa.bytes().any(|byte| byte.is_ascii_digit())
        && !mantissa.starts_with('_')
        && part(whole)
        && part(fraction)
        && exponent.is_none_or(|digits| all(digits, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Scalar {
        Scalar { text: text.to_owned(), is_plain: true }
    }

    #[test]
    fn plain_scalars_have_types() {
        for text in ["", "~", "null"] {
            assert_eq!(plain(text).scalar_type(), ScalarType::Null, "{text}");
        }
        for text in ["true", "NO", "on"] {
            assert_eq!(plain(text).scalar_type(), ScalarType::Boolean, "{text}");
        }
        for text in ["1", "-1", "1.", ".5", "1e3", "1.5E-3", "0x1F", "0o17", "017", "1_000", ".inf"] {
            assert_eq!(plain(text).scalar_type(), ScalarType::Number, "{text}");
        }
        for text in ["web", "1Gi", ".", "e3", "1e", "0x", "_1", "1.2.3", "-", "v1", "Null."] {
            assert_eq!(plain(text).scalar_type(), ScalarType::Text, "{text}");
        }
        assert_eq!(Scalar { text: "1".into(), is_plain: false }.scalar_type(), ScalarType::Text);
    }

    #[test]
    fn leading_zeros() {
        assert!(plain("010").has_leading_zero());
        assert!(plain("-00").has_leading_zero());
        assert!(!plain("0").has_leading_zero());
        assert!(!plain("0.5").has_leading_zero());
        assert!(!Scalar { text: "010".into(), is_plain: false }.has_leading_zero());
    }
}
