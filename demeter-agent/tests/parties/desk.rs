//! What a desk does with what comes by mail.

use demeter_agent::cosign::{DeskReport, Exchange, Mailbox as _, Proposal};
use demeter_agent::entity::Charter;
use demeter_core::{Label, Labels};
use futures_executor::block_on;
use serde_json::{Value as Json, json};

use super::arbitration::{lease_with_ruling, ruling};
use super::stage::*;

const FIVE: [u8; 5] = [50, 51, 52, 53, 54];

fn endorsing() -> Charter {
    let labels: Labels = [Label::new("region", "eu")].into_iter().collect();
    Charter { endorsed: [(count(0), labels)].into(), ..Charter::default() }
}

#[test]
fn three_of_five_sign_copies_that_are_merged() {
    let ground = Ground::governed_by(&FIVE, 1);
    let exchange = Exchange::default();
    let mut entities: Vec<_> = FIVE.iter().map(|seed| ground.entity(*seed, endorsing(), &exchange)).collect();
    let mut parties: Vec<&mut dyn Plays> = entities.iter_mut().map(|party| party as &mut dyn Plays).collect();
    let confirmed = play_until(&ground, &mut parties, 310);
    assert_eq!(confirmed.concat(), ["cosigned"]);
    assert!(!ground.view().operator(count(0)).unwrap().state.endorsed.is_empty());
    // The proposal, and a copy of each of the two who are asked: no text carried all three signatures.
    let signatures: Vec<usize> = exchange
        .posted()
        .iter()
        .map(|text| Proposal::from_json(text).unwrap().transaction().signers().count())
        .collect();
    assert_eq!(signatures, [1, 2, 2]);
    let said: Vec<String> = entities.iter().flat_map(|entity| entity.said()).collect();
    let how_often = |what: &str| said.iter().filter(|said| *said == what).count();
    assert_eq!([how_often("proposed endorses"), how_often("signed endorses")], [1, 2], "{said:?}");
}

#[test]
fn what_comes_again_when_it_is_done_finds_nothing_to_do() {
    let ground = Ground::governed_by(&FIVE, 1);
    let exchange = Exchange::default();
    let mut entities: Vec<_> = FIVE.iter().map(|seed| ground.entity(*seed, endorsing(), &exchange)).collect();
    // Whoever's turn it is proposes.
    let mut proposed = false;
    for entity in &mut entities {
        proposed |= entity.play().moved;
        if proposed {
            break;
        }
    }
    assert!(proposed && exchange.posted().len() == 1);
    let mut outside = exchange.mailbox();
    let first = exchange.posted().remove(0);
    for _ in 0..3 {
        for entity in &mut entities {
            entity.play();
        }
    }
    assert!(!ground.view().operator(count(0)).unwrap().state.endorsed.is_empty());
    // It comes once more.
    block_on(outside.post(&first)).unwrap();
    let said: Vec<usize> = entities.iter().map(|entity| entity.entries.len()).collect();
    for entity in &mut entities {
        entity.play();
    }
    for (entity, said) in entities.iter().zip(said) {
        let later: Vec<String> = entity.said().split_off(said);
        assert!(later.iter().all(|said| said == "refused stale"), "{later:?}");
    }
}

#[test]
fn a_desk_refuses_what_is_not_sound_and_passes_nothing_on() {
    let ground = Ground::with_operators(1);
    let (lease, ruled) = lease_with_ruling(&ground);
    let exchange = Exchange::default();
    let mut entities: Vec<_> =
        ENTITIES.iter().map(|seed| ground.entity(*seed, ruling(lease, ruled), &exchange)).collect();
    // In the second entity's turn it asks the third.
    let proposer = loop {
        if let Some(proposer) = (0..3).find(|index| entities[*index].play().moved) {
            break proposer;
        }
        let next = ground.now().after(seconds(30)).unwrap();
        block_on(ground.sandbox.wait_until(next)).unwrap();
    };
    let posted = exchange.posted();
    assert_eq!(posted.len(), 1);
    let asked = (proposer + 1) % 3;
    let other = Exchange::default();
    let mut hostile = other.mailbox();
    let mut victim = ground.entity(ENTITIES[asked], ruling(lease, ruled), &other);
    let mut lie: Json = serde_json::from_str(&posted[0]).unwrap();
    lie["says"] = json!("does no harm");
    let mut unknown: Json = serde_json::from_str(&posted[0]).unwrap();
    unknown["signature"] = json!("trust me");
    for text in ["{", &lie.to_string(), &unknown.to_string()] {
        block_on(hostile.post(text)).unwrap();
    }
    victim.play();
    assert!(matches!(victim.entries[0].report, DeskReport::Unreadable(_)));
    assert_eq!(victim.said()[1], "refused says_otherwise");
    assert!(victim.said()[2].contains("unknown field `signature`"), "{:?}", victim.said());
    assert_eq!(other.posted().len(), 3, "something was passed on");
    assert!(block_on(hostile.collect()).unwrap().is_empty());
    // The same as it was proposed is signed, and that was the last signature.
    block_on(hostile.post(&posted[0])).unwrap();
    victim.play();
    assert_eq!(victim.said()[3..], ["signed arbitrates", "confirmed"]);
}

#[test]
fn a_desk_that_is_killed_is_replaced_by_an_empty_one() {
    let ground = Ground::with_operators(1);
    let (lease, ruled) = lease_with_ruling(&ground);
    let exchange = Exchange::default();
    // Each looks once and is gone: nobody keeps what is under way, and mail is lost.
    let mut proposals = 0;
    for moment in (1_000..3_000).step_by(30) {
        ground.wait_until(moment);
        for seed in ENTITIES {
            let mut entity = ground.entity(seed, ruling(lease, ruled), &exchange);
            entity.play();
            proposals += entity.said().iter().filter(|said| said.starts_with("proposed")).count();
        }
    }
    assert!(proposals > 3 && ground.leases().len() == 1, "nobody heard of a proposal");
    // With desks that stay, it is proposed anew and done.
    let mut entities: Vec<_> =
        ENTITIES.iter().map(|seed| ground.entity(*seed, ruling(lease, ruled), &exchange)).collect();
    let mut parties: Vec<&mut dyn Plays> = entities.iter_mut().map(|party| party as &mut dyn Plays).collect();
    let confirmed = play_until(&ground, &mut parties, 3_400);
    assert_eq!(confirmed.concat(), ["cosigned"]);
}
