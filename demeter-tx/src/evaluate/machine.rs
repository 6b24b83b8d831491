//! The machines that run scripts.

use super::call::{Ending, ScriptCall};
#[cfg(feature = "fast-machine")]
use super::fast::AmaruUplc;
use super::reference::Uplc;
use super::stack::on_large_stack;
use crate::{ExecutionUnits, ProtocolParameters};

/// What runs scripts. Whichever it is, scripts end alike and use the same units: the suite `machines` compares them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Machine {
    /// `uplc`, the machine that Aiken ships, alone.
    #[default]
    Reference,
    /// `amaru-uplc`, which is faster, wherever it is known to do as the reference does, and the reference for the rest.
    /// What succeeds on it has succeeded; whatever else happens, the reference decides.
    #[cfg(feature = "fast-machine")]
    Fast,
}

/// One implementation of the script machine.
pub(super) trait Engine {
    /// Runs a script. `None` means that this machine leaves it to another.
    fn run(
        &self,
        call: &ScriptCall,
        allowed: ExecutionUnits,
        parameters: &ProtocolParameters,
    ) -> Option<Ending>;
}

impl Machine {
    /// Runs a script that may use so much, with the costs and the protocol version of the parameters.
    ///
    /// ```
    /// use demeter_tx::evaluate::{Ending, Machine, ScriptCall};
    /// use demeter_tx::{Data, ExecutionUnits, PlutusScript, ProtocolParameters};
    ///
    /// // (program 1.1.0 (lam context (con unit ())))
    /// let script = PlutusScript::new([0x46, 0x01, 0x01, 0x00, 0x24, 0x98, 0x01]);
    /// let call = ScriptCall::new(script, [Data::unit()])?;
    /// let parameters = ProtocolParameters::hydra_l2()?;
    /// let ending = Machine::default().run(&call, parameters.max_transaction_units, &parameters);
    /// // Starting up takes 100 and 100; an application, a lambda and two constants 100 and 16,000 each.
    /// let units = ExecutionUnits { memory: 500, steps: 64_100 };
    /// assert_eq!(ending, Ending::Succeeded { units, traces: Vec::new() });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(self, call: &ScriptCall, allowed: ExecutionUnits, parameters: &ProtocolParameters) -> Ending {
        on_large_stack(|| {
            let own = match self {
                Self::Reference => None,
                #[cfg(feature = "fast-machine")]
                Self::Fast => AmaruUplc.run(call, allowed, parameters),
            };
            match own {
                Some(ending @ Ending::Succeeded { .. }) => ending,
                _ => Uplc.ending(call, allowed, parameters),
            }
        })
    }

    /// Runs a script on this machine without help from another: `None` if it leaves the script to the reference. For
    /// tests that compare machines.
    pub fn run_alone(
        self,
        call: &ScriptCall,
        allowed: ExecutionUnits,
        parameters: &ProtocolParameters,
    ) -> Option<Ending> {
        on_large_stack(|| match self {
            Self::Reference => Uplc.run(call, allowed, parameters),
            #[cfg(feature = "fast-machine")]
            Self::Fast => AmaruUplc.run(call, allowed, parameters),
        })
    }
}
