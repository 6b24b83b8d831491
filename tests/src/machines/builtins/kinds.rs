//! What builtins take.

use uplc::builtins::DefaultFunction;

/// What a builtin takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    /// An integer that is small enough for a length, and may be negative.
    Length,
    /// An integer that is a byte.
    Octet,
    /// An integer that is the position of a byte in [`Kind::SomeBytes`].
    Position,
    /// An integer that is the number of a constructor.
    Constructor,
    /// An integer that is not negative, and fits into so many bytes as [`Kind::Size`] asks for.
    Natural,
    /// An integer that is as many bytes as [`Kind::Natural`] needs, or 0 for as many as need be.
    Size,
    Bytes,
    /// Bytes that are not none.
    SomeBytes,
    /// Bytes that are text.
    TextBytes,
    Text,
    Bool,
    Unit,
    Data,
    ConstructorAsData,
    MapAsData,
    ListAsData,
    IntegerAsData,
    BytesAsData,
    /// A list of integers, data or pairs of data.
    List,
    /// The same, and not empty.
    SomeList,
    /// A list of data.
    DataList,
    /// A list of pairs of data.
    PairList,
    Pair,
    Any,
}

impl Kind {
    /// The kind of everything that has the same type: of it a builtin may refuse some.
    pub(super) const fn of_its_type(self) -> Self {
        match self {
            Self::Length | Self::Octet | Self::Position | Self::Constructor | Self::Natural | Self::Size => {
                Self::Integer
            }
            Self::SomeBytes | Self::TextBytes => Self::Bytes,
            Self::ConstructorAsData
            | Self::MapAsData
            | Self::ListAsData
            | Self::IntegerAsData
            | Self::BytesAsData => Self::Data,
            Self::SomeList => Self::List,
            same => same,
        }
    }
}

/// What a builtin takes and succeeds with, in order: but for division by zero, and for those that are left to the
/// reference wherever they stand, which get anything.
pub(super) fn kinds(function: DefaultFunction) -> Vec<Kind> {
    use DefaultFunction as F;
    use Kind::{
        Any, Bool, Bytes, BytesAsData, Constructor, ConstructorAsData, Data, DataList, Integer,
        IntegerAsData, Length, List, ListAsData, MapAsData, Natural, Octet, Pair, PairList, Position, Size,
        SomeBytes, SomeList, Text, TextBytes, Unit,
    };
    match function {
        F::AddInteger
        | F::SubtractInteger
        | F::MultiplyInteger
        | F::DivideInteger
        | F::QuotientInteger
        | F::RemainderInteger
        | F::ModInteger
        | F::EqualsInteger
        | F::LessThanInteger
        | F::LessThanEqualsInteger => vec![Integer, Integer],
        F::AppendByteString | F::EqualsByteString | F::LessThanByteString | F::LessThanEqualsByteString => {
            vec![Bytes, Bytes]
        }
        F::ConsByteString => vec![Octet, Bytes],
        F::SliceByteString => vec![Length, Length, Bytes],
        F::IndexByteString => vec![SomeBytes, Position],
        F::LengthOfByteString
        | F::Sha2_256
        | F::Sha3_256
        | F::Blake2b_256
        | F::Blake2b_224
        | F::Keccak_256
        | F::Ripemd_160
        | F::BData => vec![Bytes],
        F::DecodeUtf8 => vec![TextBytes],
        F::AppendString | F::EqualsString => vec![Text, Text],
        F::EncodeUtf8 => vec![Text],
        F::IfThenElse => vec![Bool, Any, Any],
        F::ChooseUnit => vec![Unit, Any],
        F::Trace => vec![Text, Any],
        F::FstPair | F::SndPair => vec![Pair],
        F::ChooseList => vec![List, Any, Any],
        F::MkCons => vec![Data, DataList],
        F::HeadList | F::TailList => vec![SomeList],
        F::NullList => vec![List],
        F::ChooseData => vec![Data, Any, Any, Any, Any, Any],
        F::ConstrData => vec![Constructor, DataList],
        F::MapData => vec![PairList],
        F::ListData => vec![DataList],
        F::IData => vec![Integer],
        F::UnConstrData => vec![ConstructorAsData],
        F::UnMapData => vec![MapAsData],
        F::UnListData => vec![ListAsData],
        F::UnIData => vec![IntegerAsData],
        F::UnBData => vec![BytesAsData],
        F::SerialiseData => vec![Data],
        F::EqualsData | F::MkPairData => vec![Data, Data],
        F::MkNilData | F::MkNilPairData => vec![Unit],
        F::IntegerToByteString => vec![Bool, Size, Natural],
        F::ByteStringToInteger => vec![Bool, Bytes],
        other => vec![Any; other.arity()],
    }
}
