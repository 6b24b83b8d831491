//! Before the first bid: Genesis and Deposit on L1, the head, the scripts, the operators and their records.

use demeter_core::codec::grid_id;
use demeter_core::{
    Address, Amount, Asset, Count, Genesis, Grid, GridDraft, OutputReference, Ppm, Script, ScriptHash, Span,
    State, Time, TransactionId, Value,
};
use demeter_tx::head::{EmbeddedHead, HYDRA_DEPOSIT, recreated};
use demeter_tx::market::{Candidate, Composer, Contract, GenesisPlan, Plan};
use demeter_tx::{LedgerSettings, Network, OutputDraft, ProtocolParameters, UtxoSet};

use crate::cast::{Cast, Party};
use crate::error::DemoError;
use crate::stage::{Stage, clock};

/// When the demo begins: 2026-01-01T00:00:00Z.
const START: u64 = 1_767_225_600_000;
/// How many slots each operator of the demo asks for: one for each bid, and one to spare.
pub(crate) const SLOTS_TO_SPARE: u64 = 1;

/// The head that the grid is deposited into: on L1 a head is known by the policy of its tokens.
const HEAD: ScriptHash = ScriptHash::from_bytes([0xd1; 28]);

/// Founds the grid on a ledger with the figures of L1, deposits it, and gives what hydra recreates in the head.
fn genesis(cast: &Cast, contract: &Contract) -> Result<(Stage, UtxoSet), DemoError> {
    let start = Time::from_milliseconds(START)?;
    let settings = LedgerSettings {
        network: Network::Testnet,
        parameters: ProtocolParameters::mainnet()?,
        clock: clock(start)?,
    };
    let purses = UtxoSet::from_iter([purse(&cast.founder, Amount::from_units(1_000_000_000)?, 0)?]);
    let head = EmbeddedHead::open(settings.clone(), purses.clone(), start)?;
    let mut stage = Stage::new("L1", head, Composer::new(contract.clone(), settings))?;
    let (seed, _) = purses.first_key_value().ok_or_else(|| DemoError::Missing { what: "seed".to_owned() })?;
    let deadline = start.after(Span::from_seconds(3_600)?)?;
    let number = Count::from_number;
    let grid = Grid::new(GridDraft {
        id: grid_id(seed, deadline),
        market: contract.scripts().market,
        deposit: HYDRA_DEPOSIT,
        asset: Asset::Lovelace,
        entities: cast.entities.iter().map(Party::hash).collect(),
        admission: number(2)?,
        threshold: number(2)?,
        fee_ppm: Ppm::from_millionths(10_000)?,
        treasury: cast.treasury.address(),
        prior: Amount::from_units(50_000_000)?,
        penalty: number(4)?,
        half_life: Span::from_seconds(30 * 86_400)?,
    })?;
    let slots = (cast.applications.len() as u64).saturating_add(SLOTS_TO_SPARE);
    let genesis = Genesis {
        seed: *seed,
        deadline,
        operators: number(cast.operators.len() as u64)?,
        slots: number(slots)?.checked_mul(cast.operators.len() as u64)?,
    };
    let plan = GenesisPlan { genesis, grid, range: stage.range()? };
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

/// Opens a head with the grid in it, publishes the scripts, and admits the operators, who bring this much for
/// bonds.
pub(crate) fn open(cast: &Cast, bonds: Amount) -> Result<Stage, DemoError> {
    let contract = Contract::embedded()?;
    let (main_chain, mut utxos) = genesis(cast, &contract)?;
    for (index, (party, amount)) in (1u64..).zip(cast.purses(bonds)?) {
        utxos.extend([purse(party, amount, index)?]);
    }
    let settings = LedgerSettings {
        parameters: ProtocolParameters::hydra_l2()?,
        ..main_chain.composer.settings().clone()
    };
    // A head is opened after the deadline of its grid.
    let opened = Time::from_milliseconds(START)?.after(Span::from_seconds(7_200)?)?;
    let head = EmbeddedHead::open(settings.clone(), utxos, opened)?;
    let mut stage = Stage::new("L2", head, Composer::new(contract, settings))?;
    stage.transactions = main_chain.transactions;
    publish(&mut stage, &cast.founder)?;
    for operator in &cast.operators {
        let slots = Count::from_number((cast.applications.len() as u64).saturating_add(SLOTS_TO_SPARE))?;
        let candidate = Candidate {
            owner: operator.party.hash(),
            endpoint: format!("https://{}.example", operator.party.name).as_str().into(),
            capacity: operator.capacity()?,
            labels: operator.labels(),
            slots,
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

/// An output that was there from the start.
fn purse(
    party: &Party,
    amount: Amount,
    index: u64,
) -> Result<(OutputReference, demeter_tx::Output), DemoError> {
    let reference = OutputReference { transaction: TransactionId::from_bytes([0; 32]), index };
    let output = OutputDraft::new(party.address(), Value::of_lovelace(amount)).finish(Network::Testnet);
    Ok((reference, output))
}
