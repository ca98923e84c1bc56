//! A cursor belongs to the list it came from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{page, refusal};
use crate::on_both_databases;
use crate::support::entries;
use crate::support::pages::on_page;

on_both_databases! {
    async fn a_cursor_belongs_to_the_arguments_it_was_made_for(gateway: Gateway) {
        let all = gateway.record(entries(6)).await;
        gateway.mark("erp", &all[..1]).await;
        gateway.set_clock("2026-03-05T12:00:00Z");
        let of = |system: &'static str, arguments: Value| (Some(system).filter(|system| !system.is_empty()), arguments);
        let lists = [
            of("", json!({})),
            of("", json!({ "filter": { "id": { "gt": "0" } } })),
            of("", json!({ "filter": { "id": { "gt": "1" } } })),
            of("", json!({ "filter": { "not": { "id": { "gt": "0" } } } })),
            of("", json!({ "filter": { "description": { "contains": "sale" } } })),
            of("", json!({ "filter": { "description": { "contains": "SALE" } } })),
            of("", json!({ "orderBy": { "field": "ID", "direction": "DESC" } })),
            of("", json!({ "orderBy": { "field": "POSTING_DATE" } })),
            of("", json!({ "orderBy": { "field": "CREATED_AT" } })),
            of("", json!({ "orderBy": { "field": "UPDATED_AT" } })),
            of("erp", json!({})),
            of("ERP", json!({})),
            of("other", json!({})),
            of("erp", json!({ "notExportedSince": "2026-03-01T00:00:00Z" })),
            of("erp", json!({ "notExportedSince": "2026-03-01T00:00:00.000001Z" })),
            of("erp", json!({ "filter": { "id": { "gt": "0" } } })),
            of("erp", json!({ "orderBy": { "field": "ID", "direction": "DESC" } })),
        ];
        let mut cursors = Vec::new();
        for (system, arguments) in &lists {
            let every = json!({ "filter": { "id": { "gt": "-1" } } });
            let finds_nothing = arguments["filter"]["not"].is_object();
            let (system, arguments) = if finds_nothing { (system, &every) } else { (system, arguments) };
            cursors.push(page(&gateway, *system, arguments.clone()).await["pageInfo"]["startCursor"].clone());
        }
        for (number, (system, arguments)) in lists.iter().enumerate() {
            for (other, cursor) in cursors.iter().enumerate() {
                for edge in ["after", "before"] {
                    let mut arguments = arguments.clone();
                    arguments[edge] = cursor.clone();
                    let own = number == other && !arguments["filter"]["not"].is_object();
                    if own {
                        page(&gateway, *system, arguments).await;
                    } else {
                        let (code, place) = refusal(&gateway, *system, arguments.clone()).await;
                        assert_eq!((code.as_str(), place), ("INVALID_CURSOR", json!([edge])), "{system:?} {arguments}");
                    }
                }
            }
        }
        // The size of the page is nothing it is bound to, and the same moment may be written in another way.
        let [cursor, since] = [&cursors[0], &cursors[13]];
        assert_eq!(on_page(&page(&gateway, None, json!({ "first": 2, "after": cursor })).await), all[1..3]);
        let same = json!({ "notExportedSince": "2026-03-01T01:00:00+01:00", "after": since });
        assert_eq!(on_page(&page(&gateway, Some("erp"), same).await), all[1..]);
    }

    /// Clients keep cursors, so the bytes of a list's cursor never change. Where this test fails something was renamed or
    /// reordered that cursors are bound to: undo that.
    async fn cursors_stay_as_they_are(gateway: Gateway) {
        gateway.record(entries(1)).await;
        let every_test = json!({ "and": [
            { "description": { "contains": "sale", "startsWith": "SALE", "endsWith": "1" } },
            { "or": [{ "journalCode": { "eq": "VE" } }, { "accountName": { "isNull": true } }] },
            { "not": { "debit": { "gt": "1.5" } } },
            { "postingDate": { "between": ["2026-01-01", "2026-12-31"] } },
            { "createdAt": { "gte": "2026-03-01T12:00:00Z" } },
            { "id": { "lte": "7", "lt": "8", "in": ["1", "2"], "notIn": ["3"], "ne": "4" } },
        ] });
        let since = json!({ "notExportedSince": "2026-02-01T00:00:00Z" });
        for (system, arguments, expected) in [
            (None, json!({}), "AZvn13l53QkfAAAAAAAAAAEAAAAAAAAAAQ"),
            (None, json!({ "orderBy": { "field": "CREATED_AT" } }), "AX3bKTS-036CAAZL9TWvEAAAAAAAAAAAAQ"),
            (None, json!({ "orderBy": { "field": "UPDATED_AT", "direction": "DESC" } }), "AZ_xSm1xnehzAAZL9TWvEAAAAAAAAAAAAQ"),
            (None, json!({ "orderBy": { "field": "POSTING_DATE" } }), "AV5DlMTtv7OlAAAAAAALST8AAAAAAAAAAQ"),
            (None, json!({ "filter": every_test }), "AZGrNRl2r39WAAAAAAAAAAEAAAAAAAAAAQ"),
            (Some("erp"), json!({}), "Ae9sFqsu5XDZAAAAAAAAAAEAAAAAAAAAAQ"),
            (Some("erp"), since, "AUbYNp__BRw3AAAAAAAAAAEAAAAAAAAAAQ"),
        ] {
            let cursor = page(&gateway, system, arguments.clone()).await["pageInfo"]["startCursor"].clone();
            assert_eq!(cursor, json!(expected), "{system:?} {arguments}");
        }
        gateway.mark("erp", &[1]).await;
        gateway.request(reqwest::Method::POST, "/v10/imports").body(ledgate::ledger_files::DEMO).send().await.unwrap();
        let cursors = "{ imports { pageInfo { startCursor } } exportSystems { pageInfo { startCursor } }
            accountingEntry(id: \"1\") { timeline { pageInfo { startCursor endCursor } } } }";
        let data = gateway.data(cursors, json!({})).await;
        assert_eq!(data["exportSystems"]["pageInfo"]["startCursor"], json!("AU0P-JV69XSVZXJw"));
        assert_eq!(data["imports"]["pageInfo"]["startCursor"], json!("ASC_GSYRksjvAAAAAAAAAAEAAAAAAAAAAQ"));
        let timeline = json!({ "startCursor": "Abb6OTFM6ulsAAAAAAAAAAAAAAAAAAAAAA", "endCursor": "Abb6OTFM6ulsAAAAAAAAAAEAAAAAAAAAAQ" });
        assert_eq!(data["accountingEntry"]["timeline"]["pageInfo"], timeline);
    }

    async fn what_is_no_cursor_is_refused(gateway: Gateway) {
        gateway.record(entries(3)).await;
        let by_day = json!({ "orderBy": { "field": "POSTING_DATE" } });
        let day = page(&gateway, None, by_day.clone()).await["pageInfo"]["startCursor"].clone();
        let page = page(&gateway, None, json!({})).await;
        let cursor = page["pageInfo"]["startCursor"].as_str().unwrap().to_owned();
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        let altered = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = bytes.clone();
            change(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        };
        let timeline = gateway.data(
            "{ accountingEntries { nodes { timeline { pageInfo { endCursor } } } } }", json!({}),
        ).await["accountingEntries"]["nodes"][0]["timeline"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
        for garbage in [
            String::new(), "1".to_owned(), "not a cursor".to_owned(), "é😀".to_owned(), "AQ".to_owned(), "\u{0}".to_owned(),
            cursor.to_uppercase(), format!("{cursor}="), format!("{cursor}AA"), format!(" {cursor}"),
            cursor[1..].to_owned(), cursor[..cursor.len() - 1].to_owned(), "A".repeat(5_000),
            altered(&|bytes| bytes[0] = 2), altered(&|bytes| bytes[1] ^= 1), altered(&|bytes| bytes[8] ^= 128),
            altered(&|bytes| bytes.truncate(17)), altered(&|bytes| bytes.push(0)), timeline,
        ] {
            for edge in ["after", "before"] {
                let (code, place) = refusal(&gateway, None, json!({ edge: garbage })).await;
                assert_eq!((code.as_str(), place), ("INVALID_CURSOR", json!([edge])), "{garbage:?}");
            }
        }
        // Made up, with a day that no calendar has.
        let mut bytes = URL_SAFE_NO_PAD.decode(day.as_str().unwrap()).unwrap();
        for key in [i64::MAX, i64::MIN, i64::from(i32::MAX)] {
            bytes[9..17].copy_from_slice(&key.to_be_bytes());
            for edge in ["after", "before"] {
                let mut arguments = by_day.clone();
                arguments[edge] = json!(URL_SAFE_NO_PAD.encode(&bytes));
                let (code, _) = refusal(&gateway, None, arguments).await;
                assert_eq!(code, "INVALID_CURSOR", "{edge} {key}");
            }
        }
    }
}
