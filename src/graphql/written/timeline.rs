//! Timelines.

use async_graphql::parser::types::SelectionSet;
use async_graphql::resolver_utils::enum_value;
use async_graphql::{OutputType, Positioned};

use super::plan::{Part, Plan, Planner};
use crate::domain::event::TimelineEvent;
use crate::domain::page::Paged;
use crate::graphql::page_info::PageInfo;
use crate::graphql::text::{json, list, write_tree};
use crate::graphql::timeline::{
    TimelineConnection, TimelineEdge, TimelineEventKind, TimelineEventNode, event_id,
};
use crate::service::timeline_cursor;

type Page = Paged<TimelineEvent>;

/// How to write a page of a timeline.
pub fn plan<'a, C>(planner: &mut Planner<'a, C>, set: &'a Positioned<SelectionSet>) -> Option<Plan<Page>> {
    planner.object(set, &TimelineConnection::type_name(), |planner, field| -> Option<Part<Page>> {
        match field.name.node.as_str() {
            "nodes" => {
                let plan = event(planner, &field.selection_set)?;
                Some(Box::new(move |row, page, out| {
                    list(&page.items, out, |event, out| plan.write(row, event, out))
                }))
            }
            "edges" => {
                let plan = edge(planner, &field.selection_set)?;
                Some(Box::new(move |row, page, out| {
                    list(&page.items, out, |event, out| plan.write(row, event, out))
                }))
            }
            "pageInfo" => {
                let plan = page_info(planner, &field.selection_set)?;
                Some(Box::new(move |row, page, out| plan.write(row, page, out)))
            }
            _ => None,
        }
    })
}

fn edge<'a, C>(
    planner: &mut Planner<'a, C>,
    set: &'a Positioned<SelectionSet>,
) -> Option<Plan<TimelineEvent>> {
    planner.object(set, &TimelineEdge::type_name(), |planner, field| -> Option<Part<TimelineEvent>> {
        match field.name.node.as_str() {
            "cursor" => Some(Box::new(|_, event, out| json(&timeline_cursor(event), out))),
            "node" => {
                let plan = event(planner, &field.selection_set)?;
                Some(Box::new(move |row, event, out| plan.write(row, event, out)))
            }
            _ => None,
        }
    })
}

fn event<'a, C>(
    planner: &mut Planner<'a, C>,
    set: &'a Positioned<SelectionSet>,
) -> Option<Plan<TimelineEvent>> {
    planner.object(set, &TimelineEventNode::type_name(), |_, field| -> Option<Part<TimelineEvent>> {
        Some(match field.name.node.as_str() {
            "id" => Box::new(|_, event, out| json(&event_id(event).to_string(), out)),
            "kind" => Box::new(|_, event, out| {
                write_tree(&enum_value(TimelineEventKind::from(event.payload.kind())), out)
            }),
            "at" => Box::new(|_, event, out| json(&event.at, out)),
            "entryId" => Box::new(|_, event, out| json(&event.entry_id.to_string(), out)),
            "systemId" => {
                Box::new(|_, event, out| json(&event.system_id.as_ref().map(|id| id.as_str()), out))
            }
            "note" => Box::new(|_, event, out| json(&event.payload.note(), out)),
            "reason" => Box::new(|_, event, out| json(&event.payload.reason(), out)),
            "actor" => Box::new(|_, event, out| json(&event.actor, out)),
            _ => return None,
        })
    })
}

fn page_info<'a, C>(planner: &mut Planner<'a, C>, set: &'a Positioned<SelectionSet>) -> Option<Plan<Page>> {
    planner.object(set, &PageInfo::type_name(), |_, field| -> Option<Part<Page>> {
        Some(match field.name.node.as_str() {
            "hasNextPage" => Box::new(|_, page, out| json(&page.has_next, out)),
            "hasPreviousPage" => Box::new(|_, page, out| json(&page.has_previous, out)),
            "startCursor" => Box::new(|_, page, out| json(&page.items.first().map(timeline_cursor), out)),
            "endCursor" => Box::new(|_, page, out| json(&page.items.last().map(timeline_cursor), out)),
            _ => return None,
        })
    })
}
