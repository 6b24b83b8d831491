//! Text from outside, cut to a length that fits an error of one line.

/// How many characters of a text an error repeats.
const LENGTH: usize = 60;

/// The beginning of a text. Errors print it with `{:?}`, which escapes what would break the line.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(LENGTH) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
    }
}

/// The beginning of a text, with what would break the line escaped.
pub(crate) fn one_line(text: &str) -> String {
    excerpt(text)
        .chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(excerpt("short"), "short");
        assert_eq!(excerpt(&"ä".repeat(61)), format!("{}...", "ä".repeat(60)));
        assert_eq!(one_line("two\nlines"), "two\\nlines");
    }
}
