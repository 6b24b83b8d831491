//! Randomness with a seed: the same seed gives the same cases.

/// A small generator of numbers (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The dice of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The dice of one case: the same whichever cases were made before it.
    pub fn of_case(seed: u64, name: &str, number: u64) -> Self {
        let mixed = name
            .bytes()
            .map(u64::from)
            .chain([number])
            .fold(Self(seed).roll(), |mixed, part| Self(mixed ^ part).roll());
        Self(mixed)
    }

    /// Any number.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from the first to the last, both possible.
    pub const fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.roll() % (last - first + 1)
    }

    /// A position in something of this length.
    ///
    /// # Panics
    /// It is empty.
    pub fn position(&mut self, length: usize) -> usize {
        usize::try_from(self.roll() % length as u64).unwrap()
    }

    /// Whether what happens once in so many times happens.
    pub const fn once_in(&mut self, times: u64) -> bool {
        self.roll().is_multiple_of(times)
    }

    /// One of these.
    ///
    /// # Panics
    /// There is none.
    pub fn pick<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        &items[self.position(items.len())]
    }

    /// One of these, taken by value.
    ///
    /// # Panics
    /// There is none.
    pub fn of<T: Copy>(&mut self, items: &[T]) -> T {
        *self.pick(items)
    }
}
