//! Outputs: what the ledger holds, and what a transaction is asked to make.

use std::collections::BTreeMap;
use std::sync::Arc;

use demeter_core::{Address, Amount, Asset, OutputReference, RangeError, Value};
use minicbor::data::Tag;
use minicbor::{Decoder, Encoder};
use pallas_primitives::KeepRaw;
use pallas_primitives::conway::{
    MintedScriptRef, MintedTransactionOutput, PseudoDatumOption, PseudoScript, PseudoTransactionOutput,
};

use crate::data::{check_byte_strings, check_nesting};
use crate::script::{LedgerScript, NativeScript, PlutusVersion};
use crate::wire::{self, WireError};
use crate::{Data, Network, PlutusScript, ProtocolParameters};

/// Unspent outputs by their references.
pub type UtxoSet = BTreeMap<OutputReference, Output>;

/// What the ledger counts an output as, beside its own bytes.
const OVERHEAD: u64 = 160;

/// What is read here, as faults name it.
const WHAT: &str = "transaction output";

/// The datum of an output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Datum {
    /// There is none.
    #[default]
    None,
    /// Only its hash is known.
    Hash([u8; 32]),
    /// It is in the output.
    Inline(Data),
}

/// An output as the ledger holds it: its bytes, and what they say. Copies share their contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output(Arc<Contents>);

#[derive(Debug, PartialEq, Eq)]
struct Contents {
    bytes: Box<[u8]>,
    network: Network,
    address: Address,
    value: Value,
    value_size: usize,
    datum: Datum,
    script: Option<LedgerScript>,
}

impl Output {
    /// Reads the CBOR of an output, in either of the two formats.
    ///
    /// # Errors
    /// The bytes are not one output and nothing else, or one with a Byron, stake or pointer address or amounts
    /// of `2^63` or more.
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, WireError> {
        let malformed = |reason: String| WireError::Malformed { what: WHAT, reason };
        check_nesting(bytes).map_err(|error| malformed(error.to_string()))?;
        let mut decoder = Decoder::new(bytes);
        let output: MintedTransactionOutput<'_> =
            decoder.decode().map_err(|error| malformed(error.to_string()))?;
        let count = bytes.len().saturating_sub(decoder.position());
        if count > 0 {
            return Err(WireError::Trailing { what: WHAT, count });
        }
        Self::from_decoded(bytes, &output)
    }

    /// What a decoder read from these bytes.
    pub(crate) fn from_decoded(
        bytes: &[u8],
        output: &MintedTransactionOutput<'_>,
    ) -> Result<Self, WireError> {
        let (address, value, value_size, datum, script) = match output {
            PseudoTransactionOutput::Legacy(output) => {
                check_length(bytes)?;
                let value = legacy_value(&output.amount);
                let datum = output.datum_hash.map_or(Datum::None, |hash| Datum::Hash(*hash));
                let size = wire::encode(&output.amount).len();
                (&output.address, wire::value_of(&value?)?, size, datum, None)
            }
            PseudoTransactionOutput::PostAlonzo(output) => {
                wire::check_keys(WHAT, bytes, &[0, 1, 2, 3])?;
                let datum = match &output.datum_option {
                    None => Datum::None,
                    Some(PseudoDatumOption::Hash(hash)) => Datum::Hash(**hash),
                    Some(PseudoDatumOption::Data(data)) => {
                        check_byte_strings(data.0.raw_cbor()).map_err(|error| WireError::Malformed {
                            what: "inline datum",
                            reason: error.to_string(),
                        })?;
                        Datum::Inline(Data::from_decoded(data.0.raw_cbor()))
                    }
                };
                let script = output.script_ref.as_ref().map(|script| reference_script(&script.0));
                let size = wire::encode(&output.value).len();
                (&output.address, wire::value_of(&output.value)?, size, datum, script)
            }
        };
        let (network, address) = wire::address(address)?;
        Ok(Contents { bytes: bytes.into(), network, address, value, value_size, datum, script }.into())
    }

    /// The CBOR, as it was read or made.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// The network that the address names.
    pub fn network(&self) -> Network {
        self.0.network
    }

    /// Who may spend it.
    pub fn address(&self) -> &Address {
        &self.0.address
    }

    /// What it holds.
    pub fn value(&self) -> &Value {
        &self.0.value
    }

    /// The bytes that its value takes.
    pub fn value_size(&self) -> usize {
        self.0.value_size
    }

    /// Its datum.
    pub fn datum(&self) -> &Datum {
        &self.0.datum
    }

    /// Its inline datum.
    pub fn inline_datum(&self) -> Option<&Data> {
        match &self.0.datum {
            Datum::Inline(data) => Some(data),
            Datum::None | Datum::Hash(_) => None,
        }
    }

    /// The script that it carries.
    pub fn reference_script(&self) -> Option<&LedgerScript> {
        self.0.script.as_ref()
    }

    /// The least lovelace it must hold: `(160 + size) * utxoCostPerByte`.
    ///
    /// # Errors
    /// The product is out of range, which takes absurd parameters.
    pub fn minimum_lovelace(&self, parameters: &ProtocolParameters) -> Result<Amount, RangeError> {
        parameters.utxo_cost_per_byte.checked_mul((self.0.bytes.len() as u64).saturating_add(OVERHEAD))
    }
}

impl From<Contents> for Output {
    fn from(contents: Contents) -> Self {
        Self(Arc::new(contents))
    }
}

/// An output that a transaction shall make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputDraft {
    address: Address,
    value: Value,
    datum: Datum,
    script: Option<LedgerScript>,
}

impl OutputDraft {
    /// An output of this value to this address.
    pub fn new(address: Address, value: Value) -> Self {
        Self { address, value, datum: Datum::None, script: None }
    }

    /// With this datum in it.
    #[must_use]
    pub fn with_inline_datum(mut self, data: Data) -> Self {
        self.datum = Datum::Inline(data);
        self
    }

    /// With the hash of a datum.
    #[must_use]
    pub fn with_datum_hash(mut self, hash: [u8; 32]) -> Self {
        self.datum = Datum::Hash(hash);
        self
    }

    /// With this script for others to refer to.
    #[must_use]
    pub fn with_reference_script(mut self, script: impl Into<LedgerScript>) -> Self {
        self.script = Some(script.into());
        self
    }

    /// With as much lovelace as the ledger asks for, if there was less.
    ///
    /// # Errors
    /// An amount is out of range, which takes absurd parameters.
    pub fn topped_up(mut self, parameters: &ProtocolParameters) -> Result<Self, RangeError> {
        // The amount is itself part of the size, so raising it can raise the minimum, by a few bytes at most.
        loop {
            let minimum = self.finish(Network::Testnet).minimum_lovelace(parameters)?;
            let held = self.value.lovelace();
            if held >= minimum {
                return Ok(self);
            }
            self.value = self.value.plus(&Asset::Lovelace, minimum.checked_sub(held)?)?;
        }
    }

    /// What it shall hold.
    pub const fn value(&self) -> &Value {
        &self.value
    }

    /// The output as the ledger will hold it, on this network.
    pub fn finish(&self, network: Network) -> Output {
        let value = wire::encode(wire::value(&self.value));
        let contents = Contents {
            bytes: self.encode(network, &value).into(),
            network,
            address: self.address,
            value: self.value.clone(),
            value_size: value.len(),
            datum: self.datum.clone(),
            script: self.script.clone(),
        };
        contents.into()
    }

    fn encode(&self, network: Network, value: &[u8]) -> Vec<u8> {
        let fields = 2 + u64::from(self.datum != Datum::None) + u64::from(self.script.is_some());
        let mut encoder = Encoder::new(Vec::new());
        let written = (|| {
            encoder.map(fields)?.u8(0)?.bytes(&wire::address_bytes(network, &self.address))?;
            encoder.u8(1)?.encode(wire::Verbatim(value))?;
            match &self.datum {
                Datum::None => {}
                Datum::Hash(hash) => {
                    encoder.u8(2)?.array(2)?.u8(0)?.bytes(hash)?;
                }
                Datum::Inline(data) => {
                    encoder.u8(2)?.array(2)?.u8(1)?.tag(Tag::new(24))?.bytes(data.as_bytes())?;
                }
            }
            if let Some(script) = &self.script {
                let mut inner = Encoder::new(Vec::new());
                match script {
                    LedgerScript::Native(script) => {
                        inner.array(2)?.u8(0)?.encode(wire::Verbatim(script.as_bytes()))?;
                    }
                    LedgerScript::Plutus(script) => {
                        inner.array(2)?.u8(script.version() as u8)?.bytes(script.as_bytes())?;
                    }
                }
                encoder.u8(3)?.tag(Tag::new(24))?.bytes(&inner.into_writer())?;
            }
            Ok::<(), minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        // NOTE: writing to memory does not fail.
        written.map(|()| encoder.into_writer()).unwrap_or_default()
    }
}

/// An output in the old format has two or three fields: the decoder would skip others.
fn check_length(bytes: &[u8]) -> Result<(), WireError> {
    let malformed = |reason: String| WireError::Malformed { what: WHAT, reason };
    match Decoder::new(bytes).array().map_err(|error| malformed(error.to_string()))? {
        Some(2 | 3) | None => Ok(()),
        Some(found) => Err(malformed(format!("expected 2 or 3 fields, found {found}"))),
    }
}

fn reference_script(script: &MintedScriptRef<'_>) -> LedgerScript {
    let plutus = |version: PlutusVersion, bytes: &[u8]| PlutusScript::of(version, bytes).into();
    match script {
        PseudoScript::NativeScript(script) => {
            NativeScript::from_decoded(KeepRaw::raw_cbor(script), script).into()
        }
        PseudoScript::PlutusV1Script(script) => plutus(PlutusVersion::V1, script.as_ref()),
        PseudoScript::PlutusV2Script(script) => plutus(PlutusVersion::V2, script.as_ref()),
        PseudoScript::PlutusV3Script(script) => plutus(PlutusVersion::V3, script.as_ref()),
    }
}

/// A value in the old output format, which is encoded alike but has a type of its own.
fn legacy_value(
    value: &pallas_primitives::alonzo::Value,
) -> Result<pallas_primitives::conway::Value, WireError> {
    minicbor::decode(&wire::encode(value))
        .map_err(|error| WireError::Malformed { what: "value", reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use demeter_core::{AssetName, KeyHash, ScriptHash};

    use super::*;
    use crate::NativeRule;

    fn lovelace(units: u64) -> Value {
        Value::of_lovelace(Amount::from_units(units).unwrap())
    }

    fn key_address() -> Address {
        Address::of_key(KeyHash::from_bytes([7; 28]))
    }

    #[test]
    fn what_is_made_can_be_read() {
        let token = Asset::Token { policy: ScriptHash::from_bytes([1; 28]), name: AssetName::default() };
        let value = lovelace(2_000_000).plus(&token, Amount::from_units(1).unwrap()).unwrap();
        let plain = OutputDraft::new(key_address(), value);
        let drafts = [
            plain.clone(),
            plain.clone().with_inline_datum(Data::unit()),
            plain.clone().with_datum_hash(Data::unit().hash()),
            plain.with_inline_datum(Data::unit()).with_reference_script(PlutusScript::new([0x41, 0x00])),
        ];
        for draft in drafts {
            let made = draft.finish(Network::Testnet);
            assert_eq!(Output::from_cbor(made.as_bytes()).unwrap(), made);
        }
    }

    #[test]
    fn the_minimum_of_a_plain_output() {
        let parameters = ProtocolParameters::hydra_l2().unwrap();
        let output = OutputDraft::new(key_address(), lovelace(1_000_000)).finish(Network::Testnet);
        // Map, two keys, 29 bytes of address with their header, 5 bytes of lovelace.
        assert_eq!(output.as_bytes().len(), 1 + 2 + 31 + 5);
        assert_eq!(output.minimum_lovelace(&parameters).unwrap().to_units(), (160 + 39) * 4310);
    }

    #[test]
    fn topping_up_reaches_the_minimum_and_no_more() {
        let parameters = ProtocolParameters::hydra_l2().unwrap();
        let draft = OutputDraft::new(key_address(), lovelace(1)).topped_up(&parameters).unwrap();
        let output = draft.finish(Network::Testnet);
        assert_eq!(output.value().lovelace(), output.minimum_lovelace(&parameters).unwrap());
        let rich = OutputDraft::new(key_address(), lovelace(5_000_000));
        assert_eq!(rich.clone().topped_up(&parameters).unwrap(), rich);
    }

    #[test]
    fn the_old_format_is_read() {
        let mut encoder = Encoder::new(Vec::new());
        encoder.array(2).unwrap().bytes(&wire::address_bytes(Network::Mainnet, &key_address())).unwrap();
        encoder.u32(1_000_000).unwrap();
        let output = Output::from_cbor(&encoder.into_writer()).unwrap();
        assert_eq!(output.value(), &lovelace(1_000_000));
        assert_eq!(output.network(), Network::Mainnet);
    }

    #[test]
    fn outputs_have_no_other_fields() {
        let address = wire::address_bytes(Network::Testnet, &key_address());
        let map = |keys: &[u8]| {
            let mut encoder = Encoder::new(Vec::new());
            encoder.map(2 + keys.len() as u64).unwrap().u8(0).unwrap().bytes(&address).unwrap();
            encoder.u8(1).unwrap().u32(1_000_000).unwrap();
            for key in keys {
                encoder.u8(*key).unwrap().u32(2_000_000).unwrap();
            }
            Output::from_cbor(&encoder.into_writer())
        };
        assert!(map(&[]).is_ok());
        let fault = |keys: &[u8]| map(keys).unwrap_err().to_string();
        assert_eq!(fault(&[4]), "field 4 of the transaction output is unknown");
        assert_eq!(fault(&[1]), "field 1 of the transaction output appears twice");
        let list = |extra: u64| {
            let mut encoder = Encoder::new(Vec::new());
            encoder.array(2 + extra).unwrap().bytes(&address).unwrap().u32(1_000_000).unwrap();
            for _ in 0..extra {
                encoder.bytes(&[7; 32]).unwrap();
            }
            Output::from_cbor(&encoder.into_writer())
        };
        assert!(list(0).is_ok());
        assert!(list(1).is_ok());
        assert!(list(2).is_err());
    }

    #[test]
    fn scripts_of_all_languages_are_carried() {
        let native = NativeScript::from(NativeRule::Key(KeyHash::from_bytes([9; 28])));
        let plutus = PlutusVersion::ALL.map(|version| PlutusScript::of(version, [0x41, 0x00]).into());
        for script in [LedgerScript::from(native)].into_iter().chain(plutus) {
            let draft = OutputDraft::new(key_address(), lovelace(2_000_000));
            let made = draft.with_reference_script(script.clone()).finish(Network::Testnet);
            let read = Output::from_cbor(made.as_bytes()).unwrap();
            assert_eq!(read.reference_script(), Some(&script));
            assert_eq!(read, made);
        }
    }

    #[test]
    fn a_long_byte_string_in_an_inline_datum_is_refused() {
        let output = |length: u8| {
            let datum = [vec![0x58, length], vec![0; usize::from(length)]].concat();
            let mut encoder = Encoder::new(Vec::new());
            encoder.map(3).unwrap().u8(0).unwrap();
            encoder.bytes(&wire::address_bytes(Network::Testnet, &key_address())).unwrap();
            encoder.u8(1).unwrap().u32(1_000_000).unwrap();
            encoder.u8(2).unwrap().array(2).unwrap().u8(1).unwrap();
            encoder.tag(Tag::new(24)).unwrap().bytes(&datum).unwrap();
            Output::from_cbor(&encoder.into_writer())
        };
        assert!(output(64).is_ok());
        assert!(matches!(output(65).unwrap_err(), WireError::Malformed { what: "inline datum", .. }));
    }
}
