//! From bytes to characters.
//!
//! UTF-16 is told by its byte order mark, at the beginning. Everything else is decided line by line, for the
//! first byte beyond ASCII may come after a gigabyte: a line that is UTF-8 is UTF-8, for text in another
//! encoding hardly ever happens to be; a line of which nearly everything is UTF-8 is damaged; any other line is in the
//! Western European encoding of old accounting packages, unless its letters would make no sense in it.

use std::borrow::Cow;
use std::io::Read;

use encoding_rs::{Encoding, ISO_8859_15, UTF_8, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;

/// UTF-8's byte order mark.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The input without a byte order mark, and in UTF-8 if it was in UTF-16 or is in `encoding`. Other bytes come as they
/// are.
pub(super) fn decoded(
    input: impl Read + Send + 'static,
    encoding: Option<&'static Encoding>,
) -> Box<dyn Read + Send> {
    let mut builder = DecodeReaderBytesBuilder::new();
    // What is to be UTF-8 passes as it is: a line tells its bad bytes itself.
    builder.encoding(encoding.filter(|encoding| *encoding != UTF_8));
    Box::new(builder.utf8_passthru(true).strip_bom(true).build(input))
}

/// Takes a byte order mark off the beginning of a line, and any number of them: a file that two tools have marked
/// begins with two, and files put one behind the other have one in the middle.
pub(super) fn take_bom(line: &mut Vec<u8>) {
    let marks = line.chunks(BOM.len()).take_while(|chunk| *chunk == BOM).count();
    line.drain(..marks * BOM.len());
}

/// Makes characters of the lines of one file.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The encoding was given, so the lines come in UTF-8.
    given: bool,
    /// Lines beyond ASCII that were UTF-8.
    utf8: u64,
    /// Of what was read as Western text: bytes that make sense in it, bytes that make none, and the first of these.
    sensible: u64,
    strange: u64,
    first_strange: Option<Unreadable>,
    /// The Western encoding that was seen first.
    western: Option<&'static str>,
}

/// The characters of a line.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    /// What is wrong with one or a few of them.
    pub(super) damage: Option<String>,
    /// Some make no sense: another such line shows that the file is in another encoding.
    pub(super) is_strange: bool,
}

/// A byte by which a file shows that it is in none of the encodings that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub(super) line: u64,
    /// Where it is in its line, from 1.
    pub(super) place: usize,
    pub(super) byte: u8,
}

impl Decoder {
    pub(super) fn new(encoding: Option<&'static Encoding>) -> Self {
        Decoder { given: encoding.is_some(), ..Decoder::default() }
    }

    /// The Western encoding of the file, once a line has shown it.
    pub(super) fn western(&self) -> Option<&'static str> {
        self.western
    }

    /// The characters of the line of this number.
    pub(super) fn decode<'a>(&mut self, line: &'a [u8], number: u64) -> Result<Decoded<'a>, Unreadable> {
        match std::str::from_utf8(line) {
            Ok(text) if text.is_ascii() => {
                Ok(Decoded { text: Cow::Borrowed(text), damage: None, is_strange: false })
            }
            Ok(text) => {
                self.utf8 += 1;
                let replaced = text.contains(char::REPLACEMENT_CHARACTER);
                let damage = replaced.then(|| {
                    "holds the character \u{fffd}, which stands for one that could not be read".to_owned()
                });
                Ok(Decoded { text: Cow::Borrowed(text), damage, is_strange: false })
            }
            Err(error) if self.given || is_mostly_utf8(line) => {
                self.utf8 += 1;
                let place = error.valid_up_to();
                let damage = Some(format!(
                    "has a byte that is not UTF-8 (byte {} of the line, 0x{:02X}): \u{fffd} stands in its place",
                    place + 1,
                    line[place]
                ));
                Ok(Decoded { text: String::from_utf8_lossy(line), damage, is_strange: false })
            }
            Err(_) => self.decode_western(line, number),
        }
    }

    fn decode_western<'a>(&mut self, line: &'a [u8], number: u64) -> Result<Decoded<'a>, Unreadable> {
        let mut odd = None;
        for (place, byte) in line.iter().copied().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
            let before = place.checked_sub(1).map_or(b' ', |place| line[place]);
            let after = line.get(place + 1).copied().unwrap_or(b' ');
            match sense(before, byte, after) {
                Sense::Sensible => self.sensible += 1,
                Sense::Strange => {
                    self.strange += 1;
                    odd = odd.or(Some(Unreadable { line: number, place: place + 1, byte }));
                }
                Sense::Open => {}
            }
        }
        if let Some(odd) = odd {
            let first = *self.first_strange.get_or_insert(odd);
            if first.line != number && self.strange > self.sensible + 1 {
                return Err(first);
            }
        }
        // 0x80 to 0x9F are letters and punctuation in Windows-1252 and control codes in ISO-8859-15, which no
        // ledger writes. Where none of them occurs, ISO-8859-15 is the encoding the FEC prescribes.
        let is_windows = line.iter().any(|byte| (0x80..=0x9f).contains(byte));
        let encoding = if is_windows { WINDOWS_1252 } else { ISO_8859_15 };
        if self.sensible > 0 && self.western.is_none() {
            self.western = Some(encoding.name());
        }
        let text = encoding.decode_without_bom_handling(line).0;
        // The five bytes that Windows-1252 has no character for come as control codes.
        let text = match text.contains(|c| matches!(c, '\u{80}'..='\u{9f}')) {
            true => text.replace(|c| matches!(c, '\u{80}'..='\u{9f}'), "\u{fffd}").into(),
            false => text,
        };
        let damage = match odd {
            Some(Unreadable { place, byte, .. }) => {
                Some(format!("has an odd byte (byte {place} of the line, 0x{byte:02X}): see how it was read"))
            }
            None if self.utf8 > 0 => {
                Some(format!("is not UTF-8 as other lines are: it is read as {}", encoding.name()))
            }
            None => None,
        };
        Ok(Decoded { text, damage, is_strange: odd.is_some() })
    }
}

/// Whether more characters beyond ASCII are UTF-8 than are not.
fn is_mostly_utf8(line: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in line.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad
}

/// What a byte says for or against a Western encoding.
enum Sense {
    /// An accented letter where one may be.
    Sensible,
    /// No character at all, or one that never stands there: in words from a DOS or Macintosh program.
    Strange,
    /// Nothing.
    Open,
}

fn sense(before: u8, byte: u8, after: u8) -> Sense {
    let in_word = before.is_ascii_alphabetic() && after.is_ascii_alphabetic();
    let in_small_word = before.is_ascii_lowercase() && after.is_ascii_lowercase();
    match byte {
        0x81 | 0x8d | 0x8f | 0x90 | 0x9d => Sense::Strange,
        // ‚ ƒ „ † ‡ ˆ ‰ ‹ “ ” • ˜ ™ ›
        0x82..=0x84 | 0x86..=0x89 | 0x8b | 0x93..=0x95 | 0x98 | 0x99 | 0x9b if in_word => Sense::Strange,
        // Š Œ Ž
        0x8a | 0x8c | 0x8e if in_small_word => Sense::Strange,
        // A capital behind a small letter, or behind another one of these.
        0xc0..=0xde if before.is_ascii_lowercase() || !before.is_ascii() => Sense::Open,
        0xc0..=0xff if before.is_ascii_alphabetic() || after.is_ascii_alphabetic() => Sense::Sensible,
        _ => Sense::Open,
    }
}

/// Nothing to read in it. Old DOS programs end a file with 0x1A.
pub(super) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0x1a)
}

/// What the first line of a file shows it to be when it is no ledger.
pub(super) fn foreign(head: &[u8]) -> Option<String> {
    const MARKS: [(&[u8], &str); 13] = [
        (b"\x1f\x8b", "a gzip archive (unpack it first)"),
        (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
        (b"PK\x05\x06", "an empty ZIP archive"),
        (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive (unpack it first)"),
        (b"\xfd7zXZ\0", "an xz archive (unpack it first)"),
        (b"\x28\xb5\x2f\xfd", "a Zstandard archive (unpack it first)"),
        (b"BZh", "a bzip2 archive (unpack it first)"),
        (b"\x7fELF", "a program (ELF)"),
        (b"%PDF", "a PDF document"),
        (b"SQLite format 3", "an SQLite database"),
        (b"\x89PNG", "a picture (PNG)"),
        (b"<", "XML or HTML"),
    ];
    if let Some((_, name)) = MARKS.iter().find(|(mark, _)| head.starts_with(mark)) {
        return Some((*name).to_owned());
    }
    let nuls = head.iter().filter(|byte| **byte == 0).count();
    if nuls > 0 {
        return Some(if nuls * 3 > head.len() && nuls * 3 < head.len() * 2 {
            "UTF-16 text without a byte order mark (save it as UTF-8, or say --encoding utf-16le)".to_owned()
        } else {
            "binary data (there is a NUL byte in the first line)".to_owned()
        });
    }
    let control = |byte: &&u8| byte.is_ascii_control() && !byte.is_ascii_whitespace() && **byte != 0x0b;
    head.iter()
        .find(control)
        .map(|byte| format!("binary data (there is a control character 0x{byte:02X} in the first line)"))
}
