//! What the fuzzer begins with: the golden vectors, unpacked into its corpus.

use std::{fs, path::PathBuf};

use serde::Deserialize;

use crate::{error::Error, workspace::Workspace};

/// Where the first inputs of a target come from.
#[derive(Debug)]
pub(super) enum Seeds {
    /// The bytes in these files of vectors, and in those of what is refused beside them.
    Vectors(&'static [&'static str]),
    /// The files of a folder.
    Files(&'static str),
}

impl Seeds {
    /// Writes them where the fuzzer looks for inputs of this target and keeps those that it finds.
    pub(super) fn plant(&self, workspace: &Workspace, target: &str) -> Result<(), Error> {
        let folder = workspace.root().join("fuzz/corpus").join(target);
        fs::create_dir_all(&folder).map_err(|source| Error::File { path: folder.clone(), source })?;
        for (name, bytes) in self.read(workspace)? {
            let path = folder.join(name);
            fs::write(&path, bytes).map_err(|source| Error::File { path, source })?;
        }
        Ok(())
    }

    fn read(&self, workspace: &Workspace) -> Result<Vec<(String, Vec<u8>)>, Error> {
        match self {
            Self::Vectors(names) => {
                let vectors = workspace.root().join("tests/vectors");
                let files = names.iter().flat_map(|name| [(*name).to_owned(), format!("{name}.refused")]);
                let files = files.map(|name| (vectors.join(format!("{name}.json")), name));
                let mut seeds = Vec::new();
                for (path, name) in files.filter(|(path, _)| path.is_file()) {
                    let text = fs::read_to_string(&path).map_err(|source| Error::File { path, source })?;
                    seeds.extend(unpacked(&name, &text)?);
                }
                Ok(seeds)
            }
            Self::Files(folder) => {
                let folder = workspace.root().join(folder);
                let fault = |path: PathBuf| move |source| Error::File { path, source };
                fs::read_dir(&folder)
                    .map_err(fault(folder.clone()))?
                    .map(|entry| {
                        let path = entry.map_err(fault(folder.clone()))?.path();
                        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                        Ok((name, fs::read(&path).map_err(fault(path))?))
                    })
                    .collect()
            }
        }
    }
}

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    cbor: String,
}

/// The bytes of each vector, named by the file and their place in it.
fn unpacked(name: &str, text: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let file: File =
        serde_json::from_str(text).map_err(|source| Error::Json { what: format!("{name}.json"), source })?;
    let fault = |error| Error::Code { title: format!("{name}.json"), fault: format!("{error}") };
    file.vectors
        .into_iter()
        .enumerate()
        .map(|(index, vector)| {
            hex::decode(vector.cbor).map(|bytes| (format!("{name}-{index}"), bytes)).map_err(fault)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_vector_is_a_seed() {
        let text = r#"{ "description": "", "vectors": [{ "cbor": "00ff", "size": 2 }, { "cbor": "" }] }"#;
        let seeds = unpacked("pool", text).unwrap();
        assert_eq!(seeds, [("pool-0".to_owned(), vec![0, 0xff]), ("pool-1".to_owned(), vec![])]);
    }
}
