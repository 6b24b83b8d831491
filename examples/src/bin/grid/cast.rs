//! Who takes part: keys and addresses, drawn from the seed.

use demeter_core::{Address, Amount, Count, KeyHash};
use demeter_tx::keys::{PaymentKey, Signer as _};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::error::DemoError;
use crate::limits::{APPLICATION_PURSE, ada};
use crate::operator::{OPERATORS, Operator};

/// What a key needs to act that neither pays nor earns, in ada: collateral, and change.
const ACTING_PURSE: u64 = 50;

/// Somebody with a key.
#[derive(Debug)]
pub(crate) struct Party {
    pub(crate) name: String,
    pub(crate) key: PaymentKey,
}

impl Party {
    fn draw(name: impl Into<String>, random: &mut ChaCha20Rng) -> Self {
        let mut seed = [0; 32];
        random.fill_bytes(&mut seed);
        Self { name: name.into(), key: PaymentKey::from_seed(&seed) }
    }

    pub(crate) fn hash(&self) -> KeyHash {
        self.key.key_hash()
    }

    pub(crate) fn address(&self) -> Address {
        Address::of_key(self.hash())
    }
}

/// Everybody.
#[derive(Debug)]
pub(crate) struct Cast {
    /// Founds the grid and publishes the scripts.
    pub(crate) founder: Party,
    /// Gets the fees.
    pub(crate) treasury: Party,
    /// Admit operators, endorse labels, and rule on leases.
    pub(crate) entities: Vec<Party>,
    /// Takes the place of the last of them.
    pub(crate) new_entity: Party,
    pub(crate) operators: Vec<Operator>,
    /// Gave the operators the work that their records come from.
    pub(crate) pilot: Party,
    /// One for each bid.
    pub(crate) applications: Vec<Party>,
}

impl Cast {
    /// Draws the cast for so many bids.
    pub(crate) fn draw(seed: u64, bids: &[String]) -> Self {
        let mut random = ChaCha20Rng::seed_from_u64(seed);
        Self {
            founder: Party::draw("founder", &mut random),
            treasury: Party::draw("treasury", &mut random),
            entities: ["entity 1", "entity 2", "entity 3"].map(|name| Party::draw(name, &mut random)).into(),
            new_entity: Party::draw("entity 4", &mut random),
            operators: OPERATORS
                .iter()
                .map(|profile| {
                    let keys = [profile.name, profile.name].map(|name| Party::draw(name, &mut random));
                    Operator::new(profile, keys, &mut random)
                })
                .collect(),
            pilot: Party::draw("pilot", &mut random),
            applications: bids.iter().map(|bid| Party::draw(format!("app {bid}"), &mut random)).collect(),
        }
    }

    /// The operator of this number: the first that was admitted has number 0.
    pub(crate) fn operator(&self, number: Count) -> Result<&Operator, DemoError> {
        usize::try_from(number.to_number())
            .ok()
            .and_then(|index| self.operators.get(index))
            .ok_or_else(|| DemoError::Missing { what: format!("operator {number}") })
    }

    /// What each party brings into the head, in lovelace; the operators bring what all bonds are besides.
    pub(crate) fn purses(&self, bonds: Amount) -> Result<Vec<(&Party, Amount)>, demeter_core::RangeError> {
        let mut purses = vec![(&self.founder, ada(500)?), (&self.pilot, ada(2_000)?)];
        for entity in &self.entities {
            purses.push((entity, ada(ACTING_PURSE)?));
        }
        for operator in &self.operators {
            purses.push((&operator.party, ada(300)?.checked_add(bonds)?));
            purses.push((&operator.next_key, ada(ACTING_PURSE)?));
        }
        for application in &self.applications {
            purses.push((application, ada(APPLICATION_PURSE)?));
        }
        Ok(purses)
    }
}
