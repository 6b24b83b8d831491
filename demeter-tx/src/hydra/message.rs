//! Whatever comes over the socket.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::client_message::ClientMessage;
use super::greetings::Greetings;
use super::record::{Fields as _, TAG, UnknownMessage, content, record, tag_of};
use super::server_output::{ServerOutput, TimedOutput};
use super::{ClientInput, Raw};

/// A text is not a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {reason}")]
pub struct MessageError {
    /// The tag, or what was wanted where there is none.
    pub what: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Whatever a node sends over the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerMessage {
    /// What it says first.
    Greetings(Box<Greetings>),
    /// Something happened.
    Output(Box<TimedOutput>),
    /// What came of an input.
    Client(Box<ClientMessage>),
    /// An input was not understood. This alone has no tag.
    InvalidInput(InvalidInput),
    /// Something that is not known here.
    Unknown(UnknownMessage),
}

record! {
    /// An input was not understood.
    pub struct InvalidInput {
        /// Why.
        reason: String = required "reason",
        /// The input.
        input: String = required "input",
    }
}

/// The tag of what a node says first.
const GREETINGS: &str = "Greetings";
/// The tag that the schema gives to an input that was not understood; hydra-node sends none.
const INVALID_INPUT: &str = "InvalidInput";

impl ServerMessage {
    /// Reads a message.
    ///
    /// # Errors
    /// The text is not JSON, or a tag that is known has not its fields.
    pub fn from_json(text: &str) -> Result<Self, MessageError> {
        let failed = |what: &str, error: serde_json::Error| MessageError {
            what: what.to_owned(),
            reason: error.to_string(),
        };
        let raw: Raw = serde_json::from_str(text).map_err(|error| failed("message", error))?;
        let tag = tag_of(&raw);
        let what = tag.clone().unwrap_or_else(|| "message".to_owned());
        Self::read(tag, raw).map_err(|error| failed(&what, error))
    }

    /// The text of the message.
    pub fn to_json(&self) -> String {
        // NOTE: every key is a text, and writing to memory does not fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    fn read(tag: Option<String>, raw: Raw) -> Result<Self, serde_json::Error> {
        let known = |tags: &[&str]| tag.as_deref().is_some_and(|tag| tags.contains(&tag));
        if known(&[GREETINGS]) {
            return content(&raw, TAG).map(Self::Greetings);
        }
        if known(ServerOutput::TAGS) {
            return TimedOutput::read(tag, raw).map(|output| Self::Output(Box::new(output)));
        }
        if known(ClientMessage::TAGS) {
            return ClientMessage::read(tag, raw, TAG).map(|message| Self::Client(Box::new(message)));
        }
        if (tag.is_none() || known(&[INVALID_INPUT]))
            && let Ok(invalid) = content(&raw, TAG)
        {
            return Ok(Self::InvalidInput(invalid));
        }
        Ok(Self::Unknown(UnknownMessage { tag, raw }))
    }
}

impl<'de> Deserialize<'de> for ServerMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(deserializer)?;
        Self::read(tag_of(&raw), raw).map_err(serde::de::Error::custom)
    }
}

impl Serialize for ServerMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Greetings(greetings) => {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("tag", GREETINGS)?;
                greetings.write(&mut map)?;
                map.end()
            }
            Self::Output(output) => output.serialize(serializer),
            Self::Client(message) => message.serialize(serializer),
            Self::InvalidInput(invalid) => invalid.serialize(serializer),
            Self::Unknown(unknown) => unknown.raw.serialize(serializer),
        }
    }
}

impl ClientInput {
    /// Reads an input.
    ///
    /// # Errors
    /// The text is not JSON, or a tag that is known has not its fields.
    pub fn from_json(text: &str) -> Result<Self, MessageError> {
        serde_json::from_str(text)
            .map_err(|error| MessageError { what: "client input".to_owned(), reason: error.to_string() })
    }

    /// The text of the input.
    pub fn to_json(&self) -> String {
        // NOTE: every key is a text, and writing to memory does not fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}
