//! A manifest, read: its hash, its objects, its needs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use demeter_core::{Count, Quantity, ResourceName, WorkloadHash};
use pallas_crypto::hash::Hasher;

use super::controller::share;
use super::error::{FieldFault, ManifestError, ReadError};
use super::field::{Field, FieldError};
use super::needs::{Needs, Overflow};
use super::object::{Identity, Inherited, ObjectSummary, api_version, kind, label};
use super::yaml::{Document, documents};

/// The most bytes that a manifest may have.
pub const SIZE_LIMIT: usize = 4 << 20;

/// A Kubernetes manifest, as far as a bid is concerned with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// blake2b-256 of the file's raw bytes: what a bid names, and what an operator checks.
    pub hash: WorkloadHash,
    /// Its objects in the order of the file, the items of lists in place of the lists.
    pub objects: Vec<ObjectSummary>,
    /// What all its objects request together; resources of which none is requested are left out.
    pub needs: BTreeMap<ResourceName, Quantity>,
}

impl Workload {
    /// Reads a manifest from a file.
    ///
    /// # Errors
    /// The file cannot be read, or is not a manifest (see [`Workload::parse`]). The message names the file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ReadError> {
        let path = path.as_ref();
        let mut bytes = Vec::new();
        // One byte more than allowed is enough to know, however long the file is.
        let limit = u64::try_from(SIZE_LIMIT).unwrap_or(u64::MAX).saturating_add(1);
        File::open(path)
            .and_then(|file| file.take(limit).read_to_end(&mut bytes))
            .map_err(|fault| ReadError::File { path: path.to_owned(), fault })?;
        Self::parse(&bytes)
            .map_err(|fault| ReadError::Manifest { path: path.to_owned(), fault: Box::new(fault) })
    }

    /// Reads a manifest from the raw bytes of a file.
    ///
    /// # Errors
    /// The bytes are more than [`SIZE_LIMIT`], not UTF-8 or not YAML; an object lacks a field that
    /// Kubernetes requires of it, or has one that Kubernetes would refuse, among those that are read here;
    /// an object occurs twice; there is none; or the needs leave the range of a [`Quantity`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        if bytes.len() > SIZE_LIMIT {
            return Err(ManifestError::TooLarge { limit: SIZE_LIMIT });
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| ManifestError::NotText { position: error.valid_up_to() })?;
        let mut reader = Reader::default();
        for document in documents(text)? {
            reader.document(&document)?;
        }
        if reader.objects.is_empty() {
            return Err(ManifestError::Empty);
        }
        Ok(Self {
            hash: WorkloadHash::from_bytes(*Hasher::<256>::hash(bytes)),
            objects: reader.objects,
            needs: reader.needs.into_nonzero(),
        })
    }
}

/// Group, kind, namespace and name.
type Key = (String, String, Option<String>, String);

#[derive(Default)]
struct Reader {
    objects: Vec<ObjectSummary>,
    needs: Needs,
    seen: BTreeMap<Key, usize>,
}

impl Reader {
    fn document(&mut self, document: &Document) -> Result<(), ManifestError> {
        self.object(document.number, &Field::root(&document.root), Inherited::default())
    }

    fn object(
        &mut self,
        document: usize,
        object: &Field<'_>,
        inherited: Inherited<'_>,
    ) -> Result<(), ManifestError> {
        let refuse = |error: FieldError| ManifestError::Field {
            document,
            at: error.at,
            object: label(object),
            field: error.path,
            fault: error.fault,
        };
        let kind = kind(object, inherited).map_err(refuse)?;
        let items = object.get("items").map_err(refuse)?;
        if let Some(item_kind) = kind.strip_suffix("List")
            && items.is_present()
        {
            let api_version = api_version(object, inherited).map_err(refuse)?;
            // The items of a `DeploymentList` are Deployments without saying so; those of a `List` say so.
            let inherited = match item_kind {
                "" => Inherited::default(),
                kind => Inherited { api_version: Some(&api_version), kind: Some(kind) },
            };
            return items
                .items()
                .map_err(refuse)?
                .iter()
                .try_for_each(|item| self.object(document, item, inherited));
        }

        let identity = Identity::read(object, inherited).map_err(refuse)?;
        let key = (
            identity.group().to_owned(),
            identity.kind.clone(),
            identity.namespace.clone(),
            identity.name.clone(),
        );
        if let Some(first) = self.seen.insert(key, document) {
            return Err(refuse(object.error(FieldFault::Duplicate { first })));
        }
        let share = share(&identity, object).map_err(refuse)?;
        self.needs
            .add_all(&share.needs)
            .map_err(|Overflow(resource)| ManifestError::NeedsTooLarge { resource })?;
        self.objects.push(ObjectSummary {
            api_version: identity.api_version,
            kind: identity.kind,
            namespace: identity.namespace,
            name: identity.name,
            // NOTE: counts have 31 bits in Kubernetes.
            pods: Count::from_number(share.pods).unwrap_or(Count::MAX),
            requests: share.needs.into_nonzero(),
        });
        Ok(())
    }
}
