//! The calls that the tests of tokens make, and what each takes. Every one is made for every token, so that none does
//! what stops another.

use ledgate::domain::Right::{self, Admin, Export, Manage, Mark, Read, Record, Unmark};
use reqwest::Method;
use serde_json::{Value, json};

/// What an operation takes: the rights, and the systems it is for.
pub type Needs = (&'static [Right], &'static [&'static str]);

/// Every operation, through GraphQL.
pub fn operations() -> Vec<(&'static str, String, Needs)> {
    let mark = |systems: &[&str]| {
        let items: Vec<String> =
            systems.iter().map(|system| format!("{{ entryId: \"1\", systemId: \"{system}\" }}")).collect();
        format!(
            "mutation {{ markExported(input: {{ entries: [{}] }}) {{ exports {{ systemId }} userErrors {{ code }} }} }}",
            items.join(", ")
        )
    };
    let record =
        "mutation { recordAccountingEntries(input: { entries: [{ externalId: \"T:1\", journalCode: \"VE\",
        entryNumber: \"1\", postingDate: \"2026-01-31\", accountNumber: \"707000\", description: \"Sale T:1\",
        debit: \"0.00\", credit: \"12.50\", currency: \"EUR\" }] }) { unchanged userErrors { code } } }";
    let unmark = "mutation { unmarkExported(input: { items: [
        { entryId: \"1\", systemId: \"crm\", reason: \"wrong\" }] }) { userErrors { code } } }";
    let claim = "mutation { claimExports(input: { systemId: \"erp\", first: 1, worker: \"w\" }) { userErrors { code } } }";
    // An entry that nothing here marks for this system.
    let on_entry = |mutation: &str, more: &str| {
        format!(
            "mutation {{ {mutation}(input: {{ items: [{{ entryId: \"3\", systemId: \"erp\" {more} }}] }}) {{
                userErrors {{ code }} }} }}"
        )
    };
    let resolve = "mutation { resolveExportConflict(input: { conflictId: \"404\", note: \"none\" }) {
        userErrors { code } } }";
    // A range without a mark.
    let replay = "mutation { startReplay(input: { systemId: \"erp\", markedSince: \"2000-01-01T00:00:00Z\",
        markedUntil: \"2000-01-02T00:00:00Z\", reason: \"lost\" }) { userErrors { code } } }";
    let cancel = "mutation { cancelReplay(input: { replayId: \"404\" }) { userErrors { code } } }";
    let configure = "mutation { configureExportSystem(input: { systemId: \"erp\", maxAttempts: 8 }) {
        userErrors { code } } }";
    // A system that nobody knows.
    let moved = |verb: &str| {
        format!(
            "mutation {{ {verb}ExportSystem(input: {{ systemId: \"none\" }}) {{ userErrors {{ code }} }} }}"
        )
    };
    let mutation = |name: &str, input: &str| {
        format!("mutation {{ {name}(input: {{ {input} }}) {{ userErrors {{ code }} }} }}")
    };
    let webhook = |verb: &str, input: &str| mutation(&format!("{verb}Webhook"), input);
    vec![
        ("entries", "{ accountingEntries { nodes { id } totalCount { count } } }".to_owned(), (&[Read], &[])),
        ("count", "{ accountingEntries { totalCount { count } } }".to_owned(), (&[Read], &[])),
        ("entry", "{ accountingEntry(id: \"1\") { id } }".to_owned(), (&[Read], &[])),
        ("nothing", "{ accountingEntry(id: \"404\") { id } }".to_owned(), (&[Read], &[])),
        ("erp", "{ unexportedEntries(systemId: \"erp\") { nodes { id } } }".to_owned(), (&[Export], &["erp"])),
        ("crm", "{ unexportedEntries(systemId: \"crm\") { nodes { id } } }".to_owned(), (&[Export], &["crm"])),
        ("new", "{ unexportedEntries(systemId: \"new\") { nodes { id } } }".to_owned(), (&[Export], &["new"])),
        (
            "relations",
            "{ unexportedEntries(systemId: \"erp\") { nodes { exports { systemId } timeline { nodes { kind } } } } }"
                .to_owned(),
            (&[Export, Read], &["erp"]),
        ),
        ("system", "{ exportSystem(systemId: \"erp\") { backlog { count } } }".to_owned(), (&[Export], &["erp"])),
        ("no system", "{ exportSystem(systemId: \"new\") { knownSince } }".to_owned(), (&[Export], &["new"])),
        ("systems", "{ exportSystems { nodes { id } } }".to_owned(), (&[Export], &[])),
        ("imports", "{ imports { nodes { id summary } } }".to_owned(), (&[Read], &[])),
        ("import", "{ import(id: \"404\") { id } }".to_owned(), (&[Read], &[])),
        ("mark", mark(&["erp"]), (&[Mark], &["erp"])),
        ("mark two", mark(&["erp", "crm"]), (&[Mark], &["erp", "crm"])),
        ("record", record.to_owned(), (&[Record], &[])),
        ("changed", "{ changedEntries(systemId: \"crm\") { totalCount { count } } }".to_owned(), (&[Export], &["crm"])),
        ("unmark", unmark.to_owned(), (&[Unmark], &["crm"])),
        ("claims", "{ exportClaims(systemId: \"erp\") { nodes { claimId } } }".to_owned(), (&[Export], &["erp"])),
        (
            "conflicts",
            "{ exportConflicts(systemId: \"crm\") { nodes { conflictId } } }".to_owned(),
            (&[Export], &["crm"]),
        ),
        ("claim", claim.to_owned(), (&[Mark], &["erp"])),
        ("fail", on_entry("reportExportFailures", "type: UNAVAILABLE, reason: \"busy\""), (&[Mark], &["erp"])),
        ("requeue", on_entry("requeueExports", ""), (&[Manage], &["erp"])),
        ("park", on_entry("parkExports", "reason: \"later\""), (&[Manage], &["erp"])),
        ("resolve", resolve.to_owned(), (&[Manage], &[])),
        ("exports", "{ entryExports(systemId: \"crm\") { nodes { entryId } } }".to_owned(), (&[Export], &["crm"])),
        ("replays", "{ exportReplays(systemId: \"erp\") { nodes { replayId } } }".to_owned(), (&[Export], &["erp"])),
        ("events", "{ exportEvents(systemId: \"erp\") { nodes { kind } } }".to_owned(), (&[Export], &["erp"])),
        ("replay", replay.to_owned(), (&[Manage], &["erp"])),
        ("cancel", cancel.to_owned(), (&[Manage], &[])),
        ("configure", configure.to_owned(), (&[Admin], &["erp"])),
        // An address that no webhook has, and webhooks that are not there.
        ("webhooks", "{ webhooks { nodes { webhookId } } }".to_owned(), (&[Admin], &[])),
        ("webhook", "{ webhook(webhookId: \"404\") { url } }".to_owned(), (&[Admin], &[])),
        ("create webhook", webhook("create", "url: \"none\", systemId: \"erp\", kinds: [READY]"), (&[Admin], &["erp"])),
        ("delete webhook", webhook("delete", "webhookId: \"404\""), (&[Admin], &[])),
        ("replay webhook", webhook("replay", "webhookId: \"404\""), (&[Admin], &[])),
        ("test webhook", webhook("test", "webhookId: \"404\""), (&[Admin], &[])),
        ("secret", mutation("rotateWebhookSecret", "webhookId: \"404\""), (&[Admin], &[])),
        ("switch on", mutation("switchWebhookOn", "webhookId: \"404\""), (&[Admin], &[])),
        ("retire", moved("retire"), (&[Admin], &["none"])),
        ("revive", moved("revive"), (&[Admin], &["none"])),
    ]
}

/// And through REST.
pub fn requests() -> Vec<(Method, &'static str, Option<Value>, Needs)> {
    let mark = json!({ "accounting_entries": [{ "accounting_entry_id": 1, "system_id": "crm" }] });
    // It runs after the call that marks.
    let unmark = json!({ "items": [{ "accounting_entry_id": 1, "system_id": "crm", "reason": "wrong" }] });
    let withdrawal =
        json!({ "accounting_entries": [{ "accounting_entry_id": 1, "reason": "booked twice" }] });
    let entry = json!({ "external_id": "T:1", "journal_code": "VE", "entry_number": "1", "posting_date": "2026-01-31",
        "account_number": "707000", "description": "Sale T:1", "debit": "0.00", "credit": "12.50", "currency": "EUR" });
    // An entry that nothing here marks for this system.
    let failure = json!({ "items": [
        { "accounting_entry_id": 3, "system_id": "erp", "type": "UNAVAILABLE", "reason": "busy" },
    ] });
    let requeue = json!({ "items": [{ "accounting_entry_id": 3, "system_id": "erp" }] });
    let park = json!({ "items": [{ "accounting_entry_id": 3, "system_id": "erp", "reason": "later" }] });
    let of_type = json!({ "system_id": "erp", "type": "OTHER" });
    let claim = json!({ "system_id": "erp", "first": 1, "worker": "w" });
    // A range without a mark.
    let replay = json!({ "system_id": "erp", "reason": "lost", "marked_since": "2000-01-01T00:00:00Z",
        "marked_until": "2000-01-02T00:00:00Z" });
    // An address that no webhook has.
    let webhook = json!({ "url": "none", "system_id": "erp", "kinds": ["READY"] });
    let settle = json!({ "exported": [{ "accounting_entry_id": 3 }] });
    vec![
        (Method::GET, "/v10/accounting-entries", None, (&[Read], &[])),
        (Method::GET, "/v10/accounting-entries/1", None, (&[Read], &[])),
        (Method::GET, "/v10/accounting-entries/1/timeline", None, (&[Read], &[])),
        (Method::GET, "/v10/accounting-entries/export?system_id=erp", None, (&[Export], &["erp"])),
        (Method::GET, "/v10/accounting-entries/export?system_id=crm&limit=2", None, (&[Export], &["crm"])),
        (Method::GET, "/v10/imports", None, (&[Read], &[])),
        (Method::POST, "/v10/accounting-entries/mark-as-exported", Some(mark), (&[Mark], &["crm"])),
        (Method::GET, "/v10/accounting-entries/changed?system_id=crm", None, (&[Export], &["crm"])),
        (Method::POST, "/v10/accounting-entries/unmark-as-exported", Some(unmark), (&[Unmark], &["crm"])),
        (Method::GET, "/v10/accounting-entries/3/export-status?system_id=erp", None, (&[Export], &["erp"])),
        (Method::GET, "/v10/accounting-entries/claims?system_id=erp", None, (&[Export], &["erp"])),
        (Method::POST, "/v10/accounting-entries/claims", Some(claim), (&[Mark], &["erp"])),
        (Method::POST, "/v10/accounting-entries/claims/none/settle", Some(settle), (&[Mark], &[])),
        (Method::POST, "/v10/accounting-entries/claims/none/extend", Some(json!({})), (&[Mark], &[])),
        (Method::POST, "/v10/accounting-entries/claims/none/release", Some(json!({})), (&[Mark], &[])),
        (Method::POST, "/v10/accounting-entries/report-failures", Some(failure), (&[Mark], &["erp"])),
        (Method::POST, "/v10/accounting-entries/requeue", Some(requeue), (&[Manage], &["erp"])),
        (Method::POST, "/v10/accounting-entries/requeue-failures", Some(of_type), (&[Manage], &["erp"])),
        (Method::POST, "/v10/accounting-entries/park", Some(park), (&[Manage], &["erp"])),
        (Method::POST, "/v10/export-systems/none/retire", Some(json!({})), (&[Admin], &["none"])),
        (Method::POST, "/v10/export-systems/none/revive", Some(json!({})), (&[Admin], &["none"])),
        (Method::GET, "/v10/export-events?system_id=erp", None, (&[Export], &["erp"])),
        (Method::GET, "/v10/export-conflicts?system_id=crm", None, (&[Export], &["crm"])),
        (
            Method::POST,
            "/v10/export-conflicts/404/resolve",
            Some(json!({ "note": "none" })),
            (&[Manage], &[]),
        ),
        (
            Method::POST,
            "/v10/accounting-entries/reconcile?system_id=erp",
            Some(json!({ "accounting_entry_id": 1 })),
            (&[Export], &["erp"]),
        ),
        (Method::GET, "/v10/accounting-entries/exports?system_id=crm", None, (&[Export], &["crm"])),
        (Method::GET, "/v10/export-replays?system_id=erp", None, (&[Export], &["erp"])),
        (Method::POST, "/v10/export-replays", Some(replay), (&[Manage], &["erp"])),
        (Method::POST, "/v10/export-replays/404/cancel", Some(json!({})), (&[Manage], &[])),
        (Method::GET, "/v10/webhooks", None, (&[Admin], &[])),
        (Method::POST, "/v10/webhooks", Some(webhook), (&[Admin], &["erp"])),
        (Method::GET, "/v10/webhooks/404", None, (&[Admin], &[])),
        (Method::GET, "/v10/webhooks/404/deliveries", None, (&[Admin], &[])),
        (Method::POST, "/v10/webhooks/404/delete", Some(json!({})), (&[Admin], &[])),
        (Method::POST, "/v10/webhooks/404/replay", Some(json!({})), (&[Admin], &[])),
        (Method::POST, "/v10/webhooks/404/rotate-secret", Some(json!({})), (&[Admin], &[])),
        (Method::POST, "/v10/webhooks/404/switch-on", Some(json!({})), (&[Admin], &[])),
        (Method::POST, "/v10/webhooks/404/test", Some(json!({})), (&[Admin], &[])),
        (Method::GET, "/v10/export-systems", None, (&[Export], &[])),
        (Method::GET, "/v10/export-systems/erp", None, (&[Export], &["erp"])),
        (Method::PATCH, "/v10/export-systems/erp", Some(json!({ "max_attempts": 8 })), (&[Admin], &["erp"])),
        (Method::POST, "/v10/accounting-entries/withdraw", Some(withdrawal), (&[Record], &[])),
        (
            Method::POST,
            "/v10/accounting-entries",
            Some(json!({ "accounting_entries": [entry] })),
            (&[Record], &[]),
        ),
    ]
}
