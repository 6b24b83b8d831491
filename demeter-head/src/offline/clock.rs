//! How time passes, as an argument.

use std::str::FromStr;

use demeter_core::Span;
use demeter_tx::head::ClockMode;

/// How time passes, as an argument: `virtual`, `real` or `ticks:SECONDS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock(pub ClockMode);

/// A text is not a clock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected virtual, real or ticks:SECONDS, found {found:?}")]
pub struct ClockArgumentError {
    /// The text found.
    pub found: String,
}

impl FromStr for Clock {
    type Err = ClockArgumentError;

    fn from_str(text: &str) -> Result<Self, ClockArgumentError> {
        let ticks = |seconds: &str| {
            let every = Span::from_seconds(seconds.parse().ok().filter(|seconds| *seconds > 0)?).ok()?;
            Some(ClockMode::Ticks { every })
        };
        let mode = match text.split_once(':') {
            None if text == "virtual" => Some(ClockMode::Virtual),
            None if text == "real" => Some(ClockMode::Real),
            Some(("ticks", seconds)) => ticks(seconds),
            _ => None,
        };
        mode.map(Self).ok_or_else(|| ClockArgumentError { found: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_named() {
        let clock = |text: &str| text.parse::<Clock>().map(|Clock(mode)| mode);
        assert_eq!(clock("virtual"), Ok(ClockMode::Virtual));
        assert_eq!(clock("real"), Ok(ClockMode::Real));
        assert_eq!(clock("ticks:20"), Ok(ClockMode::Ticks { every: Span::from_seconds(20).unwrap() }));
        for wrong in ["", "ticks", "ticks:", "ticks:0", "ticks:-1", "ticks:99999999999999999999", "real:1"] {
            let error = clock(wrong).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("expected virtual, real or ticks:SECONDS, found {wrong:?}")
            );
        }
    }
}
