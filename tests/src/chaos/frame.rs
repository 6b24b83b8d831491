//! Where the parts of a stream end that can be lost or repeated as a whole.

/// What a stream carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// The head of a request or an answer: what comes after it is not known yet.
    Head,
    /// The frames of a WebSocket.
    Frames,
    /// Anything.
    Bytes,
}

/// The length of the first part of a stream, if all of it has come.
///
/// # Panics
/// A frame is longer than memory can be.
pub fn part(carries: Carries, bytes: &[u8]) -> Option<usize> {
    match carries {
        Carries::Head => bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|start| start + 4),
        Carries::Frames => frame(bytes).filter(|length| *length <= bytes.len()),
        Carries::Bytes => (!bytes.is_empty()).then_some(bytes.len()),
    }
}

/// What comes after a head.
pub fn after(head: &[u8]) -> Carries {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    if text.contains("upgrade: websocket") { Carries::Frames } else { Carries::Bytes }
}

/// The length of a frame that begins so: RFC 6455, section 5.2.
fn frame(bytes: &[u8]) -> Option<usize> {
    let second = *bytes.get(1)?;
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let (header, payload) = match second & 0x7f {
        126 => (4, u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().unwrap()))),
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().unwrap())),
        length => (2, u64::from(length)),
    };
    Some(header + mask + usize::try_from(payload).unwrap())
}

/// Whether a frame is a whole message with content.
pub fn is_message(frame: &[u8]) -> bool {
    matches!(frame.first(), Some(0x81 | 0x82))
}
