//! Lists of entries are written at once where that can be done, and resolved by the engine otherwise: the answer has to
//! be the same to the letter. Many selections are made at random, and each is asked for twice: as it stands, and with a
//! directive around what is asked of the entries, which leaves it to the engine.

use std::fmt::Write;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Gateway, entries};

/// Selections that are tried on each database.
const SELECTIONS: usize = 200;

/// Makes selections.
struct Maker<'a> {
    rng: Rng,
    /// Cursors of timelines, of which one is of another entry or none at all.
    cursors: &'a [String],
    /// A name for each selection that may need one, so that no two fall onto one key.
    names: usize,
}

impl Maker<'_> {
    fn some(&mut self, make: &[fn(&mut Self, u32) -> String], depth: u32) -> String {
        let mut selection = String::new();
        for _ in 0..self.rng.usize(1..=4) {
            let make = make[self.rng.usize(..make.len())];
            let field = make(self, depth);
            if self.rng.u8(..4) == 0 {
                write!(selection, "... {{ {} }} ", self.named(&field)).unwrap();
            } else {
                write!(selection, "{} ", self.named(&field)).unwrap();
            }
        }
        selection
    }

    fn named(&mut self, field: &str) -> String {
        self.names += 1;
        format!("k{}: {field}", self.names)
    }

    fn leaf(&mut self, names: &[&str]) -> String {
        names[self.rng.usize(..names.len())].to_owned()
    }

    fn entry(&mut self, depth: u32) -> String {
        let leaf = |maker: &mut Self, _| {
            maker.leaf(&[
                "__typename",
                "id",
                "entryId",
                "externalId",
                "journalName",
                "description",
                "debit",
                "amount",
                "currency",
                "documentDate",
                "withdrawnAt",
                "attributes",
                "createdAt",
            ])
        };
        let exports = |maker: &mut Self, depth| format!("exports {{ {} }}", maker.export(depth));
        let export = |maker: &mut Self, depth| {
            let system = maker.leaf(&["erp", "bank", "nobody", "no system"]);
            format!("export(systemId: \"{system}\") {{ {} }}", maker.export(depth))
        };
        let timeline = |maker: &mut Self, _| {
            let first = ["", "first: 1", "first: 2", "first: 100", "first: 101"][maker.rng.usize(..5)];
            let after = match maker.rng.usize(..=maker.cursors.len() * 2) {
                index if index < maker.cursors.len() => format!("after: \"{}\"", maker.cursors[index]),
                _ => String::new(),
            };
            let arguments = format!("{first} {after}");
            let arguments = if arguments.trim().is_empty() { arguments } else { format!("({arguments})") };
            format!("timeline{arguments} {{ {} }}", maker.timeline())
        };
        let status = |maker: &mut Self, depth| {
            let system = maker.leaf(&["erp", "erp", "bank", "nobody", "no system"]);
            format!("exportStatus(systemId: \"{system}\") {{ {} }}", maker.status(depth))
        };
        let voucher = |maker: &mut Self, _| {
            let leaf = |maker: &mut Self, _| {
                maker.leaf(&["__typename", "id", "journalCode", "postingDate", "entryNumber", "balanced"])
            };
            format!("voucher {{ {} }}", maker.some(&[leaf], 0))
        };
        if depth == 0 {
            self.some(&[leaf], 0)
        } else {
            self.some(&[leaf, leaf, exports, export, status, status, voucher, timeline], depth - 1)
        }
    }

    fn status(&mut self, depth: u32) -> String {
        let leaf = |maker: &mut Self, _| {
            let names = [
                "__typename",
                "state",
                "attempts",
                "nextAttemptAt",
                "parkedBy",
                "parkedReason",
                "sentVersion",
                "dispatchKey",
            ];
            maker.leaf(&names)
        };
        let failure = |maker: &mut Self, _| {
            let leaf = |maker: &mut Self, _| {
                maker.leaf(&["__typename", "type", "reason", "failedAt", "entryId", "entry { entryId }"])
            };
            format!("lastFailure {{ {} }}", maker.some(&[leaf], 0))
        };
        let claim = |maker: &mut Self, _| {
            let leaf = |maker: &mut Self, _| {
                maker.leaf(&[
                    "__typename",
                    "id",
                    "claimId",
                    "systemId",
                    "worker",
                    "actor",
                    "claimedAt",
                    "expiresAt",
                    "endedAt",
                    "live",
                ])
            };
            format!("claim {{ {} }}", maker.some(&[leaf], 0))
        };
        let export = |maker: &mut Self, depth| format!("export {{ {} }}", maker.export(depth));
        self.some(&[leaf, leaf, failure, claim, export], depth)
    }

    fn export(&mut self, depth: u32) -> String {
        let leaf = |maker: &mut Self, _| {
            maker.leaf(&[
                "__typename",
                "id",
                "entryId",
                "systemId",
                "exportedAt",
                "note",
                "version",
                "remarked",
                "conflict",
            ])
        };
        let reference = |maker: &mut Self, _| {
            let leaf = |maker: &mut Self, _| maker.leaf(&["__typename", "documentId", "url"]);
            format!("reference {{ {} }}", maker.some(&[leaf], 0))
        };
        let entry = |maker: &mut Self, depth| format!("entry {{ {} }}", maker.entry(depth));
        let system = |_: &mut Self, _| "system { systemId }".to_owned();
        if depth == 0 {
            self.some(&[leaf, leaf, reference], 0)
        } else {
            self.some(&[leaf, leaf, reference, entry, entry, system], 0)
        }
    }

    fn timeline(&mut self) -> String {
        let nodes = |maker: &mut Self, _| format!("nodes {{ {} }}", maker.some(&[Self::event], 0));
        let edges = |maker: &mut Self, _| {
            let node = |maker: &mut Self, _| format!("node {{ {} }}", maker.some(&[Self::event], 0));
            let leaf = |maker: &mut Self, _| maker.leaf(&["cursor", "__typename"]);
            format!("edges {{ {} }}", maker.some(&[node, leaf], 0))
        };
        let page_info = |maker: &mut Self, _| {
            let leaf = |maker: &mut Self, _| {
                maker.leaf(&["__typename", "hasNextPage", "hasPreviousPage", "startCursor", "endCursor"])
            };
            format!("pageInfo {{ {} }}", maker.some(&[leaf], 0))
        };
        self.some(&[nodes, edges, page_info], 0)
    }

    fn event(&mut self, _: u32) -> String {
        self.leaf(&["__typename", "id", "kind", "at", "entryId", "systemId", "note", "actor"])
    }
}

async fn text(gateway: &Gateway, query: &str) -> String {
    gateway.post("/graphql", &json!({ "query": query })).await.text().await.unwrap()
}

on_both_databases! {
    async fn a_list_that_is_written_reads_as_the_engine_would_have_made_it(gateway: Gateway) {
        let mut texts = entries(7);
        for (entry, text) in texts.iter_mut().zip(["plain", "\"quoted\" \\ ", "two\nlines\u{1}", "é 漢 🙂", "</script>", "\u{7f}"]) {
            entry["description"] = json!(text);
            entry["attributes"] = json!({ "a": text, "n": 1.5, "b": null });
        }
        texts[3]["journalName"] = json!("Ventes");
        for (entry, number) in texts.iter_mut().zip(["1", "1", "", "2/é", "3", "4", "5"]) {
            entry["entryNumber"] = json!(number);
        }
        let ids = gateway.record(texts).await;
        gateway.mark("erp", &ids[..4]).await;
        gateway.set_clock("2026-03-02T12:00:00.123456Z");
        gateway.mark("bank", &ids[2..5]).await;
        let item = |id: i64| json!({ "entryId": id.to_string(), "systemId": "erp" });
        let mut again = item(ids[3]);
        again["note"] = json!("again \"\\\n");
        again["reference"] = json!({ "documentId": "GL-\"1\"" });
        gateway.mark_items(vec![again], None).await;
        // One has failed, one is parked, and one is claimed.
        let (mut failed, mut parked) = (item(ids[4]), item(ids[5]));
        failed["type"] = json!("VALIDATION");
        failed["reason"] = json!("no \"account\"");
        parked["reason"] = json!("a corrected \\ invoice will come");
        let calls = [
            ("reportExportFailures", "ReportExportFailuresInput", json!({ "items": [failed] }), ""),
            ("parkExports", "ParkExportsInput", json!({ "items": [parked] }), ""),
            (
                "claimExports",
                "ClaimExportsInput",
                json!({ "systemId": "erp", "worker": "worker 1", "first": 1 }),
                "claim { entries { nodes { entry { entryId } } } }",
            ),
        ];
        let mut claimed = Value::Null;
        for (call, input_type, input, selection) in calls {
            let query =
                format!("mutation($input: {input_type}!) {{ {call}(input: $input) {{ {selection} userErrors {{ code }} }} }}");
            let payload = gateway.data(&query, json!({ "input": input })).await[call].clone();
            assert_eq!(payload["userErrors"], json!([]), "{payload}");
            claimed = payload["claim"]["entries"]["nodes"][0]["entry"]["entryId"].clone();
        }
        assert_eq!(claimed, json!(ids[6].to_string()));

        let found = gateway.data("{ accountingEntries { nodes { timeline { edges { cursor } } } } }", json!({})).await;
        let of = |entry: usize, event: usize| {
            let cursor = &found["accountingEntries"]["nodes"][entry]["timeline"]["edges"][event]["cursor"];
            cursor.as_str().unwrap().to_owned()
        };
        let cursors = [of(3, 0), of(3, 1), of(6, 0), "no cursor".to_owned()];
        let mut maker = Maker { rng: Rng::with_seed(11), cursors: &cursors, names: 0 };
        let (mut failed, mut answered) = (0, 0);
        for number in 0..SELECTIONS {
            let selection = maker.entry(2);
            let (list, inside) = match number % 3 {
                0 => ("nodes", selection),
                1 => ("edges", format!("cursor node {{ {selection} }} __typename")),
                _ => ("edges", format!("n: node {{ {selection} }}")),
            };
            let page = |inside: &str| {
                format!("{{ unexportedEntries(systemId: \"new\", first: 7) {{ {list} {{ {inside} }} pageInfo {{ endCursor }} }} }}")
            };
            let written = text(&gateway, &page(&inside)).await;
            let by_engine = text(&gateway, &page(&format!("... @include(if: true) {{ {inside} }}"))).await;
            let [written, by_engine] = [written, by_engine].map(|answer| in_order_of_path(&answer));
            assert_eq!(written, by_engine, "{}", page(&inside));
            if written.contains("\"errors\"") { failed += 1 } else { answered += 1 }
        }
        assert!(failed > 5 && answered > SELECTIONS / 3, "{failed} failed, {answered} were answered");
    }
}

/// An answer with its errors in the order of their paths: fields fail in the order in which they are done.
fn in_order_of_path(answer: &str) -> String {
    let Some((data, _)) = answer.split_once(",\"errors\":") else { return answer.to_owned() };
    let parsed: Value = serde_json::from_str(answer).unwrap();
    let mut errors: Vec<String> = parsed["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            let mut error = error.clone();
            error.as_object_mut().unwrap().remove("locations");
            error.to_string()
        })
        .collect();
    errors.sort();
    format!("{data},\"errors\":{}", errors.join(","))
}
