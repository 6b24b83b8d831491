//! What a transaction does to a set of outputs.

use demeter_core::OutputReference;

use crate::decoded::{self, DecodeError};
use crate::{Output, SignedTransaction, UtxoSet};

/// What a transaction does to a set of outputs, if it is applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// What it consumes, in the ledger's order.
    pub consumed: Vec<OutputReference>,
    /// What it makes, in the order of its outputs.
    pub made: Vec<(OutputReference, Output)>,
}

impl Effect {
    /// Removes what is consumed from a set of outputs, and adds what is made.
    pub fn apply_to(&self, utxos: &mut UtxoSet) {
        for reference in &self.consumed {
            utxos.remove(reference);
        }
        utxos.extend(self.made.iter().cloned());
    }
}

impl SignedTransaction {
    /// What the transaction does to the outputs of a ledger that accepts it. Nothing is checked but that its body can
    /// be read: this is for transactions that a head has confirmed.
    ///
    /// One that is marked invalid consumes its collateral and makes its collateral return. No head accepts such a one.
    ///
    /// # Errors
    /// The body is not one of the Conway era, or holds what cannot be represented, such as an output at an address of
    /// the Byron era. A hydra head may confirm such a transaction all the same: what it did is known from the head's
    /// outputs alone.
    pub fn effect(&self) -> Result<Effect, DecodeError> {
        decoded::effect(self.id(), self.body(), self.is_marked_valid())
    }
}

#[cfg(test)]
mod tests {
    use demeter_core::Value;

    use super::*;
    use crate::OutputDraft;
    use crate::builder::TransactionBuilder;
    use crate::testing::*;

    /// A payment of 5 ada out of two purses, the later first.
    fn payment() -> (SignedTransaction, UtxoSet) {
        let from = Party::new(1);
        let utxos: UtxoSet = [1, 2, 3].map(|seed| (reference(seed), held_by(&from, ada(20)))).into();
        let built = [3, 1]
            .into_iter()
            .map(reference)
            .fold(TransactionBuilder::new(settings(), from.address()), |builder, reference| {
                builder.spend(reference, utxos[&reference].clone())
            })
            .pay(OutputDraft::new(Party::new(2).address(), Value::of_lovelace(ada(5))))
            .build()
            .unwrap();
        (from.sign(built), utxos)
    }

    #[test]
    fn it_is_what_the_ledger_says() {
        let (transaction, mut utxos) = payment();
        let effect = transaction.effect().unwrap();
        let applied =
            crate::ledger::validate(&transaction, &utxos, &settings(), crate::Slot::from_number(0)).unwrap();
        assert_eq!(effect, applied.effect);
        assert_eq!(effect.consumed, [reference(1), reference(3)]);
        effect.apply_to(&mut utxos);
        let id = transaction.id();
        let left: Vec<_> = utxos.iter().map(|(at, output)| (*at, output.value().lovelace())).collect();
        let mut expected = vec![
            (reference(2), ada(20)),
            (OutputReference { transaction: id, index: 0 }, ada(5)),
            (OutputReference { transaction: id, index: 1 }, ada(35)),
        ];
        expected.sort();
        assert_eq!(left, expected);
    }

    #[test]
    fn one_that_is_marked_invalid_takes_its_collateral() {
        let (transaction, _) = payment();
        let body = hex::encode(transaction.body());
        // Its three fields, and the first output once more: as the return of collateral that input 9 gives.
        let collateral = hex::encode(reference(9).transaction.as_bytes());
        let output = transaction.effect().unwrap().made[0].1.clone();
        let rest = &body["a3".len()..];
        let text =
            format!("84a5{rest}0dd9010281825820{collateral}0010{}a0f4f6", hex::encode(output.as_bytes()));
        let marked: SignedTransaction = text.parse().unwrap();
        let Effect { consumed, made } = marked.effect().unwrap();
        assert_eq!(consumed, [OutputReference { index: 0, ..reference(9) }]);
        assert_eq!(made, [(OutputReference { transaction: marked.id(), index: 2 }, output)]);
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let effect = |body: &str| format!("84{body}a0f5f6").parse::<SignedTransaction>().unwrap().effect();
        assert_eq!(effect("a300d901028001800200").unwrap(), Effect::default());
        // Without outputs, and with a field that no body has.
        assert!(matches!(effect("a200d90102800200"), Err(DecodeError::Malformed { .. })));
        let error = effect("a400d901028001800200186300").unwrap_err();
        assert_eq!(error.to_string(), "not a transaction: field 99 of the body is unknown");
        let once = format!("825820{}00", "01".repeat(32));
        let error = effect(&format!("a300d9010282{once}{once}01800200")).unwrap_err();
        assert!(error.to_string().ends_with(" appears twice"), "{error}");
    }
}
