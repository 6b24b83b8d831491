//! Functions of the contract run by themselves, on the machine that runs the contract.
//!
//! `cargo xtask vectors` exports them from Aiken into `tests/functions.json`, so that these tests need no Aiken.

use std::cell::RefCell;
use std::collections::BTreeMap;

use pallas_primitives::PlutusData;
use pallas_primitives::conway::Language;
use uplc::ast::{Constant, FakeNamedDeBruijn, NamedDeBruijn, Program, Term};
use uplc::machine::cost_model::ExBudget;

use crate::repository;

/// The exported functions, from the root of the repository.
pub const FUNCTIONS: &str = "tests/functions.json";

/// A compiled function.
pub struct Function {
    name: String,
    program: Program<NamedDeBruijn>,
}

/// Why a function gave nothing: what the machine says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

impl Function {
    /// The function of this name (`demeter/rule.score`) among those exported.
    ///
    /// # Panics
    /// There is none, or the file is not what it should be.
    pub fn exported(name: &str) -> Self {
        let functions: BTreeMap<String, String> =
            serde_json::from_str(&repository::text(FUNCTIONS)).expect("a map of names to code");
        let code = functions.get(name).unwrap_or_else(|| panic!("{name} is not in {FUNCTIONS}"));
        let (mut one, mut other) = (Vec::new(), Vec::new());
        let program =
            Program::<FakeNamedDeBruijn>::from_hex(code, &mut one, &mut other).expect("compiled code");
        Self { name: name.to_owned(), program: program.into() }
    }

    /// A function from its source.
    ///
    /// # Panics
    /// The source is not a program.
    pub fn from_source(name: &str, source: &str) -> Self {
        let program = uplc::parser::program(source).expect("untyped plutus core");
        Self { name: name.to_owned(), program: program.try_into().expect("a closed program") }
    }

    /// What the function gives for these arguments.
    ///
    /// # Errors
    /// The function fails.
    pub fn call(&self, arguments: impl IntoIterator<Item = PlutusData>) -> Result<Constant, Failure> {
        let arguments: Vec<_> = arguments.into_iter().collect();
        CALLS.with_borrow_mut(|calls| {
            if let Some(calls) = calls {
                calls.push((self.name.clone(), arguments.clone()));
            }
        });
        let program =
            arguments.into_iter().fold(self.program.clone(), |program, data| program.apply_data(data));
        match program.eval_version(ExBudget::max(), &Language::PlutusV3).result {
            Ok(Term::Constant(constant)) => Ok(constant.as_ref().clone()),
            Ok(other) => panic!("{} gave {other:?}", self.name),
            Err(error) => Err(Failure(error.to_string())),
        }
    }

    /// The integer that the function gives.
    ///
    /// # Errors
    /// The function fails.
    ///
    /// # Panics
    /// It gives something else.
    pub fn integer(&self, arguments: impl IntoIterator<Item = PlutusData>) -> Result<i128, Failure> {
        match self.call(arguments)? {
            Constant::Integer(integer) => Ok(i128::try_from(&integer).expect("a small integer")),
            other => panic!("{} gave {other:?}", self.name),
        }
    }

    /// The answer that the function gives.
    ///
    /// # Errors
    /// The function fails.
    ///
    /// # Panics
    /// It gives something else.
    pub fn boolean(&self, arguments: impl IntoIterator<Item = PlutusData>) -> Result<bool, Failure> {
        match self.call(arguments)? {
            Constant::Bool(answer) => Ok(answer),
            other => panic!("{} gave {other:?}", self.name),
        }
    }

    /// The bytes that the function gives.
    ///
    /// # Errors
    /// The function fails.
    ///
    /// # Panics
    /// It gives something else.
    pub fn bytes(&self, arguments: impl IntoIterator<Item = PlutusData>) -> Result<Vec<u8>, Failure> {
        match self.call(arguments)? {
            Constant::ByteString(bytes) => Ok(bytes),
            other => panic!("{} gave {other:?}", self.name),
        }
    }

    /// The data that the function gives.
    ///
    /// # Errors
    /// The function fails.
    ///
    /// # Panics
    /// It gives something else.
    pub fn data(&self, arguments: impl IntoIterator<Item = PlutusData>) -> Result<PlutusData, Failure> {
        match self.call(arguments)? {
            Constant::Data(data) => Ok(data),
            other => panic!("{} gave {other:?}", self.name),
        }
    }
}

thread_local! {
    static CALLS: RefCell<Option<Vec<Called>>> = const { RefCell::new(None) };
}

/// The name of a function and what it was given.
pub type Called = (String, Vec<PlutusData>);

/// The calls of functions that happen meanwhile on this thread, in order.
pub fn calls(meanwhile: impl FnOnce()) -> Vec<Called> {
    CALLS.set(Some(Vec::new()));
    meanwhile();
    CALLS.take().unwrap_or_default()
}

/// One of our values as the machine takes it, read by a decoder that is not ours.
///
/// # Panics
/// The bytes are not Plutus data.
pub fn data(value: &impl demeter_core::PlutusData) -> PlutusData {
    decoded(&value.encode())
}

/// Bytes as the machine takes them.
///
/// # Panics
/// They are not Plutus data.
pub fn decoded(bytes: &[u8]) -> PlutusData {
    uplc::plutus_data(bytes).expect("plutus data")
}

/// Data as the ledger writes it, by an encoder that is not ours.
pub fn encoded(data: &PlutusData) -> Vec<u8> {
    uplc::plutus_data_to_bytes(data)
}

/// An integer as data.
pub fn integer(integer: impl Into<i128>) -> PlutusData {
    decoded(&integer_bytes(integer.into()))
}

/// A byte string as data.
pub fn bytes(bytes: &[u8]) -> PlutusData {
    PlutusData::BoundedBytes(bytes.to_vec().into())
}

fn integer_bytes(integer: i128) -> Vec<u8> {
    let magnitude = if integer < 0 { !integer } else { integer }.cast_unsigned();
    if let Ok(small) = u64::try_from(magnitude) {
        let small = minicbor::data::Int::from(small);
        let number = i128::from(small);
        let number = if integer < 0 { -1 - number } else { number };
        return minicbor::to_vec(minicbor::data::Int::try_from(number).expect("64 bits")).expect("memory");
    }
    let digits: Vec<u8> = magnitude.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let mut encoder = minicbor::Encoder::new(Vec::new());
    let tag = minicbor::data::Tag::new(if integer < 0 { 3 } else { 2 });
    encoder.tag(tag).expect("memory").bytes(&digits).expect("memory");
    encoder.into_writer()
}
