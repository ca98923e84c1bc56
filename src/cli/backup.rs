//! `ledgate backup`: copies a SQLite ledger. The copy is complete, or there is none.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio_util::sync::CancellationToken;

use super::{Common, Failure, Outcome, WITH_FINDINGS, ledger, output};
use crate::app::OpenError;
use crate::config::{DatabaseKind, DatabaseSettings, Settings};
use crate::http::serve::stop_on_signal;
use crate::store::schema::{self, Fit};
use crate::store::{Database, backup};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate backup ledger-2026-01-31.db\n  \
    ledgate serve --database-url sqlite://ledger-2026-01-31.db\n  \
    ledgate backup --all copies-2026-01-31\n\n\
    The copy is the ledger as of one moment, with its tokens, and everything that was acknowledged before. Gateways \
    go on meanwhile. A file that is there is not overwritten. PostgreSQL has pg_dump for this.")]
pub struct Arguments {
    /// The file to make; it must not be there yet
    #[arg(required_unless_present = "all")]
    file: Option<PathBuf>,
    /// Copy every SQLite ledger, main and those of the settings ([ledgers]), to NAME.db in this folder, which is made if it
    /// is not there. One that cannot be copied keeps no other from it; the exit code is 1 then
    #[arg(long, value_name = "FOLDER", conflicts_with = "file")]
    all: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    if let Some(folder) = &arguments.all {
        common.about_all()?;
        return copy_all(&common.settings()?, folder, arguments.json, &stop).await;
    }
    // One of the two is there.
    let file = arguments.file.unwrap_or_default();
    let copy = copy(&common.settings()?.database, &file, &stop).await?;
    output::say(&if arguments.json { copy.json().to_string() } else { copy.in_words() })?;
    Ok(ExitCode::SUCCESS)
}

/// A copy that was made.
struct Copy {
    file: PathBuf,
    bytes: u64,
}

impl Copy {
    fn json(&self) -> Value {
        json!({ "file": self.file.display().to_string(), "bytes": self.bytes })
    }

    fn in_words(&self) -> String {
        format!("{} holds the ledger, {} bytes", self.file.display(), self.bytes)
    }
}

async fn copy_all(settings: &Settings, folder: &Path, as_json: bool, stop: &CancellationToken) -> Outcome {
    if !folder.is_dir() {
        std::fs::create_dir(folder).map_err(|error| cannot(folder, &error))?;
    }
    let (mut copies, mut failed) = (Vec::new(), false);
    for (name, database) in ledger::all(settings)? {
        match copy(&database, &folder.join(format!("{name}.db")), stop).await {
            Ok(copy) if as_json => {
                let mut copy = copy.json();
                copy["ledger"] = name.into();
                copies.push(copy);
            }
            Ok(copy) => output::say(&copy.in_words())?,
            Err(Failure(sentence)) => {
                failed = true;
                output::complain(&format!("error: {name}: {sentence}"));
            }
        }
        if stop.is_cancelled() {
            return Err(Failure("stopped; the copies that were made are whole".to_owned()));
        }
    }
    if as_json {
        output::say(&json!({ "copies": copies }).to_string())?;
    }
    Ok(if failed { ExitCode::from(WITH_FINDINGS) } else { ExitCode::SUCCESS })
}

/// Copies one ledger into this file.
async fn copy(settings: &DatabaseSettings, file: &Path, stop: &CancellationToken) -> Result<Copy, Failure> {
    if settings.url.kind() == DatabaseKind::Postgres {
        let sentence = "this copies a SQLite ledger; PostgreSQL has a tool of its own: `pg_dump --format=custom \
                        --file=FILE DATABASE`";
        return Err(Failure(sentence.to_owned()));
    }
    let file = std::path::absolute(file).map_err(|error| cannot(file, &error))?;
    let folder = file.parent().unwrap_or(&file);
    if file.try_exists().map_err(|error| cannot(&file, &error))? {
        return Err(taken(&file));
    }
    // In the same folder, so that renaming it is one step. It is removed if the copy fails.
    let copy = tempfile::Builder::new().prefix(".ledgate-backup-").tempfile_in(folder);
    let copy = copy.map_err(|error| cannot(&file, &error))?;
    let database = Database::connect_existing(settings).await?;
    if schema::fit(&database).await? == Fit::Empty {
        return Err(OpenError::Empty { address: settings.url.to_string() }.into());
    }
    tokio::select! {
        copied = backup::copy_into(&database, copy.path()) => {
            copied.map_err(|error| Failure(format!("the copy could not be made, and nothing is left of it: {error}")))?;
        }
        () = stop.cancelled() => return Err(Failure("stopped before the copy was whole; nothing is left of it".to_owned())),
    }
    database.close().await?;
    let bytes = keep(copy, &file, folder)?;
    Ok(Copy { file, bytes })
}

/// Gives the copy its name once the disk has all of it. Returns its size in bytes.
fn keep(copy: NamedTempFile, file: &Path, folder: &Path) -> Result<u64, Failure> {
    let failed = |error: io::Error| cannot(file, &error);
    // SQLite wrote through another handle; synchronising this one writes the same file to the disk.
    let written = File::options().read(true).write(true).open(copy.path()).map_err(failed)?;
    written.sync_all().map_err(failed)?;
    let bytes = written.metadata().map_err(failed)?.len();
    copy.persist_noclobber(file).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => taken(file),
        _ => cannot(file, &error.error),
    })?;
    // The folder holds the name, and is synchronised where the system can do that.
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(bytes)
}

fn taken(file: &Path) -> Failure {
    Failure(format!("{} is there already and is not overwritten: choose another name", file.display()))
}

fn cannot(file: &Path, error: &io::Error) -> Failure {
    Failure(format!(
        "{} cannot be made: {error}. Check that its folder is there and may be written",
        file.display()
    ))
}
