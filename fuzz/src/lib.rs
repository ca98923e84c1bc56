//! What has to hold for any bytes, one function for each reader of what a stranger sends. scripts/fuzz searches for
//! bytes that break it; tests/it/fuzzing.rs replays the seeds and some thousand changes of them at every run.

#![forbid(unsafe_code)]

use std::io::{self, Cursor};
use std::path::Path;
use std::sync::LazyLock;

use async_graphql::Variables;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use futures_util::stream;
use ledgate::config::{GraphqlSettings, Overrides, Settings};
use ledgate::domain::page::{Binding, Listing, Order, OrderKey, PageArguments, Scope};
use ledgate::domain::{Code, Error, Fault, Field, Result};
use ledgate::graphql::read;
use ledgate::graphql::socket::{self, Close, Said};
use ledgate::ledger_files::{
    Alike, DecimalSign, FileItem, FileLine, Format, LedgerReader, ListError, ListedEntry, ListedLine,
    Options, read_list,
};
use ledgate::rest::filter_groups::{from_json, from_query};
use ledgate::rest::{FormPiece, hand_on_form};
use tokio::runtime::Builder;
use tokio::sync::mpsc;

/// Most characters of a refusal, whatever was sent.
const LONGEST_MESSAGE: usize = 1_200;

static LIMITS: LazyLock<GraphqlSettings> = LazyLock::new(|| {
    let settings = Settings::load_from(&Overrides::default(), [], Path::new("/nonexistent"));
    settings.expect("the defaults are settings").graphql
});

/// A GraphQL document and, behind a line `---`, its variables: refused with a reason, or measured and bounded.
pub fn guard(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (query, variables) = text.split_once("\n---\n").unwrap_or((&text, "{}"));
    let variables = match serde_json::from_str(variables) {
        Ok(object @ serde_json::Value::Object(_)) => Variables::from_json(object),
        _ => Variables::default(),
    };
    match read(query, None, variables, &LIMITS) {
        Ok(admitted) => {
            let operations: Vec<_> = admitted.document.operations.iter().collect();
            assert_eq!(operations.len(), 1, "more than the operation that runs");
            assert!(operations[0].1.node.variable_definitions.is_empty(), "a variable is left");
        }
        Err(faults) => {
            assert!((1..=LIMITS.max_errors).contains(&faults.len()), "{} faults", faults.len());
            faults.iter().for_each(|fault| check_message(fault.code, &fault.message));
        }
    }
}

/// A query string, and the value of `filter_groups` in a JSON body: refused with every fault, or a filter within its
/// bounds.
pub fn filter_groups(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(filter) = check_refusal(from_query(&text)).flatten() {
        filter.check().expect("a filter within its bounds");
    }
    let Ok(value) = serde_json::from_slice(bytes) else { return };
    if let Some(filter) = check_refusal(from_json(&value)) {
        filter.check().expect("a filter within its bounds");
    }
}

/// A cursor: refused, or exactly one that was made for the same list.
pub fn cursors(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for key in [OrderKey::Id, OrderKey::CreatedAt, OrderKey::UpdatedAt, OrderKey::PostingDate] {
        let [here, there] = [false, true].map(|descending| Listing {
            scope: Scope::Ledger,
            filter: None,
            order: Order { key, descending },
        });
        let binding = here.binding();
        // What a client makes up, and what it puts behind a head that is right.
        for cursor in [text.clone().into_owned(), binding.name_cursor(&text)] {
            let arguments =
                |after: &str| PageArguments { after: Some(after.to_owned()), ..Default::default() };
            let page = check_refusal(here.page(&arguments(&cursor)));
            if let Some(position) = page.and_then(|page| page.after) {
                assert_eq!(binding.cursor(position), cursor, "two texts of one position");
                assert!(there.page(&arguments(&cursor)).is_err(), "a cursor of another list");
            }
        }
        assert_eq!(binding.name(&binding.name_cursor(&text)).as_deref(), Some(&*text));
        assert_eq!(Binding::new(&there).name(&binding.name_cursor(&text)), None);
    }
}

/// A message over WebSocket: refused with a reason that fits into a close frame, or one of the protocol with a short id.
pub fn socket_messages(bytes: &[u8]) {
    match socket::read(&String::from_utf8_lossy(bytes)) {
        Ok(Said::Subscribe(id, _) | Said::Complete(id)) => {
            assert!((1..=128).contains(&id.len()), "an id of {} bytes", id.len());
        }
        Ok(Said::Init(_) | Said::Ping | Said::Pong) => {}
        Err(why) => {
            assert!(!why.is_empty(), "a refusal without a word");
            assert!(Close::new(Close::INVALID, why).reason.len() <= 123, "longer than a close frame takes");
        }
    }
}

/// A form of files, its Content-Type in the first line: refused with a reason, or read to its end. Its files are the same
/// however the body is cut on its way.
pub fn import_forms(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (content_type, body) = (&bytes[..end], bytes.get(end + 1..).unwrap_or_default());
    let Ok(content_type) = HeaderValue::from_bytes(content_type) else { return };
    let whole = read_form(&content_type, body, usize::MAX);
    assert_eq!(whole, read_form(&content_type, body, 7), "a form in small pieces is another one");
}

/// The files of a form whose body comes in pieces of this size; `None` when it is refused.
fn read_form(content_type: &HeaderValue, body: &[u8], size: usize) -> Option<Vec<(String, Vec<u8>)>> {
    let pieces: Vec<io::Result<Bytes>> =
        body.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let mut request = Request::new(Body::from_stream(stream::iter(pieces)));
    request.headers_mut().insert(CONTENT_TYPE, content_type.clone());
    let (sender, mut receiver) = mpsc::channel(1);
    let handing_on = async move { hand_on_form(request, &sender).await };
    let taking = async {
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        while let Some(piece) = receiver.recv().await {
            match piece {
                FormPiece::File(name) => {
                    let is_bounded = (1..=500).contains(&name.chars().count());
                    assert!(is_bounded && !name.chars().any(char::is_control), "a name beyond its bounds");
                    files.push((name, Vec::new()));
                }
                FormPiece::Bytes(bytes) => {
                    let file = files.last_mut().expect("a file begins with its name");
                    file.1.extend_from_slice(&bytes);
                }
                FormPiece::Broken(error) => panic!("nothing broke off: {error}"),
            }
        }
        files
    };
    let runtime = Builder::new_current_thread().build().expect("a runtime of one thread");
    let (handed_on, files) = runtime.block_on(async { tokio::join!(handing_on, taking) });
    if let Err(problem) = handed_on {
        let problem = serde_json::to_value(problem).expect("a problem is JSON");
        assert!((400..500).contains(&problem["status"].as_u64().unwrap_or_default()), "{problem}");
        let length = problem["detail"].as_str().unwrap_or_default().chars().count();
        assert!((1..=LONGEST_MESSAGE).contains(&length), "{problem}");
        return None;
    }
    assert!(!files.is_empty(), "a form without a file");
    assert!(files.iter().map(|file| file.1.len()).sum::<usize>() <= body.len(), "more than was sent");
    Some(files)
}

/// A system's own list: every line names its entry within its bounds or is a fault that tells its number, and the list
/// ends.
pub fn system_lists(bytes: &[u8]) {
    let lines = lines_of(bytes);
    let listed = match read_list(Cursor::new(bytes.to_vec())) {
        Ok(listed) => listed,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let there = 1..=lines as u64;
    let mut items = 0;
    for line in listed {
        items += 1;
        assert!(items <= lines, "{items} of {lines} lines");
        match line {
            Ok(ListedLine { line, entry, reference, .. }) => {
                assert!(there.contains(&line), "line {line} is not there");
                if let ListedEntry::ExternalId(name) = entry {
                    assert!((1..=200).contains(&name.chars().count()), "a name beyond its bounds");
                }
                assert!(reference.is_none_or(|name| (1..=200).contains(&name.chars().count())));
            }
            Err(ListError::Line(fault)) => {
                assert!(there.contains(&fault.line), "a line that is not there: {fault:?}");
                assert!(!fault.problems.is_empty(), "a fault without a reason");
            }
            Err(error) => return assert!(!error.to_string().is_empty()),
        }
    }
}

/// How many lines there are at most. A lone CR ends a line too, and the last line needs no end.
fn lines_of(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1
}

/// A ledger file, as a FEC and as what its first line says, in several encodings and with either decimal sign: every
/// line becomes an entry within its bounds or a fault that tells its number, and the file ends.
pub fn ledger_files(bytes: &[u8]) {
    let lines = lines_of(bytes);
    let encoding = ledgate::ledger_files::encoding;
    for options in [
        Options { format: Some(Format::Fec), ..Options::default() },
        Options::default(),
        Options { format: Some(Format::Csv), decimal_sign: Some(DecimalSign::Comma), ..Options::default() },
        Options { encoding: encoding("macintosh"), ..Options::default() },
        Options {
            encoding: encoding("utf-16le"),
            decimal_sign: Some(DecimalSign::Point),
            ..Options::default()
        },
    ] {
        match ledgate::ledger_files::read(Cursor::new(bytes.to_vec()), &options) {
            Ok(reader) => check_items(reader, lines),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

fn check_items(reader: LedgerReader, lines: usize) {
    let mut items = 0;
    let mut alike = Alike::default();
    let there = 1..=lines as u64;
    for item in reader {
        match item {
            Ok(FileItem::Line(line)) => {
                items += 1;
                assert!(there.contains(&line.line), "a line that is not there: {line:?}");
                check_line(&line);
            }
            Ok(FileItem::Fault(fault)) => {
                items += 1;
                assert!(there.contains(&fault.line), "a line that is not there: {fault:?}");
                assert!(!fault.problems.is_empty(), "a fault without a reason");
                fault.problems.iter().for_each(|problem| {
                    alike.add(problem);
                });
            }
            Ok(FileItem::Note(note)) => assert!(!note.to_string().is_empty()),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    assert!(items <= lines, "{items} of {lines} lines");
    assert!(alike.rest().iter().all(|sentence| !sentence.is_empty()));
}

/// A line makes an entry within its bounds, and says nothing about what its file has no column for.
fn check_line(line: &FileLine) {
    let mut entry = line.content.clone();
    if line.external_id().is_none() {
        assert_eq!(entry.external_id, "");
        entry.external_id = "given".to_owned();
    }
    assert!(entry.faults().is_empty(), "an entry beyond its bounds: {line:?}");
    for field in Field::CONTENT.iter().filter(|field| field.is_nullable() && !line.columns.has(**field)) {
        assert!(line.content.value(*field).is_none(), "{field:?} comes from nowhere: {line:?}");
    }
    for name in line.content.attributes.keys() {
        assert!(line.columns.has_attribute(name), "{name:?} comes from nowhere: {line:?}");
    }
}

/// Gives what succeeded. A refusal has to be one that a person can act on, and never a fault of ours.
fn check_refusal<T>(result: Result<T>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(Error::Refused(faults)) => {
            assert!(!faults.is_empty(), "a refusal without a fault");
            for Fault { code, message, .. } in &faults {
                check_message(*code, message);
            }
            None
        }
        Err(error) => panic!("no fault of the caller's: {error}"),
    }
}

fn check_message(code: Code, message: &str) {
    assert!(!message.is_empty(), "{code} without a word");
    let length = message.chars().count();
    assert!(length <= LONGEST_MESSAGE, "{code} in {length} characters");
}
