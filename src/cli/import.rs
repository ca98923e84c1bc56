//! `ledgate import`: ledger files into the ledger.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use encoding_rs::Encoding;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Common, Failure, Outcome, WITH_FINDINGS, close, output};
use crate::app;
use crate::domain::{self, Clock, CurrencyCode};
use crate::ledger_files::{self, DecimalSign, Format, Options};
use crate::service::{
    ImportError, ImportEvent, ImportFinding, ImportOrder, ImportReport, ImportSummary, Ledger, Source, Told,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate import 123456789FEC20251231.txt\n  \
    zcat ledger.ndjson.gz | ledgate import - --currency CHF\n\n\
    All files of one command are one set of lines: their order means nothing, and a voucher may go on from one file to \
    another. The lines are compared with the ledger voucher by voucher. What is there already stays, with what was sent; \
    so an import that was stopped half-way can simply be run again.\n\n\
    A voucher is loaded whole or not at all: a line that cannot be read holds the others of its voucher back. Lines of \
    the ledger that are no longer in the files are told, and stay.\n\n\
    Exit codes: 0 everything is in and agrees, 1 something was rejected, held back, is missing or does not agree, 2 could \
    not run; then nothing was written, or what was written is told.")]
pub struct Arguments {
    /// Ledger files, taken together; - reads standard input
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
    /// Write nothing unless everything is in order: every line can be read, every voucher balances, nothing is missing
    #[arg(long)]
    strict: bool,
    /// Tell what would happen, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Withdraw the entries that are no longer in the files: they are unexported for no system any more
    #[arg(long)]
    withdraw_missing: bool,
    /// The company has a new number: take the file although another number is in its name
    #[arg(long)]
    same_company: bool,
    /// Write everything that is told into this file, however much it is
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
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
    let is_json = arguments.json;
    let outcome = import(common, arguments).await;
    // Machines get their summary always: nothing of it happened.
    if let (true, Err(_)) = (is_json, &outcome) {
        output::say(&serde_json::to_string(&ImportSummary::default())?)?;
    }
    outcome
}

async fn import(common: &Common, arguments: Arguments) -> Outcome {
    let settings = common.settings()?;
    let bar = if arguments.json { ProgressBar::hidden() } else { progress(&arguments.files) };
    let files: Result<Vec<Source>, Failure> = arguments.files.iter().map(|path| open(path, &bar)).collect();
    let files = files?;
    let mut telling = Telling::new(arguments.report.as_deref(), bar.clone())?;
    let ledger = app::open(&settings.database, Clock::system()).await?;
    let options = Options {
        format: arguments.format,
        currency: arguments.currency,
        encoding: arguments.encoding,
        decimal_sign: arguments.decimal_sign,
    };
    let order = ImportOrder {
        is_strict: arguments.strict,
        is_dry_run: arguments.dry_run,
        withdraws_missing: arguments.withdraw_missing,
        is_same_company: arguments.same_company,
        ..ImportOrder::new(files, options, uuid::Uuid::now_v7().simple().to_string())
    };
    let imported = ledger.import(order, ACTOR, |event| telling.tell(&event)).await;
    bar.finish_and_clear();
    let finished = finish(&ledger).await;
    let report = imported.map_err(|error| Failure(in_full(&error)))?;
    telling.finish(&report)?;
    if arguments.json {
        output::say(&serde_json::to_string(&report.summary)?)?;
    } else {
        output::say(&in_words(&report.summary, arguments.dry_run || report.is_refused))?;
    }
    finished?;
    let is_in_order = report.summary.is_in_order() && !report.is_refused;
    Ok(if is_in_order { ExitCode::SUCCESS } else { ExitCode::from(WITH_FINDINGS) })
}

async fn finish(ledger: &Ledger) -> Result<(), Failure> {
    ledger.finish_takeovers().await?;
    close(ledger).await
}

fn open(path: &Path, bar: &ProgressBar) -> Result<Source, Failure> {
    let failed = |reason: String| Failure(format!("{}: {reason}", shown(path)));
    let input: Box<dyn Read + Send> = if is_standard_input(path) {
        Box::new(std::io::stdin())
    } else if path.is_dir() {
        // A folder opens like a file and fails at the first read.
        return Err(failed("this is a folder: name the files in it".to_owned()));
    } else {
        Box::new(File::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => failed("there is no such file".to_owned()),
            _ => failed(format!("it cannot be opened: {error}")),
        })?)
    };
    Ok(Source { name: shown(path), input: Box::new(bar.wrap_read(input)) })
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// The file as messages name it.
fn shown(path: &Path) -> String {
    if is_standard_input(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// How far the files are read, while standard error is a terminal. The end of a pipe is not known.
fn progress(paths: &[PathBuf]) -> ProgressBar {
    let length =
        |path: &PathBuf| std::fs::metadata(path).ok().filter(|file| file.is_file()).map(|file| file.len());
    let length: Option<u64> = paths.iter().map(length).sum();
    let style = match length {
        Some(_) => "{bar:30} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left",
        None => "{spinner} {bytes} {bytes_per_sec}",
    };
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}

/// Prints what an import tells: some of it on standard error, all of it into the report.
struct Telling {
    told: Told,
    report: Option<BufWriter<File>>,
    /// Why the report cannot be written any further.
    failed: Option<std::io::Error>,
    bar: ProgressBar,
}

impl Telling {
    fn new(report: Option<&Path>, bar: ProgressBar) -> Result<Self, Failure> {
        let create = |path: &Path| {
            File::create(path)
                .map_err(|error| Failure(format!("{} cannot be written: {error}", path.display())))
        };
        let report = report.map(create).transpose()?.map(BufWriter::new);
        Ok(Telling { told: Told::default(), report, failed: None, bar })
    }

    fn tell(&mut self, event: &ImportEvent) {
        let finding = match event {
            ImportEvent::Begins(name) => return self.told.begins(name),
            ImportEvent::Found(finding) => finding,
            ImportEvent::Waits => {
                let waits = "another import into this ledger is at work: this one waits until it has ended";
                return self.bar.suspend(|| output::complain(waits));
            }
        };
        let sentence = self.told.sentence(finding);
        if self.told.is_shown(finding) && is_news(finding) {
            self.bar.suspend(|| output::complain(&sentence));
        }
        self.report(&sentence);
    }

    fn report(&mut self, sentence: &str) {
        if let (Some(report), None) = (&mut self.report, &self.failed) {
            self.failed = writeln!(report, "{sentence}").err();
        }
    }

    /// Tells what is left to be told.
    fn finish(&mut self, imported: &ImportReport) -> Result<(), Failure> {
        for sentence in self.told.rest(&imported.summary) {
            output::complain(&sentence);
            self.report(&sentence);
        }
        if imported.is_refused {
            output::complain("nothing was written, because not everything is in order (--strict)");
        }
        let flushed = self.report.as_mut().map_or(Ok(()), Write::flush);
        match self.failed.take().map_or(flushed, Err) {
            Err(error) => Err(Failure(format!("the report cannot be written: {error}"))),
            Ok(()) => Ok(()),
        }
    }
}

/// Whether it is worth a line on the terminal. How a file was read belongs into the report, unless something was left out.
fn is_news(finding: &ImportFinding) -> bool {
    !matches!(finding, ImportFinding::Noted { is_notable: false, .. })
}

/// Why it did not come to its end, and what is to be done.
fn in_full(error: &ImportError) -> String {
    match error {
        ImportError::Ledger(domain::Error::Refused(faults)) => {
            faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; ")
        }
        ImportError::Ledger(error) => {
            format!("{error}. What was written before stays, in whole vouchers; run the import again")
        }
        ImportError::File { .. } => error.to_string(),
    }
}

fn in_words(summary: &ImportSummary, is_only_told: bool) -> String {
    let ImportSummary { read, inserted, updated, unchanged, rejected, held_back, missing, withdrawn, .. } =
        summary;
    let mut words = format!(
        "{read} entries read: {inserted} inserted, {updated} updated, {unchanged} unchanged, {rejected} rejected"
    );
    if *held_back > 0 {
        words.push_str(&format!(", {held_back} held back"));
    }
    if *missing > 0 {
        words.push_str(&format!("; {missing} of the ledger no longer there, {withdrawn} of them withdrawn"));
    }
    words.push_str(&format!(". Debit {}, credit {}.", summary.debit, summary.credit));
    if is_only_told {
        words.push_str(" Nothing was written.");
    }
    words
}
