use std::fs;

use tempfile::TempDir;

use super::*;
use crate::keys::{DerivationPath, Mnemonic, PaymentKey, Signer as _};

fn extended() -> SecretKey {
    let words = "test walk nut penalty hip pave soap entry language right filter choice";
    let path: DerivationPath = "m/1852'/1815'/0'/0/0".parse().unwrap();
    words.parse::<Mnemonic>().unwrap().root_key(b"").derive(&path).into()
}

/// Writes a file that passes the check of its mode.
fn private(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
    set_mode(path, 0o600);
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) {}

#[test]
fn keys_are_read_as_they_were_written() {
    let folder = TempDir::new().unwrap();
    for (name, key) in [("plain", PaymentKey::from_seed(&[9; 32]).into()), ("extended", extended())] {
        let (secret, public) =
            (folder.path().join(format!("{name}.skey")), folder.path().join(format!("{name}.vkey")));
        write_secret_key(&secret, &key).unwrap();
        write_verification_key(&public, &key.verification_key()).unwrap();
        assert_eq!(read_secret_key(&secret).unwrap().to_envelope(), key.to_envelope());
        assert_eq!(read_verification_key(&public).unwrap(), key.verification_key());
    }
}

#[test]
fn files_are_not_overwritten() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.skey");
    let key = PaymentKey::from_seed(&[9; 32]).into();
    write_secret_key(&path, &key).unwrap();
    for error in [
        write_secret_key(&path, &extended()).unwrap_err(),
        write_verification_key(&path, &key.verification_key()).unwrap_err(),
    ] {
        assert_eq!(error.to_string(), format!("{}: exists already and is not overwritten", path.display()));
    }
    assert_eq!(read_secret_key(&path).unwrap().verification_key(), key.verification_key());
}

#[cfg(unix)]
#[test]
fn secrets_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.skey");
    write_secret_key(&path, &PaymentKey::from_seed(&[9; 32]).into()).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    for mode in [0o600, 0o400] {
        set_mode(&path, mode);
        ensure_private(&path).unwrap();
        read_secret_key(&path).unwrap();
    }
    for mode in [0o640, 0o604, 0o620, 0o602, 0o644, 0o666] {
        set_mode(&path, mode);
        let expected =
            format!("{}: its mode {mode:04o} lets others get at the key, expected 0600", path.display());
        assert_eq!(ensure_private(&path).unwrap_err().to_string(), expected);
        assert_eq!(read_secret_key(&path).unwrap_err().to_string(), expected);
    }
}

#[test]
fn faults_are_one_line_that_names_the_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.skey");
    let message = |content: &[u8]| {
        private(&path, content);
        let message = read_secret_key(&path).unwrap_err().to_string();
        message.strip_prefix(&format!("{}: ", path.display())).unwrap().to_owned()
    };
    assert_eq!(message(b"{"), "not json, at line 1, column 1");
    assert_eq!(message(b"{}"), "field type is missing");
    assert_eq!(message(&[0xff]), "not utf-8 text");
    assert_eq!(message(&[b' '; MOST_BYTES + 1]), "longer than 16384 bytes, which no key file is");

    let absent = folder.path().join("b.skey");
    let error = read_secret_key(&absent).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}: cannot be read: ", absent.display())), "{error}");
    let nowhere = folder.path().join("c").join("d.skey");
    let error = write_secret_key(&nowhere, &extended()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}: cannot be written: ", nowhere.display())), "{error}");
}
