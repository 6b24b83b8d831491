//! JSON compared with exact numbers: serde_json's own values would round those with a fraction.

use std::collections::BTreeMap;

use demeter_tx::hydra::{Decimal, Raw};

/// How deep a value may nest.
const DEPTH: usize = 600;

/// A JSON value; the order of keys does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exact {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(BTreeMap<String, Self>),
}

impl Exact {
    /// Reads a text.
    ///
    /// # Panics
    /// It is not JSON, or nests too deep.
    pub fn of(text: &str) -> Self {
        Self::read(&Raw::from_text(text.to_owned()).expect("the text is JSON"), 0)
    }

    fn read(raw: &Raw, depth: usize) -> Self {
        assert!(depth < DEPTH, "nested deeper than {DEPTH}");
        let inner = |raw: &Raw| Self::read(raw, depth + 1);
        match raw.as_text().as_bytes().first() {
            Some(b'n') => Self::Null,
            Some(b't' | b'f') => Self::Bool(raw.decode().unwrap()),
            Some(b'"') => Self::Text(raw.decode().unwrap()),
            Some(b'[') => Self::List(raw.decode::<Vec<Raw>>().unwrap().iter().map(inner).collect()),
            Some(b'{') => {
                let fields: BTreeMap<String, Raw> = raw.decode().unwrap();
                Self::Object(fields.iter().map(|(name, raw)| (name.clone(), inner(raw))).collect())
            }
            _ => Self::Number(raw.decode().unwrap()),
        }
    }

    /// Where two values first differ, as a path with what stands there in each; `None` if nowhere.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let inside = |name: &str, inner: String| format!("/{name}{inner}");
        match (self, other) {
            (Self::Object(left), Self::Object(right)) => {
                let names = left.keys().chain(right.keys().filter(|name| !left.contains_key(*name)));
                names.into_iter().find_map(|name| match (left.get(name), right.get(name)) {
                    (Some(left), Some(right)) => left.difference(right).map(|inner| inside(name, inner)),
                    (left, _) => Some(inside(name, if left.is_some() { ": lost" } else { ": new" }.into())),
                })
            }
            (Self::List(left), Self::List(right)) if left.len() == right.len() => {
                let mut pairs = left.iter().zip(right).enumerate();
                pairs.find_map(|(position, (left, right))| {
                    left.difference(right).map(|inner| inside(&position.to_string(), inner))
                })
            }
            _ if self == other => None,
            _ => Some(format!(": {self:?} became {other:?}")),
        }
    }
}
