//! Bytes that are no characters, and files in encodings that cannot be told from each other.

use super::*;

/// A FEC whose lines have these descriptions.
fn described(texts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = fec(&[]).into_bytes();
    for text in texts {
        let line = GOOD.replace('|', "\t") + "\n";
        let (before, behind) = line.split_once("\tVente\t").unwrap();
        bytes.extend_from_slice(&[before.as_bytes(), b"\t", text, b"\t", behind.as_bytes()].concat());
    }
    bytes
}

fn warnings(outcome: &Outcome) -> Vec<(u64, String)> {
    let told = |line: &FileLine| line.warnings.iter().map(|w| (line.line, w.to_string())).collect::<Vec<_>>();
    outcome.lines.iter().flat_map(told).collect()
}

#[test]
fn one_bad_byte_damages_one_character_and_is_told() {
    let outcome = load(described(&["été d’hiver".as_bytes(), b"\xc3\xa9t\xc3\xa9\xff \xc3\xa9"]));
    assert_eq!(outcome.entries[1].description, "été\u{fffd} é");
    let told = warnings(&outcome);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, 3);
    assert!(told[0].1.contains("0xFF") && told[0].1.contains("\u{fffd} stands in its place"), "{told:?}");
    assert_eq!(outcome.notes.len(), 1, "no word of an encoding: {:?}", outcome.notes);

    let outcome = load(described(&["été".as_bytes(), b"Soci\xe9t\xe9"]));
    assert_eq!(outcome.entries[1].description, "Société");
    assert_eq!(warnings(&outcome)[0].1, "is not UTF-8 as other lines are: it is read as ISO-8859-15");

    let outcome = load(described(&[b"Soci\xe9t\xe9", b"l\x92\xe9t\xe9 \x90", b"caf\xe9"]));
    let texts: Vec<&str> = outcome.entries.iter().map(|entry| entry.description.as_str()).collect();
    assert_eq!(texts, ["Société", "café", "l’été \u{fffd}"], "an odd one waits for the others");
    assert_eq!(warnings(&outcome).len(), 1);
    assert!(outcome.notes.contains(&Note::Encoding { name: "ISO-8859-15", line: 2 }), "{:?}", outcome.notes);
}

#[test]
fn a_file_in_an_encoding_that_is_not_told_apart_is_refused_whole() {
    let dos = described(&[b"Achats", b"Op\x82rations", b"\x90quipement re\x87u", b"Op\x82rations"]);
    let outcome = load(dos);
    assert!(
        matches!(outcome.end, Some(FileError::Encoding { line: 3, byte: 0x82, .. })),
        "{:?}",
        outcome.end
    );
    assert_eq!(outcome.entries.len(), 1, "nothing that is garbled is given");
    let message = outcome.end.unwrap().to_string();
    assert!(message.starts_with("line 3: byte ") && message.contains("--encoding macintosh"), "{message}");

    let old_mac = described(&[b"R\x8fglement \x88 l\xd5\xcfuvre \xd0 10 \xdb", b"Z\x8ephirelle r\x8fgl\x8e"]);
    assert!(matches!(load(old_mac.clone()).end, Some(FileError::Encoding { line: 2, .. })));
    let options = Options { encoding: encoding("macintosh"), ..Options::default() };
    let entries = load_with(old_mac, &options).unwrap().clean();
    assert_eq!(entries[0].description, "Règlement à l’œuvre – 10 €");
}

#[test]
fn an_encoding_that_is_given_is_taken_at_its_word() {
    let with = |label: &str, bytes: Vec<u8>| {
        let options = Options { encoding: encoding(label), ..Options::default() };
        load_with(bytes, &options).unwrap()
    };
    let outcome = with("utf-8", described(&[b"Soci\xe9t\xe9"]));
    assert_eq!(outcome.entries[0].description, "Soci\u{fffd}t\u{fffd}");
    assert_eq!(warnings(&outcome).len(), 1);
    let units = DEMO.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(with("utf-16le", units).clean(), load(DEMO).clean());
    assert_eq!(with("latin1", described(&[b"\xe9\x80"])).clean()[0].description, "é€");
    assert_eq!(encoding("klingon"), None);
}
