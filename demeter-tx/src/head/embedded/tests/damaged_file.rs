//! Files that are not what they should be.

use std::fs;
use std::path::PathBuf;

use super::*;

/// The bytes of a head's file with a past.
fn bytes() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head");
    let head = EmbeddedHead::create(&path, settings(), purses(9), start(), &HeadOptions::default()).unwrap();
    (1..=5).for_each(|seed| drop(head.apply(&payment(seed)).unwrap()));
    drop(head);
    fs::read(&path).unwrap()
}

/// What opening a file of these bytes comes to.
fn open(bytes: &[u8]) -> Result<EmbeddedHead, OpenError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head");
    fs::write(&path, bytes).unwrap();
    EmbeddedHead::open_at(&path, &HeadOptions::default())
}

fn changed(bytes: &[u8], position: usize, byte: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[position] = byte;
    bytes
}

#[test]
fn what_is_no_head_is_named() {
    let whole = bytes();
    assert!(matches!(open(b"a text"), Err(OpenError::NotAHead { .. })));
    assert!(matches!(open(&whole[4096..]), Err(OpenError::NotAHead { .. })));
    assert!(matches!(open(&[]), Err(OpenError::Unfinished { .. })));
    assert!(matches!(open(&[0; 5000]), Err(OpenError::Unfinished { .. })));
    for version in [1, 3] {
        let other = open(&changed(&whole, 16, version)).unwrap_err();
        let found = u32::from(version);
        assert!(matches!(other, OpenError::Version { expected: 2, found: other, .. } if other == found));
        let message = format!(" is a head of format {found}, expected 2");
        assert!(other.to_string().ends_with(&message), "{other}");
    }
    let extra = open(&changed(&whole, 4000, 1)).unwrap_err();
    assert!(extra.to_string().ends_with(" is damaged: its first page holds more than it should"), "{extra}");
    assert!(matches!(open(&whole[..4096]), Err(OpenError::Truncated { length: 4096, .. })));
    assert!(matches!(open(&whole[..18]), Err(OpenError::Truncated { length: 18, .. })));
    let folder = OpenError::NotAHead { path: PathBuf::from("x") };
    assert_eq!(folder.to_string(), "x is not a head: it does not begin as one does");
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let whole = bytes();
    let step = whole.len() / 40;
    for length in (4097..whole.len()).step_by(step).chain([whole.len() - 1]) {
        let error = open(&whole[..length]).map(drop).unwrap_err();
        assert!(
            matches!(error, OpenError::Damaged { .. } | OpenError::File { .. }),
            "cut off after {length}: {error}"
        );
    }
}

#[test]
fn a_flipped_bit_is_refused_or_changes_nothing() {
    let whole = bytes();
    let sound = open(&whole).unwrap();
    let (held, events) = (utxos(&sound), past(&sound, 0));
    drop(sound);
    let mut refused = 0;
    let used: Vec<usize> = (0..whole.len()).filter(|position| whole[*position] != 0).collect();
    for position in used.iter().step_by(used.len() / 120) {
        let flipped = changed(&whole, *position, whole[*position] ^ (1 << (position % 8)));
        match open(&flipped) {
            Err(_) => refused += 1,
            Ok(head) => {
                assert_eq!((utxos(&head), past(&head, 0)), (held.clone(), events.clone()), "{position}")
            }
        }
    }
    assert!(refused > 5, "{refused}");
}
