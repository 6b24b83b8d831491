//! Who is there, what they bring, and how they behave.

use std::collections::BTreeMap;

use demeter_core::{Address, Credential, KeyHash, Value};
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::{Output, SignedTransaction};
use futures_executor::block_on;

/// One of the [`Cast`], by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party(usize);

/// What somebody is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Founds the grid and holds the published scripts.
    Founder,
    /// Gets fees.
    Treasury,
    /// Governs the grid, when it is among those the grid names.
    Entity,
    /// Has slots.
    Operator,
    /// Makes bids.
    Application,
    /// Has no part in anything, and tries to get one.
    Stranger,
}

/// Somebody.
#[derive(Debug)]
pub struct Member {
    /// For people.
    pub name: String,
    /// What it is there for.
    pub role: Role,
    /// Whether it does what the others hope for: leads with each offer that is better, and lets records stand.
    pub honest: bool,
    /// Its keys: operators have a second one, to change to.
    keys: Vec<PaymentKey>,
    /// What it brings, in ada.
    pub ada: u64,
}

/// Everybody.
#[derive(Debug)]
pub struct Cast {
    members: Vec<Member>,
    by_key: BTreeMap<KeyHash, (Party, usize)>,
}

const MEMBERS: [(&str, Role, bool, u64); 18] = [
    ("founder", Role::Founder, true, 500),
    ("treasury", Role::Treasury, true, 50),
    ("new treasury", Role::Treasury, true, 50),
    ("entity 0", Role::Entity, true, 300),
    ("entity 1", Role::Entity, true, 300),
    ("entity 2", Role::Entity, true, 300),
    ("entity 3", Role::Entity, true, 300),
    ("entity 4", Role::Entity, true, 300),
    ("ana", Role::Operator, true, 2_000),
    ("bo", Role::Operator, true, 2_000),
    ("cy", Role::Operator, true, 2_000),
    ("dee, who flaps", Role::Operator, false, 2_000),
    ("eve, who spams and never claims", Role::Operator, false, 2_000),
    ("shop", Role::Application, true, 3_000),
    ("trainer", Role::Application, true, 3_000),
    ("archive", Role::Application, true, 3_000),
    ("mallory, who bids twice", Role::Application, false, 3_000),
    ("stranger", Role::Stranger, false, 1_000),
];

impl Default for Cast {
    fn default() -> Self {
        let members = (1u8..).zip(MEMBERS).map(|(number, (name, role, honest, ada))| {
            let keys = if role == Role::Operator { 2 } else { 1 };
            let key = |index: u8| PaymentKey::from_seed(&[number + 100 * index; 32]);
            let keys = (0..keys).map(key).collect();
            Member { honest, ..Member::new(name, role, keys, ada) }
        });
        Self::new(members)
    }
}

impl Member {
    /// Somebody honest with these keys, who brings so much ada.
    pub fn new(name: impl Into<String>, role: Role, keys: Vec<PaymentKey>, ada: u64) -> Self {
        Self { name: name.into(), role, honest: true, keys, ada }
    }
}

impl Cast {
    /// All of these.
    pub fn new(members: impl IntoIterator<Item = Member>) -> Self {
        let members: Vec<Member> = members.into_iter().collect();
        let keys = members.iter().enumerate().flat_map(|(party, member)| {
            let keys = member.keys.iter().enumerate();
            keys.map(move |(index, key)| (key.key_hash(), (Party(party), index)))
        });
        let by_key = keys.collect();
        Self { members, by_key }
    }

    /// Everybody.
    pub fn all(&self) -> impl Iterator<Item = Party> {
        (0..self.members.len()).map(Party)
    }

    /// All of a role.
    pub fn of_role(&self, role: Role) -> Vec<Party> {
        self.all().filter(|party| self[*party].role == role).collect()
    }

    /// The hash of one of somebody's keys; of the first, where there is only one.
    pub fn key_hash(&self, party: Party, index: usize) -> KeyHash {
        let keys = &self[party].keys;
        keys[index % keys.len()].key_hash()
    }

    /// Where somebody's change goes.
    pub fn address(&self, party: Party) -> Address {
        Address::of_key(self.key_hash(party, 0))
    }

    /// Whose key it is.
    pub fn of_key(&self, key: &KeyHash) -> Option<Party> {
        self.by_key.get(key).map(|(party, _)| *party)
    }

    /// Who can spend from an address.
    pub fn at(&self, address: &Address) -> Option<Party> {
        match &address.payment {
            Credential::Key(key) => self.of_key(key),
            Credential::Script(_) => None,
        }
    }

    /// Whether somebody's key locks an output.
    pub fn owns(&self, party: Party, output: &Output) -> bool {
        self.at(output.address()) == Some(party)
    }

    /// Has a key sign.
    ///
    /// # Panics
    /// It is nobody's, or the transaction does not take its signature.
    pub fn sign(&self, transaction: &mut SignedTransaction, key: &KeyHash) {
        let (party, index) = self.by_key[key];
        let witness = block_on(self[party].keys[index].sign_body(transaction.body())).unwrap();
        transaction.add_witness(*witness.key.as_bytes(), *witness.signature.as_bytes()).unwrap();
    }

    /// What somebody brings, in ada.
    pub fn ada(&self, party: Party) -> Value {
        Value::of_lovelace(crate::make::amount(self[party].ada * 1_000_000))
    }
}

impl std::ops::Index<Party> for Cast {
    type Output = Member;

    fn index(&self, party: Party) -> &Member {
        &self.members[party.0]
    }
}
