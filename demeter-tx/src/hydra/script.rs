//! Scripts as JSON: text envelopes that name a language.

use minicbor::Decoder;
use minicbor::bytes::ByteSlice;

use super::id::Cbor;
use super::record::record;
use crate::{LedgerScript, NativeScript, PlutusScript, PlutusVersion, WireError, wire};

record! {
    /// A script that an output carries.
    pub struct ScriptJson {
        /// Its language, in cardano-api's words.
        language: String = required "scriptLanguage",
        /// The script.
        script: ScriptEnvelope = required "script",
    }
}

record! {
    /// A script in a text envelope.
    pub struct ScriptEnvelope {
        /// What kind of script it is.
        kind: String = required "type",
        /// A note.
        description: Option<String> = optional "description",
        /// A native script as it is; a Plutus script wrapped in a byte string.
        cbor: Cbor = required "cborHex",
    }
}

/// A script cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptJsonError {
    /// It is of a kind that is not known here.
    #[error("a script is of type SimpleScript or PlutusScriptV1 to V3, found {found:?}")]
    Kind {
        /// The kind found.
        found: String,
    },
    /// Its bytes are something else.
    #[error(transparent)]
    Wire(#[from] WireError),
}

const NATIVE: &str = "SimpleScript";

const fn plutus(version: PlutusVersion) -> &'static str {
    match version {
        PlutusVersion::V1 => "PlutusScriptV1",
        PlutusVersion::V2 => "PlutusScriptV2",
        PlutusVersion::V3 => "PlutusScriptV3",
    }
}

impl ScriptJson {
    /// The script.
    ///
    /// # Errors
    /// It is of a kind that is not known here, or its bytes are not of its kind.
    pub fn script(&self) -> Result<LedgerScript, ScriptJsonError> {
        let bytes = self.script.cbor.as_bytes();
        if self.script.kind == NATIVE {
            return Ok(NativeScript::from_cbor(bytes)?.into());
        }
        let version = PlutusVersion::ALL.into_iter().find(|version| plutus(*version) == self.script.kind);
        let version = version.ok_or_else(|| ScriptJsonError::Kind { found: self.script.kind.clone() })?;
        let what = "plutus script";
        let mut decoder = Decoder::new(bytes);
        let inner =
            decoder.bytes().map_err(|error| WireError::Malformed { what, reason: error.to_string() })?;
        match bytes.len().saturating_sub(decoder.position()) {
            0 => Ok(PlutusScript::of(version, inner).into()),
            count => Err(WireError::Trailing { what, count }.into()),
        }
    }
}

impl From<&LedgerScript> for ScriptJson {
    fn from(script: &LedgerScript) -> Self {
        let (language, kind, cbor) = match script {
            LedgerScript::Native(script) => {
                ("SimpleScriptLanguage".to_owned(), NATIVE, script.as_bytes().to_vec())
            }
            LedgerScript::Plutus(script) => {
                let kind = plutus(script.version());
                let cbor = wire::encode(<&ByteSlice>::from(script.as_bytes()));
                (format!("PlutusScriptLanguage {kind}"), kind, cbor)
            }
        };
        let envelope = ScriptEnvelope {
            kind: kind.to_owned(),
            description: Some(String::new()),
            cbor: Cbor::from_bytes(cbor),
            unknown: super::UnknownFields::new(),
        };
        Self { language, script: envelope, unknown: super::UnknownFields::new() }
    }
}

#[cfg(test)]
mod tests {
    use demeter_core::KeyHash;

    use super::*;
    use crate::NativeRule;

    #[test]
    fn scripts_of_all_languages_round_trip() {
        let native = NativeScript::from(NativeRule::Any(vec![NativeRule::Key(KeyHash::from_bytes([9; 28]))]));
        let plutus = PlutusVersion::ALL.map(|version| PlutusScript::of(version, [0x41, 0x00]).into());
        for script in [LedgerScript::from(native)].into_iter().chain(plutus) {
            let text = serde_json::to_string(&ScriptJson::from(&script)).unwrap();
            let read: ScriptJson = serde_json::from_str(&text).unwrap();
            assert_eq!(read.script().unwrap(), script, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_script_is_refused() {
        let script = |kind: &str, cbor: &str| {
            let text = format!(
                r#"{{"scriptLanguage":"","script":{{"type":"{kind}","description":"","cborHex":"{cbor}"}}}}"#
            );
            serde_json::from_str::<ScriptJson>(&text).unwrap().script().map_err(|error| error.to_string())
        };
        assert!(script("PlutusScriptV3", "4100").is_ok());
        assert_eq!(
            script("PlutusScriptV9", "4100").unwrap_err(),
            "a script is of type SimpleScript or PlutusScriptV1 to V3, found \"PlutusScriptV9\""
        );
        assert_eq!(script("PlutusScriptV3", "410000").unwrap_err(), "1 bytes follow the plutus script");
        assert!(script("PlutusScriptV3", "00").is_err());
        assert!(script("SimpleScript", "4100").is_err());
    }
}
