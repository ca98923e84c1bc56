//! The texts that a field may have, where there are only some.

use serde_json::Value;

use crate::domain::Field;
use crate::domain::conflict::ConflictKind;
use crate::domain::progress::{ExportState, FailureType, Unit};
use crate::domain::replay::ReplayState;
use crate::domain::webhook::{DeliveryError, SwitchedOff};
use crate::service::DifferenceKind;

/// The states that an unexported entry may have.
const UNEXPORTED: [ExportState; 4] =
    [ExportState::Pending, ExportState::Claimed, ExportState::Failed, ExportState::Parked];

/// The values that a field of a schema may have, if these are listed.
pub fn choices(schema: &str, field: &str) -> Option<Vec<Value>> {
    let units = [Unit::Voucher, Unit::Entry].map(Unit::as_str);
    Some(match (schema, field) {
        ("Filter", "key") => names(Field::ALL.map(Field::name)),
        ("Filter", "operator") => names(["eq", "gt", "gte", "lt", "lte", "in", "bt", "ct", "sw", "ew"]),
        ("ExportStatus", "state") => names(ExportState::ALL.iter().map(|state| state.as_str())),
        ("FailedItem", "state") => names([ExportState::Failed, ExportState::Parked].map(ExportState::as_str)),
        ("ExportFailure" | "ReportedFailure" | "RefusedExport" | "RequeueFailures", "type")
        | ("Event", "failure_type") => names(FailureType::ALL.iter().map(|kind| kind.as_str())),
        ("ExportConflict", "kind") => kinds(),
        ("ReconciliationDifference", "kind") => names(DifferenceKind::ALL.map(DifferenceKind::as_str)),
        // Null where nothing is wrong.
        ("MarkedEntry", "conflict") => or_null(kinds()),
        ("ExportSystem", "unit") => names(units),
        // Null leaves it as it is.
        ("ConfigureExportSystem", "unit") => or_null(names(units)),
        ("ExportReplay", "state") => names(ReplayState::ALL.iter().map(|state| state.as_str())),
        // Null where it is on, and where an answer came.
        ("Webhook", "switched_off_because") => {
            or_null(names(SwitchedOff::ALL.iter().map(|because| because.as_str())))
        }
        ("WebhookDelivery", "error") => or_null(names(DeliveryError::ALL.iter().map(|error| error.as_str()))),
        ("StateCount", "state") => names(UNEXPORTED.map(ExportState::as_str)),
        ("Backlog", "precision") => names(["EXACT", "AT_LEAST"]),
        _ => return None,
    })
}

fn kinds() -> Vec<Value> {
    names([ConflictKind::PostedTwice, ConflictKind::ClaimLost].map(ConflictKind::as_str))
}

fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Value> {
    names.into_iter().map(Value::from).collect()
}

fn or_null(mut values: Vec<Value>) -> Vec<Value> {
    values.push(Value::Null);
    values
}
