//! What is kept of events, and what is read of it.

use serde_json::json;

use super::*;

#[test]
fn what_is_kept_reads_back() {
    let reference = Some(Reference { document_id: "GL-118".to_owned(), url: None });
    let exported = EventPayload::Exported { note: Some("posted".to_owned()), version: Some(2), reference };
    let unmarked = EventPayload::Unmarked { reason: Some("rejected later".to_owned()) };
    let replaced = serde_json::from_value(json!({ "debit_ten_thousandths": 125_000 })).unwrap();
    let updated = EventPayload::Updated { replaced };
    let withdrawn = EventPayload::Withdrawn { reason: Some("booked twice".to_owned()) };
    let reinstated = EventPayload::Reinstated {};
    let joined = EventPayload::JoinedSentVoucher {};
    assert_eq!(joined.name(), "JOINED_SENT_VOUCHER");
    for payload in [EventPayload::Recorded {}, updated, withdrawn, reinstated, joined, exported, unmarked] {
        let read = EventPayload::from_stored(payload.name().to_owned(), payload.fields().into());
        assert_eq!(read, payload);
    }
}

#[test]
fn what_a_newer_version_keeps_is_read_as_far_as_it_is_known() {
    let more = json!({ "note": "x", "colour": 3 });
    let read = EventPayload::from_stored("EXPORTED".to_owned(), more);
    let note = Some("x".to_owned());
    assert_eq!(read, EventPayload::Exported { note, version: None, reference: None });
    let read = EventPayload::from_stored("AUDITED".to_owned(), json!({ "reason": "closed" }));
    assert_eq!((read.name(), read.kind()), ("AUDITED", EventKind::Other));
    assert_eq!(Value::from(read.fields()), json!({ "reason": "closed" }));
    // Another program's row.
    assert_eq!(
        EventPayload::from_stored("UPDATED".to_owned(), json!({})),
        EventPayload::Updated { replaced: Replaced::default() }
    );
    assert_eq!(EventPayload::from_stored("EXPORTED".to_owned(), json!([])).name(), "EXPORTED");
}
