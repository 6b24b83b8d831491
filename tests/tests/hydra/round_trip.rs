//! What we make survives the way to hydra's JSON and back.

use demeter_tx::hydra::{ParametersJson, Raw, UtxoJson, data_of_json, data_to_json};
use demeter_tx::{Data, ProtocolParameters, Ratio};
use proptest::prelude::*;

use crate::generate::{any_tree, any_utxos};

proptest! {
    /// Byte for byte: whatever is lost of an address, an asset, a datum's encoding or a script shows.
    #[test]
    fn outputs_survive(utxos in any_utxos()) {
        let text = serde_json::to_string(&UtxoJson::from(&utxos)).unwrap();
        let read: UtxoJson = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.outputs().unwrap(), utxos);
    }

    /// Without their encoding, data keep their meaning; and their bytes, where those are as the ledger writes them.
    #[test]
    fn data_survive_without_their_encoding(tree in any_tree()) {
        let data = Data::from(&tree);
        let text = data_to_json(&data).unwrap().as_text().to_owned();
        let read = data_of_json(&Raw::from_text(text).unwrap()).unwrap();
        prop_assert_eq!(read, data);
    }

    #[test]
    fn parameters_survive(memory in any::<(u64, u64)>(), steps in (any::<u64>(), 0..20u32), size in any::<u64>()) {
        let mut parameters = ProtocolParameters::mainnet().unwrap();
        // A decimal number is read as a fraction of a power of ten, which a whole number is too.
        parameters.prices.price_memory = Ratio::new(memory.0 % 1_000_000, 3 + 7 * (memory.1 % 1_000)).unwrap();
        parameters.prices.price_steps = Ratio::new(steps.0 % 1_000_000, 10u64.pow(steps.1 % 19)).unwrap();
        parameters.max_transaction_size = size;
        let text = serde_json::to_string(&ParametersJson::from(&parameters)).unwrap();
        let read = serde_json::from_str::<ParametersJson>(&text).unwrap().parameters().unwrap();
        let same = |left: Ratio, right: Ratio| {
            u128::from(left.numerator()) * u128::from(right.denominator())
                == u128::from(right.numerator()) * u128::from(left.denominator())
        };
        prop_assert!(same(read.prices.price_memory, parameters.prices.price_memory));
        prop_assert!(same(read.prices.price_steps, parameters.prices.price_steps));
        parameters.prices = read.prices;
        prop_assert_eq!(read, parameters);
    }
}
