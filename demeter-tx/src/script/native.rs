//! Native scripts: which keys must have signed, and when.

use std::collections::BTreeSet;
use std::sync::Arc;

use demeter_core::{KeyHash, ScriptHash};
use minicbor::Decoder;
use pallas_primitives::conway;

use super::tagged_hash;
use crate::Slot;
use crate::data::check_nesting;
use crate::wire::{self, WireError};

/// The number that native scripts have among languages.
const NATIVE: u8 = 0;

/// A native script: its rule, and the bytes that its hash is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeScript {
    bytes: Arc<[u8]>,
    hash: ScriptHash,
    rule: NativeRule,
}

/// What a native script demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NativeRule {
    /// This key has signed.
    Key(KeyHash),
    /// All of these hold; of none, that is so.
    All(Vec<Self>),
    /// One of these holds; of none, that is not so.
    Any(Vec<Self>),
    /// At least so many of these hold.
    AtLeast(u32, Vec<Self>),
    /// The transaction says that it is valid in no slot before this one.
    From(Slot),
    /// The transaction says that it is valid only before this slot, or before an earlier one.
    Before(Slot),
}

impl NativeScript {
    /// Takes the CBOR of a native script.
    ///
    /// # Errors
    /// The bytes are not one native script and nothing else.
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, WireError> {
        let what = "native script";
        let malformed = |reason: String| WireError::Malformed { what, reason };
        check_nesting(bytes).map_err(|error| malformed(error.to_string()))?;
        let mut decoder = Decoder::new(bytes);
        let script: conway::NativeScript = decoder.decode().map_err(|error| malformed(error.to_string()))?;
        match bytes.len().saturating_sub(decoder.position()) {
            0 => Ok(Self::from_decoded(bytes, &script)),
            count => Err(WireError::Trailing { what, count }),
        }
    }

    /// What a decoder read from these bytes.
    pub(crate) fn from_decoded(bytes: &[u8], script: &conway::NativeScript) -> Self {
        Self { bytes: bytes.into(), hash: tagged_hash(NATIVE, bytes), rule: NativeRule::from_wire(script) }
    }

    /// The bytes of the script.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its hash: blake2b-224 of the byte 0 and the bytes.
    pub const fn hash(&self) -> ScriptHash {
        self.hash
    }

    /// What it demands.
    pub const fn rule(&self) -> &NativeRule {
        &self.rule
    }
}

impl From<NativeRule> for NativeScript {
    fn from(rule: NativeRule) -> Self {
        let bytes = wire::encode(rule.to_wire());
        Self { hash: tagged_hash(NATIVE, &bytes), bytes: bytes.into(), rule }
    }
}

impl NativeRule {
    /// Whether a transaction with these signatures and this half-open validity interval does what the rule
    /// demands. The current slot does not count: an open end satisfies no time lock.
    ///
    /// Source: ledger `evalTimelock`.
    pub fn is_satisfied(
        &self,
        signers: &BTreeSet<KeyHash>,
        from: Option<Slot>,
        before: Option<Slot>,
    ) -> bool {
        let holds = |rule: &Self| rule.is_satisfied(signers, from, before);
        match self {
            Self::Key(key) => signers.contains(key),
            Self::All(rules) => rules.iter().all(holds),
            Self::Any(rules) => rules.iter().any(holds),
            Self::AtLeast(count, rules) => {
                rules.iter().filter(|rule| holds(rule)).count() as u64 >= u64::from(*count)
            }
            Self::From(slot) => from.is_some_and(|from| *slot <= from),
            Self::Before(slot) => before.is_some_and(|before| before <= *slot),
        }
    }

    /// NOTE: recursion is bounded, as what is decoded nests no deeper than [`crate::MAX_NESTING`].
    fn from_wire(script: &conway::NativeScript) -> Self {
        let all = |scripts: &[conway::NativeScript]| scripts.iter().map(Self::from_wire).collect();
        match script {
            conway::NativeScript::ScriptPubkey(key) => Self::Key(KeyHash::from_bytes(**key)),
            conway::NativeScript::ScriptAll(scripts) => Self::All(all(scripts)),
            conway::NativeScript::ScriptAny(scripts) => Self::Any(all(scripts)),
            conway::NativeScript::ScriptNOfK(count, scripts) => Self::AtLeast(*count, all(scripts)),
            conway::NativeScript::InvalidBefore(slot) => Self::From(Slot::from_number(*slot)),
            conway::NativeScript::InvalidHereafter(slot) => Self::Before(Slot::from_number(*slot)),
        }
    }

    fn to_wire(&self) -> conway::NativeScript {
        let all = |rules: &[Self]| rules.iter().map(Self::to_wire).collect();
        match self {
            Self::Key(key) => conway::NativeScript::ScriptPubkey((*key.as_bytes()).into()),
            Self::All(rules) => conway::NativeScript::ScriptAll(all(rules)),
            Self::Any(rules) => conway::NativeScript::ScriptAny(all(rules)),
            Self::AtLeast(count, rules) => conway::NativeScript::ScriptNOfK(*count, all(rules)),
            Self::From(slot) => conway::NativeScript::InvalidBefore(slot.to_number()),
            Self::Before(slot) => conway::NativeScript::InvalidHereafter(slot.to_number()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> NativeRule {
        NativeRule::Key(KeyHash::from_bytes([seed; 28]))
    }

    fn holds(rule: &NativeRule, signers: &[u8], from: Option<u64>, before: Option<u64>) -> bool {
        let signers = signers.iter().map(|seed| KeyHash::from_bytes([*seed; 28])).collect();
        rule.is_satisfied(&signers, from.map(Slot::from_number), before.map(Slot::from_number))
    }

    #[test]
    fn keys_are_counted() {
        let keys = || vec![key(1), key(2), key(3)];
        let signed = |rule: &NativeRule, signers: &[u8]| holds(rule, signers, None, None);
        let cases = [
            (key(1), 1),
            (NativeRule::All(keys()), 3),
            (NativeRule::Any(keys()), 1),
            (NativeRule::AtLeast(2, keys()), 2),
        ];
        for (rule, needed) in cases {
            assert!(signed(&rule, &[1, 2, 3][..needed]), "{rule:?}");
            assert!(!signed(&rule, &[1, 2, 3][..needed - 1]), "{rule:?}");
            assert!(!signed(&rule, &[4, 5, 6]), "{rule:?}");
        }
    }

    #[test]
    fn nothing_is_demanded_of_none() {
        let of_none = |rule: NativeRule| holds(&rule, &[], None, None);
        assert!(of_none(NativeRule::All(vec![])));
        assert!(!of_none(NativeRule::Any(vec![])));
        assert!(of_none(NativeRule::AtLeast(0, vec![])));
        assert!(!of_none(NativeRule::AtLeast(1, vec![])));
    }

    #[test]
    fn times_are_those_that_the_transaction_states() {
        let from = NativeRule::From(Slot::from_number(10));
        assert!(holds(&from, &[], Some(10), None));
        assert!(!holds(&from, &[], Some(9), None));
        assert!(!holds(&from, &[], None, Some(100)));
        let before = NativeRule::Before(Slot::from_number(10));
        assert!(holds(&before, &[], None, Some(10)));
        assert!(!holds(&before, &[], None, Some(11)));
        assert!(!holds(&before, &[], Some(3), None));
    }

    #[test]
    fn rules_nest_and_round_trip() {
        let rule = NativeRule::Any(vec![
            NativeRule::All(vec![key(1), NativeRule::From(Slot::from_number(7))]),
            NativeRule::AtLeast(1, vec![key(2), NativeRule::Before(Slot::from_number(9))]),
        ]);
        let script = NativeScript::from(rule.clone());
        assert_eq!(NativeScript::from_cbor(script.as_bytes()).unwrap(), script);
        assert!(holds(&rule, &[1], Some(7), None));
        assert!(holds(&rule, &[], None, Some(9)));
        assert!(!holds(&rule, &[1], Some(6), Some(10)));
    }

    #[test]
    fn the_hash_of_a_script() {
        // `hashlib.blake2b(bytes.fromhex("00" "8200581c" + "09" * 28), digest_size=28)`
        let script = NativeScript::from(key(9));
        assert_eq!(hex::encode(script.as_bytes()), format!("8200581c{}", "09".repeat(28)));
        assert_eq!(script.hash().to_string(), KNOWN);
    }

    #[test]
    fn one_script_and_nothing_else() {
        assert_eq!(
            NativeScript::from_cbor(&[0x82, 0x01, 0x80, 0x00]).unwrap_err(),
            WireError::Trailing { what: "native script", count: 1 }
        );
        assert!(matches!(NativeScript::from_cbor(&[0x82, 0x09, 0x80]), Err(WireError::Malformed { .. })));
        let deep = [[0x82, 0x01, 0x81].repeat(200), vec![0x82, 0x01, 0x80]].concat();
        assert!(matches!(NativeScript::from_cbor(&deep), Err(WireError::Malformed { .. })));
    }

    const KNOWN: &str = "987aa5974d80607bfc64e46adb57dd4751abd29dc89a043a1f5c53b8";
}
