//! Reads the files of an import and sorts their lines by voucher. Nothing is written to the ledger before all of them
//! were read to their end.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex};

use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::bytes::key_to_bytes;
use super::record::{Digest, Place, Record, Shapes, StagedLine, name_to_bytes};
use super::sorter::{Kind, Sorter};
use super::stage::Stage;
use super::summary::{ImportFinding, ImportSummary};
use super::{Files, ImportError, ImportEvent, Source};
use crate::domain::comparison::{Columns, VoucherKey};
use crate::domain::import::ImportFile;
use crate::domain::{Code, Day, Error, Siren};
use crate::ledger_files::{self, FileError, FileItem, FileLine, Format, LineFault, Note, Options, Problem};

/// Items that go from the reading thread to the sorting one at once.
const SOME: usize = 256;
/// Most sets of columns that the lines of one import may have.
const MOST_SHAPES: usize = 10_000;
/// Most vouchers that are held back by their journal and number alone, because a date could not be read.
const MOST_UNDATED: usize = 100_000;

/// All that the files say.
pub(super) struct Gathered {
    pub(super) files: Vec<ImportFile>,
    /// The numbers of companies in their names.
    pub(super) sirens: Vec<Siren>,
    pub(super) shapes: Shapes,
    /// The lines, by voucher.
    pub(super) lines: Sorter,
    /// The external ids that the files give.
    pub(super) names: Sorter,
    /// The first and the last day of the FECs.
    pub(super) days: Option<(Day, Day)>,
    /// Vouchers of which a line has no date that can be read, by journal and number.
    pub(super) undated: HashMap<(String, String), (Place, String)>,
    /// Whether a line could not be read so far as to tell its voucher.
    pub(super) has_strays: bool,
}

/// What the reading thread gives.
enum Item {
    Begin(String),
    Shape(Arc<Columns>),
    Line { key: Vec<u8>, value: Vec<u8>, day: Option<Day>, name: Option<(String, Digest)>, place: Place },
    Fault(Place, LineFault),
    Finding(ImportFinding),
    End(ImportFile),
    Broken(String, FileError),
}

/// Reads everything. `summary` gets the lines read and those that cannot be loaded. A file of another company ends it.
pub(super) async fn gather(
    files: Files,
    options: &Options,
    is_same_company: bool,
    stage: &Stage<'_>,
    summary: &mut ImportSummary,
    tell: &mut (dyn FnMut(ImportEvent) + Send),
) -> Result<Gathered, ImportError> {
    let (sender, receiver) = mpsc::channel(16);
    let options = options.clone();
    tokio::task::spawn_blocking(move || Reading::new(sender).all(files, &options));
    sorted(receiver, is_same_company, stage, summary, tell).await
}

async fn sorted(
    mut receiver: Receiver<Vec<Item>>,
    is_same_company: bool,
    stage: &Stage<'_>,
    summary: &mut ImportSummary,
    tell: &mut (dyn FnMut(ImportEvent) + Send),
) -> Result<Gathered, ImportError> {
    let mut gathered = Gathered {
        files: Vec::new(),
        sirens: Vec::new(),
        shapes: Shapes::default(),
        lines: Sorter::new(Kind::Lines),
        names: Sorter::new(Kind::Names),
        days: None,
        undated: HashMap::new(),
        has_strays: false,
    };
    while let Some(items) = receiver.recv().await {
        for item in items {
            match item {
                Item::Begin(name) => {
                    if let Some(siren) = Siren::in_file_name(&name) {
                        gathered.sirens.push(siren);
                        stage.ledger().check_company(&gathered.sirens, is_same_company).await?;
                    }
                    tell(ImportEvent::Begins(name));
                }
                Item::Shape(columns) => gathered.shapes.add(columns),
                Item::Line { key, value, day, name, place } => {
                    summary.read += 1;
                    if let Some(day) = day {
                        let (first, last) = gathered.days.unwrap_or((day, day));
                        gathered.days = Some((first.min(day), last.max(day)));
                    }
                    if let Some((name, digest)) = name {
                        let value = name_to_bytes(place, &digest, &key);
                        gathered.names.push(name.as_bytes(), &value, stage).await?;
                    }
                    gathered.lines.push(&key, &value, stage).await?;
                }
                Item::Fault(place, fault) => {
                    summary.read += 1;
                    summary.rejected += 1;
                    gathered.fault(place, &fault, stage).await?;
                    for problem in fault.problems {
                        tell(ImportEvent::Found(ImportFinding::Rejected(place, problem)));
                    }
                }
                Item::Finding(finding) => tell(ImportEvent::Found(finding)),
                Item::End(file) => gathered.files.push(file),
                Item::Broken(name, error) => return Err(ImportError::File { name, error }),
            }
        }
        if gathered.shapes.len() > MOST_SHAPES || gathered.undated.len() > MOST_UNDATED {
            let message = "too many lines of these files cannot be read, or have columns of their own: this does not \
                           look like one ledger";
            return Err(Error::refused(Code::InvalidEntry, message).into());
        }
    }
    Ok(gathered)
}

impl Gathered {
    /// Holds back the voucher of a line that cannot be read, as far as it can be told.
    async fn fault(&mut self, place: Place, fault: &LineFault, stage: &Stage<'_>) -> Result<(), ImportError> {
        let reason = fault.problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("; ");
        let voucher = &fault.voucher;
        let (Some(journal), Some(number)) = (&voucher.journal_code, &voucher.entry_number) else {
            self.has_strays = true;
            return Ok(());
        };
        let Some(day) = voucher.posting_date else {
            self.undated.entry((journal.clone(), number.clone())).or_insert((place, reason));
            return Ok(());
        };
        let key = VoucherKey::new(journal, day, number, voucher.document_reference.as_deref());
        match key_to_bytes(&key) {
            Some(key) => self.lines.push(&key, &Record::Fault(place, reason).to_bytes(), stage).await?,
            None => self.has_strays = true,
        }
        Ok(())
    }
}

/// The reading thread.
struct Reading {
    sender: Sender<Vec<Item>>,
    items: Vec<Item>,
    shapes: Shapes,
    numbers: HashMap<Arc<Columns>, u32>,
    /// The set of columns of the last line, as the reader gave it.
    last: Option<(Arc<Columns>, u32)>,
}

/// The receiver of the lines is gone: reading can stop.
struct Forsaken;

impl Reading {
    fn new(sender: Sender<Vec<Item>>) -> Self {
        let (items, shapes) = (Vec::with_capacity(SOME), Shapes::default());
        Reading { sender, items, shapes, numbers: HashMap::new(), last: None }
    }

    fn all(mut self, files: Files, options: &Options) {
        for (number, source) in files.0.enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            if self.file(number, source, options).is_err() {
                return;
            }
        }
        let _ = self.send();
    }

    /// Reads a file; stops at a fault of the file.
    fn file(&mut self, number: u32, source: Source, options: &Options) -> Result<(), Forsaken> {
        self.push(Item::Begin(source.name.clone()))?;
        let hash = Arc::new(Mutex::new(Sha256::new()));
        let input = Hashed { input: source.input, hash: hash.clone() };
        let broken = |reading: &mut Self, name: String, error| {
            reading.items.push(Item::Broken(name, error));
            reading.send()?;
            Err(Forsaken)
        };
        let mut lines = match ledger_files::read(input, options) {
            Ok(lines) => lines,
            Err(error) => return broken(self, source.name, error),
        };
        let is_fec = lines.format() == Format::Fec;
        for item in &mut lines {
            match item {
                Ok(FileItem::Line(line)) => self.line(number, line, is_fec)?,
                Ok(FileItem::Fault(fault)) => {
                    self.push(Item::Fault(Place { file: number, line: fault.line }, fault))?;
                }
                Ok(FileItem::Note(note)) => {
                    let is_notable = matches!(note, Note::NotTaken { .. });
                    let note = note.to_string();
                    self.push(Item::Finding(ImportFinding::Noted { file: number, note, is_notable }))?;
                }
                Err(error) => return broken(self, source.name, error),
            }
        }
        let digest = hash.lock().map(|hash| hash.clone().finalize()).unwrap_or_default();
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.push(Item::End(ImportFile { name: source.name, sha256 }))
    }

    fn line(&mut self, file: u32, line: FileLine, is_fec: bool) -> Result<(), Forsaken> {
        let place = Place { file, line: line.line };
        for warning in line.warnings.iter().cloned() {
            self.push(Item::Finding(ImportFinding::Warned(place, warning)))?;
        }
        let columns = self.shape(&line.columns)?;
        let name = line.external_id().map(str::to_owned);
        let staged = StagedLine::new(place, &line.content, name.is_some(), &self.shapes, columns);
        let day = is_fec.then_some(line.content.posting_date);
        let digest = staged.digest;
        // The reader has seen to it that there is no NUL.
        let key = key_to_bytes(&VoucherKey::of(&line.content)).unwrap_or_default();
        let value = Record::Line(staged).to_bytes();
        self.push(Item::Line { key, value, day, name: name.map(|name| (name, digest)), place })
    }

    /// The number of a set of columns.
    fn shape(&mut self, columns: &Arc<Columns>) -> Result<u32, Forsaken> {
        if let Some((last, number)) = &self.last
            && Arc::ptr_eq(last, columns)
        {
            return Ok(*number);
        }
        let number = match self.numbers.get(columns) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.shapes.len()).unwrap_or(u32::MAX);
                self.numbers.insert(columns.clone(), number);
                self.shapes.add(columns.clone());
                self.push(Item::Shape(columns.clone()))?;
                number
            }
        };
        self.last = Some((columns.clone(), number));
        Ok(number)
    }

    fn push(&mut self, item: Item) -> Result<(), Forsaken> {
        self.items.push(item);
        if self.items.len() >= SOME { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), Forsaken> {
        self.sender.blocking_send(std::mem::take(&mut self.items)).map_err(|_| Forsaken)
    }
}

/// A file of which the SHA-256 is taken while it is read.
struct Hashed {
    input: Box<dyn Read + Send>,
    hash: Arc<Mutex<Sha256>>,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        if let Ok(mut hash) = self.hash.lock() {
            hash.update(&buffer[..count]);
        }
        Ok(count)
    }
}
