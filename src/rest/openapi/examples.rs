//! Bodies and answers that the OpenAPI document shows.

use serde_json::{Value, json};

/// A body and an answer of the operation.
pub fn examples(operation: &str) -> (Option<Value>, Option<Value>) {
    match operation {
        "markAccountingEntriesAsExported" => (
            Some(json!({ "accounting_entries": [
                { "accounting_entry_id": 42, "system_id": "erp", "note": "posted as GL-2024-118" },
                { "accounting_entry_id": 7, "system_id": "erp" },
            ] })),
            Some(json!({
                "accounting_entries": [{
                    "accounting_entry_id": 42, "system_id": "erp", "exported_at": "2024-01-31T12:00:00.000000Z",
                    "note": "posted as GL-2024-118", "remarked": false, "version": 1, "reference": null,
                    "conflict": null,
                }],
                "errors": [{
                    "code": "ENTRY_NOT_FOUND", "message": "there is no entry 7; nothing was marked for this item",
                    "path": ["accounting_entries", 1, "accounting_entry_id"], "accounting_entry_id": 7,
                }],
            })),
        ),
        "recordAccountingEntries" => (
            Some(json!({ "accounting_entries": [{
                "external_id": "VE:20240131:17:1", "journal_code": "VE", "entry_number": "17",
                "posting_date": "2024-01-31", "account_number": "411000", "description": "Invoice FA-2024-0117",
                "debit": "1200.00", "credit": "0.00", "currency": "EUR", "attributes": { "CostCentre": "410" },
            }] })),
            None,
        ),
        "reportExportFailures" => (
            Some(json!({ "items": [{
                "accounting_entry_id": 42, "system_id": "erp", "type": "UNKNOWN_ACCOUNT",
                "reason": "account 411000 is not in the chart of accounts",
            }] })),
            Some(json!({
                "items": [{
                    "accounting_entry_id": 42, "voucher_id": null, "system_id": "erp", "state": "FAILED",
                    "attempts": 1, "next_attempt_at": "2024-01-31T12:01:00.000000Z", "entry_count": 3,
                }],
                "errors": [],
            })),
        ),
        "claimExports" => (
            Some(json!({
                "system_id": "erp", "first": 100, "lease_seconds": 300, "worker": "worker-3",
                "filter_groups": [{ "filters": [{ "key": "journal_code", "operator": "eq", "value": "VE" }] }],
            })),
            None,
        ),
        "settleExportClaim" => (
            Some(json!({
                "exported": [{
                    "voucher_id": "voucher/2024-01-31/VE/17", "reference": { "document_id": "GL-2024-118" },
                }],
                "failed": [{
                    "accounting_entry_id": 42, "type": "PERIOD_CLOSED", "reason": "January is closed",
                }],
            })),
            None,
        ),
        "extendExportClaim" => (
            Some(json!({ "lease_seconds": 300 })),
            Some(json!({
                "claim_id": "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10",
                "expires_at": "2024-01-31T12:10:00.000000Z", "entry_count": 57,
            })),
        ),
        "resolveExportConflict" => (Some(json!({ "note": "GL-2024-131 was reversed in the ERP" })), None),
        "configureExportSystem" => (
            Some(json!({
                "display_name": "ERP of the headquarters", "description": null, "unit": "VOUCHER",
                "max_attempts": 8, "first_retry_seconds": 60, "longest_retry_seconds": 21600,
            })),
            None,
        ),
        _ => (None, None),
    }
}
