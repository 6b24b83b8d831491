//! From the terms of the reference to those of the fast machine.

use amaru_uplc::arena::Arena;
use amaru_uplc::binder::DeBruijn;
use amaru_uplc::bumpalo::Bump;
use amaru_uplc::constant::Constant;
use amaru_uplc::data::PlutusData;
use amaru_uplc::term::Term;
use amaru_uplc::typ::Type;
use pallas_primitives::PlutusData as Given;
use uplc::ast::{Constant as GivenConstant, NamedDeBruijn, Term as GivenTerm, Type as GivenType};
use uplc::machine::runtime::convert_tag_to_constr;
use uplc::machine::value::from_pallas_bigint;

use super::builtins::same;

/// Where terms and values stand.
///
/// NOTE: integers go to the arena, which drops them; slices to a region of our own, because the arena gives none out.
#[derive(Default)]
pub(super) struct Ground {
    pub(super) arena: Arena,
    pub(super) slices: Bump,
}

impl Ground {
    /// A term; `None` if something in it is left to the reference.
    pub(super) fn term(&self, term: &GivenTerm<NamedDeBruijn>) -> Option<&Term<'_, DeBruijn>> {
        let arena = &self.arena;
        Some(match term {
            GivenTerm::Var(name) => Term::var(arena, DeBruijn::new(arena, usize::from(name.index))),
            GivenTerm::Delay(body) => self.term(body)?.delay(arena),
            GivenTerm::Lambda { body, .. } => self.term(body)?.lambda(arena, DeBruijn::zero(arena)),
            GivenTerm::Apply { function, argument } => {
                self.term(function)?.apply(arena, self.term(argument)?)
            }
            GivenTerm::Constant(constant) => Term::constant(arena, self.constant(constant)?),
            GivenTerm::Force(body) => self.term(body)?.force(arena),
            GivenTerm::Error => Term::error(arena),
            GivenTerm::Builtin(function) => Term::builtin(arena, arena.alloc(same(*function)?)),
            GivenTerm::Constr { tag, fields } => Term::constr(arena, *tag, self.terms(fields)?),
            GivenTerm::Case { constr, branches } => {
                Term::case(arena, self.term(constr)?, self.terms(branches)?)
            }
        })
    }

    fn terms(&self, terms: &[GivenTerm<NamedDeBruijn>]) -> Option<&[&Term<'_, DeBruijn>]> {
        let terms: Vec<_> = terms.iter().map(|term| self.term(term)).collect::<Option<_>>()?;
        Some(self.slices.alloc_slice_copy(&terms))
    }

    /// A constant; `None` if it is of a kind that is left to the reference.
    pub(super) fn constant(&self, constant: &GivenConstant) -> Option<&Constant<'_>> {
        let arena = &self.arena;
        Some(match constant {
            GivenConstant::Integer(integer) => Constant::integer(arena, arena.alloc_integer(integer.clone())),
            GivenConstant::ByteString(bytes) => {
                Constant::byte_string(arena, self.slices.alloc_slice_copy(bytes))
            }
            GivenConstant::String(text) => Constant::string(arena, self.slices.alloc_str(text)),
            GivenConstant::Unit => Constant::unit(arena),
            GivenConstant::Bool(answer) => Constant::bool(arena, *answer),
            GivenConstant::ProtoList(of, items) => {
                let items: Vec<_> = items.iter().map(|item| self.constant(item)).collect::<Option<_>>()?;
                Constant::proto_list(arena, self.type_of(of)?, self.slices.alloc_slice_copy(&items))
            }
            GivenConstant::ProtoPair(first, second, left, right) => Constant::proto_pair(
                arena,
                self.type_of(first)?,
                self.type_of(second)?,
                self.constant(left)?,
                self.constant(right)?,
            ),
            GivenConstant::Data(data) => Constant::data(arena, self.data(data)?),
            GivenConstant::Bls12_381G1Element(_)
            | GivenConstant::Bls12_381G2Element(_)
            | GivenConstant::Bls12_381MlResult(_)
            | GivenConstant::Value(_) => return None,
        })
    }

    fn type_of(&self, given: &GivenType) -> Option<&Type<'_>> {
        let arena = &self.arena;
        Some(match given {
            GivenType::Bool => Type::bool(arena),
            GivenType::Integer => Type::integer(arena),
            GivenType::String => Type::string(arena),
            GivenType::ByteString => Type::byte_string(arena),
            GivenType::Unit => Type::unit(arena),
            GivenType::Data => Type::data(arena),
            GivenType::List(of) => Type::list(arena, self.type_of(of)?),
            GivenType::Pair(first, second) => Type::pair(arena, self.type_of(first)?, self.type_of(second)?),
            GivenType::Bls12_381G1Element
            | GivenType::Bls12_381G2Element
            | GivenType::Bls12_381MlResult
            | GivenType::Value => return None,
        })
    }

    fn data(&self, data: &Given) -> Option<&PlutusData<'_>> {
        let arena = &self.arena;
        Some(match data {
            Given::Constr(constr) => {
                let tag = convert_tag_to_constr(constr.tag).or(constr.any_constructor)?;
                PlutusData::constr(arena, tag, self.all(&constr.fields)?)
            }
            Given::Map(pairs) => {
                let pairs: Vec<_> = pairs
                    .iter()
                    .map(|(key, value)| Some((self.data(key)?, self.data(value)?)))
                    .collect::<Option<_>>()?;
                PlutusData::map(arena, self.slices.alloc_slice_copy(&pairs))
            }
            Given::Array(items) => PlutusData::list(arena, self.all(items)?),
            Given::BigInt(integer) => {
                PlutusData::integer(arena, arena.alloc_integer(from_pallas_bigint(integer)))
            }
            Given::BoundedBytes(bytes) => PlutusData::byte_string(arena, self.slices.alloc_slice_copy(bytes)),
        })
    }

    fn all(&self, items: &[Given]) -> Option<&[&PlutusData<'_>]> {
        let items: Vec<_> = items.iter().map(|item| self.data(item)).collect::<Option<_>>()?;
        Some(self.slices.alloc_slice_copy(&items))
    }
}
