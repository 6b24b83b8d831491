//! What a client asks for when it connects.

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wants {
    /// What has happened.
    pub(crate) history: bool,
    /// The outputs in snapshots.
    pub(crate) snapshot_utxo: bool,
    /// Snapshots that pay to this address only.
    pub(crate) address: Option<String>,
}

impl Wants {
    /// Reads the query of an address, as hydra-node does: any `history=yes` and any `snapshot-utxo=no` counts, of several
    /// addresses the first, and all else is ignored.
    pub(crate) fn of_query(query: &str) -> Self {
        let pairs: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect();
        let has = |name: &str, value: &str| pairs.iter().any(|pair| pair.0 == name && pair.1 == value);
        Self {
            history: has("history", "yes"),
            snapshot_utxo: !has("snapshot-utxo", "no"),
            address: pairs.iter().find(|(name, _)| name == "address").map(|(_, value)| value.clone()),
        }
    }
}

/// A text whose `%20` and the like are taken back.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(history: bool, snapshot_utxo: bool, address: Option<&str>) -> Wants {
        Wants { history, snapshot_utxo, address: address.map(str::to_owned) }
    }

    #[test]
    fn only_what_is_said_as_hydra_says_it_counts() {
        let cases = [
            ("", wants(false, true, None)),
            ("history=yes", wants(true, true, None)),
            ("history=no&history=yes", wants(true, true, None)),
            ("history=YES&snapshot-utxo=No", wants(false, true, None)),
            ("history=true&history", wants(false, true, None)),
            ("snapshot-utxo=no&x=1&&=", wants(false, false, None)),
            ("address=addr_test1%61&address=b", wants(false, true, Some("addr_test1a"))),
            ("address=", wants(false, true, Some(""))),
        ];
        for (query, expected) in cases {
            assert_eq!(Wants::of_query(query), expected, "{query}");
        }
    }

    #[test]
    fn what_is_not_encoded_stays() {
        for (text, expected) in
            [("%2", "%2"), ("%zz%41", "%zzA"), ("%", "%"), ("%c3%a9", "é"), ("%ff", "\u{fffd}")]
        {
            assert_eq!(decoded(text), expected, "{text}");
        }
    }
}
