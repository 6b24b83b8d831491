//! What can come to stand at our scripts.

use demeter_core::limits::MIN_PERIOD;
use demeter_core::transition::{Datum, InputView, TransactionView};
use demeter_core::{Amount, Count, PlutusData, Script, Scripts, Slot, Stage, State, Value};

/// Whether a state can come to stand in an output of this value. Tokens enter only with a datum of their grid, and
/// leases only on well-formed terms: what the engines would say of others matters to nobody.
pub(super) fn can_stand(scripts: Scripts, value: &Value, bytes: &[u8]) -> bool {
    let Ok(state) = State::decode(bytes) else { return false };
    let asset = scripts.token(state.kind().token(), &state.grid());
    let of_its_grid = !scripts.any_token_in(value) || value.amount_of(&asset) > Amount::ZERO;
    let sound = match &state {
        State::Slot(Slot { stage: Stage::Leased(lease), .. }) => {
            let pay = lease.price.checked_mul(lease.periods.to_number());
            lease.period >= MIN_PERIOD
                && lease.periods > Count::ZERO
                && lease.claimed <= lease.periods
                && lease.end_of_grace().is_ok()
                && pay.and_then(|pay| pay.checked_add(lease.bond)).is_ok()
        }
        _ => true,
    };
    of_its_grid && sound
}

/// Whether all that a transaction consumes and reads at our scripts can stand there.
pub(super) fn is_possible(scripts: Scripts, transaction: &TransactionView) -> bool {
    transaction.inputs.iter().chain(&transaction.references).all(|input| input_is_possible(scripts, input))
}

fn input_is_possible(scripts: Scripts, input: &InputView) -> bool {
    let output = &input.output;
    let ours = [Script::Registry, Script::Market]
        .into_iter()
        .any(|script| output.address.payment == scripts.address(script).payment);
    // Without a token, anybody may leave anything.
    !ours
        || !scripts.any_token_in(&output.value)
        || matches!(&output.datum, Datum::Inline(bytes) if can_stand(scripts, &output.value, bytes))
}
