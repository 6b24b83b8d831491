//! The whole table.

use demeter_core::{Asset, Scripts, Stage};

use super::scene::{BOND, dollar};
use super::{
    Case, Scene, award, deposit, founding, lead, lease, member, offer, purse, retire, rotate, settle, take,
};

/// All cases of a contract, in the order of the table of transitions.
pub fn cases(scripts: Scripts) -> Vec<Case> {
    let scene = &Scene::new(scripts, dollar());
    let ada = &Scene::new(scripts, Asset::Lovelace);
    vec![
        founding::founded(scene),
        deposit::deposited(scene),
        member::admitted(scene),
        member::admitted_in_full(scene),
        member::updated(scene),
        member::endorsed(scene),
        rotate::rotated(scene),
        member::reported(scene),
        retire::retired(scene),
        retire::expelled(scene, "retire, by the entities"),
        retire::expelled(ada, "retire, by the entities, in ada"),
        offer::offered(scene),
        lead::first(scene),
        lead::ousting(scene),
        award::awarded(scene),
        award::awarded_in_ada(ada),
        award::awarded_late(scene),
        take::taken(scene),
        purse::withdrawn(scene),
        purse::cancelled_before(scene),
        purse::cancelled_race(scene),
        lease::claimed(scene),
        lease::extended(scene),
        settle::closed(scene),
        settle::completed(scene),
        settle::resigned(scene, "resign"),
        settle::resigned(ada, "resign, in ada"),
        settle::arbitrated(scene),
        purse::collected(scene, "collect", Stage::Settled(scene.settled())),
        purse::collected(scene, "collect, idle", Stage::Idle),
        purse::rekeyed(scene, "rekey", scene.leased_slot()),
        purse::rekeyed(scene, "rekey, an offer", scene.held_slot(Stage::Offered(scene.offered()), BOND)),
    ]
}
