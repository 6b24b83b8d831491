//! `cargo xtask blueprint`: from the contracts' source to the committed CIP-57 document; and the same with traces, for
//! those who want to know why the contract refuses.

mod document;
mod json;
mod schema;
mod script;
mod traced;

use std::{collections::BTreeMap, fs};

use crate::{
    aiken::{self, Aiken, Traces},
    blueprint::{
        document::{Document, Handler},
        script::Script,
    },
    contracts::{CONTRACTS, Contract, Place, SIZE_LIMIT},
    error::Error,
    golden, process,
    report::Report,
    workspace::Workspace,
};

pub(crate) use traced::traced;

const PATH: &str = "validators/plutus.json";

/// What aiken writes, below `validators/`, in its own folder of things built.
const COMPILED: &str = "build/plutus.json";

/// Writes or compares the document.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<(), Error> {
    settle(workspace, check).map(|_| ())
}

/// The suite `blueprint`: each handler counts as one test.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("blueprint", || {
        let passed = settle(workspace, true)?;
        Ok(Report { passed, ..Report::new("blueprint") })
    })
}

/// Builds the document; returns the number of its handlers.
fn settle(workspace: &Workspace, check: bool) -> Result<u64, Error> {
    process::announce("compiling the contracts without traces");
    let document = finish(compile(workspace, Traces::Silent, COMPILED)?, CONTRACTS, Traces::Silent)?;
    golden::settle(workspace, PATH, &document.render()?, check, "blueprint")?;
    Ok(document.validators.len() as u64)
}

/// Has aiken compile the contracts into a file below `validators/`.
fn compile(workspace: &Workspace, traces: Traces, out: &str) -> Result<Document, Error> {
    let aiken = Aiken::ready(workspace)?;
    let mut command = aiken.command(workspace);
    command.args(["build", "--trace-level", traces.level(), "--out", out]);
    // Types that no handler's signature mentions are only written when asked for.
    if CONTRACTS.iter().any(|contract| !contract.schemas.is_empty()) {
        command.arg("--include-all-types");
    }
    process::run(&mut command)?;
    let path = workspace.validators().join(out);
    let text = fs::read_to_string(&path).map_err(|source| Error::File { path, source })?;
    Document::read(&text)
}

/// Applies the parameters, gives every datum and redeemer its schema and drops what is not needed.
fn finish(mut document: Document, contracts: &[Contract], traces: Traces) -> Result<Document, Error> {
    let compiler = &mut document.preamble.compiler;
    if !aiken::is_our_version(&compiler.version) {
        return Err(Error::Compiler { found: compiler.version.clone(), expected: aiken::VERSION.into() });
    }
    // The same compiler names its commit or not, depending on how it was built.
    compiler.version = format!("v{}", aiken::VERSION);

    // INVARIANT: each contract ends in `else(_) { fail }`, which takes nothing and so has no schema to publish.
    let (handlers, fallbacks): (Vec<_>, Vec<_>) =
        document.validators.into_iter().partition(|handler| handler.name() != "else");
    let mut scripts = BTreeMap::new();
    for contract in contracts {
        let mut all = handlers.iter().chain(&fallbacks).filter(|handler| handler.contract() == contract.name);
        let first = all.next().ok_or_else(|| Error::MissingContract(contract.name.into()))?;
        if all.any(|handler| handler.compiled_code != first.compiled_code) {
            return Err(Error::HandlersDiffer(contract.name.into()));
        }
        scripts.insert(contract.name, apply(first, contract, &scripts, traces)?);
    }

    let mut validators = Vec::new();
    for handler in handlers {
        let contract = contracts.iter().find(|contract| contract.name == handler.contract());
        let contract = contract.ok_or_else(|| Error::UnlistedContract(handler.title.clone()))?;
        let script = scripts.get(contract.name);
        let script = script.ok_or_else(|| Error::MissingContract(contract.name.into()))?;
        validators.push(dress(handler, contract, script, &scripts)?);
    }
    let definitions = schema::used(&validators, document.definitions)?;
    schema::complete(&validators, &definitions)?;
    Ok(Document { validators, definitions, ..document })
}

/// Applies a contract's parameters and measures the outcome.
fn apply(
    handler: &Handler,
    contract: &Contract,
    earlier: &BTreeMap<&str, Script>,
    traces: Traces,
) -> Result<Script, Error> {
    let name = contract.name;
    if handler.parameters.len() != contract.parameters.len() {
        return Err(Error::Parameters {
            contract: name.into(),
            expected: handler.parameters.len(),
            found: contract.parameters.len(),
        });
    }
    let mut script = Script::read(&handler.title, &handler.compiled_code)?;
    if script.hash() != handler.hash {
        let fault = format!("aiken says its hash is {}, not {}", handler.hash, script.hash());
        return Err(Error::Code { title: handler.title.clone(), fault });
    }
    for needed in contract.parameters {
        let hash = hash_of(name, needed, earlier)?;
        script = script.apply_bytes(&handler.title, &hash)?;
    }
    // Traces make a script longer than any ledger takes; such a one is only run by itself.
    if matches!(traces, Traces::Verbose) {
        return Ok(script);
    }
    println!("{name}: {} bytes, hash {}", script.size(), script.hash());
    if script.size() >= SIZE_LIMIT {
        return Err(Error::TooLarge { contract: name.into(), size: script.size(), limit: SIZE_LIMIT });
    }
    Ok(script)
}

/// The handler's entry with the applied code.
fn dress(
    mut handler: Handler,
    contract: &Contract,
    script: &Script,
    scripts: &BTreeMap<&str, Script>,
) -> Result<Handler, Error> {
    for schema in contract.schemas {
        if schema.handler != handler.name() {
            continue;
        }
        let place = match schema.place {
            Place::Datum => &mut handler.datum,
            Place::Redeemer => &mut handler.redeemer,
        };
        *place = Some(schema::argument(schema.place.name(), schema.definition));
    }
    let mut applied = Vec::new();
    for (parameter, needed) in handler.parameters.iter().zip(contract.parameters) {
        let title = schema::title(parameter).unwrap_or("parameter");
        applied
            .push(format!("{title} = {} (the hash of {needed})", hash_of(contract.name, needed, scripts)?));
    }
    if !applied.is_empty() {
        handler.description = Some(format!("Applied: {}.", applied.join(", ")));
    }
    handler.parameters = Vec::new();
    handler.compiled_code = script.to_hex();
    handler.hash = script.hash();
    Ok(handler)
}

fn hash_of(contract: &str, needed: &str, scripts: &BTreeMap<&str, Script>) -> Result<String, Error> {
    let missing = || Error::ParameterOrder { contract: contract.into(), needed: needed.into() };
    scripts.get(needed).map(Script::hash).ok_or_else(missing)
}

#[cfg(test)]
mod tests;
