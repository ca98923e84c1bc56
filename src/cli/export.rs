//! `ledgate export`: what a system has not been sent, as a stream.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use futures_util::TryStreamExt;
use serde_json::Value;

use super::{Common, Outcome, output};
use crate::domain::page::{Listing, Order, Scope};
use crate::domain::{Entry, Field, SystemId, Timestamp};
use crate::rest::AccountingEntry;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The external system
    #[arg(long, value_name = "ID", value_parser = parse_system)]
    system: SystemId,
    /// Also what was marked later than this moment, to send again, e.g. 2026-01-31T12:00:00Z
    #[arg(long, value_name = "T", value_parser = parse_moment)]
    since: Option<Timestamp>,
    /// The form of a line
    #[arg(long, value_enum, default_value = "ndjson")]
    format: Form,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// One JSON object a line
    Ndjson,
    /// Comma-separated values, with a header
    Csv,
}

fn parse_system(text: &str) -> Result<SystemId, String> {
    text.parse().map_err(|fault: crate::domain::Fault| fault.message)
}

fn parse_moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_lenient(text).map_err(|error| error.to_string())
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    let ledger = common.open().await?;
    let scope = Scope::Unexported { system_id: arguments.system, not_exported_since: arguments.since };
    let listing = Listing { scope, filter: None, order: Order::default() };
    let mut entries = Box::pin(ledger.stream(listing, None).await?);
    let mut rows = match arguments.format {
        Form::Ndjson => Rows::Ndjson(BufWriter::new(io::stdout())),
        Form::Csv => Rows::csv(io::stdout())?,
    };
    while let Some(entry) = entries.try_next().await? {
        match rows.write(entry) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(ExitCode::SUCCESS),
            written => written?,
        }
    }
    output::ignore_closed_pipe(rows.finish())?;
    Ok(ExitCode::SUCCESS)
}

/// Every field of an entry, attributes last.
fn columns() -> impl Iterator<Item = &'static str> {
    Field::ALL.into_iter().map(Field::name).chain(["attributes"])
}

/// A value as a cell: a missing one is empty, an object is JSON.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Writes entries as rows of one form, under the names that REST and `import` use.
enum Rows<W: Write> {
    Ndjson(BufWriter<W>),
    Csv(csv::Writer<W>),
}

impl<W: Write> Rows<W> {
    fn csv(out: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(columns())?;
        Ok(Rows::Csv(writer))
    }

    fn write(&mut self, entry: Entry) -> io::Result<()> {
        match self {
            Rows::Ndjson(out) => {
                serde_json::to_writer(&mut *out, &AccountingEntry::from(entry))?;
                out.write_all(b"\n")
            }
            Rows::Csv(writer) => {
                let entry = serde_json::to_value(AccountingEntry::from(entry))?;
                Ok(writer.write_record(columns().map(|column| text(&entry[column])))?)
            }
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Rows::Ndjson(mut out) => out.flush(),
            Rows::Csv(mut writer) => writer.flush(),
        }
    }
}
