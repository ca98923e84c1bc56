//! The ledger that the clients are shown.

use serde_json::{Value, json};

use crate::support::Gateway;
use crate::support::gateway::entry;

/// The credit of each entry, T:1 first. The last one has all the digits that an amount can have.
pub const CREDITS: [&str; 7] = ["1.05", "2.10", "3.15", "4.20", "5.25", "6.30", "123456789012345.6789"];

/// Between the recording of the entries and the first mark.
pub const BEFORE_THE_MARKS: &str = "2026-03-01T18:00:00Z";

/// Records the entries T:1 to T:7 and marks T:1 for "erp" and, an hour later, for "bank". Gives the entries' ids.
pub async fn fill(gateway: &Gateway) -> Vec<i64> {
    let entries = CREDITS.iter().zip(1..).map(|(credit, number)| {
        let mut entry = entry(&name(number));
        entry["credit"] = json!(credit);
        entry["attributes"] = json!({ "CostCentre": "410", "line": number });
        entry
    });
    let ids = gateway.record(entries.collect()).await;
    for (moment, system, note) in
        [("2026-03-02T08:00:00Z", "erp", "GL-1"), ("2026-03-02T09:00:00Z", "bank", "statement 7")]
    {
        gateway.set_clock(moment);
        let item = json!({ "entryId": ids[0].to_string(), "systemId": system, "note": note });
        assert_eq!(gateway.mark_items(vec![item], None).await["userErrors"], json!([]));
    }
    gateway.set_clock("2026-03-03T08:00:00Z");
    ids
}

/// The external id of an entry.
pub fn name(number: i64) -> String {
    format!("T:{number}")
}

/// The numbers of the entries that stand in a list, each of which has to be shown with its own amounts.
pub fn numbers<'a>(lines: impl IntoIterator<Item = &'a Value>) -> Vec<i64> {
    let number = |line: &Value| {
        let number: i64 = line["externalId"].as_str().unwrap().strip_prefix("T:").unwrap().parse().unwrap();
        let credit = CREDITS[usize::try_from(number).unwrap() - 1];
        let shown = [&line["debit"], &line["credit"], &line["currency"], &line["postingDate"]];
        assert_eq!(shown, ["0.00", credit, "EUR", "2026-01-31"], "{line:#}");
        assert_eq!(line["accountName"], Value::Null, "{line:#}");
        number
    };
    lines.into_iter().map(number).collect()
}
