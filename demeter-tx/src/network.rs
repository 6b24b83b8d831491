//! Networks, as addresses name them.

/// Which network an address belongs to. A head has the network of the chain it was opened on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Network {
    /// Any test network, and the embedded head by itself: addresses `addr_test1...`.
    Testnet,
    /// The one where ada has a price: addresses `addr1...`.
    Mainnet,
}

impl Network {
    /// The number that stands for the network in an address: 0 or 1.
    pub const fn id(self) -> u8 {
        match self {
            Self::Testnet => 0,
            Self::Mainnet => 1,
        }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Testnet => "testnet",
            Self::Mainnet => "mainnet",
        })
    }
}
