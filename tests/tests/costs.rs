//! What `tests/costs.json` is to hold, before anybody compares it.

#[cfg(test)]
mod costs {
    use std::collections::BTreeSet;

    use demeter_tests::costs::{Shape, file};
    use demeter_tests::drt::TRANSITIONS;

    #[test]
    fn every_transition_is_measured_and_placing_a_bid() {
        let measured: BTreeSet<_> = file().shapes.iter().map(|shape| shape.transition).collect();
        assert_eq!(measured, TRANSITIONS.into_iter().chain(["place"]).collect());
    }

    /// Only what goes beyond the ordinary is without an aim; and the shares are those of the limits.
    #[test]
    fn every_ordinary_shape_has_an_aim() {
        let file = file();
        for Shape { shape, transition, aim_ppm, cost, share_ppm, .. } in &file.shapes {
            let aim = match (*transition, shape.as_str()) {
                ("admit" | "retire", _) => Some(500_000),
                ("offer", "16 needs") => None,
                _ => Some(100_000),
            };
            assert_eq!(*aim_ppm, aim, "{transition}, {shape}");
            let parts = [
                (cost.size, file.limit.size, share_ppm.size),
                (cost.mem, file.limit.mem, share_ppm.mem),
                (cost.cpu, file.limit.cpu, share_ppm.cpu),
            ];
            for (part, limit, share) in parts {
                let stated = u128::from(share) * u128::from(limit);
                let exact = u128::from(part) * 1_000_000;
                assert!(stated >= exact && stated - exact < u128::from(limit), "{transition}, {shape}");
            }
        }
    }

    /// The reserves are what holds an output's minimum: nothing needs more than it has.
    #[test]
    fn every_output_holds_its_minimum() {
        for shape in file().shapes {
            for output in shape.outputs {
                assert!(output.held >= output.minimum, "{}: {}", shape.transition, output.output);
            }
        }
    }
}
