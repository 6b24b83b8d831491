//! Figures as people read them.

/// Lovelace as ada, without zeros at the end.
pub(crate) fn ada(lovelace: u64) -> String {
    let text = decimal(lovelace);
    format!("{} ada", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Lovelace as ada with six decimals.
pub(crate) fn decimal(lovelace: u64) -> String {
    format!("{}.{:06}", grouped(lovelace / 1_000_000), lovelace % 1_000_000)
}

/// Like `signed`, but without a plus.
pub(crate) fn gained(lovelace: i64) -> String {
    signed(lovelace).trim_start_matches('+').to_owned()
}

/// A difference in lovelace as ada.
pub(crate) fn signed(lovelace: i64) -> String {
    let sign = match lovelace {
        ..0 => "-",
        0 => "",
        1.. => "+",
    };
    format!("{sign}{}", decimal(lovelace.unsigned_abs()))
}

/// A number with its digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Millionths as a number with three decimals.
pub(crate) fn ratio(millionths: u64) -> String {
    format!("{}.{:03}", millionths / 1_000_000, millionths % 1_000_000 / 1_000)
}

/// A merit in units of a whole weight times a whole criterion.
pub(crate) fn merit(points: u64) -> String {
    ratio(points / 1_000_000)
}

/// A part of a whole, in per cent.
pub(crate) fn share(used: u64, limit: u64) -> String {
    let per_mille = u128::from(used) * 1_000 / u128::from(limit.max(1));
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}

/// A quantity as Kubernetes writes it, with the name of its resource.
pub(crate) fn quantity(name: &str, units: u64) -> String {
    const GIB: u64 = 1 << 30;
    const MIB: u64 = 1 << 20;
    match name {
        "cpu" if units.is_multiple_of(1_000) => format!("{} cpu", units / 1_000),
        "cpu" => format!("{units}m cpu"),
        "memory" | "requests.storage" | "ephemeral-storage" => {
            let name = name.trim_start_matches("requests.");
            match units {
                0 => format!("0 {name}"),
                _ if units.is_multiple_of(GIB) => format!("{}Gi {name}", units / GIB),
                _ if units.is_multiple_of(1_000_000) => format!("{}M {name}", units / 1_000_000),
                _ if units.is_multiple_of(MIB) => format!("{}Mi {name}", units / MIB),
                _ => format!("{units} {name}"),
            }
        }
        _ => format!("{units} {}", name.rsplit('/').next().unwrap_or(name)),
    }
}

/// Milliseconds as people say them.
pub(crate) fn span(milliseconds: u64) -> String {
    humantime::format_duration(std::time::Duration::from_millis(milliseconds))
        .to_string()
        .replace("day", " day")
}
