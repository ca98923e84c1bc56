//! What a slip would widen to everything, and values of the wrong form, are refused with their place.

use serde_json::{Value, json};

use super::{nested, record};
use crate::on_both_databases;
use crate::support::Gateway;

/// The code, the argument and the message of the refusal.
async fn refusal(gateway: &Gateway, query: &str, variables: Value) -> (String, String, String) {
    let answer = gateway.graphql(query, variables).await;
    let error = &answer["errors"][0];
    let steps = error["extensions"]["argument"].as_array().map(Vec::as_slice).unwrap_or_default();
    let argument = steps.iter().map(|step| step.as_str().unwrap()).collect::<Vec<_>>().join(".");
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("not refused: {answer:#}")).to_owned();
    (text(&error["extensions"]["code"]), argument, text(&error["message"]))
}

const FILTERED: &str = "query($f: AccountingEntryFilter) { accountingEntries(filter: $f) { nodes { id } } }";

/// Each filter is refused as INVALID_FILTER, at the argument beside it.
async fn check_refused(gateway: &Gateway, cases: Vec<(Value, &str)>) {
    for (filter, expected) in cases {
        let (code, argument, _) = refusal(gateway, FILTERED, json!({ "f": filter })).await;
        assert_eq!((code.as_str(), argument.as_str()), ("INVALID_FILTER", expected), "{filter}");
    }
}

on_both_databases! {
    async fn what_a_slip_would_widen_is_refused_where_it_stands(gateway: Gateway) {
        record(&gateway).await;
        let text = |length: usize| "ß".repeat(length);
        let texts = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
        let tests = |count: usize| (0..count).map(|n| json!({ "id": { "ne": n.to_string() } })).collect::<Vec<_>>();
        check_refused(&gateway, vec![
            (json!({ "description": null }), "filter.description"),
            (json!({ "description": {} }), "filter.description"),
            (json!({ "amount": {} }), "filter.amount"),
            (json!({ "amount": { "gt": "0", "lt": null } }), "filter.amount.lt"),
            (json!({ "id": { "in": null } }), "filter.id.in"),
            (json!({ "documentReference": { "isNull": null } }), "filter.documentReference.isNull"),
            (json!({ "description": { "eq": "x", "startsWith": null } }), "filter.description.startsWith"),
            (json!({ "and": null }), "filter.and"),
            (json!({ "not": null }), "filter.not"),
            (json!({ "not": {} }), "filter.not"),
            (json!({ "or": [] }), "filter.or"),
            (json!({ "and": [] }), "filter.and"),
            (json!({ "or": [{ "id": { "eq": "1" } }, {}] }), "filter.or.1"),
            (json!({ "and": [{ "or": [{ "description": { "notIn": null } }] }] }), "filter.and.0.or.0.description.notIn"),
            (json!({ "description": { "in": [] } }), "filter.description.in"),
            (json!({ "amount": { "notIn": [] } }), "filter.amount.notIn"),
            (json!({ "createdAt": { "in": [] } }), "filter.createdAt.in"),
            (json!({ "documentReference": { "in": texts(101) } }), "filter.documentReference.in"),
            (json!({ "documentReference": { "notIn": texts(101) } }), "filter.documentReference.notIn"),
            (json!({ "not": { "id": { "in": texts(101) } } }), "filter.not.id.in"),
            (json!({ "and": tests(51) }), "filter"),
            (nested(6), "filter"),
            (json!({ "description": { "contains": text(257) } }), "filter.description.contains"),
            (json!({ "description": { "startsWith": text(257) } }), "filter.description.startsWith"),
            (json!({ "description": { "endsWith": text(257) } }), "filter.description.endsWith"),
            (json!({ "description": { "eq": text(257) } }), "filter.description.eq"),
            (json!({ "or": [{ "description": { "in": ["x", text(257)] } }] }), "filter.or.0.description.in"),
            (json!({ "description": { "contains": "" } }), "filter.description.contains"),
            (json!({ "description": { "contains": "a\u{0}b" } }), "filter.description.contains"),
            (json!({ "description": { "eq": "\u{0}" } }), "filter.description.eq"),
            (json!({ "amount": { "between": ["1"] } }), "filter.amount.between"),
            (json!({ "amount": { "between": ["1", "2", "3"] } }), "filter.amount.between"),
            (json!({ "description": { "between": [] } }), "filter.description.between"),
            (json!({ "id": { "eq": "seven" } }), "filter.id.eq"),
            (json!({ "id": { "eq": "system/7" } }), "filter.id.eq"),
            (json!({ "id": { "eq": "entry/07" } }), "filter.id.eq"),
            (json!({ "id": { "in": ["7", "9223372036854775808"] } }), "filter.id.in.1"),
            (json!({ "documentDate": { "eq": "0000-12-31" } }), "filter.documentDate.eq"),
        ]).await;
        // One less is taken.
        for filter in [
            json!({ "documentReference": { "in": texts(100) } }),
            json!({ "and": tests(50) }),
            nested(5),
            json!({ "description": { "contains": text(256) } }),
            json!({ "description": { "eq": text(256) } }),
        ] {
            gateway.data(FILTERED, json!({ "f": filter })).await;
        }
    }

    async fn a_null_is_refused_however_it_is_written(gateway: Gateway) {
        record(&gateway).await;
        for (query, expected) in [
            ("{ accountingEntries(filter: { description: null }) { nodes { id } } }", "filter.description"),
            ("{ accountingEntries(filter: { description: { eq: null } }) { nodes { id } } }", "filter.description.eq"),
            ("{ accountingEntries(filter: { description: { eq: \"\", ne: null } }) { nodes { id } } }", "filter.description.ne"),
            ("{ accountingEntries(filter: { id: {} }) { nodes { id } } }", "filter.id"),
            ("{ accountingEntries(filter: { and: [{}] }) { nodes { id } } }", "filter.and.0"),
            ("{ accountingEntries(filter: { or: [] }) { nodes { id } } }", "filter.or"),
            ("{ unexportedEntries(systemId: \"erp\", filter: { not: { id: {} } }) { nodes { id } } }", "filter.not.id"),
        ] {
            let (code, argument, _) = refusal(&gateway, query, json!({})).await;
            assert_eq!((code.as_str(), argument.as_str()), ("INVALID_FILTER", expected), "{query}");
        }
        // A variable that is null is one, inside of a filter; one that is not set is as if its field were not there.
        for (query, name, when_unset) in [
            ("query($x: StringFilter) { accountingEntries(filter: { description: $x, id: { gt: \"0\" } }) { nodes { id } } }", "x", None),
            ("query($x: String) { accountingEntries(filter: { description: { eq: $x } }) { nodes { id } } }", "x", Some("filter.description")),
            ("query($x: String) { accountingEntries(filter: { description: { ne: \"y\", contains: $x } }) { nodes { id } } }", "x", None),
            ("query($x: DateTime) { accountingEntries(filter: { id: { gt: \"0\" }, createdAt: { gte: $x } }) { nodes { id } } }", "x", Some("filter.createdAt")),
            ("query($x: [AccountingEntryFilter!]) { accountingEntries(filter: { and: $x, id: { gt: \"0\" } }) { nodes { id } } }", "x", None),
        ] {
            let (code, ..) = refusal(&gateway, query, json!({ name: null })).await;
            assert_eq!(code, "INVALID_FILTER", "{query}");
            match when_unset {
                None => drop(gateway.data(query, json!({})).await),
                Some(expected) => {
                    let (code, argument, _) = refusal(&gateway, query, json!({})).await;
                    assert_eq!((code.as_str(), argument.as_str()), ("INVALID_FILTER", expected), "{query}");
                }
            }
        }
        // The argument as a whole is left out, however that is said.
        for (query, variables) in [
            ("{ accountingEntries(filter: null) { nodes { id } } }", json!({})),
            ("{ accountingEntries(filter: {}) { nodes { id } } }", json!({})),
            ("query($x: AccountingEntryFilter) { accountingEntries(filter: $x) { nodes { id } } }", json!({ "x": {} })),
            ("query($x: AccountingEntryFilter) { accountingEntries(filter: $x) { nodes { id } } }", json!({})),
            ("query($x: AccountingEntryFilter) { accountingEntries(filter: $x) { nodes { id } } }", json!({ "x": null })),
            ("query($x: AccountingEntryFilter) { accountingEntries: unexportedEntries(systemId: \"erp\", filter: $x) { nodes { id } } }", json!({})),
        ] {
            let all = gateway.data("{ accountingEntries { nodes { id } } }", json!({})).await;
            assert_eq!(gateway.data(query, variables.clone()).await, all, "{query} {variables}");
        }
    }

    async fn a_value_of_the_wrong_form_is_refused_where_it_stands_with_the_right_form(gateway: Gateway) {
        record(&gateway).await;
        let decimal = ["12,50", "", "1e3", "+1", "0.00001", "922337203685477.5808", "-922337203685477.5809"];
        let date = ["2026-02-30", "30.01.2026", "2026-1-5", "2026-01-30T00:00:00Z", "10000-01-01"];
        let moment = [
            "yesterday", "2026-03-01", "2026-03-01T12:00:00", "2026-02-30T12:00:00Z", "0000-12-31T23:59:59Z",
            "2026-03-01T12:00:00.0000001Z", "9999-12-31T23:59:59-00:01",
        ];
        let cases = decimal.iter().map(|text| ("amount", json!(text), "4 of them after the point"))
            .chain([json!(12.5), json!(12), json!(-0.0)].map(|number| ("amount", number, "JSON numbers lose digits")))
            .chain(date.iter().map(|text| ("postingDate", json!(text), "such as \"2026-01-31\"")))
            .chain(moment.iter().map(|text| ("createdAt", json!(text), "at most six digits after the second")))
            .chain([("createdAt", json!(1_772_000_000), "such as \"2026-01-31T12:00:00Z\"")])
            .chain(["Euro", "eur", "XYZ", ""].map(|text| ("currency", json!(text), "such as \"EUR\"")));
        for (field, value, how) in cases {
            for (operand, place) in [(json!({ "gt": value }), "gt"), (json!({ "in": [value] }), "in.0")] {
                let filter = json!({ "or": [{ field: operand }] });
                let (code, argument, message) = refusal(&gateway, FILTERED, json!({ "f": filter })).await;
                let expected = format!("filter.or.0.{field}.{place}");
                assert_eq!((code.as_str(), argument), ("BAD_USER_INPUT", expected), "{filter}");
                assert!(message.contains(how), "{filter}: {message}");
            }
        }
        let literal = "{ accountingEntries(filter: { amount: { gt: 12.5 } }) { nodes { id } } }";
        let (code, argument, message) = refusal(&gateway, literal, json!({})).await;
        assert_eq!((code.as_str(), argument.as_str()), ("BAD_USER_INPUT", "filter.amount.gt"));
        assert!(message.contains("JSON numbers lose digits"), "{message}");
    }
}
