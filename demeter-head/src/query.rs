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

    /// The query that asks for this, with its question mark; empty where nothing in particular is asked for.
    pub(crate) fn to_query(&self) -> String {
        let mut pairs = Vec::new();
        if self.history {
            pairs.push("history=yes".to_owned());
        }
        if !self.snapshot_utxo {
            pairs.push("snapshot-utxo=no".to_owned());
        }
        if let Some(address) = &self.address {
            pairs.push(format!("address={}", encoded(address)));
        }
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }
}

/// A text as it may stand in a query.
fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let written = |byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(written).collect()
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
    fn what_is_asked_for_can_be_asked_again() {
        assert_eq!(wants(false, true, None).to_query(), "");
        let all = wants(true, false, Some("addr_test1a")).to_query();
        assert_eq!(all, "?history=yes&snapshot-utxo=no&address=addr_test1a");
        for address in ["", "a&history=yes", "é%=?# +"] {
            let asked = wants(false, false, Some(address));
            assert_eq!(Wants::of_query(asked.to_query().strip_prefix('?').unwrap()), asked);
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
