//! Why an agent acts, or does not.

use std::fmt;

use demeter_core::Time;

use crate::{application, cosign, driver, entity, operator};

/// Why an agent acts, or does not: what each agent has to say, under one roof.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// An operator's.
    Operator(operator::Reason),
    /// An application's.
    Application(application::Reason),
    /// An entity's, or that of somebody who needs the entities.
    Entity(entity::Reason),
    /// That of a slot's owner who is asked to sign.
    CoSigner(cosign::Reason),
    /// That of whoever keeps a wallet in order.
    Wallet(driver::WalletReason),
}

impl Reason {
    /// A stable name of the reason, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Operator(reason) => reason.code(),
            Self::Application(reason) => reason.code(),
            Self::Entity(reason) => reason.code(),
            Self::CoSigner(reason) => reason.code(),
            Self::Wallet(reason) => reason.code(),
        }
    }

    /// When time alone makes it obsolete, if it does: then it is time to decide anew.
    pub const fn until(&self) -> Option<Time> {
        match self {
            Self::Operator(reason) => reason.until(),
            Self::Application(reason) => reason.until(),
            Self::Entity(reason) => reason.until(),
            Self::CoSigner(_) | Self::Wallet(_) => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator(reason) => reason.fmt(f),
            Self::Application(reason) => reason.fmt(f),
            Self::Entity(reason) => reason.fmt(f),
            Self::CoSigner(reason) => reason.fmt(f),
            Self::Wallet(reason) => reason.fmt(f),
        }
    }
}

impl From<operator::Reason> for Reason {
    fn from(reason: operator::Reason) -> Self {
        Self::Operator(reason)
    }
}

impl From<application::Reason> for Reason {
    fn from(reason: application::Reason) -> Self {
        Self::Application(reason)
    }
}

impl From<entity::Reason> for Reason {
    fn from(reason: entity::Reason) -> Self {
        Self::Entity(reason)
    }
}

impl From<cosign::Reason> for Reason {
    fn from(reason: cosign::Reason) -> Self {
        Self::CoSigner(reason)
    }
}

impl From<driver::WalletReason> for Reason {
    fn from(reason: driver::WalletReason) -> Self {
        Self::Wallet(reason)
    }
}

/// An enum of reasons: each with the code that programs know it by, and what people read.
macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$variant_doc:meta])* $variant:ident $({ $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })?
            = $code:literal, $message:literal;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant $({ $($(#[$field_doc])* $field: $type,)* })?,)*
        }

        impl $name {
            /// The stable names of all reasons.
            pub const CODES: &'static [&'static str] = &[$($code),*];

            /// A stable name of the reason, for programs.
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant $({ $($field: _,)* })? => $code,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant $({ $($field,)* })? => write!(f, $message),)*
                }
            }
        }
    };
}

pub(crate) use reasons;
