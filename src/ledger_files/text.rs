//! From bytes to characters.
//!
//! UTF-16 is told by its byte order mark, at the beginning. Everything else is decided line by line, for the
//! first byte beyond ASCII may come after a gigabyte: a line that is UTF-8 is UTF-8, for text in another
//! encoding hardly ever happens to be; any other line is in the Western European encoding of old accounting
//! packages.

use std::borrow::Cow;
use std::io::Read;

use encoding_rs::{ISO_8859_15, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;

/// The input without a byte order mark, and in UTF-8 if it was in UTF-16. Other bytes come as they are.
pub(super) fn decoded(input: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    Box::new(DecodeReaderBytesBuilder::new().utf8_passthru(true).strip_bom(true).build(input))
}

/// The characters of a line.
pub(super) fn decode(line: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(line) {
        Ok(text) => Cow::Borrowed(text),
        // 0x80 to 0x9F are letters and punctuation in Windows-1252 and control codes in ISO-8859-15, which no
        // ledger writes. Where neither of them occurs, ISO-8859-15 is the encoding the FEC prescribes.
        Err(_) if line.iter().any(|byte| (0x80..=0x9f).contains(byte)) => {
            WINDOWS_1252.decode_without_bom_handling(line).0
        }
        Err(_) => ISO_8859_15.decode_without_bom_handling(line).0,
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
            "UTF-16 text without a byte order mark (save it as UTF-8)".to_owned()
        } else {
            "binary data (there is a NUL byte in the first line)".to_owned()
        });
    }
    let control = |byte: &&u8| byte.is_ascii_control() && !byte.is_ascii_whitespace() && **byte != 0x0b;
    head.iter()
        .find(control)
        .map(|byte| format!("binary data (there is a control character 0x{byte:02X} in the first line)"))
}
