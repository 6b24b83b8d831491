//! The schemas of datums and redeemers: references into the definitions.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::{document::Handler, json::Json};
use crate::{contracts::Place, error::Error};

/// What aiken calls the type of which nothing is known.
const ANY_DATA: &str = "Data";

/// An entry's datum or redeemer with a schema that is one definition.
pub(super) fn argument(title: &str, definition: &str) -> Json {
    let pointer = definition.replace('~', "~0").replace('/', "~1");
    let reference = Json::Text(format!("#/definitions/{pointer}"));
    let schema = Json::Object(IndexMap::from([("$ref".to_owned(), reference)]));
    Json::Object(IndexMap::from([
        ("title".to_owned(), Json::Text(title.to_owned())),
        ("schema".to_owned(), schema),
    ]))
}

/// The title of a datum, redeemer or parameter.
pub(super) fn title(argument: &Json) -> Option<&str> {
    argument.get("title").and_then(Json::as_text)
}

/// Those definitions that the handlers refer to, however deep, in their own order.
pub(super) fn used(
    handlers: &[Handler],
    definitions: IndexMap<String, Json>,
) -> Result<IndexMap<String, Json>, Error> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&Json> =
        handlers.iter().flat_map(|handler| handler.datum.iter().chain(&handler.redeemer)).collect();
    while let Some(json) = waiting.pop() {
        match json {
            Json::Object(fields) => {
                if let Some(name) = reference(json)
                    && reached.insert(name.clone())
                {
                    waiting.push(definitions.get(&name).ok_or(Error::NoDefinition(name))?);
                }
                waiting.extend(fields.values());
            }
            Json::Array(items) => waiting.extend(items),
            Json::Null | Json::Boolean(_) | Json::Number(_) | Json::Text(_) => {}
        }
    }
    Ok(definitions.into_iter().filter(|(name, _)| reached.contains(name)).collect())
}

/// Fails unless every redeemer, and the datum of every `spend`, has a schema that says something.
pub(super) fn complete(handlers: &[Handler], definitions: &IndexMap<String, Json>) -> Result<(), Error> {
    for handler in handlers {
        let mut arguments = vec![(Place::Redeemer, &handler.redeemer)];
        if handler.name() == "spend" {
            arguments.push((Place::Datum, &handler.datum));
        }
        for (place, argument) in arguments {
            let name = argument.as_ref().and_then(|argument| argument.get("schema")).and_then(reference);
            let known = name.is_some_and(|name| name != ANY_DATA && definitions.contains_key(&name));
            if !known {
                return Err(Error::NoSchema { title: handler.title.clone(), place: place.name() });
            }
        }
    }
    Ok(())
}

/// The definition that an object refers to.
fn reference(json: &Json) -> Option<String> {
    let pointer = json.get("$ref")?.as_text()?.strip_prefix("#/definitions/")?;
    Some(pointer.replace("~1", "/").replace("~0", "~"))
}
