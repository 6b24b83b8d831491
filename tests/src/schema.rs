//! The schemas that the blueprint publishes (CIP-57), interpreted: what data they take, and data that they take.

use std::collections::BTreeMap;

use pallas_primitives::PlutusData;
use proptest::prelude::*;
use proptest::strategy::Union;
use serde::Deserialize;

use crate::{machine, repository, tree};

/// The schemas of `validators/plutus.json`.
#[derive(Deserialize)]
pub struct Blueprint {
    validators: Vec<Handler>,
    definitions: BTreeMap<String, Schema>,
}

#[derive(Deserialize)]
struct Handler {
    title: String,
    datum: Option<Argument>,
    redeemer: Argument,
}

#[derive(Deserialize)]
struct Argument {
    schema: Schema,
}

/// What is taken at one place.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Schema {
    /// What is defined elsewhere.
    Reference {
        /// Where, as in `#/definitions/Int`.
        #[serde(rename = "$ref")]
        reference: String,
    },
    /// One of several.
    Choice {
        /// Which.
        #[serde(rename = "anyOf")]
        any_of: Vec<Schema>,
    },
    /// Data of one kind.
    Data(Kind),
}

/// Data of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "dataType", rename_all = "lowercase")]
pub enum Kind {
    /// An integer.
    Integer,
    /// A byte string.
    Bytes,
    /// A list.
    List {
        /// What all elements are.
        items: Box<Schema>,
    },
    /// A map.
    Map {
        /// What all keys are.
        keys: Box<Schema>,
        /// What all values are.
        values: Box<Schema>,
    },
    /// A constructor.
    Constructor {
        /// Its number.
        index: u64,
        /// Its fields.
        fields: Vec<Field>,
    },
}

/// A field of a constructor.
#[derive(Clone, Debug, Deserialize)]
pub struct Field {
    /// Its name.
    #[serde(default)]
    title: String,
    #[serde(flatten)]
    schema: Schema,
}

impl Blueprint {
    /// Reads the committed blueprint.
    ///
    /// # Panics
    /// It is not one, or uses more of CIP-57 than is interpreted here.
    pub fn committed() -> Self {
        serde_json::from_str(&repository::text("validators/plutus.json")).expect("a blueprint")
    }

    /// The schema of the datum of a handler, such as `market.market.spend`.
    ///
    /// # Panics
    /// There is none.
    pub fn datum(&self, handler: &str) -> &Schema {
        &self.handler(handler).datum.as_ref().expect("a datum").schema
    }

    /// The schema of the redeemer of a handler.
    ///
    /// # Panics
    /// There is none.
    pub fn redeemer(&self, handler: &str) -> &Schema {
        &self.handler(handler).redeemer.schema
    }

    /// The schema of a type, such as `demeter/state/Terms`.
    ///
    /// # Panics
    /// There is none.
    pub fn definition(&self, name: &str) -> &Schema {
        self.definitions.get(name).unwrap_or_else(|| panic!("no definition of {name}"))
    }

    fn handler(&self, title: &str) -> &Handler {
        self.validators.iter().find(|handler| handler.title == title).expect("a handler")
    }

    fn resolve<'s>(&'s self, schema: &'s Schema) -> &'s Schema {
        match schema {
            Schema::Reference { reference } => self.resolve(self.definition(&name_in(reference))),
            other => other,
        }
    }

    /// Whether the schema takes the data; if not, where and why.
    ///
    /// # Errors
    /// It does not.
    pub fn check(&self, schema: &Schema, data: &PlutusData) -> Result<(), String> {
        match (self.resolve(schema), data) {
            (Schema::Choice { any_of }, PlutusData::Constr(_)) => {
                let index = tree::index(data);
                let numbered = any_of.iter().find(|schema| number(schema) == Some(index));
                self.check(numbered.ok_or_else(|| format!(": no constructor {index}"))?, data)
            }
            (Schema::Data(kind), _) => self.check_kind(kind, data),
            (other, _) => Err(format!(": expected {other:?}, found {data:?}")),
        }
    }

    fn check_kind(&self, kind: &Kind, data: &PlutusData) -> Result<(), String> {
        let within =
            |place: &str, result: Result<(), String>| result.map_err(|error| format!(".{place}{error}"));
        match (kind, data) {
            (Kind::Integer, PlutusData::BigInt(_)) | (Kind::Bytes, PlutusData::BoundedBytes(_)) => Ok(()),
            (Kind::List { items }, PlutusData::Array(elements)) => {
                elements.iter().try_for_each(|element| within("items", self.check(items, element)))
            }
            (Kind::Map { keys, values }, PlutusData::Map(pairs)) => {
                pairs.iter().try_for_each(|(key, value)| {
                    within("keys", self.check(keys, key))?;
                    within("values", self.check(values, value))
                })
            }
            (Kind::Constructor { index, fields }, PlutusData::Constr(_)) => {
                let found = tree::fields(data);
                if tree::index(data) != *index || found.len() != fields.len() {
                    return Err(format!(": expected constructor {index} of {} fields", fields.len()));
                }
                let mut pairs = fields.iter().zip(&found);
                pairs.try_for_each(|(field, data)| within(&field.title, self.check(&field.schema, data)))
            }
            (other, _) => Err(format!(": expected {other:?}, found {data:?}")),
        }
    }

    /// Generates data that the schema takes, with byte strings of the lengths that their places call for: a schema
    /// does not tell them.
    pub fn any_data(&self, schema: &Schema) -> BoxedStrategy<PlutusData> {
        self.any_at(schema, Length::Any)
    }

    fn any_at(&self, schema: &Schema, length: Length) -> BoxedStrategy<PlutusData> {
        match schema {
            Schema::Reference { reference } => {
                let name = name_in(reference);
                match name.as_str() {
                    "demeter/state/Asset" => any_asset(),
                    "demeter/state/Credential" | "List<ByteArray>" => {
                        self.any_at(self.definition(&name), Length::Of(28))
                    }
                    _ => self.any_at(self.definition(&name), length),
                }
            }
            Schema::Choice { any_of } => {
                Union::new(any_of.iter().map(|schema| self.any_at(schema, length))).boxed()
            }
            Schema::Data(kind) => self.any_of_kind(kind, length),
        }
    }

    fn any_of_kind(&self, kind: &Kind, length: Length) -> BoxedStrategy<PlutusData> {
        match kind {
            Kind::Integer => {
                demeter_core::any::any_count().prop_map(|count| machine::integer(count.to_number())).boxed()
            }
            Kind::Bytes => {
                let range = match length {
                    Length::Of(length) => length..=length,
                    Length::Any => 0..=70,
                };
                prop::collection::vec(any::<u8>(), range).prop_map(|bytes| machine::bytes(&bytes)).boxed()
            }
            Kind::List { items } => {
                prop::collection::vec(self.any_at(items, length), 0..4).prop_map(tree::list).boxed()
            }
            Kind::Map { keys, values } => {
                let pair = (self.any_at(keys, Length::Any), self.any_at(values, Length::Any));
                prop::collection::vec(pair, 0..4).prop_map(tree::map).boxed()
            }
            Kind::Constructor { index, fields } => {
                let index = *index;
                let fields: Vec<_> = fields
                    .iter()
                    .map(|field| {
                        let length = if field.title.is_empty() { length } else { length_of(&field.title) };
                        self.any_at(&field.schema, length)
                    })
                    .collect();
                fields.prop_map(move |fields| tree::constructor(index, fields)).boxed()
            }
        }
    }

    /// How many constructors the schema has, itself and below it: what a full set of samples has to reach.
    pub fn constructors(&self, schema: &Schema) -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        self.collect(schema, &mut found);
        found
    }

    fn collect(&self, schema: &Schema, found: &mut BTreeMap<String, usize>) {
        match schema {
            Schema::Reference { reference } => {
                let name = name_in(reference);
                if found.contains_key(&name) {
                    return;
                }
                let definition = self.definition(&name);
                let count = if let Schema::Choice { any_of } = definition { any_of.len() } else { 0 };
                found.insert(name, count);
                self.collect(definition, found);
            }
            Schema::Choice { any_of } => any_of.iter().for_each(|schema| self.collect(schema, found)),
            Schema::Data(Kind::List { items }) => self.collect(items, found),
            Schema::Data(Kind::Map { keys, values }) => {
                self.collect(keys, found);
                self.collect(values, found);
            }
            Schema::Data(Kind::Constructor { fields, .. }) => {
                fields.iter().for_each(|field| self.collect(&field.schema, found));
            }
            Schema::Data(Kind::Integer | Kind::Bytes) => {}
        }
    }

    /// The ways to all nodes of the data, each with the names of the fields on it, or their positions where they have
    /// none: `terms.window.opens`, `entities[0]`, `treasury.stake.0`. Constructors without an alternative, which tell
    /// nothing by themselves, are left out.
    pub fn named_nodes(&self, schema: &Schema, data: &PlutusData) -> Vec<(tree::Path, String)> {
        let mut found = Vec::new();
        self.name(schema, data, &mut Vec::new(), "", &mut found);
        found
    }

    fn name(
        &self,
        schema: &Schema,
        data: &PlutusData,
        path: &mut tree::Path,
        name: &str,
        found: &mut Vec<(tree::Path, String)>,
    ) {
        let mut below = |position: usize, schema: &Schema, name: &str| {
            path.push(position);
            self.name(schema, tree::child(data, position), path, name, found);
            path.pop();
        };
        let resolved = self.resolve(schema);
        let (chosen, is_choice) = match resolved {
            Schema::Choice { any_of } => {
                let index = Some(tree::index(data));
                (
                    any_of.iter().find(|schema| number(schema) == index).expect("a constructor"),
                    any_of.len() > 1,
                )
            }
            other => (other, true),
        };
        match chosen {
            Schema::Data(Kind::Constructor { fields, .. }) => {
                for (position, field) in fields.iter().enumerate() {
                    let untitled = field.title.is_empty();
                    let title = if untitled { position.to_string() } else { field.title.clone() };
                    let dot = if name.is_empty() { "" } else { "." };
                    below(position, &field.schema, &format!("{name}{dot}{title}"));
                }
            }
            Schema::Data(Kind::List { items }) => {
                for position in 0..tree::children(data) {
                    below(position, items, &format!("{name}[{position}]"));
                }
            }
            Schema::Data(Kind::Map { keys, values }) => {
                for pair in 0..tree::children(data) / 2 {
                    below(2 * pair, keys, &format!("{name}[{pair}].key"));
                    below(2 * pair + 1, values, &format!("{name}[{pair}].value"));
                }
            }
            _ => {}
        }
        if is_choice {
            found.push((path.clone(), name.to_owned()));
        }
    }

    /// Notes each constructor that the data uses, with the type that the schema gives it.
    pub fn visit(&self, schema: &Schema, data: &PlutusData, seen: &mut dyn FnMut(&str, u64)) {
        match (schema, data) {
            (Schema::Reference { reference }, _) => {
                let name = name_in(reference);
                let definition = self.definition(&name);
                if matches!(definition, Schema::Choice { .. }) {
                    seen(&name, tree::index(data));
                }
                self.visit(definition, data, seen);
            }
            (Schema::Choice { any_of }, PlutusData::Constr(_)) => {
                let index = tree::index(data);
                any_of.iter().filter(|schema| number(schema) == Some(index)).for_each(|schema| {
                    self.visit(schema, data, seen);
                });
            }
            (Schema::Data(Kind::List { items }), PlutusData::Array(elements)) => {
                elements.iter().for_each(|element| self.visit(items, element, seen));
            }
            (Schema::Data(Kind::Constructor { fields, .. }), PlutusData::Constr(_)) => {
                let found = tree::fields(data);
                fields.iter().zip(&found).for_each(|(field, data)| self.visit(&field.schema, data, seen));
            }
            _ => {}
        }
    }
}

#[derive(Clone, Copy)]
enum Length {
    Of(usize),
    Any,
}

/// How long the byte strings are that a field of this name holds.
fn length_of(title: &str) -> Length {
    match title {
        "id" | "grid" | "market" | "deposit" | "head" | "owner" | "application" => Length::Of(28),
        "bid" | "workload" | "transaction" => Length::Of(32),
        _ => Length::Any,
    }
}

/// Ada, which has no name, or a token.
fn any_asset() -> BoxedStrategy<PlutusData> {
    let token = (prop::collection::vec(any::<u8>(), 28), prop::collection::vec(any::<u8>(), 0..=32));
    prop_oneof![Just((Vec::new(), Vec::new())), token]
        .prop_map(|(policy, name)| tree::constructor(0, vec![machine::bytes(&policy), machine::bytes(&name)]))
        .boxed()
}

fn number(schema: &Schema) -> Option<u64> {
    match schema {
        Schema::Data(Kind::Constructor { index, .. }) => Some(*index),
        _ => None,
    }
}

/// The name in a reference, which is a JSON pointer.
fn name_in(reference: &str) -> String {
    reference.strip_prefix("#/definitions/").expect("a definition").replace("~1", "/").replace("~0", "~")
}
