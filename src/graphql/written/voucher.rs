//! Vouchers of entries: what an entry tells of its voucher by itself.

use async_graphql::parser::types::SelectionSet;
use async_graphql::{OutputType, Positioned};

use super::plan::{Part, Plan, Planner};
use crate::domain::{GlobalId, Voucher};
use crate::graphql::text::json;
use crate::graphql::voucher::VoucherNode;

/// How to write the voucher of an entry.
pub fn plan<'a, C>(planner: &mut Planner<'a, C>, set: &'a Positioned<SelectionSet>) -> Option<Plan<Voucher>> {
    planner.object(set, &VoucherNode::type_name(), |_, field| -> Option<Part<Voucher>> {
        Some(match field.name.node.as_str() {
            "id" => Box::new(|_, voucher, out| json(&GlobalId::Voucher(voucher.id.clone()).to_string(), out)),
            "journalCode" => Box::new(|_, voucher, out| json(&voucher.journal_code, out)),
            "postingDate" => Box::new(|_, voucher, out| json(&voucher.posting_date, out)),
            "entryNumber" => Box::new(|_, voucher, out| json(&voucher.entry_number, out)),
            _ => return None,
        })
    })
}
