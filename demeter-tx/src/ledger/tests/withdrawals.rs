//! Withdrawals of zero, as hydra-node mocks them.

use pallas_primitives::conway::RedeemerTag;

use super::*;
use crate::evaluate::EvaluationError;
use crate::{NativeRule, NativeScript, ProtocolParameters};

const KEY: u8 = 0xe0;
const SCRIPT: u8 = 0xf0;

/// The payment that also withdraws from these accounts.
fn withdrawing(accounts: &[(u8, [u8; 28], u64)]) -> Case {
    Case::payment().but(|case| {
        let accounts = accounts.iter().map(|(header, hash, lovelace)| {
            (Bytes::from([vec![*header], hash.to_vec()].concat()), *lovelace)
        });
        case.transaction.transaction_body.withdrawals = NonEmptyKeyValuePairs::from_vec(accounts.collect());
    })
}

/// The payment that withdraws zero from the account of this script, at this place among the withdrawals.
fn running(script: &PlutusScript, index: u32, accounts: &[(u8, [u8; 28], u64)]) -> Case {
    withdrawing(accounts)
        .but(|case| {
            case.transaction.transaction_body.collateral =
                NonEmptySet::from_vec(vec![wire::input(&reference(3))]);
            attach(case, script);
            case.transaction.transaction_witness_set.redeemer =
                Some(one_redeemer(RedeemerTag::Reward, index));
            case.versions = BTreeSet::from([PlutusVersion::V3]);
        })
        .rehashed()
}

fn hash_of(script: &PlutusScript) -> [u8; 28] {
    *script.hash().as_bytes()
}

#[test]
fn scripts_run_by_a_withdrawal_of_zero() {
    let run = |script: &PlutusScript| running(script, 0, &[(SCRIPT, hash_of(script), 0)]);
    run(&always_true()).accepted();
    let refusal = run(&always_false()).refused();
    assert!(matches!(refusal, LedgerError::Script(EvaluationError::Refused { .. })), "{refusal:?}");
    let silent =
        run(&always_true()).but(|case| case.transaction.transaction_witness_set.redeemer = None).rehashed();
    let pointer = RedeemerPointer { purpose: Purpose::Reward, index: 0 };
    assert_eq!(silent.but(|case| case.versions.clear()).refused(), LedgerError::RedeemerMissing { pointer });
    let bare = withdrawing(&[(SCRIPT, hash_of(&always_true()), 0)]);
    assert_eq!(bare.refused(), LedgerError::ScriptMissing { hash: always_true().hash() });
}

#[test]
fn there_is_nothing_to_withdraw() {
    let script = always_true();
    let one = running(&script, 0, &[(SCRIPT, hash_of(&script), 1)]).but(|case| {
        replace_output(case, 1, &held_by(&Party::new(1), units(15_000_001)));
    });
    let account = demeter_core::Credential::Script(script.hash());
    assert_eq!(one.refused(), LedgerError::NothingToWithdraw { account, found: 1 });
}

#[test]
fn accounts_are_on_the_network() {
    let script = always_true();
    let elsewhere = running(&script, 0, &[(SCRIPT | 1, hash_of(&script), 0)]);
    let (expected, found) = (Network::Testnet, Network::Mainnet);
    assert_eq!(elsewhere.refused(), LedgerError::WithdrawalNetwork { expected, found });
}

#[test]
fn accounts_of_keys_are_delegated_to_nobody() {
    let party = Party::new(2);
    let by_key = |major: u16| {
        withdrawing(&[(KEY, *party.hash().as_bytes(), 0)]).but(|case| {
            case.settings.parameters.protocol_version.major = major;
            case.signers.push(Party::new(2));
        })
    };
    by_key(9).accepted();
    for major in [10, 11] {
        assert_eq!(by_key(major).refused(), LedgerError::NotDelegated { key: party.hash() });
    }
    // In version 9 the key signs, as for an input.
    let unsigned = by_key(9).but(|case| case.signers.truncate(1));
    assert_eq!(unsigned.refused(), LedgerError::NotSigned { key: party.hash() });
}

/// What a script may a key may not, in the version of hydra's parameters and in that of L1's.
#[test]
fn accounts_are_alike_on_both_layers() {
    let script = always_true();
    for parameters in [ProtocolParameters::hydra_l2().unwrap(), ProtocolParameters::mainnet().unwrap()] {
        let with = |accounts: &[(u8, [u8; 28], u64)]| {
            running(&script, 0, accounts).but(|case| {
                case.settings.parameters.protocol_version = parameters.protocol_version;
                case.signers.push(Party::new(2));
            })
        };
        let by_script = (SCRIPT, hash_of(&script), 0);
        with(&[by_script]).accepted();
        let key = Party::new(2).hash();
        let refusal = with(&[by_script, (KEY, *key.as_bytes(), 0)]).refused();
        assert_eq!(refusal, LedgerError::NotDelegated { key });
    }
}

#[test]
fn native_scripts_withdraw_too() {
    let script = NativeScript::from(NativeRule::Key(Party::new(2).hash()));
    let withdrawing = || {
        withdrawing(&[(SCRIPT, *script.hash().as_bytes(), 0)]).but(|case| {
            let decoded = minicbor::decode(script.as_bytes()).unwrap();
            case.transaction.transaction_witness_set.native_script = NonEmptySet::from_vec(vec![decoded]);
        })
    };
    withdrawing().but(|case| case.signers.push(Party::new(2))).accepted();
    assert_eq!(withdrawing().refused(), LedgerError::NativeScriptFails { hash: script.hash() });
}

#[test]
fn accounts_of_scripts_come_before_those_of_keys() {
    // As bytes, the key's account (e0..) is the smaller one.
    let script = always_true();
    let accounts = [(KEY, *Party::new(1).hash().as_bytes(), 0), (SCRIPT, hash_of(&script), 0)];
    let at = |index: u32| {
        running(&script, index, &accounts).but(|case| case.settings.parameters.protocol_version.major = 9)
    };
    at(0).accepted();
    let pointer = RedeemerPointer { purpose: Purpose::Reward, index: 0 };
    assert_eq!(at(1).refused(), LedgerError::RedeemerMissing { pointer });
}

#[test]
fn accounts_are_named_once() {
    let script = always_true();
    let account = (SCRIPT, hash_of(&script), 0);
    assert!(matches!(withdrawing(&[account, account]).refused(), LedgerError::Decode(_)));
    let strange = withdrawing(&[(0x60, hash_of(&script), 0)]);
    assert!(matches!(strange.refused(), LedgerError::Decode(_)));
}
