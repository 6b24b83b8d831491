//! From the file to what a head begins with.

use std::path::{Path, PathBuf};

use demeter_core::{
    Address, Amount, Asset, AssetName, Count, GridError, KeyHash, Ppm, RangeError, Span, Time,
};
use demeter_tx::founding::{Founding, FoundingError, published, purses};
use demeter_tx::keys::NetworkAddress;
use demeter_tx::market::Contract;
use demeter_tx::{LedgerScript, LedgerSettings, Network, PlutusScript, UtxoSet};

use super::super::OfflineError;
use super::super::files::content;
use super::file::{Written, WrittenGrid, read};
use super::parties::{ENTITY, FOUNDER, Party, TREASURY, all, holdings};
use super::report::{GridReport, PartyReport, ScriptReport};

/// When slot 0 begins if nobody says so: 2026-01-01T00:00:00Z. It is always the same, so that the same file makes a grid
/// of the same name.
const START: u64 = 1_767_225_600_000;

/// A grid that shall be founded, and who takes part.
pub(in super::super) struct GridPlan {
    path: PathBuf,
    /// When slot 0 of the head begins, if no genesis says so.
    pub(in super::super) start: Time,
    founding: Founding,
    publish: bool,
    parties: Vec<Party>,
}

impl GridPlan {
    /// Reads a file, for a head on this network.
    pub(in super::super) fn read(path: &Path, network: Network) -> Result<Self, OfflineError> {
        let refused = |field: &str, reason: String| content(path, format!("{field}: {reason}"));
        let Written { start, seed, publish, grid, party } = read(path)?;
        let start = match start {
            Some(start) => start.to_time().map_err(|error| refused("start", error.to_string()))?,
            None => Time::from_milliseconds(START).map_err(|error| refused("start", error.to_string()))?,
        };
        let asset = grid.asset.as_deref().map_or(Ok(Asset::Lovelace), asset);
        let asset = asset.map_err(|reason| refused("grid.asset", reason))?;
        let nobody_named = party.is_none();
        let parties = all(path, party, seed.as_deref(), &asset)?;
        let founding = founding(grid, asset, &parties, nobody_named, network);
        let founding = founding.map_err(|(field, reason)| refused(&format!("grid.{field}"), reason))?;
        Ok(Self { path: path.to_owned(), start, founding, publish: publish.unwrap_or(true), parties })
    }

    /// The file.
    pub(in super::super) fn path(&self) -> &Path {
        &self.path
    }

    /// Founds the grid, and gives what a head with these settings begins with, and what users are told of it.
    pub(in super::super) async fn found(
        &self,
        settings: &LedgerSettings,
    ) -> Result<(UtxoSet, GridReport), OfflineError> {
        let refused = |error: FoundingError| content(&self.path, refusal(&error));
        let contract = Contract::embedded().map_err(|error| content(&self.path, error))?;
        let asset = &self.founding.asset;
        let holdings = holdings(&self.path, &self.parties, asset, &settings.parameters)?;
        let founder = self.parties.iter().find(|party| party.name == FOUNDER);
        let founder = founder.ok_or_else(|| content(&self.path, "party: expected a founder, found none"))?;
        let plan = self.founding.plan(&contract, &settings.clock).map_err(refused)?;
        let mut outputs = self.founding.found(&contract, settings, &founder.key).await.map_err(refused)?;
        let mut scripts = UtxoSet::new();
        if self.publish {
            scripts = published(&contract, settings, &founder.key).await.map_err(|error| {
                content(
                    &self.path,
                    format!("publish: expected false, as the scripts cannot be published: {error}"),
                )
            })?;
        }
        let at = |address| NetworkAddress::new(settings.network, address).to_string();
        let script = |script: &PlutusScript| {
            let carries =
                |carried: Option<&LedgerScript>| carried.is_some_and(|own| own.hash() == script.hash());
            let published = scripts.iter().find(|(_, output)| carries(output.reference_script()));
            ScriptReport { hash: script.hash(), reference: published.map(|(reference, _)| *reference) }
        };
        let party = |party: &Party| PartyReport {
            name: party.name.clone(),
            address: at(party.address()),
            key_hash: party.hash(),
            secret_key: hex::encode(party.key.expose_seed()),
            lovelace: party.lovelace.to_units(),
            asset: party.asset.to_units(),
        };
        let report = GridReport {
            grid: plan.grid.id,
            registry: script(contract.registry()),
            market: script(contract.market()),
            publisher: at(founder.address()),
            treasury: at(self.founding.treasury),
            asset: name_of(asset),
            entities: self.founding.entities.clone(),
            admission: self.founding.admission.to_number(),
            threshold: self.founding.threshold.to_number(),
            parties: self.parties.iter().map(party).collect(),
        };
        outputs.extend(scripts);
        outputs.extend(purses(holdings, settings.network));
        Ok((outputs, report))
    }
}

/// What is wrong, and with which field of the grid.
type Fault = (&'static str, String);

fn founding(
    grid: WrittenGrid,
    asset: Asset,
    parties: &[Party],
    nobody_named: bool,
    network: Network,
) -> Result<Founding, Fault> {
    let whole = |error: RangeError| ("operators", error.to_string());
    let treasury = treasury(grid.treasury.as_deref().unwrap_or(TREASURY), parties, network);
    let mut founding = Founding::new(treasury.map_err(|reason| ("treasury", reason))?).map_err(whole)?;
    founding.asset = asset;
    let named =
        grid.entities.unwrap_or_else(|| nobody_named.then(|| ENTITY.to_owned()).into_iter().collect());
    let entities = named.iter().map(|name| entity(name, parties)).collect::<Result<Vec<_>, _>>();
    founding = founding.governed_by(entities.map_err(|reason| ("entities", reason))?).map_err(whole)?;
    let set = |field: &'static str, into: &mut Count, number: Option<u64>| -> Result<(), Fault> {
        let Some(number) = number else { return Ok(()) };
        *into = Count::from_number(number).map_err(|error| (field, error.to_string()))?;
        Ok(())
    };
    set("admission", &mut founding.admission, grid.admission)?;
    set("threshold", &mut founding.threshold, grid.threshold)?;
    set("penalty", &mut founding.penalty, grid.penalty)?;
    set("operators", &mut founding.operators, grid.operators)?;
    founding.slots = founding.operators.checked_mul(SLOTS_EACH).map_err(whole)?;
    set("slots", &mut founding.slots, grid.slots)?;
    if let Some(fee) = grid.fee_ppm {
        founding.fee_ppm = Ppm::from_millionths(fee).map_err(|error| ("fee_ppm", error.to_string()))?;
    }
    if let Some(prior) = grid.prior {
        founding.prior = Amount::from_units(prior).map_err(|error| ("prior", error.to_string()))?;
    }
    if let Some(text) = grid.half_life {
        founding.half_life = span(&text).ok_or_else(|| {
            ("half_life", format!("expected a time as in \"30 days\" or \"12h\", found {text:?}"))
        })?;
    }
    Ok(founding)
}

/// How many slots there are for each operator if nothing else is said: the most that one can have.
const SLOTS_EACH: u64 = demeter_core::limits::MAX_SLOTS;

fn span(text: &str) -> Option<Span> {
    let milliseconds = humantime::parse_duration(text).ok()?.as_millis();
    Span::from_milliseconds(u64::try_from(milliseconds).ok()?).ok()
}

fn asset(text: &str) -> Result<Asset, String> {
    let token = |(policy, name): (&str, &str)| {
        let name = AssetName::from_bytes(hex::decode(name).ok()?).ok()?;
        Some(Asset::Token { policy: policy.parse().ok()?, name })
    };
    let parsed =
        if text == "lovelace" { Some(Asset::Lovelace) } else { text.split_once('.').and_then(token) };
    parsed.ok_or_else(|| {
        format!("expected \"lovelace\" or \"POLICY.NAME\" in hexadecimal digits, found {text:?}")
    })
}

fn name_of(asset: &Asset) -> String {
    match asset {
        Asset::Lovelace => "lovelace".to_owned(),
        Asset::Token { policy, name } => format!("{policy}.{}", hex::encode(name.as_bytes())),
    }
}

fn named<'p>(name: &str, parties: &'p [Party]) -> Option<&'p Party> {
    parties.iter().find(|party| party.name == name)
}

fn entity(name: &str, parties: &[Party]) -> Result<KeyHash, String> {
    let hash = named(name, parties).map(Party::hash).or_else(|| name.parse().ok());
    hash.ok_or_else(|| format!("expected the name of a party or the hash of a key, found {name:?}"))
}

fn treasury(name: &str, parties: &[Party], network: Network) -> Result<Address, String> {
    if let Some(party) = named(name, parties) {
        return Ok(party.address());
    }
    let wrong = || format!("expected the name of a party or an address, found {name:?}");
    let address: NetworkAddress = name.parse().map_err(|_| wrong())?;
    address.on(network).map_err(|error| error.to_string())
}

/// What is wrong with a grid that cannot be founded, and with which field, as far as that is known.
fn refusal(error: &FoundingError) -> String {
    let field = match error {
        FoundingError::Grid(GridError::Entities { .. } | GridError::EntityTwice { .. }) => "grid.entities",
        FoundingError::Grid(GridError::Admission { .. }) => "grid.admission",
        FoundingError::Grid(GridError::Threshold { .. }) => "grid.threshold",
        FoundingError::Grid(GridError::Fee { .. }) => "grid.fee_ppm",
        FoundingError::Grid(GridError::Prior) => "grid.prior",
        FoundingError::Grid(GridError::HalfLife { .. }) => "grid.half_life",
        FoundingError::Range(_) | FoundingError::Clock(_) => "start",
        _ => "grid",
    };
    format!("{field}: {error}")
}
