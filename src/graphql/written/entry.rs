//! Entries.

use async_graphql::parser::types::SelectionSet;
use async_graphql::{OutputType, Positioned};

use super::plan::{Part, Plan, Planner, integer, text};
use super::{export, status, timeline, voucher};
use crate::domain::page::PageArguments;
use crate::domain::{Field, Fields, SystemId, Voucher};
use crate::graphql::batch::Load;
use crate::graphql::entry::{EntryNode, write_field};
use crate::graphql::text::list;

/// How to write an entry.
pub fn plan<'a, C>(planner: &mut Planner<'a, C>, set: &'a Positioned<SelectionSet>) -> Option<Plan<()>> {
    planner.object(set, &EntryNode::type_name(), |planner, field| -> Option<Part<()>> {
        match field.name.node.as_str() {
            "exports" => {
                let place = planner.load(Load::Exports);
                let plan = export::plan(planner, &field.selection_set)?;
                Some(Box::new(move |row, (), out| {
                    let exports = row.loaded.exports(place, row.entry.id);
                    list(exports, out, |export, out| plan.write(row, export, out))
                }))
            }
            "export" => {
                let system_id = SystemId::try_from(text(field, "systemId")??).ok()?;
                let place = planner.load(Load::Exports);
                let plan = export::plan(planner, &field.selection_set)?;
                Some(Box::new(move |row, (), out| {
                    let mut exports = row.loaded.exports(place, row.entry.id).iter();
                    plan.write_or_null(row, exports.find(|export| export.system_id == system_id), out)
                }))
            }
            "exportStatus" => {
                let system_id = SystemId::try_from(text(field, "systemId")??).ok()?;
                // A withdrawn entry has a state of its own.
                planner.needs(Fields::Only(vec![Field::WithdrawnAt]));
                let place = planner.load(Load::Statuses(system_id.clone()));
                let plan = status::plan(planner, &field.selection_set, &system_id)?;
                Some(Box::new(move |row, (), out| {
                    plan.write(row, row.loaded.status(place, row.entry.id), out)
                }))
            }
            "voucher" => {
                planner.needs(Voucher::told_by());
                let plan = voucher::plan(planner, &field.selection_set)?;
                Some(Box::new(move |row, (), out| plan.write(row, &Voucher::of(row.entry), out)))
            }
            "timeline" => {
                let arguments = PageArguments {
                    first: integer(field, "first")?,
                    after: text(field, "after")?,
                    last: integer(field, "last")?,
                    before: text(field, "before")?,
                };
                // That an entry was recorded, and who did it, is told from its whole row.
                planner.needs(Fields::All);
                let place = planner.load(Load::Timelines(arguments));
                let plan = timeline::plan(planner, &field.selection_set)?;
                Some(Box::new(move |row, (), out| {
                    plan.write(row, row.loaded.timeline(place, row.entry.id), out)
                }))
            }
            name if field.arguments.is_empty() => {
                let (fields, write) = write_field(name)?;
                planner.needs(fields);
                Some(Box::new(move |row, (), out| write(row.entry, out)))
            }
            _ => None,
        }
    })
}
