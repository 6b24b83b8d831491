use proptest::prelude::*;

use super::*;

/// The vectors of CIP-19: kind, mainnet text, testnet text.
const CIP_19: [(u8, &str, &str); 6] = [
    (
        0,
        "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x",
        "addr_test1qz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgs68faae",
    ),
    (
        1,
        "addr1z8phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gten0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgs9yc0hh",
        "addr_test1zrphkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gten0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgsxj90mg",
    ),
    (
        2,
        "addr1yx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerkr0vd4msrxnuwnccdxlhdjar77j6lg0wypcc9uar5d2shs2z78ve",
        "addr_test1yz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerkr0vd4msrxnuwnccdxlhdjar77j6lg0wypcc9uar5d2shsf5r8qx",
    ),
    (
        3,
        "addr1x8phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gt7r0vd4msrxnuwnccdxlhdjar77j6lg0wypcc9uar5d2shskhj42g",
        "addr_test1xrphkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gt7r0vd4msrxnuwnccdxlhdjar77j6lg0wypcc9uar5d2shs4p04xh",
    ),
    (
        6,
        "addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8",
        "addr_test1vz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerspjrlsz",
    ),
    (
        7,
        "addr1w8phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gtcyjy7wx",
        "addr_test1wrphkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gtcl6szpr",
    ),
];

const PAYMENT_KEY: &str = "9493315cd92eb5d8c4304e67b7e16ae36d61d34502694657811a2c8e";
const STAKE_KEY: &str = "337b62cfff6403a06a3acbc34f8c46003c69fe79a3628cefa9c47251";
/// An Icarus-style address that pallas' own tests have.
const BYRON: &str = "Ae2tdPwUPEZLs4HtbuNey7tK4hTKrwNwYtGqp7bDfCy2WdR3P6735W5Yfpe";
const SCRIPT: &str = "c37b1b5dc0669f1d3c61a6fddb2e8fde96be87b881c60bce8e8d542f";

fn expected(kind: u8) -> Address {
    let script = Credential::Script(SCRIPT.parse().unwrap());
    let payment = if kind.is_multiple_of(2) { Credential::Key(PAYMENT_KEY.parse().unwrap()) } else { script };
    let stake = match kind {
        0 | 1 => Some(Credential::Key(STAKE_KEY.parse().unwrap())),
        2 | 3 => Some(script),
        _ => None,
    };
    Address { payment, stake }
}

fn message(text: &str) -> String {
    text.parse::<NetworkAddress>().unwrap_err().to_string()
}

#[test]
fn vectors_of_cip_19() {
    for (kind, mainnet, testnet) in CIP_19 {
        for (network, text) in [(Network::Mainnet, mainnet), (Network::Testnet, testnet)] {
            let parsed: NetworkAddress = text.parse().unwrap();
            assert_eq!(parsed, NetworkAddress::new(network, expected(kind)));
            assert_eq!(parsed.to_string(), text);
            assert_eq!(parsed.to_bytes()[0], kind << 4 | network.id());
            assert_eq!(text.to_uppercase().parse::<NetworkAddress>().unwrap(), parsed);
        }
    }
}

#[test]
fn other_kinds_are_refused_by_name() {
    let pointer = "pointer addresses cannot be used, only those with a staking hash or none";
    let stake = "stake addresses cannot be used, only addr1 and addr_test1 ones";
    let byron = "byron addresses cannot be used, only addr1 and addr_test1 ones";
    // CIP-19, kinds 4, 5, 14 and 15; a Byron address.
    assert_eq!(message("addr1gx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer5pnz75xxcrzqf96k"), pointer);
    assert_eq!(message("addr_test12rphkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gtupnz75xxcryqrvmw"), pointer);
    assert_eq!(message("stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw"), stake);
    assert_eq!(message("stake_test17rphkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gtcljw6kf"), stake);
    assert_eq!(message(BYRON), byron);
    let bytes = ByronAddress::from_base58(BYRON).unwrap().to_vec();
    assert_eq!(NetworkAddress::from_bytes(&bytes).unwrap_err().to_string(), byron);
    assert_eq!(NetworkAddress::from_bytes(&[0xe1; 29]).unwrap_err().to_string(), stake);
}

#[test]
fn faulty_texts_are_refused() {
    let bech32m = bech32::encode("addr", [0_u8; 29].map(|_| bech32::u5::default()), bech32::Variant::Bech32m);
    let crossed = bech::encode("addr", &NetworkAddress::new(Network::Testnet, expected(6)).to_bytes());
    assert_eq!(message(""), "an address is bech32 text: missing human-readable separator, \"1\"");
    assert_eq!(message(&CIP_19[4].1.replace("vx2", "vx3")), "an address is bech32 text: invalid checksum");
    assert_eq!(message(&bech32m.unwrap()), "an address is bech32 text: the checksum is bech32m's");
    assert_eq!(
        message(&bech::encode("pool", &[0; 28]).unwrap()),
        "an address starts with addr1 or addr_test1, found \"pool\""
    );
    assert_eq!(message(&crossed.unwrap()), "the address starts with \"addr\" and is of testnet");
    assert_eq!(message(&bech::encode("addr", &[]).unwrap()), "an address has at least one byte, found none");
}

#[test]
fn faulty_bytes_are_refused() {
    let message = |bytes: &[u8]| NetworkAddress::from_bytes(bytes).unwrap_err().to_string();
    assert_eq!(message(&[0x91; 29]), "no kind of address has the header 0x91");
    assert_eq!(message(&[0x61; 30]), "an address of this kind has 29 bytes, found 30");
    assert_eq!(message(&[0x61; 28]), "an address of this kind has 29 bytes, found 28");
    assert_eq!(message(&[0x01; 29]), "an address of this kind has 57 bytes, found 29");
    assert_eq!(message(&[0x62; 29]), "the network id of an address is 0 or 1, found 2");
}

#[test]
fn an_address_is_on_one_network() {
    let address = NetworkAddress::new(Network::Mainnet, expected(6));
    assert_eq!(address.on(Network::Mainnet), Ok(expected(6)));
    assert_eq!(
        address.on(Network::Testnet).unwrap_err().to_string(),
        "the address is of mainnet, expected one of testnet"
    );
}

fn any_credential() -> impl Strategy<Value = Credential> {
    (any::<bool>(), any::<[u8; 28]>()).prop_map(|(key, hash)| {
        if key {
            Credential::Key(KeyHash::from_bytes(hash))
        } else {
            Credential::Script(ScriptHash::from_bytes(hash))
        }
    })
}

proptest! {
    #[test]
    fn round_trip(
        main in any::<bool>(), payment in any_credential(), stake in prop::option::of(any_credential())
    ) {
        let network = if main { Network::Mainnet } else { Network::Testnet };
        let address = NetworkAddress::new(network, Address { payment, stake });
        prop_assert_eq!(address.to_string().parse::<NetworkAddress>(), Ok(address));
        prop_assert_eq!(NetworkAddress::from_bytes(&address.to_bytes()), Ok(address));
    }

    #[test]
    fn no_bytes_are_misread(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(address) = NetworkAddress::from_bytes(&bytes) {
            prop_assert_eq!(address.to_bytes(), bytes);
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,80}") {
        let _ = text.parse::<NetworkAddress>();
    }
}
