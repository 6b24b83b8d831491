//! The contracts, in the order in which their hashes become known.

/// One validator, and what is applied to it.
#[derive(Debug)]
pub(crate) struct Contract {
    /// Module and validator, as the titles of its handlers start.
    pub(crate) name: &'static str,
    /// The parameters in their order: each is the hash of a contract listed before.
    pub(crate) parameters: &'static [&'static str],
    /// The types of data that a handler takes untyped because that costs less.
    pub(crate) schemas: &'static [NamedSchema],
}

/// The type of a datum or redeemer that the handler's signature does not give.
#[derive(Debug)]
pub(crate) struct NamedSchema {
    /// `spend`, `mint`, ...
    pub(crate) handler: &'static str,
    /// Of the two, which.
    pub(crate) place: Place,
    /// Module and type, as in `demeter/market/State`. The type must be public.
    pub(crate) definition: &'static str,
}

/// What a handler is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The data of the output that is spent.
    Datum,
    /// The data of the one who spends or mints.
    Redeemer,
}

impl Place {
    /// The word for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Datum => "datum",
            Self::Redeemer => "redeemer",
        }
    }
}

/// All of them.
pub(crate) const CONTRACTS: &[Contract] = &[
    Contract { name: "registry.registry", parameters: &[], schemas: &[] },
    Contract { name: "market.market", parameters: &["registry.registry"], schemas: &[] },
];

/// A script that is referred to must fit one transaction of the head with its output around it.
pub(crate) const SIZE_LIMIT: usize = 9_000;
