//! Where a node's API is.

use std::fmt;
use std::str::FromStr;

use hyper::Uri;

/// Where a node's API is: a host and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeAddress {
    authority: String,
}

/// Where hydra-node listens if nothing else is said.
const PORT: u16 = 4001;

/// A text does not say where a node is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// It is no address at all.
    #[error("expected ws://HOST:PORT, found {found}")]
    Malformed {
        /// The text.
        found: String,
    },
    /// It wants a connection of a kind that is not offered here.
    #[error(
        "expected ws:// or http://, found {scheme}://: encrypt the connection outside, by a tunnel or a proxy"
    )]
    Scheme {
        /// The kind.
        scheme: String,
    },
}

impl NodeAddress {
    /// The host and the port, as they stand in a request.
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl FromStr for NodeAddress {
    type Err = AddressError;

    /// Reads `ws://HOST:PORT`, `http://HOST:PORT` or `HOST:PORT`. Without a port it is 4001.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let malformed = || AddressError::Malformed { found: text.to_owned() };
        let whole = if text.contains("://") { text.to_owned() } else { format!("ws://{text}") };
        let uri: Uri = whole.parse().map_err(|_| malformed())?;
        match uri.scheme_str() {
            Some("ws" | "http") => {}
            Some(scheme) => return Err(AddressError::Scheme { scheme: scheme.to_owned() }),
            None => return Err(malformed()),
        }
        let named = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if !named || uri.path() != "/" || uri.query().is_some() {
            return Err(malformed());
        }
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(malformed)?;
        Ok(Self { authority: format!("{host}:{}", uri.port_u16().unwrap_or(PORT)) })
    }
}

impl fmt::Display for NodeAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ws://{}", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_enough() {
        for (text, expected) in [
            ("ws://127.0.0.1:4001", "ws://127.0.0.1:4001"),
            ("http://node.example:80/", "ws://node.example:80"),
            ("localhost", "ws://localhost:4001"),
            ("[::1]:7", "ws://[::1]:7"),
        ] {
            assert_eq!(text.parse::<NodeAddress>().unwrap().to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let error = |text: &str| text.parse::<NodeAddress>().unwrap_err().to_string();
        assert_eq!(
            error("wss://node.example"),
            "expected ws:// or http://, found wss://: encrypt the connection outside, by a tunnel or a proxy"
        );
        for text in ["", "ws://", "ws://a b", "ws://host/path", "ws://host?history=yes", "ws://me@host"] {
            assert_eq!(error(text), format!("expected ws://HOST:PORT, found {text}"));
        }
    }
}
