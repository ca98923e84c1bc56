//! Marks.

use async_graphql::parser::types::SelectionSet;
use async_graphql::resolver_utils::enum_value;
use async_graphql::{OutputType, Positioned};

use super::entry;
use super::plan::{Part, Plan, Planner};
use crate::domain::GlobalId;
use crate::domain::export::{EntryExport, Reference};
use crate::graphql::export::{ConflictKind, EntryExportNode, ExportReference};
use crate::graphql::text::{json, write_tree};

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
            "version" => Box::new(|_, export, out| json(&export.version, out)),
            "reference" => {
                let plan = reference(planner, &field.selection_set)?;
                Box::new(move |row, export, out| plan.write_or_null(row, export.reference.as_ref(), out))
            }
            "remarked" => Box::new(|_, export, out| json(&export.remarked, out)),
            "conflict" => Box::new(|_, export, out| match export.conflict {
                Some(kind) => write_tree(&enum_value(ConflictKind::from(kind)), out),
                None => json(&(), out),
            }),
            _ => return None,
        })
    })
}

fn reference<'a, C>(
    planner: &mut Planner<'a, C>,
    set: &'a Positioned<SelectionSet>,
) -> Option<Plan<Reference>> {
    planner.object(set, &ExportReference::type_name(), |_, field| -> Option<Part<Reference>> {
        Some(match field.name.node.as_str() {
            "documentId" => Box::new(|_, reference, out| json(&reference.document_id, out)),
            "url" => Box::new(|_, reference, out| json(&reference.url, out)),
            _ => return None,
        })
    })
}
