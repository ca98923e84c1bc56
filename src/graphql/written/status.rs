//! How far exports are.

use async_graphql::parser::types::SelectionSet;
use async_graphql::resolver_utils::enum_value;
use async_graphql::{OutputType, Positioned};

use super::export;
use super::plan::{Part, Plan, Planner};
use crate::domain::SystemId;
use crate::domain::claim::Claim;
use crate::domain::progress::Failure;
use crate::domain::status::ExportStatus;
use crate::graphql::batch::Load;
use crate::graphql::claim::{ClaimNode, claim_id};
use crate::graphql::export_failure::{FailureNode, FailureType};
use crate::graphql::state::ExportState;
use crate::graphql::status::StatusNode;
use crate::graphql::text::{json, write_tree};

/// How to write how far the export of an entry to this system is.
pub fn plan<'a, C>(
    planner: &mut Planner<'a, C>,
    set: &'a Positioned<SelectionSet>,
    system: &SystemId,
) -> Option<Plan<ExportStatus>> {
    planner.object(set, &StatusNode::type_name(), |planner, field| -> Option<Part<ExportStatus>> {
        Some(match field.name.node.as_str() {
            "state" => {
                Box::new(|_, status, out| write_tree(&enum_value(ExportState::from(status.state)), out))
            }
            "attempts" => Box::new(|_, status, out| json(&status.attempts, out)),
            "lastFailure" => {
                let plan = failure(planner, &field.selection_set)?;
                Box::new(move |row, status, out| plan.write_or_null(row, status.last_failure.as_ref(), out))
            }
            "nextAttemptAt" => Box::new(|_, status, out| json(&status.next_attempt_at, out)),
            "claim" => {
                let plan = claim(planner, &field.selection_set)?;
                Box::new(move |row, status, out| plan.write_or_null(row, status.claim.as_ref(), out))
            }
            "parkedBy" => {
                Box::new(|_, status, out| json(&status.parked.as_ref().map(|parked| &parked.by), out))
            }
            "parkedReason" => {
                Box::new(|_, status, out| json(&status.parked.as_ref().map(|parked| &parked.reason), out))
            }
            "export" => {
                let plan = export::plan(planner, &field.selection_set)?;
                Box::new(move |row, status, out| plan.write_or_null(row, status.export.as_ref(), out))
            }
            "sentVersion" => {
                Box::new(|_, status, out| json(&status.export.as_ref().map(|export| export.version), out))
            }
            "dispatchKey" => {
                let place = planner.load(Load::DispatchKeys(system.clone()));
                Box::new(move |row, _, out| json(&row.loaded.dispatch_key(place, row.entry.id), out))
            }
            _ => return None,
        })
    })
}

fn failure<'a, C>(planner: &mut Planner<'a, C>, set: &'a Positioned<SelectionSet>) -> Option<Plan<Failure>> {
    planner.object(set, &FailureNode::type_name(), |_, field| -> Option<Part<Failure>> {
        Some(match field.name.node.as_str() {
            "type" => {
                Box::new(|_, failure, out| write_tree(&enum_value(FailureType::from(failure.kind)), out))
            }
            "reason" => Box::new(|_, failure, out| json(&failure.reason, out)),
            "failedAt" => Box::new(|_, failure, out| json(&failure.at, out)),
            "entryId" => Box::new(|_, failure, out| json(&failure.entry_id.to_string(), out)),
            _ => return None,
        })
    })
}

fn claim<'a, C>(planner: &mut Planner<'a, C>, set: &'a Positioned<SelectionSet>) -> Option<Plan<Claim>> {
    planner.object(set, &ClaimNode::type_name(), |_, field| -> Option<Part<Claim>> {
        Some(match field.name.node.as_str() {
            "id" => Box::new(|_, claim, out| json(&claim_id(claim), out)),
            "claimId" => Box::new(|_, claim, out| json(&claim.id, out)),
            "systemId" => Box::new(|_, claim, out| json(claim.system_id.as_str(), out)),
            "worker" => Box::new(|_, claim, out| json(&claim.worker, out)),
            "actor" => Box::new(|_, claim, out| json(&claim.actor, out)),
            "claimedAt" => Box::new(|_, claim, out| json(&claim.claimed_at, out)),
            "expiresAt" => Box::new(|_, claim, out| json(&claim.expires_at, out)),
            "endedAt" => Box::new(|_, claim, out| json(&claim.ended_at, out)),
            "live" => Box::new(|_, claim, out| json(&claim.is_live, out)),
            _ => return None,
        })
    })
}
