//! Taking a claim, and reading all of it.

use tokio::time::Instant;
use uuid::Uuid;

use super::options::Options;
use super::retry::Retry;
use crate::Error;
use crate::client::Client;
use crate::documents::{ClaimExports, ClaimedEntries, claim_exports, claimed_entries};
use crate::voucher::{ClaimedLine, Entry, Voucher, grouped};

/// A claim that was taken.
pub struct Claimed {
    pub id: String,
    /// When the call was sent for the first time. The lease began after that.
    pub sent: Instant,
    /// What the claim still has.
    pub vouchers: Vec<Voucher>,
}

/// A page of a claim.
struct Page {
    lines: Vec<ClaimedLine>,
    next: Option<String>,
}

/// The same document fragment has a type of its own in each operation.
macro_rules! read_page {
    ($page:expr) => {{
        let page = $page;
        let mut lines = Vec::with_capacity(page.nodes.len());
        for node in page.nodes {
            let entry = node.entry;
            if !node.held {
                continue;
            }
            lines.push(ClaimedLine {
                voucher_id: entry.voucher.id,
                dispatch_key: node.dispatch_key,
                entry: Entry {
                    id: number(&entry.entry_id)?,
                    external_id: entry.external_id,
                    journal_code: entry.journal_code,
                    journal_name: entry.journal_name,
                    entry_number: entry.entry_number,
                    posting_date: entry.posting_date,
                    account_number: entry.account_number,
                    account_name: entry.account_name,
                    subledger_account_number: entry.subledger_account_number,
                    subledger_account_name: entry.subledger_account_name,
                    document_reference: entry.document_reference,
                    document_date: entry.document_date,
                    description: entry.description,
                    debit: entry.debit,
                    credit: entry.credit,
                    currency: entry.currency,
                    foreign_amount: entry.foreign_amount,
                    foreign_currency: entry.foreign_currency,
                    reconciliation_code: entry.reconciliation_code,
                    reconciled_on: entry.reconciled_on,
                    validated_on: entry.validated_on,
                    amount: entry.amount,
                    created_at: entry.created_at,
                    updated_at: entry.updated_at,
                    version: entry.version,
                    withdrawn_at: entry.withdrawn_at,
                    attributes: entry.attributes,
                },
            });
        }
        let next = page.page_info.end_cursor.filter(|_| page.page_info.has_next_page);
        Page { lines, next }
    }};
}

/// Takes a claim with all of its entries; `None` when there is nothing to claim.
pub async fn claim(client: &Client, options: &Options, retry: &Retry<'_>) -> Result<Option<Claimed>, Error> {
    // The same key in all repetitions: an answer that was lost loses no claim.
    let (key, sent) = (Uuid::new_v4().to_string(), Instant::now());
    let taken = retry.until_answered(|| taken(client, options, &key)).await?;
    let Some((id, page)) = taken else { return Ok(None) };
    let Page { mut lines, mut next } = page;
    while let Some(cursor) = next {
        let page = retry.until_answered(|| rest(client, &id, &cursor)).await?;
        lines.extend(page.lines);
        next = page.next;
    }
    Ok(Some(Claimed { id, sent, vouchers: grouped(lines)? }))
}

/// The claim and its first page.
async fn taken(client: &Client, options: &Options, key: &str) -> Result<Option<(String, Page)>, Error> {
    let variables = claim_exports::Variables {
        system_id: options.system_id.clone(),
        first: options.batch.into(),
        lease_seconds: options.lease_seconds.into(),
        worker: options.worker.clone(),
        key: key.to_owned(),
    };
    let payload = client.ask::<ClaimExports>(variables).await?.claim_exports;
    let payload = payload.ok_or_else(incomplete)?;
    if let Some(error) = payload.user_errors.into_iter().next() {
        return Err(Error::of_user(error.code, error.message));
    }
    let Some(claim) = payload.claim else { return Ok(None) };
    if !claim.live {
        // The answer came so late that the lease has ended: other workers are given what it had.
        return Ok(Some((claim.claim_id, Page { lines: Vec::new(), next: None })));
    }
    let page = read_page!(claim.entries.ok_or_else(incomplete)?);
    Ok(Some((claim.claim_id, page)))
}

async fn rest(client: &Client, claim_id: &str, after: &str) -> Result<Page, Error> {
    let variables = claimed_entries::Variables { claim_id: claim_id.to_owned(), after: after.to_owned() };
    let claim = client.ask::<ClaimedEntries>(variables).await?.export_claim.ok_or_else(incomplete)?;
    Ok(read_page!(claim.entries.ok_or_else(incomplete)?))
}

fn number(id: &str) -> Result<i64, Error> {
    id.parse().map_err(|_| Error::lasting(format!("the server answered {id:?} as the number of an entry")))
}

fn incomplete() -> Error {
    Error::lasting("the server answered without a part that every answer has")
}
