//! `ledgate import`: ledger files into the ledger.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use encoding_rs::Encoding;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{COULD_NOT_RUN, Common, Failure, Outcome, WITH_FINDINGS, close, output};
use crate::app;
use crate::domain::{self, Clock, CurrencyCode};
use crate::ledger_files::{self, DecimalSign, FileError, Format, Note, Options};
use crate::service::{ImportEvent, ImportSummary, Ledger};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate import ledger-2025.fec.txt ledger-2026.fec.txt\n  \
    zcat ledger.ndjson.gz | ledgate import - --currency CHF\n\n\
    An entry that is there already is updated where it differs, so an import that was stopped half-way can \
    simply be run again. Lines that cannot be read are reported as FILE:LINE: COLUMN: reason; the others are \
    loaded.\n\n\
    Exit codes: 0 every line is loaded, 1 some were rejected, 2 could not run or broke off.")]
pub struct Arguments {
    /// Ledger files, loaded one after the other; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// fec, csv or ndjson; found out from the first line when left out
    #[arg(long, value_name = "FORM", value_parser = parse_format)]
    format: Option<Format>,
    /// The book currency of entries that do not name theirs
    #[arg(long, value_name = "CODE", default_value = "EUR", value_parser = parse_currency)]
    currency: CurrencyCode,
    /// The encoding of the files, by its name on the web, such as macintosh; UTF-8, UTF-16, Windows-1252 and
    /// ISO-8859-15 are told apart when left out
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<&'static Encoding>,
    /// The decimal sign of amounts, a comma or a point; the amounts of a file show it when left out
    #[arg(long, value_name = "SIGN", value_parser = parse_decimal_sign)]
    decimal_sign: Option<DecimalSign>,
    /// Print the summary as one JSON object
    #[arg(long)]
    json: bool,
}

fn parse_format(text: &str) -> Result<Format, String> {
    text.parse().map_err(|error| format!("it {error}"))
}

fn parse_encoding(text: &str) -> Result<&'static Encoding, String> {
    ledger_files::encoding(text)
        .ok_or_else(|| "it is no encoding of the WHATWG's list, such as utf-8 or macintosh".to_owned())
}

fn parse_decimal_sign(text: &str) -> Result<DecimalSign, String> {
    text.parse().map_err(|error| format!("it {error}"))
}

fn parse_currency(text: &str) -> Result<CurrencyCode, String> {
    text.parse().map_err(|error| format!("it {error}"))
}

/// The actor in the timeline for entries that were imported.
const ACTOR: &str = "import";

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = app::open(&common.settings()?.database, Clock::system()).await?;
    let options = Options {
        format: arguments.format,
        currency: arguments.currency,
        encoding: arguments.encoding,
        decimal_sign: arguments.decimal_sign,
    };
    let mut total = ImportSummary::default();
    let mut broke_off = false;
    for path in &arguments.files {
        let bar = if arguments.json { ProgressBar::hidden() } else { progress(path) };
        let Err(error) = import(&ledger, path, &options, &bar, &mut total).await else { continue };
        broke_off = true;
        output::complain(&format!("error: {}: {error}", shown(path)));
        // The database failed: the next file would meet the same.
        if let ImportError::Database(_) = error {
            break;
        }
    }
    let finished = finish(&ledger).await;
    if arguments.json {
        output::say(&serde_json::to_string(&total)?)?;
    } else if total.read > 0 || !broke_off {
        output::say(&in_words(&total))?;
    }
    if broke_off {
        return Ok(ExitCode::from(COULD_NOT_RUN));
    }
    finished?;
    Ok(if total.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::from(WITH_FINDINGS) })
}

async fn finish(ledger: &Ledger) -> Result<(), Failure> {
    ledger.finish_takeovers().await?;
    close(ledger).await
}

/// Why the loading of a file ended early.
#[derive(Debug, thiserror::Error)]
enum ImportError {
    #[error("{0}")]
    Unreadable(String),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{0}. What was loaded before stays; run the import again")]
    Database(#[from] domain::Error),
}

async fn import(
    ledger: &Ledger,
    path: &Path,
    options: &Options,
    bar: &ProgressBar,
    total: &mut ImportSummary,
) -> Result<(), ImportError> {
    let input = bar.wrap_read(open(path)?);
    let lines = ledger_files::read(input, options)?;
    let mut broke_off = None;
    let tell = |event: ImportEvent<'_>| match event {
        ImportEvent::Rejected(fault) => {
            bar.suspend(|| fault.problems.iter().for_each(|problem| complain(path, fault.line, problem)));
        }
        ImportEvent::Warned(line, problem) => bar.suspend(|| complain(path, line, problem)),
        ImportEvent::Noted(note @ Note::NotTaken { .. }) => {
            bar.suspend(|| output::complain(&format!("{}: {note}", shown(path))));
        }
        ImportEvent::Noted(_) => {}
        ImportEvent::BrokeOff(fault) => broke_off = Some(fault.to_string()),
        ImportEvent::Committed(_) => {}
    };
    let result = ledger.import(lines, ACTOR, total, tell).await;
    bar.finish_and_clear();
    result?;
    broke_off.map_or(Ok(()), |sentence| Err(ImportError::Unreadable(sentence)))
}

fn open(path: &Path) -> Result<Box<dyn Read + Send>, ImportError> {
    if is_standard_input(path) {
        return Ok(Box::new(std::io::stdin()));
    }
    // A folder opens like a file and fails at the first read.
    if path.is_dir() {
        return Err(ImportError::Unreadable("this is a folder: name the files in it".to_owned()));
    }
    match File::open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(ImportError::Unreadable("there is no such file".to_owned()))
        }
        Err(error) => Err(ImportError::Unreadable(format!("it cannot be opened: {error}"))),
    }
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// The file as messages name it.
fn shown(path: &Path) -> String {
    if is_standard_input(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// How far the file is read, while standard error is a terminal. The end of a pipe is not known.
fn progress(path: &Path) -> ProgressBar {
    let length = std::fs::metadata(path).ok().filter(|file| file.is_file()).map(|file| file.len());
    let style = match length {
        Some(_) => "{msg} {bar:30} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left",
        None => "{msg} {spinner} {bytes} {bytes_per_sec}",
    };
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.with_message(shown(path))
}

/// `FILE:LINE: COLUMN: reason`, the form editors jump to.
fn complain(path: &Path, line: u64, problem: &ledger_files::Problem) {
    output::complain(&format!("{}:{line}: {problem}", shown(path)));
}

fn in_words(summary: &ImportSummary) -> String {
    let ImportSummary { read, inserted, updated, unchanged, rejected, debit, credit } = summary;
    format!(
        "{read} entries read: {inserted} inserted, {updated} updated, {unchanged} unchanged, {rejected} \
         rejected. Debit {debit}, credit {credit}."
    )
}
