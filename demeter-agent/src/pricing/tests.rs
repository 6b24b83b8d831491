//! What policies ask.

use demeter_core::{
    Address, Asset, Count, GridId, KeyHash, Method, Need, PriceRange, Request, Span, Term, TermsDraft,
    Window, WorkloadHash,
};

use super::*;

pub(super) fn quantity(units: u64) -> Quantity {
    Quantity::from_units(units).unwrap()
}

fn amount(units: u64) -> Amount {
    Amount::from_units(units).unwrap()
}

fn ppm(millionths: u64) -> Ppm {
    Ppm::from_millionths(millionths).unwrap()
}

/// Terms for a lease by the hour with these needs.
pub(super) fn terms(needs: &[(&str, u64)]) -> TermsDraft {
    let time = |seconds: u64| Time::from_milliseconds(seconds * 1_000).unwrap();
    let need = |(name, required): &(&str, u64)| Need {
        name: (*name).into(),
        required: quantity(*required),
        preferred: quantity(*required),
    };
    TermsDraft {
        grid: GridId::from_bytes([1; 28]),
        nonce: Count::ZERO,
        application: KeyHash::from_bytes([2; 28]),
        refund: Address::of_key(KeyHash::from_bytes([2; 28])),
        asset: Asset::Lovelace,
        fee_ppm: Ppm::ZERO,
        request: Request { needs: needs.iter().map(need).collect(), ..Request::default() },
        price: PriceRange { floor: Amount::ZERO, ceiling: amount(1_000) },
        term: Term {
            period: Span::from_seconds(3_600).unwrap(),
            periods: Count::from_number(1).unwrap(),
            grace: Span::ZERO,
        },
        bond: Amount::ZERO,
        window: Window { opens: time(0), closes: time(600), settles: time(1_200) },
        method: Method::race(Span::ZERO),
        workload: WorkloadHash::from_bytes([3; 32]),
    }
}

fn quote(policy: &dyn Pricing, draft: TermsDraft, used: u64) -> Result<u64, String> {
    let terms = Terms::new(draft).unwrap();
    let resources: Vec<Quantity> = terms.request.needs.iter().map(|need| need.required).collect();
    let job = Job { bid: terms.name(), terms: &terms, resources: &resources, utilisation: ppm(used) };
    policy.quote(&job).map(Amount::to_units).map_err(|declined| declined.to_string())
}

fn rates() -> Rates {
    let rate = |price, per| Rate { price: amount(price), per: quantity(per) };
    Rates::new().with("cpu", rate(300, 1_000)).with("memory", rate(7, 1 << 30))
}

#[test]
fn rates_are_by_the_unit_and_the_hour_rounded_up() {
    let fixed = Fixed::new(rates());
    for (name, needs, seconds, expected) in [
        ("nothing", &[][..], 3_600, Ok(0)),
        ("a core for an hour", &[("cpu", 1_000)], 3_600, Ok(300)),
        ("a core for a minute", &[("cpu", 1_000)], 60, Ok(5)),
        ("a millicore for an hour", &[("cpu", 1)], 3_600, Ok(1)),
        ("rounded once", &[("cpu", 1), ("memory", 1 << 27)], 3_600, Ok(2)),
        ("none of what has no rate", &[("gpu", 0)], 3_600, Ok(0)),
        ("what has no rate", &[("gpu", 1)], 3_600, Err("there is no rate for gpu")),
    ] {
        let mut draft = terms(needs);
        draft.term.period = Span::from_seconds(seconds).unwrap();
        assert_eq!(quote(&fixed, draft, 0), expected.map_err(str::to_owned), "{name}");
    }
    let with_base = Fixed::new(rates().with_base(amount(60)));
    let mut draft = terms(&[("cpu", 1_000)]);
    draft.term.period = Span::from_seconds(1_800).unwrap();
    assert_eq!(quote(&with_base, draft, 0), Ok(180));
}

#[test]
fn a_price_beyond_all_amounts_is_declined() {
    let rate = Rate { price: Amount::MAX, per: quantity(1) };
    let fixed = Fixed::new(Rates::new().with("cpu", rate));
    let declined = quote(&fixed, terms(&[("cpu", u64::MAX >> 1)]), 0).unwrap_err();
    assert!(declined.starts_with("the price is out of range: "), "{declined}");
    let cost_plus = CostPlus::new(
        Rates::new().with("cpu", Rate { price: Amount::MAX, per: quantity(1) }),
        Markup { empty: ppm(1), full: ppm(1) },
    );
    assert!(quote(&cost_plus, terms(&[("cpu", 1)]), 0).is_err());
}

#[test]
fn the_markup_follows_the_utilisation() {
    let markup = |empty, full| Markup { empty: ppm(empty), full: ppm(full) };
    for (markup, used, expected) in [
        (markup(100_000, 500_000), 0, 330),
        (markup(100_000, 500_000), 500_000, 390),
        (markup(100_000, 500_000), 1_000_000, 450),
        (markup(100_000, 500_000), 2_000_000, 450),
        (markup(500_000, 0), 250_000, 413),
        (markup(0, 0), 700_000, 300),
    ] {
        let policy = CostPlus::new(rates(), markup);
        assert_eq!(quote(&policy, terms(&[("cpu", 1_000)]), used), Ok(expected), "{markup:?} at {used}");
    }
}

#[test]
fn quotes_hold_for_a_bid_and_its_resources() {
    let terms = Terms::new(terms(&[("cpu", 1)])).unwrap();
    let (one, two, now) = (vec![quantity(1)], vec![quantity(2)], Time::ZERO);
    let later = Time::from_milliseconds(1).unwrap();
    let mut quotes = Quotes::default();
    let ask = |quotes: &Quotes, resources: &[Quantity]| {
        quotes.quote(&Job { bid: terms.name(), terms: &terms, resources, utilisation: Ppm::ZERO })
    };
    assert!(quotes.is_open(terms.name(), &one, now));
    assert_eq!(ask(&quotes, &one), Err(Declined::Unquoted));
    quotes.insert(terms.name(), one.clone(), Ok(amount(9)));
    assert!(!quotes.is_open(terms.name(), &one, later));
    assert_eq!((ask(&quotes, &one), ask(&quotes, &two)), (Ok(amount(9)), Err(Declined::Unquoted)));
    // Whoever could not be asked is asked again, but not at once.
    let reason = Box::new(ExternalError::Ended { program: "abacus".into() });
    quotes.insert(terms.name(), two.clone(), Err(Declined::Unavailable { reason, again: later }));
    assert!(!quotes.is_open(terms.name(), &two, now));
    assert!(quotes.is_open(terms.name(), &two, later));
    assert_eq!(
        ask(&quotes, &two).unwrap_err().to_string(),
        "no price can be asked for: \"abacus\" ended without an answer"
    );
    quotes.retain(|_| false);
    assert!(quotes.is_empty());
}
