//! How types with fields say what they look like on the wire.

/// A record: its constructor's number, and its fields in order.
macro_rules! record {
    ($index:literal $type:ident as $name:literal { $($field:ident),* $(,)? }) => {
        impl $crate::codec::Codec for $type {
            const NAME: &'static str = $name;

            fn write(&self, writer: &mut $crate::codec::Writer) {
                let Self { $($field),* } = self;
                const ARITY: usize = [$(stringify!($field)),*].len();
                writer.constructor($index, ARITY);
                $($crate::codec::Codec::write($field, writer);)*
                writer.end(ARITY);
            }

            fn read(
                reader: &mut $crate::codec::Reader<'_>,
            ) -> Result<Self, $crate::codec::DecodeError> {
                const ARITY: usize = [$(stringify!($field)),*].len();
                let (found, mut fields) = reader.constructor()?;
                if found != $index {
                    return Err(reader.fault($crate::codec::DecodeFault::Constructor {
                        expected: stringify!($index),
                        found,
                    }));
                }
                let mut position = 0..ARITY;
                let record = Self {
                    $($field: {
                        let at = position.next().unwrap_or(ARITY);
                        reader.field(&mut fields, stringify!($field), at, ARITY)?
                    }),*
                };
                reader.no_more_fields(&mut fields, ARITY)?;
                Ok(record)
            }
        }
        impl $crate::codec::PlutusData for $type {}
    };
}

/// A choice: for each constructor its number, and its fields in order.
macro_rules! choice {
    ($type:ident as $name:literal of $expected:literal {
        $($index:literal $variant:ident { $($field:ident),* $(,)? }),* $(,)?
    }) => {
        impl $crate::codec::Codec for $type {
            const NAME: &'static str = $name;

            fn write(&self, writer: &mut $crate::codec::Writer) {
                match self {
                    $(Self::$variant { $($field),* } => {
                        const NAMES: &[&str] = &[$(stringify!($field)),*];
                        writer.constructor($index, NAMES.len());
                        $($crate::codec::Codec::write($field, writer);)*
                        writer.end(NAMES.len());
                    })*
                }
            }

            fn read(
                reader: &mut $crate::codec::Reader<'_>,
            ) -> Result<Self, $crate::codec::DecodeError> {
                let (found, mut fields) = reader.constructor()?;
                match found {
                    $($index => {
                        const NAMES: &[&str] = &[$(stringify!($field)),*];
                        let mut _position = 0..NAMES.len();
                        let choice = Self::$variant {
                            $($field: {
                                let at = _position.next().unwrap_or(NAMES.len());
                                reader.field(&mut fields, stringify!($field), at, NAMES.len())?
                            }),*
                        };
                        reader.no_more_fields(&mut fields, NAMES.len())?;
                        Ok(choice)
                    })*
                    _ => Err(reader.fault($crate::codec::DecodeFault::Constructor {
                        expected: $expected,
                        found,
                    })),
                }
            }
        }
        impl $crate::codec::PlutusData for $type {}
    };
}

pub(crate) use choice;
pub(crate) use record;
