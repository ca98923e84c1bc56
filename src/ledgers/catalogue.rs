//! Where the ledgers of the settings are: by their addresses, or as the files of a folder.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::{DatabaseUrl, LedgerName, LedgersSettings};

/// What the file of a ledger is called behind its name.
const ENDING: &str = ".db";

/// The ledgers that the settings name, `main` not counted. Whoever asks, a name leads to an address of the settings, or to
/// a file right in the folder and to nothing else: names have neither dots nor slashes, and links are not followed.
#[derive(Clone, Debug)]
pub struct Catalogue {
    settings: LedgersSettings,
}

/// Why the ledgers cannot be listed, or none of this name be made, in a sentence with a way out.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The folder cannot be read.
    #[error("the folder of the ledgers, {} (setting ledgers.folder), cannot be read: {cause}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// There is no folder to make files in.
    #[error(
        "there is no folder for the file of a new ledger: name one in the setting ledgers.folder \
         (LEDGATE_LEDGERS_FOLDER), or give {0} an address in ledgers.urls"
    )]
    NoFolder(LedgerName),
    /// The name of the folder is not text.
    #[error("the folder of the ledgers has a name that is not UTF-8: choose another one in ledgers.folder")]
    NotText,
}

impl Catalogue {
    /// Of the ledgers in these settings.
    pub fn new(settings: &LedgersSettings) -> Self {
        Self { settings: settings.clone() }
    }

    fn folder(&self) -> Option<&Path> {
        (!self.settings.folder.as_os_str().is_empty()).then_some(&self.settings.folder)
    }

    /// Where this ledger is; `None` when there is none of this name.
    pub fn find(&self, name: &LedgerName) -> Option<DatabaseUrl> {
        if let Some(url) = self.settings.urls.get(name) {
            return Some(url.clone());
        }
        let file = file(self.folder()?, name);
        is_ledger(&file).then(|| address(&file)).flatten()
    }

    /// Every ledger that there is now, by name. Asks no database.
    pub fn names(&self) -> Result<Vec<LedgerName>, CatalogueError> {
        let mut names: BTreeSet<LedgerName> = self.settings.urls.keys().cloned().collect();
        if let Some(folder) = self.folder() {
            match in_folder(folder) {
                Ok(found) => names.extend(found),
                // It is made with the first ledger.
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
                Err(cause) => return Err(CatalogueError::Folder { folder: folder.to_owned(), cause }),
            }
        }
        Ok(names.into_iter().collect())
    }

    /// Where a new ledger of this name goes: to its address in the settings, or into the folder, which is made if it is
    /// not there.
    pub fn place(&self, name: &LedgerName) -> Result<DatabaseUrl, CatalogueError> {
        if let Some(url) = self.settings.urls.get(name) {
            return Ok(url.clone());
        }
        let folder = self.folder().ok_or_else(|| CatalogueError::NoFolder(name.clone()))?;
        make(folder).map_err(|cause| CatalogueError::Folder { folder: folder.to_owned(), cause })?;
        address(&file(folder, name)).ok_or(CatalogueError::NotText)
    }
}

fn file(folder: &Path, name: &LedgerName) -> PathBuf {
    folder.join(format!("{name}{ENDING}"))
}

/// Whether a ledger may be there: a file, and no link to one.
fn is_ledger(file: &Path) -> bool {
    file.symlink_metadata().is_ok_and(|found| found.is_file())
}

fn in_folder(folder: &Path) -> io::Result<Vec<LedgerName>> {
    let mut names = Vec::new();
    for found in folder.read_dir()? {
        let found = found?.path();
        let name = found.file_name().and_then(|name| name.to_str()?.strip_suffix(ENDING)?.parse().ok());
        names.extend(name.filter(|_| is_ledger(&found)));
    }
    Ok(names)
}

/// Makes the folder, for its owner alone, unless it is there.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    }
}

/// The address of a file. The driver takes `?` for the begin of parameters and `%` for that of an escape.
fn address(file: &Path) -> Option<DatabaseUrl> {
    let path = file.to_str()?.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite://{path}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Overrides, Settings};

    fn catalogue(folder: &Path, urls: &str) -> Catalogue {
        let variables = [("FOLDER", folder.to_str().unwrap()), ("URLS", urls)];
        let variables = variables.map(|(name, value)| (format!("LEDGATE_LEDGERS_{name}"), value.to_owned()));
        let settings =
            Settings::load_from(&Overrides::default(), variables, Path::new("/nonexistent")).unwrap();
        Catalogue::new(&settings.ledgers)
    }

    fn name(name: &str) -> LedgerName {
        name.parse().unwrap()
    }

    #[test]
    fn a_folder_that_is_not_there_yet_has_no_ledgers_and_is_made_with_the_first() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("100% ledgers?");
        let catalogue = catalogue(&folder, "beta=postgres://h/beta");
        assert_eq!(catalogue.names().unwrap(), [name("beta")]);
        assert_eq!(catalogue.find(&name("acme")), None);
        let url = catalogue.place(&name("acme")).unwrap();
        assert!(url.expose().ends_with("/100%25 ledgers%3F/acme.db"), "{url}");
        std::fs::write(folder.join("acme.db"), "").unwrap();
        assert_eq!(catalogue.find(&name("acme")), Some(url));
    }

    #[test]
    fn only_files_with_the_name_of_a_ledger_are_ledgers_and_addresses_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        for file in
            ["acme.db", "beta.db", "acme.db-wal", "main.db", ".hidden.db", "Big.db", "a.b.db", "text.txt"]
        {
            std::fs::write(folder.path().join(file), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("folder.db")).unwrap();
        let secret = outside.path().join("secret.db");
        std::fs::write(&secret, "").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&secret, folder.path().join("link.db")).unwrap();
        let catalogue = catalogue(folder.path(), "beta=postgres://h/beta gamma=sqlite://g.db");
        assert_eq!(catalogue.names().unwrap(), [name("acme"), name("beta"), name("gamma")]);
        assert_eq!(catalogue.find(&name("beta")).unwrap().expose(), "postgres://h/beta");
        for none in ["link", "folder", "text", "secret"] {
            assert_eq!(catalogue.find(&name(none)), None, "{none}");
        }
    }
}
