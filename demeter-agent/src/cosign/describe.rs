//! What a transition does, in plain terms.

use demeter_core::{
    Labels, MarketTransition, OutputReference, RegistryTransition, Resources, Slot, Stage, Transition,
};
use demeter_tx::view::{GridView, SlotName};

/// What a transition of a state does, for whoever is asked to sign it: the same words from the same state.
pub(super) fn describe(transition: &Transition, primary: Option<OutputReference>, view: &GridView) -> String {
    let operator = || {
        let held = view.operators().find(|held| Some(held.reference) == primary);
        held.map_or_else(|| "an operator".to_owned(), |held| format!("operator {}", held.state.number))
    };
    match transition {
        Transition::Registry(transition) => match transition {
            RegistryTransition::Admit { owner, endpoint, capacity, labels, slots } => format!(
                "admits an operator of the key {owner} at {endpoint} with {slots} slots, each of at most {}, which \
                 says of itself: {}",
                listed(capacity),
                none(labels)
            ),
            RegistryTransition::Endorse { endorsed } => {
                format!("vouches for just this of {}: {}", operator(), none(endorsed))
            }
            RegistryTransition::Rotate {
                deposit,
                entities,
                admission,
                threshold,
                fee_ppm,
                treasury,
                prior,
                penalty,
                half_life,
            } => {
                let entities: Vec<String> = entities.iter().map(ToString::to_string).collect();
                format!(
                    "gives the grid to the entities {}, of whom {admission} admit and {threshold} decide; the fee is \
                     {fee_ppm} millionths, to {treasury:?}; records start with {prior}, break with {penalty} and \
                     halve in {half_life} ms; deposits go to {deposit}",
                    entities.join(" ")
                )
            }
            RegistryTransition::Deposit { head, deadline } => {
                format!("sends grid and pool into the head {head}, until {deadline}")
            }
            RegistryTransition::Retire => {
                "sends an operator away, with what it holds to its owner".to_owned()
            }
            RegistryTransition::Update { owner, .. } => {
                format!("changes what {} says of itself, for the key {owner}", operator())
            }
            RegistryTransition::Report => format!("reports to the record of {}", operator()),
        },
        Transition::Market(transition) => {
            let slot = view.slots().find(|held| Some(held.reference) == primary);
            let lease = slot.map_or_else(|| "a slot".to_owned(), |held| lease(&held.state));
            match transition {
                MarketTransition::Extend { periods } => format!("adds {periods} periods to {lease}"),
                MarketTransition::Arbitrate { paid, slashed, broken } => format!(
                    "ends {lease}: of what is unclaimed {paid} go to the operator, {slashed} of the bond to the \
                     application, and {broken} into the record as broken"
                ),
                _ => format!("{} of {lease}", Transition::from(transition.clone()).name()),
            }
        }
    }
}

fn lease(slot: &Slot) -> String {
    let name = SlotName::of(slot);
    match &slot.stage {
        Stage::Leased(lease) => format!(
            "the lease of slot {name} to {} since {}, for {} a period",
            lease.application, lease.start, lease.price
        ),
        _ => format!("slot {name}"),
    }
}

fn listed(resources: &Resources) -> String {
    let listed: Vec<String> = resources.iter().map(|one| format!("{} of {}", one.amount, one.name)).collect();
    if listed.is_empty() { "nothing".to_owned() } else { listed.join(", ") }
}

fn none(labels: &Labels) -> String {
    if labels.is_empty() { "nothing".to_owned() } else { labels.to_string() }
}
