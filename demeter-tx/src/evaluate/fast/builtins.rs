//! The builtins that the fast machine runs.

use amaru_uplc::builtin::DefaultFunction as Same;
use uplc::builtins::DefaultFunction as Given;

/// The fast machine's builtin that does and costs the same; `None` if there is none, and programs with it are left to
/// the reference.
///
/// What is left is what we never saw agree, or what leaks: this machine never gives back the bytes that bitwise builtins
/// make. Two kinds are in the list and [`HANDED_OVER`] where they are called, because our own scripts have them in some
/// of their branches: `serialiseData`, which leaks too, and the four divisions, which cost something else here.
pub(super) const fn same(function: Given) -> Option<Same> {
    Some(match function {
        Given::AddInteger => Same::AddInteger,
        Given::SubtractInteger => Same::SubtractInteger,
        Given::MultiplyInteger => Same::MultiplyInteger,
        Given::DivideInteger => Same::DivideInteger,
        Given::QuotientInteger => Same::QuotientInteger,
        Given::RemainderInteger => Same::RemainderInteger,
        Given::ModInteger => Same::ModInteger,
        Given::EqualsInteger => Same::EqualsInteger,
        Given::LessThanInteger => Same::LessThanInteger,
        Given::LessThanEqualsInteger => Same::LessThanEqualsInteger,
        Given::AppendByteString => Same::AppendByteString,
        Given::ConsByteString => Same::ConsByteString,
        Given::SliceByteString => Same::SliceByteString,
        Given::LengthOfByteString => Same::LengthOfByteString,
        Given::IndexByteString => Same::IndexByteString,
        Given::EqualsByteString => Same::EqualsByteString,
        Given::LessThanByteString => Same::LessThanByteString,
        Given::LessThanEqualsByteString => Same::LessThanEqualsByteString,
        Given::Sha2_256 => Same::Sha2_256,
        Given::Sha3_256 => Same::Sha3_256,
        Given::Blake2b_224 => Same::Blake2b_224,
        Given::Blake2b_256 => Same::Blake2b_256,
        Given::Keccak_256 => Same::Keccak_256,
        Given::AppendString => Same::AppendString,
        Given::EqualsString => Same::EqualsString,
        Given::EncodeUtf8 => Same::EncodeUtf8,
        Given::DecodeUtf8 => Same::DecodeUtf8,
        Given::IfThenElse => Same::IfThenElse,
        Given::ChooseUnit => Same::ChooseUnit,
        Given::Trace => Same::Trace,
        Given::FstPair => Same::FstPair,
        Given::SndPair => Same::SndPair,
        Given::ChooseList => Same::ChooseList,
        Given::MkCons => Same::MkCons,
        Given::HeadList => Same::HeadList,
        Given::TailList => Same::TailList,
        Given::NullList => Same::NullList,
        Given::ChooseData => Same::ChooseData,
        Given::ConstrData => Same::ConstrData,
        Given::MapData => Same::MapData,
        Given::ListData => Same::ListData,
        Given::IData => Same::IData,
        Given::BData => Same::BData,
        Given::UnConstrData => Same::UnConstrData,
        Given::UnMapData => Same::UnMapData,
        Given::UnListData => Same::UnListData,
        Given::UnIData => Same::UnIData,
        Given::UnBData => Same::UnBData,
        Given::EqualsData => Same::EqualsData,
        Given::SerialiseData => Same::SerialiseData,
        Given::MkPairData => Same::MkPairData,
        Given::MkNilData => Same::MkNilData,
        Given::MkNilPairData => Same::MkNilPairData,
        Given::IntegerToByteString => Same::IntegerToByteString,
        Given::ByteStringToInteger => Same::ByteStringToInteger,
        _ => return None,
    })
}

/// How many costs this machine knows in Plutus V3.
pub(super) const COSTS: usize = 297;

/// Where among them the memory costs of builtins begin that are handed over: `divideInteger`, `modInteger`,
/// `quotientInteger`, `remainderInteger` and `serialiseData`.
const MEMORY_OF_HANDED_OVER: [usize; 5] = [57, 122, 138, 149, 153];

/// What is asked for a builtin that is handed over when it is called, before it does anything: more than any script
/// may use, so the script ends there, and the reference runs it.
pub(super) const HANDED_OVER: i64 = 1 << 60;

/// The costs as this machine is to ask them.
pub(super) fn costs(given: &[i64]) -> Vec<i64> {
    let mut costs = given.to_vec();
    for position in MEMORY_OF_HANDED_OVER {
        if let Some(cost) = costs.get_mut(position) {
            *cost = HANDED_OVER;
        }
    }
    costs
}
