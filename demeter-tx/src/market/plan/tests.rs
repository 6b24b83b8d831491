//! What each constructor consumes, reads and has signed. That the contract takes such plans is shown where there is a
//! ledger.

use demeter_core::{
    Address, Amount, Asset, Count, Grid, GridDraft, GridId, KeyHash, Label, Operator, OutputReference, Ppm,
    Reputation, ScriptHash, Span, Time, TransactionId,
};

use super::{Candidate, Declaration, Plan, Rotation, Ruling};

const OWNER: KeyHash = KeyHash::from_bytes([1; 28]);
const NEW_OWNER: KeyHash = KeyHash::from_bytes([2; 28]);

const GRID: OutputReference = at(0);
const POOL: OutputReference = at(1);
const OPERATOR: OutputReference = at(2);
const SLOT: OutputReference = at(3);
const OTHER_SLOT: OutputReference = at(4);
const BID: OutputReference = at(5);

const fn at(index: u64) -> OutputReference {
    OutputReference { transaction: TransactionId::from_bytes([9; 32]), index }
}

fn operator() -> Operator {
    Operator {
        grid: GridId::from_bytes([7; 28]),
        number: Count::ZERO,
        owner: OWNER,
        endpoint: "https://ana.example".into(),
        capacity: Default::default(),
        labels: [Label::new("arch", "amd64")].into_iter().collect(),
        endorsed: Default::default(),
        reputation: Reputation::default(),
        slots: Count::from_number(2).unwrap(),
        updated: Time::ZERO,
    }
}

fn grid() -> Grid {
    Grid::new(GridDraft {
        id: GridId::from_bytes([7; 28]),
        market: ScriptHash::from_bytes([8; 28]),
        deposit: ScriptHash::from_bytes([9; 28]),
        asset: Asset::Lovelace,
        entities: vec![OWNER],
        admission: Count::ZERO,
        threshold: Count::from_number(1).unwrap(),
        fee_ppm: Ppm::ZERO,
        treasury: Address::of_key(OWNER),
        prior: Amount::from_units(1).unwrap(),
        penalty: Count::from_number(4).unwrap(),
        half_life: Span::from_seconds(3_600).unwrap(),
    })
    .unwrap()
}

#[test]
fn each_names_what_its_transition_consumes_reads_and_has_signed() {
    let Declaration { owner, endpoint, capacity, labels } = Declaration::of(&operator());
    let slots = Count::from_number(2).unwrap();
    let candidate = Candidate { owner, endpoint, capacity, labels: labels.clone(), slots };
    let new_owner = Declaration { owner: NEW_OWNER, ..Declaration::of(&operator()) };
    let (one, price) = (Count::from_number(1).unwrap(), Amount::ZERO);
    let (none, read) = (&[][..], &[GRID][..]);
    let answered = &[BID, OPERATOR, GRID][..];
    for (plan, name, consumed, reads, signers) in [
        (
            Plan::deposit(GRID, POOL, ScriptHash::from_bytes([3; 28]), Time::ZERO),
            "deposit",
            &[GRID, POOL][..],
            none,
            &[][..],
        ),
        (Plan::admit(POOL, GRID, candidate), "admit", &[POOL][..], read, &[OWNER][..]),
        (Plan::update(OPERATOR, new_owner), "update", &[OPERATOR], none, &[NEW_OWNER]),
        (Plan::endorse(OPERATOR, GRID, labels), "endorse", &[OPERATOR], read, &[]),
        (Plan::rotate(GRID, Rotation::of(&grid())), "rotate", &[GRID], none, &[]),
        (Plan::report(OPERATOR, SLOT, GRID), "report", &[OPERATOR, SLOT], read, &[]),
        (
            Plan::retire(POOL, OPERATOR, [SLOT, OTHER_SLOT], GRID),
            "retire",
            &[POOL, OPERATOR, SLOT, OTHER_SLOT],
            read,
            &[],
        ),
        (Plan::offer(SLOT, BID, OPERATOR, GRID, price, vec![]), "offer", &[SLOT], answered, &[]),
        (Plan::lead(BID, SLOT), "lead", &[BID, SLOT], none, &[]),
        (Plan::award(BID, GRID), "award", &[BID], read, &[]),
        (Plan::take(BID, SLOT, OPERATOR, GRID, price, vec![]), "take", &[BID, SLOT], &[OPERATOR, GRID], &[]),
        (Plan::withdraw(SLOT), "withdraw", &[SLOT], none, &[]),
        (Plan::cancel(BID), "cancel", &[BID], none, &[]),
        (Plan::claim(SLOT, one), "claim", &[SLOT], none, &[]),
        (Plan::extend(SLOT, GRID, one), "extend", &[SLOT], read, &[]),
        (Plan::close(SLOT), "close", &[SLOT], none, &[]),
        (Plan::complete(SLOT), "complete", &[SLOT], none, &[]),
        (Plan::resign(SLOT), "resign", &[SLOT], none, &[]),
        (Plan::arbitrate(SLOT, GRID, Ruling::default()), "arbitrate", &[SLOT], read, &[]),
        (Plan::collect(SLOT), "collect", &[SLOT], none, &[]),
        (Plan::rekey(SLOT, OPERATOR), "rekey", &[SLOT], &[OPERATOR], &[]),
    ] {
        assert_eq!(plan.transition.name(), name);
        let found: Vec<_> = std::iter::once(plan.primary).chain(plan.followers).collect();
        assert_eq!(found, consumed, "{name}");
        assert_eq!(plan.reads, reads, "{name}");
        assert_eq!(plan.signers.into_iter().collect::<Vec<_>>(), signers, "{name}");
        assert_eq!(plan.range, None, "{name}");
    }
}

#[test]
fn a_rotation_starts_from_what_the_grid_is() {
    let grid = grid();
    let Rotation { deposit, entities, admission, threshold, fee_ppm, treasury, prior, penalty, half_life } =
        Rotation::of(&grid);
    let same = GridDraft {
        id: grid.id,
        market: grid.market,
        asset: grid.asset.clone(),
        deposit,
        entities,
        admission,
        threshold,
        fee_ppm,
        treasury,
        prior,
        penalty,
        half_life,
    };
    assert_eq!(Grid::new(same).unwrap(), grid);
}
