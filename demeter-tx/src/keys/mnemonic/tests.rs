use demeter_core::{Address, Credential};

use super::*;
use crate::Network;
use crate::keys::{KeyIndex, NetworkAddress, Signer as _};

/// The phrase and root keys of CIP-3, Icarus.
const CIP_3: &str =
    "eight country switch draw meat scout mystery blade tip drift useless good keep usage title";
const CIP_3_ROOT: &str = "c065afd2832cd8b087c4d9ab7011f481ee1e0721e78ea5dd609f3ab3f156d245\
                          d176bd8fd4ec60b4731c3918a2a72a0226c0cd119ec35b47e4d55884667f552a\
                          23f7fdcd4a10c6cd2c7393ac61d877873e248f417634aa3d812af327ffe9d620";
const CIP_3_ROOT_FOO: &str = "70531039904019351e1afb361cd1b312a4d0565d4ff9f8062d38acf4b15cce41\
                              d7b5738d9c893feea55512a3004acb0d222c35d3e3d5cde943a15a9824cbac59\
                              443cf67e589614076ba01e354b1a432e0e6db3b59e37fc56b5fb0222970a010e";

/// Phrases, entropies and first base addresses that cardano-serialization-lib and pycardano are tested with.
const WALLETS: [(&str, &str, &str); 3] = [
    (
        "test walk nut penalty hip pave soap entry language right filter choice",
        "df9ed25ed146bf43336a5d7cf7395994",
        "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3jcu5d8ps7zex2k2xt3uqxgjqnnj83ws8lhrn648jjxtwqfjkjv7",
    ),
    (
        "art forum devote street sure rather head chuckle guard poverty release quote oak craft enemy",
        "0ccb74f36b7da1649a8144675522d4d8097c6412",
        "addr1q9u5vlrf4xkxv2qpwngf6cjhtw542ayty80v8dyr49rf5ewvxwdrt70qlcpeeagscasafhffqsxy36t90ldv06wqrk2qld6xc3",
    ),
    (
        "excess behave track soul table wear ocean cash stay nature item turtle palm soccer lunch horror start \
         stumble month panic right must lock dress",
        "4e828f9a67ddcff0e6391ad4f26ddb7579f59ba14b6dd4baf63dcfdb9d2420da",
        "addr1qyy6nhfyks7wdu3dudslys37v252w2nwhv0fw2nfawemmn8k8ttq8f3gag0h89aepvx3xf69g0l9pf80tqv7cve0l33sdn8p3d",
    ),
];

fn root(phrase: &str, passphrase: &[u8]) -> RootKey {
    phrase.parse::<Mnemonic>().unwrap().root_key(passphrase)
}

#[test]
fn root_keys_are_those_of_cip_3() {
    assert_eq!(hex::encode(root(CIP_3, b"").0.as_ref()), CIP_3_ROOT);
    assert_eq!(hex::encode(root(CIP_3, b"foo").0.as_ref()), CIP_3_ROOT_FOO);
}

#[test]
fn wallets_have_the_published_addresses() {
    for (phrase, entropy, address) in WALLETS {
        let mnemonic: Mnemonic = phrase.parse().unwrap();
        let same = Mnemonic::from_entropy(&hex::decode(entropy).unwrap()).unwrap();
        assert_eq!(*mnemonic.expose_phrase(), phrase);
        assert_eq!(*same.expose_phrase(), phrase);

        let root = mnemonic.root_key(b"");
        let payment = root.derive(&DerivationPath::payment(KeyIndex::ZERO, KeyIndex::ZERO));
        let staking = root.derive(&DerivationPath::staking(KeyIndex::ZERO));
        let derived = Address {
            payment: Credential::Key(payment.key_hash()),
            stake: Some(Credential::Key(staking.key_hash())),
        };
        assert_eq!(NetworkAddress::new(Network::Mainnet, derived).to_string(), address);
    }
}

/// CIP-105, test vectors 1 and 2: a representative's key, of account 0 and of account 0x100.
#[test]
fn keys_of_representatives_are_those_of_cip_105() {
    let root = root(WALLETS[0].0, b"");
    for (path, secret, public) in [
        (
            "m/1852'/1815'/0'/3/0",
            "a8e57a8e0a68b7ab50c6cd13e8e0811718f506d34fca674e12740fdf73e1a45e\
             612fa30b7e4bbe9883958dcf365de1e6c1607c33172c5d3d7754f3294e450925",
            "f74d7ac30513ac1825715fd0196769761fca6e7f69de33d04ef09a0c417a752b",
        ),
        (
            "m/1852'/1815'/256'/3/0",
            "10fb8436bb02e2a4d3127860f771a9f1f9aff362f202346e3238b38a76e1a45e\
             ec82a22f492d48528c7e191f52b59489adf383db4811cbce4c6cdd8cef91c408",
            "70344fe0329bbacbb33921e945daed181bd66889333eb73f3bb10ad8e4669976",
        ),
    ] {
        let key = root.derive(&path.parse().unwrap());
        assert_eq!(hex::encode(key.expose_secret()), secret);
        assert_eq!(key.verification_key().to_string(), public);
    }
}

#[test]
fn every_length_of_phrase_is_read() {
    for bytes in [16, 20, 24, 28, 32] {
        let mnemonic = Mnemonic::from_entropy(&vec![0x2a; bytes]).unwrap();
        let spaced = format!("  {}\n", mnemonic.expose_phrase().replace(' ', "\t ").to_uppercase());
        assert_eq!(mnemonic.word_count(), bytes / 4 * 3);
        assert_eq!(spaced.parse::<Mnemonic>().unwrap().0, mnemonic.0);
    }
}

#[test]
fn what_is_no_phrase_is_refused_without_repeating_it() {
    let message = |phrase: &str| phrase.parse::<Mnemonic>().unwrap_err().to_string();
    assert_eq!(message(""), "a phrase has 12, 15, 18, 21 or 24 words, found 0");
    assert_eq!(message(&"abandon ".repeat(13)), "a phrase has 12, 15, 18, 21 or 24 words, found 13");
    assert_eq!(message(&"abandon ".repeat(27)), "a phrase has 12, 15, 18, 21 or 24 words, found 27");
    assert_eq!(
        message(&CIP_3.replace("draw", "drow")),
        "word 4 of the phrase is not one of the english bip-39 words"
    );
    assert_eq!(
        message(&CIP_3.replace("draw meat", "meat draw")),
        "the checksum of the phrase is wrong: a word is mistaken or out of place"
    );
    assert_eq!(
        Mnemonic::from_entropy(&[0; 17]).unwrap_err().to_string(),
        "the entropy of a phrase has 16, 20, 24, 28 or 32 bytes, found 17"
    );
}

#[test]
fn debug_shows_no_secret() {
    let mnemonic: Mnemonic = CIP_3.parse().unwrap();
    let root = mnemonic.root_key(b"");
    let key = root.derive(&DerivationPath::staking(KeyIndex::ZERO));
    assert_eq!(format!("{mnemonic:?}"), "Mnemonic(15 words)");
    assert_eq!(format!("{root:?}"), "RootKey(..)");
    assert_eq!(format!("{key:?}"), format!("ExtendedKey({})", key.key_hash()));
}
