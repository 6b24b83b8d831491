//! A walk along the fields of an object, which knows its path.

use demeter_core::Quantity;

use super::error::{FieldFault, Location};
use super::needs::Overflow;
use super::node::{Content, Node, Scalar};
use super::scalar::ScalarType;
use crate::excerpt::{excerpt, one_line};
use crate::quantity::{Unit, parse_quantity};

/// A field of an object, present or not.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    /// `None` for what is absent or null: Kubernetes treats both alike.
    node: Option<&'a Node>,
    /// Where the field stands, or what should contain it.
    at: Location,
    path: String,
}

/// What is wrong with which field.
#[derive(Debug)]
pub(super) struct FieldError {
    pub(super) at: Location,
    pub(super) path: String,
    pub(super) fault: FieldFault,
}

impl<'a> Field<'a> {
    /// The object itself.
    pub(super) fn root(node: &'a Node) -> Self {
        Self::at_path(node, String::new())
    }

    fn at_path(node: &'a Node, path: String) -> Self {
        Self { node: (!node.is_null()).then_some(node), at: node.at, path }
    }

    pub(super) fn is_present(&self) -> bool {
        self.node.is_some()
    }

    /// This field is wrong.
    pub(super) fn error(&self, fault: FieldFault) -> FieldError {
        FieldError { at: self.at, path: self.path.clone(), fault }
    }

    /// What stands here needs more than can be counted.
    pub(super) fn overflow(&self, Overflow(resource): Overflow) -> FieldError {
        self.error(FieldFault::TooLarge { resource })
    }

    /// The field of this name in this one, absent if this one is.
    pub(super) fn get(&self, name: &str) -> Result<Field<'a>, FieldError> {
        let path = self.path_to(name);
        match self.node.map(|node| &node.content) {
            None => Ok(Field { node: None, at: self.at, path }),
            Some(Content::Mapping(entries)) => Ok(match entries.get(name) {
                Some(node) => Self::at_path(node, path),
                None => Field { node: None, at: self.at, path },
            }),
            Some(other) => Err(self.wrong_type("a mapping", other)),
        }
    }

    /// The field at the end of a path.
    pub(super) fn descend(&self, names: &[&str]) -> Result<Field<'a>, FieldError> {
        names.iter().try_fold(self.clone(), |field, name| field.get(name))
    }

    /// The entries of a mapping, by name.
    pub(super) fn entries(&self) -> Result<Vec<(&'a str, Field<'a>)>, FieldError> {
        match self.node.map(|node| &node.content) {
            None => Ok(Vec::new()),
            Some(Content::Mapping(entries)) => Ok(entries
                .iter()
                .map(|(name, node)| (name.as_str(), Self::at_path(node, self.path_to(name))))
                .collect()),
            Some(other) => Err(self.wrong_type("a mapping", other)),
        }
    }

    /// The items of a sequence.
    pub(super) fn items(&self) -> Result<Vec<Field<'a>>, FieldError> {
        match self.node.map(|node| &node.content) {
            None => Ok(Vec::new()),
            Some(Content::Sequence(items)) => Ok(items
                .iter()
                .enumerate()
                .map(|(index, node)| Self::at_path(node, format!("{}[{index}]", self.path)))
                .collect()),
            Some(other) => Err(self.wrong_type("a sequence", other)),
        }
    }

    /// The text of a string.
    pub(super) fn text(&self) -> Result<Option<&'a str>, FieldError> {
        match self.scalar("a string")? {
            Some((scalar, ScalarType::Text)) => Ok(Some(scalar.text.as_str())),
            Some((_, other)) => {
                Err(self.error(FieldFault::WrongType { expected: "a string", found: other.name() }))
            }
            None => Ok(None),
        }
    }

    /// A count as Kubernetes writes it: 32 bits, not negative.
    pub(super) fn count(&self) -> Result<Option<u64>, FieldError> {
        const EXPECTED: &str = "an integer";
        match self.scalar(EXPECTED)? {
            Some((scalar, ScalarType::Number)) => {
                self.refuse_leading_zero(scalar)?;
                match scalar.text.parse::<i32>().map(u64::try_from) {
                    Ok(Ok(count)) => Ok(Some(count)),
                    _ => Err(self.error(FieldFault::NotACount { found: excerpt(&scalar.text) })),
                }
            }
            Some((_, other)) => {
                Err(self.error(FieldFault::WrongType { expected: EXPECTED, found: other.name() }))
            }
            None => Ok(None),
        }
    }

    /// A quantity, which must be there.
    pub(super) fn quantity(&self, unit: Unit) -> Result<Quantity, FieldError> {
        const EXPECTED: &str = "a quantity";
        match self.scalar(EXPECTED)? {
            Some((scalar, ScalarType::Number | ScalarType::Text)) => {
                self.refuse_leading_zero(scalar)?;
                // The API server trims what it is sent, although its grammar knows no spaces.
                parse_quantity(scalar.text.trim(), unit).map_err(|fault| self.error(fault.into()))
            }
            Some((_, other)) => {
                Err(self.error(FieldFault::WrongType { expected: EXPECTED, found: other.name() }))
            }
            None => Err(self.error(FieldFault::Missing)),
        }
    }

    fn scalar(&self, expected: &'static str) -> Result<Option<(&'a Scalar, ScalarType)>, FieldError> {
        match self.node.map(|node| &node.content) {
            None => Ok(None),
            Some(Content::Scalar(scalar)) => Ok(Some((scalar, scalar.scalar_type()))),
            Some(other) => Err(self.wrong_type(expected, other)),
        }
    }

    fn refuse_leading_zero(&self, scalar: &Scalar) -> Result<(), FieldError> {
        if scalar.has_leading_zero() {
            return Err(self.error(FieldFault::LeadingZero { found: excerpt(&scalar.text) }));
        }
        Ok(())
    }

    fn wrong_type(&self, expected: &'static str, found: &Content) -> FieldError {
        let found = match found {
            Content::Scalar(scalar) => scalar.scalar_type().name(),
            Content::Sequence(_) => "a sequence",
            Content::Mapping(_) => "a mapping",
        };
        self.error(FieldFault::WrongType { expected, found })
    }

    /// The path as Kubernetes writes it: `resources.limits[nvidia.com/gpu]`.
    fn path_to(&self, name: &str) -> String {
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
            format!("{}[{}]", self.path, one_line(name))
        } else if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }
}

impl Node {
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar(scalar) if scalar.scalar_type() == ScalarType::Null)
    }
}
