//! Vouchers: those of which a system has not been sent all entries, and marking them as exported.

mod marking;

use axum::Extension;
use axum::response::Response;
use futures_util::StreamExt;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::entry::AccountingEntry;
use super::export::form::{EndLine, Exported};
use super::export::{ExportQuestion, VoucherQuestion};
use super::problem::{Problem, in_rest_spelling};
use crate::domain::page::{PageArguments, VoucherListing};
use crate::domain::total::{self, is_balanced, totals};
use crate::domain::{Entry, GlobalId};
use crate::request::ExportPlaces;
use crate::service::{Ledger, WholeVoucher};

/// The calls about vouchers.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(unexported)).routes(routes!(marking::mark_as_exported))
}

/// The accounting entries that were posted together and balance: all with the same journal code, posting date and entry
/// number. An entry whose number is blank is a voucher by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Voucher {
    /// The id of the voucher.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    id: String,
    /// The code of the journal that it stands in.
    #[schema(example = "VE")]
    journal_code: String,
    /// The day for which it counts in the books.
    #[schema(example = "2024-01-31", format = Date)]
    posting_date: String,
    /// Its number; blank where its only entry has none.
    #[schema(example = "17")]
    entry_number: String,
    /// Whether the system has been sent some of its entries, and some not.
    partly_exported: bool,
    /// Whether debits and credits agree in every currency; null where `totals` is.
    balanced: Option<bool>,
    /// What its entries add up to in each currency; null where a sum is out of range.
    totals: Option<Vec<CurrencyTotal>>,
    /// All of its entries, by id.
    accounting_entries: Vec<AccountingEntry>,
}

/// What entries in one currency add up to.
#[derive(Debug, Serialize, ToSchema)]
pub struct CurrencyTotal {
    /// The currency.
    #[schema(example = "EUR")]
    currency: String,
    /// The sum of the debits.
    #[schema(example = "1234.50")]
    debit: String,
    /// The sum of the credits.
    #[schema(example = "1234.50")]
    credit: String,
    /// How many entries they are.
    entry_count: u64,
}

impl From<total::CurrencyTotal> for CurrencyTotal {
    fn from(total: total::CurrencyTotal) -> Self {
        Self {
            currency: total.currency.to_string(),
            debit: total.debit.to_string(),
            credit: total.credit.to_string(),
            entry_count: total.entries,
        }
    }
}

impl From<WholeVoucher> for Voucher {
    fn from(whole: WholeVoucher) -> Self {
        let WholeVoucher { voucher, entries, is_partly_exported, mut exports, .. } = whole;
        let totals = totals(&entries);
        let shown = |entry: Entry| match &mut exports {
            None => AccountingEntry::from(entry),
            Some(exports) => {
                let of_entry = exports.remove(&entry.id).unwrap_or_default();
                AccountingEntry::with_exports(entry, of_entry)
            }
        };
        Self {
            id: GlobalId::Voucher(voucher.id).to_string(),
            journal_code: voucher.journal_code,
            posting_date: voucher.posting_date.to_string(),
            entry_number: voucher.entry_number,
            partly_exported: is_partly_exported,
            balanced: totals.as_deref().map(is_balanced),
            totals: totals.map(|totals| totals.into_iter().map(CurrencyTotal::from).collect()),
            accounting_entries: entries.into_iter().map(shown).collect(),
        }
    }
}

impl Exported for Voucher {
    const LIST: &'static str = "vouchers";
    const IS_VOUCHER: bool = true;

    fn entries(&self) -> u64 {
        self.accounting_entries.len() as u64
    }
}

/// Vouchers, all of them or a page.
#[derive(Debug, Serialize, ToSchema)]
pub struct Vouchers {
    /// By the id of the first entry of each that the system has not been sent.
    vouchers: Vec<Voucher>,
    /// With `limit`: give it as `after` for the next page; null on the last one.
    next_after: Option<String>,
}

/// A line of an answer with vouchers in NDJSON.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = VoucherExportLine)]
#[allow(dead_code, clippy::large_enum_variant, reason = "only described: lines are written one by one")]
pub enum VoucherLine {
    /// Every line but the last.
    Voucher(Voucher),
    /// The last line of a complete answer.
    End(EndLine),
}

/// Vouchers of which a system has not been sent all entries.
///
/// Each is whole: with all of its entries, also those that the system was sent, and those that the filter leaves out. All
/// of them are streamed from one snapshot of the database; with `limit`, a page. Nothing is marked by reading. How to tell
/// that the answer is complete is the same as for accounting entries; the last line of NDJSON counts vouchers and entries.
#[utoipa::path(
    get,
    path = "/v10/vouchers/export",
    tag = "export",
    operation_id = "listUnexportedVouchers",
    params(
        ("system_id" = String, Query, description = "The external system: 1 to 64 characters of A–Z a–z 0–9 . _ : -", example = "erp"),
        ("not_exported_since" = Option<String>, Query, description = "Also vouchers with entries that were marked later than this moment (RFC 3339; UTC without an offset), to send again. `not_export_since` is taken too.", example = "2026-01-31T12:00:00Z"),
        ("limit" = Option<i64>, Query, description = "How many vouchers a page has at most. It has fewer, and at least one, when they have many entries: `next_after` tells whether there are more. Without it all vouchers are streamed.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
        ("include" = Option<String>, Query, description = "What is shown of each entry beside its fields: exports, its marks for the systems that it was sent to. This takes the right to read.", example = "exports"),
        ("filter_groups" = Option<Vec<Value>>, Query, style = DeepObject, description = "Filters in brackets: vouchers with an unexported entry that passes, e.g. filter_groups[0][filters][0][key]=created_at&filter_groups[0][filters][0][operator]=gte&filter_groups[0][filters][0][value]=2024-01-01"),
    ),
    responses(
        (
            status = 200,
            description = "The vouchers, by the id of the first entry of each that the system has not been sent. As application/x-ndjson, when that is accepted: one a line, and the end line",
            content((Vouchers = "application/json"), (VoucherLine = "application/x-ndjson")),
        ),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn unexported(
    Extension(ledger): Extension<Ledger>,
    Extension(places): Extension<ExportPlaces>,
    VoucherQuestion(question): VoucherQuestion,
) -> Result<Response, Problem> {
    let ExportQuestion { listing, form, limit, after, include } = question;
    let listing = VoucherListing(listing);
    match limit {
        Some(limit) => {
            let arguments = PageArguments { first: Some(limit), after, ..Default::default() };
            let page = ledger.page_of_vouchers(&listing, &arguments, include.exports).await;
            let page = page.map_err(in_rest_spelling).map_err(Problem::of_read)?;
            let last = page.vouchers.last().filter(|_| page.has_next);
            let next_after = last.map(|voucher| listing.cursor(voucher.first_entry));
            let vouchers = page.vouchers.into_iter().map(Voucher::from).collect();
            let body = Vouchers { vouchers, next_after };
            form.page(&body, &body.vouchers, body.next_after.clone(), page.as_of).map_err(Problem::of_read)
        }
        None => {
            let place = places.take().await?;
            let stream = ledger.stream_vouchers(listing, after, include.exports).await;
            let stream = stream.map_err(in_rest_spelling).map_err(Problem::of_read)?;
            let vouchers = stream.vouchers.map(|voucher| voucher.map(Voucher::from));
            form.stream(vouchers, stream.as_of, place).await.map_err(Problem::of_read)
        }
    }
}
