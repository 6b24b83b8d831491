//! Whether an operator may answer a bid, and why not.

use crate::{
    Amount, Asset, Grid, GridId, Label, Operator, Ppm, PriceRange, Quantity, ResourceName, TermsDraft,
};

/// An operator may not answer a bid with this price and these resources.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Ineligible {
    /// The bid is made on another grid.
    #[error("the bid is on grid {bid}, the operator on grid {grid}")]
    OtherGrid {
        /// The bid's.
        bid: GridId,
        /// The operator's.
        grid: GridId,
    },
    /// The bid pays with another asset than the grid's.
    #[error("the bid pays with {bid}, the grid with {grid}")]
    OtherAsset {
        /// The bid's.
        bid: Asset,
        /// The grid's.
        grid: Asset,
    },
    /// The bid offers a lower fee than the grid asks for.
    #[error("the bid's fee of {bid} millionths is below the grid's {grid}")]
    FeeTooLow {
        /// The bid's.
        bid: Ppm,
        /// The grid's.
        grid: Ppm,
    },
    /// The price is outside the bid's range.
    #[error("price {price} is outside the bid's range {floor} to {ceiling}")]
    PriceOutOfRange {
        /// The price of the offer.
        price: Amount,
        /// The lowest.
        floor: Amount,
        /// The highest.
        ceiling: Amount,
    },
    /// There is not one amount for each need.
    #[error("the bid has {needs} needs, the offer {amounts} amounts")]
    ResourceCount {
        /// The needs of the bid.
        needs: usize,
        /// The amounts of the offer.
        amounts: usize,
    },
    /// There is less of a resource than is required.
    #[error("{amount} of {name} is less than the {required} required")]
    TooLittle {
        /// Which resource.
        name: ResourceName,
        /// What is required.
        required: Quantity,
        /// What is offered.
        amount: Quantity,
    },
    /// There is more of a resource than a slot of the operator may carry.
    #[error("{amount} of {name} is more than a slot's capacity of {capacity}")]
    TooMuch {
        /// Which resource.
        name: ResourceName,
        /// What a slot may carry; nothing where the operator does not name the resource.
        capacity: Quantity,
        /// What is offered.
        amount: Quantity,
    },
    /// The operator does not have a label.
    #[error("the operator does not have the label {label}")]
    MissingLabel {
        /// Which one.
        label: Label,
    },
    /// The entities have not endorsed a label of the operator.
    #[error("the entities have not endorsed the label {label}")]
    MissingEndorsement {
        /// Which one.
        label: Label,
    },
}

impl Ineligible {
    /// A stable name of the condition, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherGrid { .. } => "other_grid",
            Self::OtherAsset { .. } => "other_asset",
            Self::FeeTooLow { .. } => "fee_too_low",
            Self::PriceOutOfRange { .. } => "price_out_of_range",
            Self::ResourceCount { .. } => "resource_count",
            Self::TooLittle { .. } => "too_little_of_a_resource",
            Self::TooMuch { .. } => "too_much_of_a_resource",
            Self::MissingLabel { .. } => "missing_label",
            Self::MissingEndorsement { .. } => "missing_endorsement",
        }
    }
}

/// Checks that an operator may answer a bid with this price per period and these resources, one amount for each
/// need in their order.
///
/// Offer and Take check just this of the answer; besides they check time and signature, that the bid is open, funded and
/// of their method, that its refund can be paid, and that the slot is idle.
///
/// # Errors
/// The first condition that forbids it.
pub fn eligibility(
    terms: &TermsDraft,
    operator: &Operator,
    grid: &Grid,
    price: Amount,
    resources: &[Quantity],
) -> Result<(), Ineligible> {
    for of in [operator.grid, grid.id] {
        if terms.grid != of {
            return Err(Ineligible::OtherGrid { bid: terms.grid, grid: of });
        }
    }
    check_answer(terms, operator, grid, price, resources)
}

/// The same where bid, operator and grid are known to be of one grid: on chain, tokens say so and nothing else.
pub(crate) fn check_answer(
    terms: &TermsDraft,
    operator: &Operator,
    grid: &Grid,
    price: Amount,
    resources: &[Quantity],
) -> Result<(), Ineligible> {
    check_grid(terms, grid)?;
    let PriceRange { floor, ceiling } = terms.price;
    if price < floor || price > ceiling {
        return Err(Ineligible::PriceOutOfRange { price, floor, ceiling });
    }
    check_operator(terms, operator, resources)
}

fn check_grid(terms: &TermsDraft, grid: &Grid) -> Result<(), Ineligible> {
    if terms.asset != grid.asset {
        return Err(Ineligible::OtherAsset { bid: terms.asset.clone(), grid: grid.asset.clone() });
    }
    if terms.fee_ppm < grid.fee_ppm {
        return Err(Ineligible::FeeTooLow { bid: terms.fee_ppm, grid: grid.fee_ppm });
    }
    Ok(())
}

fn check_operator(terms: &TermsDraft, operator: &Operator, resources: &[Quantity]) -> Result<(), Ineligible> {
    let needs = &terms.request.needs;
    if needs.len() != resources.len() {
        return Err(Ineligible::ResourceCount { needs: needs.len(), amounts: resources.len() });
    }
    for (need, amount) in needs.iter().zip(resources) {
        let (name, amount) = (|| need.name.clone(), *amount);
        if amount < need.required {
            return Err(Ineligible::TooLittle { name: name(), required: need.required, amount });
        }
        let capacity = operator.capacity.amount_of(&need.name);
        if amount > capacity {
            return Err(Ineligible::TooMuch { name: name(), capacity, amount });
        }
    }
    if let Some(label) = terms.request.labels.first_missing_in(&operator.labels) {
        return Err(Ineligible::MissingLabel { label: label.clone() });
    }
    if let Some(label) = terms.request.endorsed.first_missing_in(&operator.endorsed) {
        return Err(Ineligible::MissingEndorsement { label: label.clone() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::sample_grid;
    use crate::operator::any_operator;
    use crate::terms::sample_terms;
    use proptest::strategy::{Strategy, ValueTree};

    #[test]
    fn an_operator_of_another_grid_is_not_asked_further() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let operator = any_operator().new_tree(&mut runner).unwrap().current();
        let other = Operator { grid: GridId::from_bytes([9; 28]), ..operator };
        let refused = eligibility(&sample_terms(), &other, &sample_grid(), Amount::ZERO, &[]).unwrap_err();
        assert_eq!(refused.code(), "other_grid");
        assert_eq!(
            refused.to_string(),
            format!("the bid is on grid {}, the operator on grid {}", "01".repeat(28), "09".repeat(28))
        );
    }
}
