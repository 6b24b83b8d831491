//! Before the first bid: Genesis and Deposit on L1, the head, the scripts, the operators and their records.

use demeter_core::{Address, Amount, Count, RangeError, Script, ScriptHash, Span, State, Time, Value};
use demeter_tx::founding::{Founding, founders_purse, main_chain, opening, purses};
use demeter_tx::head::{HYDRA_DEPOSIT, recreated};
use demeter_tx::market::{Candidate, Composer, Contract, Plan};
use demeter_tx::{LedgerSettings, Network, ProtocolParameters, SlotClock, UtxoSet};

use crate::cast::{Cast, Party};
use crate::error::DemoError;
use crate::ground::Ground;
use crate::stage::Stage;

/// When the demo begins: 2026-01-01T00:00:00Z.
pub(crate) const START: u64 = 1_767_225_600_000;
/// How many slots each operator of the demo asks for: one for each bid, and one to spare.
pub(crate) const SLOTS_TO_SPARE: u64 = 1;

/// The head that the grid is deposited into: on L1 a head is known by the policy of its tokens.
const HEAD: ScriptHash = ScriptHash::from_bytes([0xd1; 28]);

/// The head that the grid comes into.
pub(crate) fn settings() -> Result<LedgerSettings, DemoError> {
    Ok(LedgerSettings {
        network: Network::Testnet,
        parameters: ProtocolParameters::hydra_l2()?,
        clock: SlotClock::of_seconds(Time::from_milliseconds(START)?)?,
    })
}

/// The grid of the demo: two of its entities admit and decide, and there are as many slots as the operators ask for.
pub(crate) fn founding(cast: &Cast) -> Result<Founding, DemoError> {
    let entities: Vec<_> = cast.entities.iter().map(Party::hash).collect();
    let operators = Count::from_number(cast.operators.len() as u64)?;
    let slots = slots_each(cast)?.checked_mul(operators.to_number())?;
    let mut founding = Founding::new(cast.treasury.address())?.governed_by(entities)?;
    (founding.admission, founding.operators, founding.slots) = (Count::from_number(2)?, operators, slots);
    Ok(founding)
}

fn slots_each(cast: &Cast) -> Result<Count, RangeError> {
    Count::from_number((cast.applications.len() as u64).saturating_add(SLOTS_TO_SPARE))
}

/// A node whose head is played on.
pub(crate) struct Node<'a> {
    pub(crate) address: &'a str,
    /// How to start one that can be.
    pub(crate) advice: String,
}

/// Founds the grid on a ledger with the figures of L1, deposits it, and gives what hydra recreates in the head.
fn genesis(cast: &Cast, contract: &Contract, head: &LedgerSettings) -> Result<(Stage, UtxoSet), DemoError> {
    let settings = main_chain(head)?;
    let start = settings.clock.zero_time();
    let plan = founding(cast)?.plan(contract, &settings.clock)?;
    let outputs = founders_purse(cast.founder.address(), settings.network)?;
    let ground = Ground::own(settings.clone(), outputs, start)?;
    let mut stage = Stage::new("L1", ground, Composer::new(contract.clone(), settings))?;
    let what = "Genesis".to_owned();
    let transaction = stage
        .composer
        .genesis(&plan, &stage.funds(&cast.founder)?)
        .map_err(|source| DemoError::Compose { what: what.clone(), source })?;
    stage.submit(what, transaction, &[&cast.founder])?;
    let deposited = deposit(&mut stage, cast)?;
    Ok((stage, deposited))
}

/// Grid and pool move into the head: gives what it then holds of them.
fn deposit(stage: &mut Stage, cast: &Cast) -> Result<UtxoSet, DemoError> {
    let (grid, _) = stage.grid()?;
    let pool = stage.find("pool", |state| matches!(state, State::Pool(_)))?.reference;
    let deadline = Time::from_milliseconds(START)?.after(Span::from_seconds(7 * 86_400)?)?;
    let signers: Vec<&Party> = std::iter::once(&cast.founder).chain(cast.entities.iter().take(2)).collect();
    stage.act("Deposit".to_owned(), Plan::deposit(grid, pool, HEAD, deadline), &signers)?;
    let utxos = stage.utxos()?;
    let deposit = utxos.values().find(|output| *output.address() == Address::of_script(HYDRA_DEPOSIT));
    let deposit = deposit.ok_or_else(|| DemoError::Missing { what: "deposit".to_owned() })?;
    Ok(recreated(deposit)?)
}

/// Opens a head with the grid in it, or takes up the one of a node, publishes the scripts, and admits the operators, who
/// bring this much for bonds.
pub(crate) fn open(cast: &Cast, bonds: Amount, node: Option<Node<'_>>) -> Result<Stage, DemoError> {
    let contract = Contract::embedded()?;
    let settings = settings()?;
    let (main_chain, mut utxos) = genesis(cast, &contract, &settings)?;
    let holders = cast.purses(bonds)?;
    let holders = holders.iter().map(|(party, amount)| (party.address(), Value::of_lovelace(*amount)));
    utxos.extend(purses(holders, settings.network));
    let ground = match node {
        Some(Node { address, advice }) => Ground::served(address, &settings, &utxos, &advice)?,
        None => Ground::own(settings.clone(), utxos, opening(&settings.clock)?)?,
    };
    let mut stage = Stage::new("L2", ground, Composer::new(contract, settings))?;
    stage.transactions = main_chain.transactions;
    publish(&mut stage, &cast.founder)?;
    for operator in &cast.operators {
        let candidate = Candidate {
            owner: operator.party.hash(),
            endpoint: format!("https://{}.example", operator.party.name).as_str().into(),
            capacity: operator.capacity()?,
            labels: operator.labels(),
            slots: slots_each(cast)?,
        };
        let pool = stage.find("pool", |state| matches!(state, State::Pool(_)))?.reference;
        let (grid, _) = stage.grid()?;
        let signers: Vec<&Party> =
            std::iter::once(&operator.party).chain(cast.entities.iter().take(2)).collect();
        stage.act(format!("Admit {}", operator.party.name), Plan::admit(pool, grid, candidate), &signers)?;
    }
    Ok(stage)
}

fn publish(stage: &mut Stage, founder: &Party) -> Result<(), DemoError> {
    for (script, what) in [(Script::Registry, "Publish registry"), (Script::Market, "Publish market")] {
        let transaction = stage
            .composer
            .publish(script, founder.address(), &stage.funds(founder)?)
            .map_err(|source| DemoError::Compose { what: what.to_owned(), source })?;
        stage.submit(what.to_owned(), transaction, &[founder])?;
    }
    stage.composer = stage.composer.clone().with_published(&founder.address(), &stage.utxos()?);
    Ok(())
}
