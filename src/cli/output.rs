//! Writing to the terminal. A reader that has ended (`ledgate export | head`) is not an error.

use std::io::{self, Write};

/// Prints one line on standard output.
pub fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    ignore_closed_pipe(writeln!(out, "{line}").and_then(|()| out.flush()))
}

/// Prints one line on standard error. If that fails, there is nothing else to do.
pub fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Turns the error that the reader has ended into success.
pub fn ignore_closed_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// The text in a cell of a table, or what stands for none.
pub fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

/// Longest text in a cell of a table, in characters.
const MAX_CELL: usize = 80;

/// A text that somebody else wrote, as it stands in a cell of a table: on one line, never long, and without characters
/// that a terminal obeys.
pub fn one_line(text: &str) -> String {
    let visible = text.replace(char::is_control, " ");
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_CELL) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Prints a list for people: a table, or that there is nothing.
pub fn list<const N: usize>(header: [&str; N], rows: &[[String; N]], nothing: &str) -> io::Result<()> {
    if rows.is_empty() { say(nothing) } else { say(&table(header, rows)) }
}

/// A table for people: columns as wide as their widest cell.
pub fn table<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = header.map(|title| title.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: [&str; N]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let rows = rows.iter().map(|row| line(row.each_ref().map(String::as_str)));
    std::iter::once(line(header)).chain(rows).collect::<Vec<_>>().join("\n")
}
