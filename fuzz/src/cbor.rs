//! CBOR as a tree, which can be changed anywhere and still be CBOR.

mod mutate;

pub use mutate::mutate;

/// The tag of bytes that are CBOR themselves.
const WRAPPED: u64 = 24;
/// The tag of a positive integer of many digits.
const BIG: u64 = 2;
/// More levels than any decoder of ours takes.
const MAX_DEPTH: usize = 300;

/// An item. Lengths are written in their shortest form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An integer from 0.
    Unsigned(u64),
    /// An integer below 0: one less than this negated.
    Negative(u64),
    /// Bytes in one piece.
    Bytes(Vec<u8>),
    /// Bytes in pieces of 64.
    Chunks(Vec<u8>),
    /// A text in one piece.
    Text(Vec<u8>),
    /// A list, or a map, whose keys and values take turns.
    Collection {
        /// Whether it is a map.
        is_map: bool,
        /// Whether its length is written in front.
        is_definite: bool,
        /// Its elements.
        items: Vec<Item>,
    },
    /// An item with a tag.
    Tagged(u64, Box<Item>),
    /// An item within tagged bytes.
    Wrapped(Box<Item>),
    /// Anything else, as it stands.
    Other(Vec<u8>),
}

impl Item {
    /// Reads the one item that the bytes are, if they are.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let item = read(&mut rest, MAX_DEPTH)?;
        rest.is_empty().then_some(item)
    }

    /// The bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_to(&mut bytes);
        bytes
    }

    /// The field of a map whose keys are integers.
    pub fn field(&mut self, key: u64) -> Option<&mut Self> {
        let Self::Collection { is_map: true, items, .. } = self else { return None };
        let at = items.chunks(2).position(|pair| pair[0] == Self::Unsigned(key))?;
        items.get_mut(2 * at + 1)
    }

    /// Sets a field of a map whose keys are integers, or takes it away; nothing happens to anything else.
    pub fn set_field(&mut self, key: u64, value: Option<Item>) {
        let Self::Collection { is_map: true, items, .. } = self else { return };
        if let Some(at) = items.chunks(2).position(|pair| pair[0] == Self::Unsigned(key)) {
            items.drain(2 * at..2 * at + 2);
        }
        if let Some(value) = value {
            items.extend([Self::Unsigned(key), value]);
        }
    }

    /// How many items there are, this one and all in it.
    pub fn count(&self) -> usize {
        1 + self.children().iter().map(Self::count).sum::<usize>()
    }

    /// The item of this number, in the order in which they are written.
    pub fn node(&mut self, number: usize) -> Option<&mut Self> {
        if number == 0 {
            return Some(self);
        }
        let mut left = number - 1;
        for child in self.children_mut() {
            let count = child.count();
            if left < count {
                return child.node(left);
            }
            left -= count;
        }
        None
    }

    fn children(&self) -> &[Self] {
        match self {
            Self::Collection { items, .. } => items,
            Self::Tagged(_, item) | Self::Wrapped(item) => std::slice::from_ref(item),
            _ => &[],
        }
    }

    fn children_mut(&mut self) -> &mut [Self] {
        match self {
            Self::Collection { items, .. } => items,
            Self::Tagged(_, item) | Self::Wrapped(item) => std::slice::from_mut(item),
            _ => &mut [],
        }
    }

    fn write_to(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Unsigned(integer) => head(bytes, 0, *integer),
            Self::Negative(integer) => head(bytes, 1, *integer),
            Self::Bytes(content) => string(bytes, 2, content),
            Self::Text(content) => string(bytes, 3, content),
            Self::Chunks(content) => {
                bytes.push(0x5f);
                content.chunks(64).for_each(|chunk| string(bytes, 2, chunk));
                bytes.push(0xff);
            }
            Self::Collection { is_map, is_definite, items } => {
                let major = if *is_map { 5 } else { 4 };
                let length = if *is_map { items.len() / 2 } else { items.len() };
                if *is_definite {
                    head(bytes, major, length as u64);
                } else {
                    bytes.push(major << 5 | 31);
                }
                items.iter().for_each(|item| item.write_to(bytes));
                if !is_definite {
                    bytes.push(0xff);
                }
            }
            Self::Tagged(tag, item) => {
                head(bytes, 6, *tag);
                item.write_to(bytes);
            }
            Self::Wrapped(item) => {
                head(bytes, 6, WRAPPED);
                string(bytes, 2, &item.write());
            }
            Self::Other(raw) => bytes.extend(raw),
        }
    }
}

fn string(bytes: &mut Vec<u8>, major: u8, content: &[u8]) {
    head(bytes, major, content.len() as u64);
    bytes.extend(content);
}

fn head(bytes: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    let wide = argument.to_be_bytes();
    match argument {
        0..24 => bytes.push(major | wide[7]),
        24..0x100 => bytes.extend([major | 24, wide[7]]),
        0x100..0x1_0000 => {
            bytes.push(major | 25);
            bytes.extend(&wide[6..]);
        }
        0x1_0000..0x1_0000_0000 => {
            bytes.push(major | 26);
            bytes.extend(&wide[4..]);
        }
        _ => {
            bytes.push(major | 27);
            bytes.extend(wide);
        }
    }
}

fn take<'b>(rest: &mut &'b [u8], count: u64) -> Option<&'b [u8]> {
    let (taken, left) = rest.split_at_checked(usize::try_from(count).ok()?)?;
    *rest = left;
    Some(taken)
}

/// Whether a break follows, which is then taken.
fn at_break(rest: &mut &[u8]) -> Option<bool> {
    let ends = *rest.first()? == 0xff;
    if ends {
        take(rest, 1)?;
    }
    Some(ends)
}

fn read(rest: &mut &[u8], depth: usize) -> Option<Item> {
    let depth = depth.checked_sub(1)?;
    let before = *rest;
    let first = take(rest, 1)?[0];
    let (major, form) = (first >> 5, first & 31);
    let argument = match form {
        0..24 => Some(u64::from(form)),
        24..28 => {
            let wide = take(rest, 1 << (form - 24))?;
            Some(wide.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
        }
        31 => None,
        _ => return None,
    };
    Some(match (major, argument) {
        (0, Some(integer)) => Item::Unsigned(integer),
        (1, Some(integer)) => Item::Negative(integer),
        (2, Some(length)) => Item::Bytes(take(rest, length)?.to_vec()),
        (3, Some(length)) => Item::Text(take(rest, length)?.to_vec()),
        (2, None) => {
            let mut content = Vec::new();
            while !at_break(rest)? {
                let Item::Bytes(chunk) = read(rest, depth)? else { return None };
                content.extend(chunk);
            }
            Item::Chunks(content)
        }
        (4 | 5, length) => {
            let is_map = major == 5;
            let mut items = Vec::new();
            let count = length.map(|length| if is_map { length.saturating_mul(2) } else { length });
            let mut index = 0;
            while match count {
                Some(count) => index < count,
                None => !at_break(rest)?,
            } {
                items.push(read(rest, depth)?);
                index += 1;
            }
            if is_map && index % 2 > 0 {
                return None;
            }
            Item::Collection { is_map, is_definite: length.is_some(), items }
        }
        (6, Some(tag)) => match (tag, read(rest, depth)?) {
            (WRAPPED, Item::Bytes(content)) => match Item::read(&content) {
                Some(item) => Item::Wrapped(Box::new(item)),
                None => Item::Tagged(WRAPPED, Box::new(Item::Bytes(content))),
            },
            (tag, item) => Item::Tagged(tag, Box::new(item)),
        },
        (7, Some(_)) => {
            let length = before.len() - rest.len();
            Item::Other(before[..length].to_vec())
        }
        _ => return None,
    })
}
