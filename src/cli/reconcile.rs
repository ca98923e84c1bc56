//! `ledgate reconcile`: a system's own list of what it has against what it was sent.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;

use clap::Args;
use futures_util::TryStreamExt;

use super::{Common, Failure, Outcome, WITH_FINDINGS, close, output, parse_system};
use crate::domain::{Error, SystemId};
use crate::rest::ReconciliationLine;
use crate::service::{Difference, DifferenceKind, Reconciled, ReconciliationSummary};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate reconcile --system erp postings.csv\n  \
    erp-export | ledgate reconcile --system erp --json -\n\n\
    The list is CSV with a header, or NDJSON. Each line names an entry by accounting_entry_id or external_id, and may \
    tell reference, debit and credit; other columns are passed over. Nothing is changed.\n\n\
    MISSING_THERE: marked, and not in the list. NOT_MARKED: in the list, and not marked. UNKNOWN_ENTRY: the ledger has no such \
    entry. TWICE: an earlier line names it, too. AMOUNT_DIFFERS: another debit or credit. CHANGED_SINCE: sent in an older version, \
    or withdrawn.\n\n\
    Exit codes: 0 nothing differs, 1 something differs, 2 could not run or broke off.")]
pub struct Arguments {
    /// The external system, such as erp
    #[arg(long, value_name = "ID", value_parser = parse_system)]
    system: SystemId,
    /// Print the lines that REST answers: one JSON object for each difference, and one for the end
    #[arg(long)]
    json: bool,
    /// The system's list; - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let list = open(&arguments.file)?;
    let ledger = common.open_existing().await?;
    let told = ledger.reconcile(&arguments.system, list).await.map_err(in_full)?;
    let mut told = pin!(told);
    let mut out = BufWriter::new(io::stdout());
    let mut count = 0;
    while let Some(told) = told.try_next().await? {
        if let Reconciled::End(summary) = &told {
            count = summary.counts.all();
        }
        let line = match told {
            told if arguments.json => serde_json::to_string(&ReconciliationLine::from(told))?,
            Reconciled::Difference(difference) => sentence(&difference),
            Reconciled::End(summary) => in_words(&summary),
        };
        match writeln!(out, "{line}") {
            // A reader that went away has what it wanted; the exit code still tells.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            written => written?,
        }
    }
    output::ignore_closed_pipe(out.flush())?;
    close(&ledger).await?;
    Ok(if count == 0 { ExitCode::SUCCESS } else { ExitCode::from(WITH_FINDINGS) })
}

fn open(path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let failed = |error: io::Error| Failure(format!("{} cannot be opened: {error}", path.display()));
    Ok(Box::new(File::open(path).map_err(failed)?))
}

/// Why the list was refused, a line for each reason.
fn in_full(error: Error) -> Failure {
    match error {
        Error::Refused(faults) => {
            let reasons: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
            Failure(reasons.join("\n"))
        }
        error => error.into(),
    }
}

/// A difference for a person.
fn sentence(difference: &Difference) -> String {
    let kind = difference.kind.as_str();
    let place = difference.line.map_or_else(String::new, |line| format!("line {line}: "));
    let external_id = difference.external_id.as_deref().map(output::one_line);
    let entry = match (difference.entry_id, external_id) {
        (Some(id), Some(name)) => format!("entry {id} ({name})"),
        (Some(id), None) => format!("entry {id}"),
        (None, Some(name)) => name,
        (None, None) => String::new(),
    };
    format!("{kind:<14} {place}{entry}{}", details(difference))
}

/// What there is to say beside the kind, the place and the entry.
fn details(difference: &Difference) -> String {
    let Difference { entry, their_debit, their_credit, sent_version, .. } = difference;
    match (difference.kind, entry) {
        (DifferenceKind::Twice, _) => {
            difference.first_line.map_or_else(String::new, |line| format!(" is in line {line} too"))
        }
        (DifferenceKind::AmountDiffers, Some(entry)) => {
            let theirs = [("debit", their_debit, entry.debit), ("credit", their_credit, entry.credit)];
            let told = theirs.into_iter().filter_map(|(side, theirs, ours)| {
                let theirs = (*theirs)?;
                (theirs != ours).then(|| format!(" {side} {theirs} there, {ours} here"))
            });
            told.collect::<Vec<_>>().join(";")
        }
        (DifferenceKind::ChangedSince, Some(entry)) if entry.is_withdrawn => " was withdrawn".to_owned(),
        (DifferenceKind::ChangedSince, Some(entry)) => {
            let sent = sent_version.unwrap_or_default();
            format!(" was sent in version {sent} and now has version {}", entry.version)
        }
        (DifferenceKind::MissingThere, Some(entry)) => {
            let document = difference.reference.as_deref().map(output::one_line);
            let document = document.map_or_else(String::new, |document| format!(", sent as {document}"));
            format!(": debit {}, credit {} {}{document}", entry.debit, entry.credit, entry.currency)
        }
        _ => String::new(),
    }
}

fn in_words(summary: &ReconciliationSummary) -> String {
    let ReconciliationSummary { lines, lines_without_amounts, marked, counts, totals, .. } = summary;
    let kinds = DifferenceKind::ALL.into_iter().filter(|kind| counts.of(*kind) > 0);
    let kinds: Vec<String> = kinds.map(|kind| format!("{} {}", counts.of(kind), kind.as_str())).collect();
    let differ = if kinds.is_empty() { "nothing differs".to_owned() } else { kinds.join(", ") };
    let mut words = format!("{lines} lines there, {marked} entries marked here: {differ}.");
    for (currency, sides) in totals {
        let currency = currency.as_deref().unwrap_or("Of unknown entries");
        words.push_str(&format!(
            "\n{currency}: debit {} there, {} here; credit {} there, {} here.",
            sides.their_debit, sides.our_debit, sides.their_credit, sides.our_credit
        ));
    }
    if *lines_without_amounts > 0 {
        words.push_str(&format!("\n{lines_without_amounts} lines tell no amounts: they are in no total."));
    }
    words
}
