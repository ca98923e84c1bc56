//! `ledgate export`: what a system has not been sent, as a stream.

use std::io::{self, BufWriter, Write};
use std::pin::pin;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use futures_util::{Stream, TryStreamExt};
use serde_json::Value;

use super::{Common, Failure, Outcome, close};
use crate::domain::page::{Listing, Order, Scope};
use crate::domain::{Entry, Field, Result, SystemId, Timestamp};
use crate::rest::{AccountingEntry, EndLine};
use crate::service::EntryStream;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate export --system erp > to-send.ndjson\n  \
    ledgate export --system erp --since 2026-01-31T12:00:00Z --format csv\n\n\
    The fields are those of the REST interface, and `ledgate import` reads both forms back. To mark what was \
    sent, use GraphQL (markExported) or REST (mark-as-exported) of `ledgate serve`.\n\n\
    The output is complete only when the exit code is 0. The last line of NDJSON says so too: \
    {\"end\": {\"entries\": N, \"as_of\": \"…\", \"next\": null}}. CSV has no such line: check the exit code, in a pipe \
    with `set -o pipefail`.\n\n\
    Exit codes: 0 complete, or the reader closed the pipe; 2 could not run or broke off.")]
pub struct Arguments {
    /// The external system, such as erp
    #[arg(long, value_name = "ID", value_parser = parse_system)]
    system: SystemId,
    /// Also what was marked later than this moment, to send again, e.g. 2026-01-31T12:00:00Z
    #[arg(long, value_name = "T", value_parser = parse_moment)]
    since: Option<Timestamp>,
    /// ndjson: one JSON object a line, and a last line that counts them; csv: comma-separated values with a header
    #[arg(long, value_enum, hide_possible_values = true, default_value = "ndjson")]
    format: Form,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Ndjson,
    Csv,
}

fn parse_system(text: &str) -> Result<SystemId, String> {
    text.parse().map_err(|fault: crate::domain::Fault| fault.message)
}

fn parse_moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_lenient(text).map_err(|error| format!("it {error}"))
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    let scope = Scope::Unexported { system_id: arguments.system, not_exported_since: arguments.since };
    let listing = Listing { scope, filter: None, order: Order::default() };
    let stream = ledger.stream(listing, None).await?;
    let out = BufWriter::new(io::stdout());
    match write(arguments.format, stream, out).await? {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(Failure(format!("standard output cannot be written: {error}")));
        }
        // A reader that went away has what it wanted.
        _ => close(&ledger).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes entries until there are no more or the output takes no more; the inner error is the output's.
async fn write(
    form: Form,
    stream: EntryStream<impl Stream<Item = Result<Entry>>>,
    out: impl Write,
) -> Result<io::Result<()>> {
    let mut entries = pin!(stream.entries);
    let mut rows = match Rows::new(form, out) {
        Ok(rows) => rows,
        Err(error) => return Ok(Err(error)),
    };
    while let Some(entry) = entries.try_next().await? {
        if let Err(error) = rows.write(entry) {
            return Ok(Err(error));
        }
    }
    Ok(rows.finish(stream.as_of))
}

/// Every field of an entry, attributes last.
fn columns() -> impl Iterator<Item = &'static str> {
    Field::ALL.into_iter().map(Field::name).chain(["attributes"])
}

/// A value as a cell. A missing one has nothing in it, and an empty text a pair of quotation marks, so that `import`
/// tells them apart; an object is JSON. The csv crate writes both alike.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.is_empty() || text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// Writes a row of a CSV (RFC 4180, but for the line end).
fn write_row(out: &mut impl Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        out.write_all(cell.as_bytes())?;
    }
    out.write_all(b"\n")
}

/// Writes entries as rows of one form, under the names that REST and `import` use.
enum Rows<W: Write> {
    /// With the number of entries written so far.
    Ndjson(W, u64),
    Csv(W),
}

impl<W: Write> Rows<W> {
    fn new(form: Form, mut out: W) -> io::Result<Self> {
        if let Form::Ndjson = form {
            return Ok(Rows::Ndjson(out, 0));
        }
        write_row(&mut out, columns().map(str::to_owned))?;
        Ok(Rows::Csv(out))
    }

    fn write(&mut self, entry: Entry) -> io::Result<()> {
        match self {
            Rows::Ndjson(out, entries) => {
                serde_json::to_writer(&mut *out, &AccountingEntry::from(entry))?;
                *entries += 1;
                out.write_all(b"\n")
            }
            Rows::Csv(out) => {
                // As JSON text: a JSON value would cut the digits of numbers.
                let attributes = Value::String(serde_json::to_string(&entry.content.attributes)?);
                let entry = serde_json::to_value(AccountingEntry::from(entry))?;
                let fields = Field::ALL.into_iter().map(|field| cell(&entry[field.name()]));
                write_row(out, fields.chain([cell(&attributes)]))
            }
        }
    }

    /// Only for output that is complete: the end line says so.
    fn finish(self, as_of: Timestamp) -> io::Result<()> {
        match self {
            Rows::Ndjson(mut out, entries) => {
                serde_json::to_writer(&mut out, &EndLine::new(entries, as_of, None))?;
                out.write_all(b"\n")?;
                out.flush()
            }
            Rows::Csv(mut out) => out.flush(),
        }
    }
}
