//! How messages are read and written: records that keep what they do not know, and enums told apart by a tag.
//!
//! The derives of serde could do it with `flatten` and `tag`, but those go through a buffer that turns a number with a
//! fraction into a float. Here every field is read straight from the text, and what is not known stays text.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A piece of JSON as the text that it came in: numbers stay exact, and nothing in it need be known.
///
/// Two are equal if their texts are.
#[derive(Clone)]
pub struct Raw(Box<RawValue>);

impl Raw {
    /// Takes the text of one JSON value.
    ///
    /// # Errors
    /// The text is not JSON.
    pub fn from_text(text: String) -> Result<Self, serde_json::Error> {
        RawValue::from_string(text).map(Self)
    }

    /// Writes a value.
    ///
    /// # Errors
    /// The value cannot be written as JSON; those of this module can.
    pub fn of(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(value).map(Self)
    }

    /// The text.
    pub fn as_text(&self) -> &str {
        self.0.get()
    }

    /// Reads it as something.
    ///
    /// # Errors
    /// It is something else.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.as_text())
    }
}

impl Default for Raw {
    /// Null.
    fn default() -> Self {
        Self(RawValue::NULL.to_owned())
    }
}

impl PartialEq for Raw {
    fn eq(&self, other: &Self) -> bool {
        self.as_text() == other.as_text()
    }
}

impl Eq for Raw {}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_text())
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self)
    }
}

/// Fields that are not known here, by their names: another version's. They are written again as they came.
pub type UnknownFields = BTreeMap<String, Raw>;

/// A message that is not known here, whole: another version's. It is written again as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMessage {
    /// What it calls itself, if it does.
    pub tag: Option<String>,
    /// All of it.
    pub raw: Raw,
}

/// A record whose fields can be written into an object that has others.
pub(super) trait Fields {
    /// Writes each field.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
    /// What was not known.
    fn unknown_mut(&mut self) -> &mut UnknownFields;
}

impl<T: Fields> Fields for Box<T> {
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        (**self).write(map)
    }

    fn unknown_mut(&mut self) -> &mut UnknownFields {
        (**self).unknown_mut()
    }
}

/// What a message calls itself.
pub(super) fn tag_of(raw: &Raw) -> Option<String> {
    #[derive(Deserialize)]
    struct Tagged {
        tag: Raw,
    }
    raw.decode::<Tagged>().ok()?.tag.decode().ok()
}

/// Reads the record that stands beside fields of the message's own: its tag, at least.
pub(super) fn content<T: Fields + DeserializeOwned>(
    raw: &Raw,
    beside: &[&str],
) -> Result<T, serde_json::Error> {
    let mut content: T = raw.decode()?;
    for name in beside {
        content.unknown_mut().remove(*name);
    }
    Ok(content)
}

/// What stands beside most records.
pub(super) const TAG: &[&str] = &["tag"];

/// Takes a field out of those that are not known.
pub(super) fn take<T: DeserializeOwned>(
    unknown: &mut UnknownFields,
    name: &'static str,
) -> Result<T, serde_json::Error> {
    unknown.remove(name).ok_or_else(|| serde_json::Error::missing_field(name))?.decode()
}

/// Defines a record: a struct with a field for each that is known, and [`UnknownFields`].
///
/// Each field is `required`, `nullable` (an `Option`, written as null where there is nothing) or `optional` (an
/// `Option`, left out where there is nothing). The latter two are read alike.
macro_rules! record {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty = $mode:ident $key:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            /// What else came with it.
            pub unknown: $crate::hydra::UnknownFields,
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reader;

                impl<'de> serde::de::Visitor<'de> for Reader {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("an object for ", stringify!($name)))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        $(let mut $field: Option<$type> = None;)*
                        let mut unknown = $crate::hydra::UnknownFields::new();
                        while let Some(name) = map.next_key::<String>()? {
                            match name.as_str() {
                                $($key => $field = Some(map.next_value()?),)*
                                _ => {
                                    unknown.insert(name, map.next_value()?);
                                }
                            }
                        }
                        Ok($name { $($field: $crate::hydra::record::read!($mode $field $key),)* unknown })
                    }
                }

                deserializer.deserialize_map(Reader)
            }
        }

        impl $crate::hydra::record::Fields for $name {
            fn write<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                $($crate::hydra::record::write!(map, $mode self.$field, $key);)*
                self.unknown.iter().try_for_each(|(name, raw)| map.serialize_entry(name, raw))
            }

            fn unknown_mut(&mut self) -> &mut $crate::hydra::UnknownFields {
                &mut self.unknown
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $crate::hydra::record::Fields::write(self, &mut map)?;
                map.end()
            }
        }
    };
}

/// The value of a field that has been read or not.
macro_rules! read {
    (required $field:ident $key:literal) => {
        $field.ok_or_else(|| <A::Error as serde::de::Error>::missing_field($key))?
    };
    (nullable $field:ident $key:literal) => {
        $field.flatten()
    };
    (optional $field:ident $key:literal) => {
        $field.flatten()
    };
}

/// Writes a field.
macro_rules! write {
    ($map:ident, required $value:expr, $key:literal) => {
        $map.serialize_entry($key, &$value)?;
    };
    ($map:ident, nullable $value:expr, $key:literal) => {
        $map.serialize_entry($key, &$value)?;
    };
    ($map:ident, optional $value:expr, $key:literal) => {
        if let Some(value) = &$value {
            $map.serialize_entry($key, value)?;
        }
    };
}

/// Defines an enum of records that a field `tag` tells apart, with [`UnknownMessage`] for all other tags.
macro_rules! tagged {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident($type:ty) = $tag:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant($type),)*
            /// One that is not known here.
            Unknown($crate::hydra::UnknownMessage),
        }

        impl $name {
            /// The tags that are known.
            pub const TAGS: &'static [&'static str] = &[$($tag),*];

            /// What it calls itself, if it does.
            pub fn tag(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(_) => Some($tag),)*
                    Self::Unknown(unknown) => unknown.tag.as_deref(),
                }
            }

            /// Reads one whose tag has been read, and that stands beside these fields.
            pub(super) fn read(
                tag: Option<String>,
                raw: $crate::hydra::Raw,
                beside: &[&str],
            ) -> Result<Self, serde_json::Error> {
                match tag.as_deref() {
                    $(Some($tag) => $crate::hydra::record::content(&raw, beside).map(Self::$variant),)*
                    _ => Ok(Self::Unknown($crate::hydra::UnknownMessage { tag, raw })),
                }
            }

            /// Writes the tag and what follows it; nothing of one that is not known.
            pub(super) fn write<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                if let Some(tag) = self.tag() {
                    map.serialize_entry("tag", tag)?;
                }
                match self {
                    $(Self::$variant(content) => $crate::hydra::record::Fields::write(content, map),)*
                    Self::Unknown(_) => Ok(()),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = $crate::hydra::Raw::deserialize(deserializer)?;
                let tag = $crate::hydra::record::tag_of(&raw);
                Self::read(tag, raw, $crate::hydra::record::TAG).map_err(serde::de::Error::custom)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                if let Self::Unknown(unknown) = self {
                    return unknown.raw.serialize(serializer);
                }
                let mut map = serializer.serialize_map(None)?;
                self.write(&mut map)?;
                map.end()
            }
        }
    };
}

/// Defines a plain enum of names, with the name itself for all others.
macro_rules! named {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// One that is not known here.
            Unknown(String),
        }

        impl $name {
            /// The name.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => stringify!($variant),)*
                    Self::Unknown(name) => name,
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = String::deserialize(deserializer)?;
                Ok(match name.as_str() {
                    $(stringify!($variant) => Self::$variant,)*
                    _ => Self::Unknown(name),
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(super) use {named, read, record, tagged, write};

record! {
    /// What follows a tag that says it all.
    #[derive(Default)]
    pub struct Bare {}
}
