//! From text to documents, within limits.
//!
//! NOTE: aliases are expanded, as Kubernetes' tools do, and what they expand to is weighed before it is
//! copied: a document that would grow without bound ("billion laughs") is refused, not built.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::error::{Location, ManifestError, YamlFault};
use super::node::{Content, Node, Scalar};
use crate::excerpt::{excerpt, one_line};

/// The most levels a document may have. Kubernetes' own objects stay below thirty.
const DEPTH_LIMIT: usize = 64;
/// The most bytes that the documents of a file may take when expanded.
const WEIGHT_LIMIT: usize = 64 << 20;
/// What a value takes besides its text.
const NODE_WEIGHT: usize = 64;

/// A document that is not empty.
pub(super) struct Document {
    /// Its number in the file, from 1; empty ones count too.
    pub(super) number: usize,
    pub(super) root: Node,
}

/// Reads all documents of a file.
///
/// # Errors
/// The text is not YAML, or exceeds a limit.
pub(super) fn documents(text: &str) -> Result<Vec<Document>, ManifestError> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let outcome = match event {
            Ok((event, span)) => builder.take(event, location(span.start)),
            Err(error) => Err(syntax(&error)),
        };
        outcome.map_err(|(at, fault)| ManifestError::Yaml { document: builder.number.max(1), at, fault })?;
    }
    Ok(builder.documents)
}

type Fault = (Location, YamlFault);

fn location(marker: Marker) -> Location {
    Location { line: marker.line(), column: marker.col() + 1 }
}

fn syntax(error: &ScanError) -> Fault {
    (location(*error.marker()), YamlFault::Syntax { reason: one_line(error.info()) })
}

/// A sequence or mapping that is not complete yet.
struct Frame {
    at: Location,
    anchor: usize,
    height: usize,
    weight: usize,
    content: Partial,
}

enum Partial {
    Sequence(Vec<Node>),
    Mapping { entries: BTreeMap<String, Node>, key: Option<Scalar>, merge: Option<Node> },
}

#[derive(Default)]
struct Builder {
    number: usize,
    documents: Vec<Document>,
    frames: Vec<Frame>,
    anchors: BTreeMap<usize, Node>,
    weight: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Location) -> Result<(), Fault> {
        match event {
            Event::DocumentStart(_) => {
                self.number += 1;
                self.anchors.clear();
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = is_plain(style, tag.as_deref());
                let weight = NODE_WEIGHT + text.len();
                self.weigh(weight, at)?;
                let content = Content::Scalar(Scalar { text: text.into_owned(), is_plain });
                self.anchored(Node { at, content, height: 0, weight }, anchor)?;
            }
            Event::SequenceStart(anchor, _) => self.open(at, anchor, Partial::Sequence(Vec::new()))?,
            Event::MappingStart(anchor, _) => {
                self.open(at, anchor, Partial::Mapping { entries: BTreeMap::new(), key: None, merge: None })?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Alias(anchor) => {
                let (height, weight) = match self.anchors.get(&anchor) {
                    Some(node) => (node.height, node.weight),
                    None => return Err((at, YamlFault::Cycle)),
                };
                self.weigh(weight, at)?;
                if self.frames.len() + height > DEPTH_LIMIT {
                    return Err((at, YamlFault::TooDeep { limit: DEPTH_LIMIT }));
                }
                if let Some(node) = self.anchors.get(&anchor).cloned() {
                    // Errors point to where the value is used.
                    self.place(Node { at, ..node })?;
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn weigh(&mut self, weight: usize, at: Location) -> Result<(), Fault> {
        self.weight = self.weight.saturating_add(weight);
        if self.weight > WEIGHT_LIMIT { Err((at, YamlFault::TooLarge)) } else { Ok(()) }
    }

    fn open(&mut self, at: Location, anchor: usize, content: Partial) -> Result<(), Fault> {
        if self.frames.len() >= DEPTH_LIMIT {
            return Err((at, YamlFault::TooDeep { limit: DEPTH_LIMIT }));
        }
        self.weigh(NODE_WEIGHT, at)?;
        self.frames.push(Frame { at, anchor, height: 1, weight: NODE_WEIGHT, content });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        let Some(Frame { at, anchor, height, weight, content }) = self.frames.pop() else { return Ok(()) };
        let content = match content {
            Partial::Sequence(items) => Content::Sequence(items),
            Partial::Mapping { mut entries, merge, .. } => {
                if let Some(source) = merge {
                    merge_into(&mut entries, source)?;
                }
                Content::Mapping(entries)
            }
        };
        self.anchored(Node { at, content, height, weight }, anchor)
    }

    /// Remembers a complete value under its anchor, and puts it where it belongs.
    fn anchored(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if anchor > 0 {
            self.weigh(node.weight, node.at)?;
            self.anchors.insert(anchor, node.clone());
        }
        self.place(node)
    }

    fn place(&mut self, node: Node) -> Result<(), Fault> {
        let Some(frame) = self.frames.last_mut() else {
            if !node.is_null() {
                self.documents.push(Document { number: self.number, root: node });
            }
            return Ok(());
        };
        frame.height = frame.height.max(node.height + 1);
        frame.weight = frame.weight.saturating_add(node.weight);
        match &mut frame.content {
            Partial::Sequence(items) => items.push(node),
            Partial::Mapping { entries, key, merge } => match (key.take(), node.content) {
                (None, Content::Scalar(scalar)) => {
                    let is_merge = scalar.is_plain && scalar.text == "<<";
                    if entries.contains_key(&scalar.text) || (is_merge && merge.is_some()) {
                        return Err((node.at, YamlFault::DuplicateKey { key: excerpt(&scalar.text) }));
                    }
                    *key = Some(scalar);
                }
                (None, _) => return Err((node.at, YamlFault::CompoundKey)),
                (Some(name), content) => {
                    let node = Node { content, ..node };
                    if name.is_plain && name.text == "<<" {
                        *merge = Some(node);
                    } else {
                        entries.insert(name.text, node);
                    }
                }
            },
        }
        Ok(())
    }
}

/// Adds what is merged in where the mapping has nothing of its own; of several sources, earlier ones win.
fn merge_into(entries: &mut BTreeMap<String, Node>, source: Node) -> Result<(), Fault> {
    let sources = match source.content {
        Content::Sequence(items) => items,
        Content::Mapping(_) => vec![source],
        Content::Scalar(_) => return Err((source.at, YamlFault::BadMerge)),
    };
    for source in sources {
        let Content::Mapping(merged) = source.content else { return Err((source.at, YamlFault::BadMerge)) };
        for (key, node) in merged {
            entries.entry(key).or_insert(node);
        }
    }
    Ok(())
}

/// Whether a scalar may be something else than a string.
fn is_plain(style: ScalarStyle, tag: Option<&Tag>) -> bool {
    match tag {
        None => style == ScalarStyle::Plain,
        Some(tag) => {
            tag.is_yaml_core_schema() && matches!(tag.suffix.as_str(), "int" | "float" | "bool" | "null")
        }
    }
}
