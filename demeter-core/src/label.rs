//! Labels: what an operator says of itself, what entities endorse, what an application asks for.

use std::fmt;

use crate::Text;
use crate::codec::{Codec, DecodeError, Reader, Writer};

/// A pair of texts, as the label of a Kubernetes node: `region` and `eu-west`, `nvidia.com/gpu.product` and
/// `A100`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Label {
    /// The left part.
    pub key: Text,
    /// The right part.
    pub value: Text,
}

impl Label {
    /// A label of two texts.
    pub fn new(key: &str, value: &str) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}

/// Labels as they are stored: order and duplicates are kept, because a state is compared byte by byte.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Labels(Vec<Label>);

impl Labels {
    /// The labels in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Label> {
        self.0.iter()
    }

    /// The first label that is not among these.
    pub fn first_missing_in<'a>(&'a self, others: &Self) -> Option<&'a Label> {
        self.iter().find(|label| !others.0.contains(label))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Label> for Labels {
    fn from_iter<I: IntoIterator<Item = Label>>(labels: I) -> Self {
        Self(labels.into_iter().collect())
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, label) in self.iter().enumerate() {
            if position > 0 {
                f.write_str(", ")?;
            }
            label.fmt(f)?;
        }
        Ok(())
    }
}

impl Codec for Labels {
    const NAME: &'static str = "labels";

    fn write(&self, writer: &mut Writer) {
        writer.map(self.0.len());
        for Label { key, value } in &self.0 {
            key.write(writer);
            value.write(writer);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut pairs = reader.map()?;
        let mut labels = Vec::new();
        while reader.more(&mut pairs)? {
            let at = |error: DecodeError| error.element(labels.len());
            let key = Text::read(reader).map_err(|error| at(error.inside("key")))?;
            let value = Text::read(reader).map_err(|error| at(error.inside("value")))?;
            labels.push(Label { key, value });
        }
        Ok(Self(labels))
    }
}

/// Generates a few labels.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_labels() -> impl proptest::strategy::Strategy<Value = Labels> {
    use crate::text::any_text;
    use proptest::prelude::*;
    let label = (any_text(), any_text()).prop_map(|(key, value)| Label { key, value });
    proptest::collection::vec(label, 0..4).prop_map(Labels)
}
