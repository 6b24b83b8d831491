//! Resources, as Kubernetes names and counts them: what is needed, and what there is.

use std::fmt;

use crate::Quantity;
use crate::codec::{Codec, DecodeError, Reader, Writer, record};

/// The name of a resource: `cpu` (in millicores), `memory`, `ephemeral-storage`, `requests.storage` (in bytes)
/// or any extended resource such as `nvidia.com/gpu` (in pieces).
///
/// NOTE: the contract takes any bytes for a name, so this type does too; whoever makes names from text checks
/// Kubernetes' grammar.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceName(Vec<u8>);

impl ResourceName {
    /// Wraps the bytes of a name.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes of the name.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for ResourceName {
    fn from(text: &str) -> Self {
        Self::from_bytes(text)
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResourceName({self})")
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for ResourceName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::text::readable::serialize(&self.0, serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for ResourceName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::readable::deserialize(deserializer).map(Self)
    }
}

/// So much of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Resource {
    /// Which one.
    pub name: ResourceName,
    /// How much, in the resource's own unit.
    pub amount: Quantity,
}

/// Amounts by resource name, as they are stored.
///
/// NOTE: order and duplicates are kept, because a state is compared byte by byte; of two amounts of one name, the
/// first counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Resources(Vec<Resource>);

impl Resources {
    /// The amounts in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Resource> {
        self.0.iter()
    }

    /// How much there is of a resource: the first amount of that name, or nothing.
    pub fn amount_of(&self, name: &ResourceName) -> Quantity {
        self.iter().find(|resource| resource.name == *name).map_or(Quantity::ZERO, |resource| resource.amount)
    }

    /// Whether there is not even a name.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Resource> for Resources {
    fn from_iter<I: IntoIterator<Item = Resource>>(resources: I) -> Self {
        Self(resources.into_iter().collect())
    }
}

impl FromIterator<(ResourceName, Quantity)> for Resources {
    fn from_iter<I: IntoIterator<Item = (ResourceName, Quantity)>>(resources: I) -> Self {
        resources.into_iter().map(|(name, amount)| Resource { name, amount }).collect()
    }
}

impl Codec for Resources {
    const NAME: &'static str = "resources";

    fn write(&self, writer: &mut Writer) {
        writer.map(self.0.len());
        for Resource { name, amount } in &self.0 {
            name.write(writer);
            amount.write(writer);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut pairs = reader.map()?;
        let mut resources = Vec::new();
        while reader.more(&mut pairs)? {
            let at = |error: DecodeError| error.element(resources.len());
            let name = ResourceName::read(reader).map_err(|error| at(error.inside("name")))?;
            let amount = Quantity::read(reader).map_err(|error| at(error.inside("amount")))?;
            resources.push(Resource { name, amount });
        }
        Ok(Self(resources))
    }
}

/// How much of one resource an application needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Need {
    /// Which resource.
    pub name: ResourceName,
    /// An offer with less is refused.
    pub required: Quantity,
    /// An offer with this much fits perfectly; there is no preference at or below `required`.
    pub preferred: Quantity,
}

record! { 0 Need as "need" { name, required, preferred } }

/// Generates a resource name, mostly one of a few that meet each other.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_resource_name() -> impl proptest::strategy::Strategy<Value = ResourceName> {
    use proptest::prelude::*;
    prop_oneof![
        3 => proptest::sample::select(vec!["cpu", "memory", "nvidia.com/gpu", "requests.storage"])
            .prop_map(ResourceName::from),
        1 => crate::text::any_text().prop_map(|text| ResourceName::from_bytes(text.as_bytes())),
    ]
}

/// Generates a few resources.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_resources() -> impl proptest::strategy::Strategy<Value = Resources> {
    use proptest::prelude::*;
    let resource = (any_resource_name(), crate::integer::any_quantity())
        .prop_map(|(name, amount)| Resource { name, amount });
    proptest::collection::vec(resource, 0..6).prop_map(Resources)
}

/// Generates a need.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_need() -> impl proptest::strategy::Strategy<Value = Need> {
    use crate::integer::any_quantity;
    use proptest::prelude::*;
    (any_resource_name(), any_quantity(), any_quantity()).prop_map(|(name, required, preferred)| Need {
        name,
        required,
        preferred,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_counts() {
        let resources: Resources = [(ResourceName::from("cpu"), 1), (ResourceName::from("cpu"), 2)]
            .map(|(name, units)| (name, Quantity::from_units(units).unwrap()))
            .into_iter()
            .collect();
        assert_eq!(resources.amount_of(&"cpu".into()).to_units(), 1);
        assert_eq!(resources.amount_of(&"memory".into()), Quantity::ZERO);
    }
}
