//! `ledgate import`: ledger files into the ledger.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{COULD_NOT_RUN, Common, Failure, Outcome, WITH_FINDINGS, output};
use crate::domain::CurrencyCode;
use crate::ledger_files::{self, Format, Options};
use crate::service::{ImportEvent, ImportSummary, Ledger};

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all lines are loaded, 1 some were rejected, 2 could not run or broke off. \
                        An import that was stopped half-way can simply be run again."
)]
pub struct Arguments {
    /// Ledger files, loaded one after the other; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// fec, csv or ndjson; found out from the first line when left out
    #[arg(long, value_parser = parse_format)]
    format: Option<Format>,
    /// The book currency of entries that do not name theirs
    #[arg(long, default_value = "EUR", value_parser = parse_currency)]
    currency: CurrencyCode,
    /// Print the summary as one JSON object
    #[arg(long)]
    json: bool,
}

fn parse_format(text: &str) -> Result<Format, String> {
    text.parse().map_err(|error| format!("{text:?} {error}"))
}

fn parse_currency(text: &str) -> Result<CurrencyCode, String> {
    text.parse().map_err(|error| format!("{text:?} {error}"))
}

/// Who is told in the timeline to have recorded the entries.
const ACTOR: &str = "import";

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open().await?;
    let options = Options { format: arguments.format, currency: arguments.currency };
    let mut total = ImportSummary::default();
    let mut broke_off = false;
    for file in &arguments.files {
        match import(&ledger, file, &options, arguments.json, &mut total).await {
            Ok(()) => {}
            Err(Failure(sentence)) => {
                broke_off = true;
                output::complain(&format!("error: {}: {sentence}", file.display()));
            }
        }
    }
    ledger.finish_takeovers().await?;
    output::say(&if arguments.json { serde_json::to_string(&total)? } else { in_words(&total) })?;
    Ok(match (broke_off, total.rejected) {
        (true, _) => ExitCode::from(COULD_NOT_RUN),
        (false, 0) => ExitCode::SUCCESS,
        (false, _) => ExitCode::from(WITH_FINDINGS),
    })
}

async fn import(
    ledger: &Ledger,
    path: &Path,
    options: &Options,
    json: bool,
    total: &mut ImportSummary,
) -> Result<(), Failure> {
    let bar = ProgressBar::new(0);
    if json || !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = "{msg} {bar:30} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left";
    bar.set_style(ProgressStyle::with_template(style)?);
    bar.set_message(path.display().to_string());
    let input: Box<dyn Read + Send> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        let file = File::open(path)?;
        bar.set_length(file.metadata()?.len());
        Box::new(file)
    };
    let lines = ledger_files::read(bar.wrap_read(input), options)?;
    let mut file_fault = None;
    let tell = |event: ImportEvent<'_>| match event {
        ImportEvent::Rejected(fault) => {
            bar.suspend(|| fault.problems.iter().for_each(|problem| complain(path, fault.line, problem)));
        }
        ImportEvent::BrokeOff(fault) => file_fault = Some(fault.to_string()),
        ImportEvent::Committed(_) => {}
    };
    let result = ledger.import(lines, ACTOR, total, tell).await;
    bar.finish_and_clear();
    result?;
    match file_fault {
        Some(sentence) => Err(Failure(sentence)),
        None => Ok(()),
    }
}

/// `FILE:LINE: COLUMN: reason`, the form editors jump to.
fn complain(path: &Path, line: u64, problem: &ledger_files::Problem) {
    output::complain(&format!("{}:{line}: {problem}", path.display()));
}

fn in_words(summary: &ImportSummary) -> String {
    let ImportSummary { read, inserted, updated, unchanged, rejected, debit, credit } = summary;
    format!(
        "{read} entries read: {inserted} inserted, {updated} updated, {unchanged} unchanged, {rejected} \
         rejected. Debit {debit}, credit {credit}."
    )
}
