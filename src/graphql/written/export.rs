//! Marks.

use async_graphql::parser::types::SelectionSet;
use async_graphql::{OutputType, Positioned};

use super::entry;
use super::plan::{Part, Plan, Planner};
use crate::domain::GlobalId;
use crate::domain::export::EntryExport;
use crate::graphql::export::EntryExportNode;
use crate::graphql::text::json;

/// How to write the mark of an entry.
pub fn plan<'a, C>(
    planner: &mut Planner<'a, C>,
    set: &'a Positioned<SelectionSet>,
) -> Option<Plan<EntryExport>> {
    planner.object(set, &EntryExportNode::type_name(), |planner, field| -> Option<Part<EntryExport>> {
        Some(match field.name.node.as_str() {
            "id" => Box::new(|_, export, out| {
                json(&GlobalId::Export(export.entry_id, export.system_id.clone()).to_string(), out)
            }),
            "entryId" => Box::new(|_, export, out| json(&export.entry_id.to_string(), out)),
            "entry" => {
                let plan = entry::plan(planner, &field.selection_set)?;
                Box::new(move |row, _, out| plan.write(row, &(), out))
            }
            "systemId" => Box::new(|_, export, out| json(export.system_id.as_str(), out)),
            "exportedAt" => Box::new(|_, export, out| json(&export.exported_at, out)),
            "note" => Box::new(|_, export, out| json(&export.note, out)),
            "remarked" => Box::new(|_, export, out| json(&export.remarked, out)),
            _ => return None,
        })
    })
}
