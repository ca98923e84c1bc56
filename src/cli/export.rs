//! `ledgate export`: what a system has not been sent, as a stream.

use std::io::{self, BufWriter, Write};
use std::pin::pin;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use futures_util::{Stream, TryStreamExt};
use serde::Serialize;
use serde_json::Value;

use super::{Common, Failure, Outcome, close, parse_system};
use crate::domain::page::{Listing, Order, Scope, VoucherListing};
use crate::domain::{Entry, Field, Result, SystemId, Timestamp};
use crate::rest::{AccountingEntry, EndLine, Voucher};
use crate::service::WholeVoucher;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate export --system erp > to-send.ndjson\n  \
    ledgate export --system erp --since 2026-01-31T12:00:00Z --format csv\n  \
    ledgate export --system erp --vouchers\n\n\
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
    /// Whole vouchers: each with all of its entries, also those that the system was sent. ndjson has one voucher a line,
    /// csv the entries voucher by voucher
    #[arg(long)]
    vouchers: bool,
    /// ndjson: one JSON object a line, and a last line that counts them; csv: comma-separated values with a header
    #[arg(long, value_enum, hide_possible_values = true, default_value = "ndjson")]
    format: Form,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Ndjson,
    Csv,
}

fn parse_moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_lenient(text).map_err(|error| format!("it {error}"))
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open_existing().await?;
    let scope =
        Scope::Unexported { system_id: arguments.system, not_exported_since: arguments.since, states: None };
    let listing = Listing { scope, filter: None, order: Order::default() };
    let out = BufWriter::new(io::stdout());
    let written = if arguments.vouchers {
        let stream = ledger.stream_vouchers(VoucherListing(listing), None, false).await?;
        write(arguments.format, stream.as_of, stream.vouchers, out).await?
    } else {
        let stream = ledger.stream(listing, None).await?;
        write(arguments.format, stream.as_of, stream.entries, out).await?
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(Failure(format!("standard output cannot be written: {error}")));
        }
        // A reader that went away has what it wanted.
        _ => close(&ledger).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes entries or vouchers until there are no more or the output takes no more; the inner error is the output's.
async fn write<T: Written>(
    form: Form,
    as_of: Timestamp,
    items: impl Stream<Item = Result<T>>,
    out: impl Write,
) -> Result<io::Result<()>> {
    let mut items = pin!(items);
    let mut rows = match Rows::new(form, out) {
        Ok(rows) => rows,
        Err(error) => return Ok(Err(error)),
    };
    while let Some(item) = items.try_next().await? {
        if let Err(error) = item.write(&mut rows) {
            return Ok(Err(error));
        }
    }
    Ok(rows.finish(as_of))
}

/// What the output is made of.
trait Written {
    fn write(self, rows: &mut Rows<impl Write>) -> io::Result<()>;
}

impl Written for Entry {
    fn write(self, rows: &mut Rows<impl Write>) -> io::Result<()> {
        match rows {
            Rows::Ndjson(out, counted) => {
                counted.entries += 1;
                write_line(out, &AccountingEntry::from(self))
            }
            Rows::Csv(out) => write_entry(out, self),
        }
    }
}

impl Written for WholeVoucher {
    fn write(self, rows: &mut Rows<impl Write>) -> io::Result<()> {
        match rows {
            Rows::Ndjson(out, counted) => {
                counted.entries += self.entries.len() as u64;
                *counted.vouchers.get_or_insert(0) += 1;
                write_line(out, &Voucher::from(self))
            }
            Rows::Csv(out) => self.entries.into_iter().try_for_each(|entry| write_entry(out, entry)),
        }
    }
}

fn write_line(out: &mut impl Write, item: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, item)?;
    out.write_all(b"\n")
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

fn write_entry(out: &mut impl Write, entry: Entry) -> io::Result<()> {
    // As JSON text: a JSON value would cut the digits of numbers.
    let attributes = Value::String(serde_json::to_string(&entry.content.attributes)?);
    let entry = serde_json::to_value(AccountingEntry::from(entry))?;
    let fields = Field::ALL.into_iter().map(|field| cell(&entry[field.name()]));
    write_row(out, fields.chain([cell(&attributes)]))
}

/// Writes entries as rows of one form, under the names that REST and `import` use.
enum Rows<W: Write> {
    /// With what was written so far.
    Ndjson(W, Counted),
    Csv(W),
}

/// What was written so far.
#[derive(Default)]
struct Counted {
    entries: u64,
    /// `None` where the lines are entries, or there are none.
    vouchers: Option<u64>,
}

impl<W: Write> Rows<W> {
    fn new(form: Form, mut out: W) -> io::Result<Self> {
        if let Form::Ndjson = form {
            return Ok(Rows::Ndjson(out, Counted::default()));
        }
        write_row(&mut out, columns().map(str::to_owned))?;
        Ok(Rows::Csv(out))
    }

    /// Only for output that is complete: the end line says so.
    fn finish(self, as_of: Timestamp) -> io::Result<()> {
        match self {
            Rows::Ndjson(mut out, Counted { entries, vouchers }) => {
                let end = EndLine::new(entries, as_of, None);
                let end = match vouchers {
                    Some(vouchers) => end.of_vouchers(vouchers),
                    None => end,
                };
                write_line(&mut out, &end)?;
                out.flush()
            }
            Rows::Csv(mut out) => out.flush(),
        }
    }
}
