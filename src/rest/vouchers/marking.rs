//! Marking vouchers as exported, each whole.

use axum::Json;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::voucher::VoucherExport;
use crate::domain::{Fault, GlobalId, Outcome};
use crate::rest::item::ItemFields;
use crate::rest::operation::{IdempotencyKey, Refusals, WritingCall};
use crate::rest::problem::{Problem, ProblemError};
use crate::rest::reference::ExportReference;
use crate::service::{VoucherMark, VoucherMarkDraft};

/// What was sent.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: items are read one by one, so that each fault gets its path")]
pub struct MarkVouchersAsExported {
    /// 1 to 10 vouchers, with at most 10,000 entries together.
    #[schema(min_items = 1, max_items = 10)]
    vouchers: Vec<VoucherToMark>,
}

/// One voucher to mark.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct VoucherToMark {
    /// The id of the voucher.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    voucher_id: String,
    /// The system it was sent to.
    #[schema(example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    system_id: String,
    /// Shows in the timeline of each of its entries.
    #[schema(example = "posted as GL-2024-118", max_length = 2000)]
    note: Option<String>,
    /// The system's own document for the voucher.
    reference: Option<ExportReference>,
}

/// A voucher whose entries are all marked for a system now.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarkedVoucher {
    /// The id of the voucher.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    voucher_id: String,
    /// The system it was sent to.
    #[schema(example = "erp")]
    system_id: String,
    /// When its entries were marked (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    exported_at: String,
    /// The note of the marks.
    note: Option<String>,
    /// How many entries were marked: all that the voucher had.
    entry_count: u64,
    /// Whether each of them had been marked before.
    remarked: bool,
    /// The system's own document for the voucher.
    reference: Option<ExportReference>,
}

impl From<VoucherExport> for MarkedVoucher {
    fn from(export: VoucherExport) -> Self {
        Self {
            voucher_id: GlobalId::Voucher(export.voucher.id).to_string(),
            system_id: export.system_id.to_string(),
            exported_at: export.exported_at.to_string(),
            note: export.note,
            entry_count: export.entries,
            remarked: export.remarked,
            reference: export.reference.map(ExportReference::from),
        }
    }
}

/// What was marked, and what could not be.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarkedVouchers {
    /// In the order of the call.
    vouchers: Vec<MarkedVoucher>,
    /// One an item whose voucher could not be marked.
    errors: Vec<ProblemError>,
}

impl From<Outcome<VoucherExport>> for MarkedVouchers {
    fn from(outcome: Outcome<VoucherExport>) -> Self {
        Self {
            vouchers: outcome.done.into_iter().map(MarkedVoucher::from).collect(),
            errors: outcome.faults.iter().map(ProblemError::from).collect(),
        }
    }
}

/// Mark vouchers as exported, each with all of its entries.
///
/// A call is one transaction. A malformed call marks nothing. In a well-formed call the vouchers that exist are marked, each
/// whole, and the others are reported. A voucher may be marked again. An entry that joins it later is unexported again.
#[utoipa::path(
    post,
    path = "/v10/vouchers/mark-as-exported",
    tag = "export",
    operation_id = "markVouchersAsExported",
    params(IdempotencyKey),
    request_body(content = MarkVouchersAsExported, description = "1 to 10 vouchers"),
    responses(
        (status = 200, description = "What was marked, and what could not be", body = MarkedVouchers),
        (status = 422, description = "The call is malformed, or nothing could be marked", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn mark_as_exported(call: WritingCall) -> Result<Json<MarkedVouchers>, Problem> {
    call.perform_each::<VoucherMark, _, _>(draft).await
}

/// One item; what has the wrong JSON type is refused here, every other rule is the use case's.
fn draft(item: &Value) -> Result<VoucherMarkDraft, Vec<Fault>> {
    let mut fields = ItemFields::of(item, &["voucher_id", "system_id", "note", "reference"]);
    let draft = VoucherMarkDraft {
        voucher_id: GlobalId::voucher(&fields.text("voucher_id")),
        system_id: fields.text("system_id"),
        note: fields.optional_text("note"),
        reference: fields.reference(),
    };
    fields.finish(draft)
}
