//! What is deep, huge or malformed.

use demeter_tx::evaluate::ScriptCall;
use demeter_tx::{Data, ExecutionUnits, PlutusScript, PlutusVersion, ProtocolParameters};

use super::Tally;
use crate::drt::Dice;

/// Programs that end at the budget, nest as deep as a transaction's size allows, or copy what costs nothing.
const PROGRAMS: &[(&str, &str)] = &[
    ("an endless loop", "(lam c [(lam f [f f]) (lam f [f f])])"),
    (
        "sums that nest until the budget ends",
        "(lam c [(lam f [[(builtin addInteger) (con integer 1)] [f f]]) \
         (lam f [[(builtin addInteger) (con integer 1)] [f f]])])",
    ),
    (
        "lists within lists until the budget ends",
        "(lam c [(lam f [[f f] (con data (I 0))]) (lam f (lam value [[f f] [(builtin listData) \
         [[(force (builtin mkCons)) value] (con (list data) [])]]]))])",
    ),
    (
        "a list that grows until the budget ends",
        "(lam c [(lam f [[f f] (con (list integer) [])]) (lam f (lam list [[f f] \
         [[(force (builtin mkCons)) (con integer 1)] list]]))])",
    ),
    (
        "bytes that double until the budget ends",
        "(lam c [(lam f [[f f] (con bytestring #00)]) (lam f (lam bytes [[f f] \
         [[(builtin appendByteString) bytes] bytes]]))])",
    ),
    (
        "an integer that squares until the budget ends",
        "(lam c [(lam f [[f f] (con integer 3)]) (lam f (lam n [[f f] [[(builtin multiplyInteger) n] n]]))])",
    ),
    ("an argument that fails", "(lam c [(builtin addInteger) (error)])"),
    (
        "a trace and a refusal",
        "(lam c (force [[(force (builtin trace)) (con string \"so\")] (delay (error))]))",
    ),
    ("a label", "(lam c [[(force (builtin trace)) (con string \"\\0so\")] (con unit ())])"),
    (
        "two traces",
        "(lam c [[(force (builtin trace)) (con string \"a\")] [[(force (builtin trace)) (con string \"b\")] (con unit ())]])",
    ),
    ("false", "(lam c (con bool False))"),
    ("true", "(lam c (con bool True))"),
    ("a function", "(lam c (lam d c))"),
    ("a case of a constructor", "(lam c (case (constr 1 c c) (error) (lam a (lam b (con unit ())))))"),
    ("a case without its branch", "(lam c (case (constr 2 c) (error) (lam a (con unit ()))))"),
    ("a case of an integer", "(lam c (case (con integer 1) (error) (con unit ())))"),
    ("a case of a negative integer", "(lam c (case (con integer -1) (error) (con unit ())))"),
    ("a case of a boolean", "(lam c (case (con bool True) (error) (con unit ())))"),
    (
        "a case of a boolean with three branches",
        "(lam c (case (con bool True) (error) (con unit ()) (error)))",
    ),
    ("a case of a list", "(lam c (case (con (list integer) [1, 2]) (lam h (lam t (con unit ()))) (error)))"),
    ("a case of an empty list", "(lam c (case (con (list integer) []) (error) (con unit ())))"),
    ("a case of unit", "(lam c (case (con unit ()) (con unit ())))"),
    ("a case of bytes", "(lam c (case (con bytestring #00) (con unit ())))"),
    ("a sum with what is no integer", "(lam c [[(builtin addInteger) (con integer 1)] (con unit ())])"),
    ("an unsaturated builtin", "(lam c [(builtin addInteger) (con integer 1)])"),
    ("a builtin forced too often", "(lam c (force (force (builtin ifThenElse))))"),
    ("a builtin forced too little", "(lam c [(builtin ifThenElse) (con bool True)])"),
    ("a force of a constant", "(lam c (force (con unit ())))"),
    ("an application of a constant", "(lam c [(con unit ()) c])"),
];

/// Compares the machines on the corners.
pub fn corners(tally: &mut Tally, seed: u64) {
    let mut dice = Dice::new(seed);
    let parameters = ProtocolParameters::hydra_l2().expect("our own file");
    let mut scarce = parameters.clone();
    scarce.max_transaction_units = ExecutionUnits { memory: 500_000, steps: 400_000_000 };
    let mut earlier = scarce.clone();
    earlier.protocol_version.major = 10;
    for (name, text) in PROGRAMS {
        let program = uplc::parser::program(&format!("(program 1.1.0 {text})")).expect("untyped plutus core");
        let bytes = program.to_debruijn().expect("a closed program").to_cbor().expect("memory");
        let whole = call(PlutusScript::new(bytes.clone()));
        tally.compare("corners", &format!("{name}, in full"), &whole, &parameters, &mut dice);
        for version in PlutusVersion::ALL {
            let call = call(PlutusScript::of(version, bytes.clone()));
            tally.compare("corners", &format!("{name}, {version}"), &call, &scarce, &mut dice);
            tally.compare("corners", &format!("{name}, {version} at 10"), &call, &earlier, &mut dice);
        }
        malformed(tally, name, &bytes, &parameters, &mut dice);
    }
    let deep = call(PlutusScript::new(forced(20_000)));
    tally.compare("corners", "forces that nest as deep as can be", &deep, &parameters, &mut dice);
}

/// A program with a byte changed, cut off, or put after it.
fn malformed(tally: &mut Tally, name: &str, bytes: &[u8], parameters: &ProtocolParameters, dice: &mut Dice) {
    for number in 0..20 {
        let mut spoiled = bytes.to_vec();
        match dice.between(0, 3) {
            0 => spoiled.truncate(dice.position(bytes.len())),
            1 => spoiled.push(1),
            _ => spoiled[dice.position(bytes.len())] ^= 1 << dice.between(0, 7),
        }
        let call = call(PlutusScript::new(spoiled));
        tally.compare("malformed", &format!("{name}, spoiled {number}"), &call, parameters, dice);
    }
}

fn call(script: PlutusScript) -> ScriptCall {
    ScriptCall::new(script, [Data::unit()]).expect("plutus data")
}

/// So many times `force (delay ...)`, around an error.
fn forced(times: usize) -> Vec<u8> {
    let mut flat = vec![0x01, 0x01, 0x00];
    flat.extend(std::iter::repeat_n(0x51, times / 2));
    flat.push(0x61);
    let mut bytes = vec![0x59];
    bytes.extend(u16::try_from(flat.len()).unwrap().to_be_bytes());
    bytes.extend(flat);
    bytes
}
