//! Unspent outputs as JSON.
//!
//! The JSON says what an output holds, not its bytes. What is read is encoded as the ledger encodes outputs, which is
//! also how hydra-node sizes them; only data and scripts are kept byte for byte. An output that is encoded so already
//! comes back as it was.

use std::collections::BTreeMap;

use demeter_core::OutputReference;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::datum::{DatumJson, DatumJsonError};
use super::id::Cbor;
use super::record::take;
use super::script::{ScriptJson, ScriptJsonError};
use super::value::{ValueJson, ValueJsonError};
use super::{Raw, UnknownFields};
use crate::keys::{AddressError, NetworkAddress};
use crate::{Datum, Output, OutputDraft, UtxoSet};

/// Unspent outputs by their references.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UtxoJson(pub BTreeMap<OutputReference, OutputJson>);

/// An output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputJson {
    /// Who may spend it: bech32, or base58 where it is a Byron address.
    pub address: String,
    /// What it holds.
    pub value: ValueJson,
    /// Its datum.
    pub datum: DatumJson,
    /// The script that it carries.
    pub reference_script: Option<ScriptJson>,
    /// What else came with it.
    pub unknown: UnknownFields,
}

/// An output has no counterpart here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutputJsonError {
    /// Its address is of a kind that is not supported.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Its value is out of range.
    #[error(transparent)]
    Value(#[from] ValueJsonError),
    /// Its datum is not one.
    #[error(transparent)]
    Datum(#[from] DatumJsonError),
    /// Its script cannot be read.
    #[error("reference script: {0}")]
    Script(#[from] ScriptJsonError),
}

/// An output of a set has no counterpart here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("output {reference}: {error}")]
pub struct UtxoJsonError {
    /// Which output.
    pub reference: OutputReference,
    /// What is wrong with it.
    pub error: OutputJsonError,
}

impl UtxoJson {
    /// The outputs, if each has a counterpart here.
    ///
    /// # Errors
    /// One has none: the first of these, by reference.
    pub fn outputs(&self) -> Result<UtxoSet, UtxoJsonError> {
        let (outputs, foreign) = self.split();
        foreign.into_iter().next().map_or(Ok(outputs), Err)
    }

    /// The outputs that have a counterpart here, and what is wrong with the others: a head may hold outputs at Byron
    /// addresses, say, which nothing here can spend.
    pub fn split(&self) -> (UtxoSet, Vec<UtxoJsonError>) {
        let (mut outputs, mut foreign) = (UtxoSet::new(), Vec::new());
        for (reference, output) in &self.0 {
            match output.output() {
                Ok(output) => {
                    outputs.insert(*reference, output);
                }
                Err(error) => foreign.push(UtxoJsonError { reference: *reference, error }),
            }
        }
        (outputs, foreign)
    }
}

impl From<&UtxoSet> for UtxoJson {
    fn from(outputs: &UtxoSet) -> Self {
        Self(outputs.iter().map(|(reference, output)| (*reference, output.into())).collect())
    }
}

impl OutputJson {
    /// The output, encoded as the ledger does.
    ///
    /// # Errors
    /// It has no counterpart here.
    pub fn output(&self) -> Result<Output, OutputJsonError> {
        let address: NetworkAddress = self.address.parse()?;
        let draft = OutputDraft::new(address.address(), self.value.value()?);
        let mut draft = match self.datum.datum()? {
            Datum::None => draft,
            Datum::Hash(hash) => draft.with_datum_hash(hash),
            Datum::Inline(data) => draft.with_inline_datum(data),
        };
        if let Some(script) = &self.reference_script {
            draft = draft.with_reference_script(script.script()?);
        }
        Ok(draft.finish(address.network()))
    }
}

impl From<&Output> for OutputJson {
    fn from(output: &Output) -> Self {
        Self {
            address: NetworkAddress::new(output.network(), *output.address()).to_string(),
            value: output.value().into(),
            datum: output.datum().into(),
            reference_script: output.reference_script().map(ScriptJson::from),
            unknown: UnknownFields::new(),
        }
    }
}

impl Serialize for OutputJson {
    /// Writes the fields that hydra-node writes, null where there is nothing.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("address", &self.address)?;
        map.serialize_entry("value", &self.value)?;
        map.serialize_entry("referenceScript", &self.reference_script)?;
        let (json, raw) = match &self.datum {
            DatumJson::None => {
                map.serialize_entry("datumhash", &())?;
                (&None, &None)
            }
            DatumJson::Hash(hash) => {
                map.serialize_entry("datumhash", hash)?;
                (&None, &None)
            }
            DatumJson::Inline { hash, json, raw } => {
                map.serialize_entry("inlineDatumhash", hash)?;
                (json, raw)
            }
        };
        map.serialize_entry("inlineDatum", json)?;
        map.serialize_entry("inlineDatumRaw", raw)?;
        if !self.unknown.contains_key(DATUM) {
            map.serialize_entry(DATUM, &())?;
        }
        for (name, raw) in &self.unknown {
            map.serialize_entry(name, raw)?;
        }
        map.end()
    }
}

/// Where data stand that hydra-node knows apart from an output: in the sets that it sends, there are none.
const DATUM: &str = "datum";

impl<'de> Deserialize<'de> for OutputJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut unknown = UnknownFields::deserialize(deserializer)?;
        Self::from_fields(&mut unknown)
            .map(|output| Self { unknown, ..output })
            .map_err(serde::de::Error::custom)
    }
}

impl OutputJson {
    /// Takes the fields that are known out of all.
    fn from_fields(fields: &mut UnknownFields) -> Result<Self, serde_json::Error> {
        let hash: Option<Cbor> = optional(fields, "datumhash")?;
        let inline_hash: Option<Cbor> = optional(fields, "inlineDatumhash")?;
        let json: Option<Raw> = optional(fields, "inlineDatum")?;
        let raw: Option<Cbor> = optional(fields, "inlineDatumRaw")?;
        if fields.get(DATUM).is_some_and(|raw| *raw == Raw::default()) {
            fields.remove(DATUM);
        }
        let datum = match (hash, inline_hash, json, raw) {
            (None, None, None, None) => DatumJson::None,
            (Some(hash), None, None, None) => DatumJson::Hash(hash),
            (None, hash, json, raw) => DatumJson::Inline { hash, json, raw },
            (Some(_), ..) => {
                let reason = "an output has the hash of a datum, or a datum, or neither: found both";
                return Err(serde::de::Error::custom(reason));
            }
        };
        Ok(Self {
            address: take(fields, "address")?,
            value: take(fields, "value")?,
            datum,
            reference_script: optional(fields, "referenceScript")?,
            unknown: UnknownFields::new(),
        })
    }
}

fn optional<T: DeserializeOwned>(
    fields: &mut UnknownFields,
    name: &'static str,
) -> Result<Option<T>, serde_json::Error> {
    fields.remove(name).map_or(Ok(None), |raw| raw.decode())
}
