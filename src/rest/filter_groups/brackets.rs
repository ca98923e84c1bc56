//! Query brackets into a tree: `filter_groups[0][filters][0][key]=created_at`.

use crate::domain::filter::{MAX_CONDITIONS, MAX_LIST};
use crate::domain::text::quoted;
use crate::domain::{Result, Step};

use super::NAME;
use super::report::{Report, Trail};
use super::tree::{MAX_LABEL, MAX_LEVELS, Node, TOO_DEEP, label, too_many};

/// More parameters than the largest filter needs: a list, its key, operator and not, and the group's `or`
/// for every condition.
const MAX_PARAMETERS: usize = MAX_CONDITIONS * (MAX_LIST + 4);

/// What stands between a pair of brackets; `None` for `[]`, which appends.
type Label = Option<Step>;

/// Reads the parameters that belong to the filter. `None`: there are none. What is wrong with the brackets
/// goes into the report and leaves a hole, so that the rest can still be looked at.
pub(super) fn read(query: &str, report: &mut Report) -> Option<Node> {
    let parameters: Vec<(String, String)> = match serde_urlencoded::from_str(query) {
        Ok(parameters) => parameters,
        Err(_) => {
            report.add(&Trail::root(), "the query string cannot be read");
            return Some(Node::Hole);
        }
    };
    // The pieces between the ampersands, as the decoder takes them: an empty one is no parameter.
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    let ours = parameters.into_iter().zip(pieces).filter(|((name, _), _)| super::owns(name));
    let mut tree = None;
    for (count, ((name, value), piece)) in ours.enumerate() {
        let tree = tree.get_or_insert(Node::Hole);
        if count == MAX_PARAMETERS {
            report.add(&Trail::root(), format!("there are more than {MAX_PARAMETERS} parameters"));
            break;
        }
        let (labels, fault) = labels(name.strip_prefix(NAME).unwrap_or_default());
        let fault = fault.or_else(|| was_replaced(piece, &name, &value).then(|| NOT_UTF_8.to_owned()));
        let (at, place) = match place(tree, &labels) {
            Ok(found) => found,
            Err((at, message)) => {
                report.add(&at, fault.unwrap_or(message));
                continue;
            }
        };
        match (fault, place) {
            (Some(message), _) => report.add(&at, message),
            (None, place @ Node::Hole) => *place = Node::Text(value),
            (None, Node::Branch(_)) => report.add(&at, BOTH),
            (None, _) => report.add(&at, twice(&at)),
        }
    }
    tree
}

const NOT_UTF_8: &str = "this is not UTF-8: percent-encode the bytes of its UTF-8 form";

/// Whether decoding put U+FFFD in the place of bytes that are not UTF-8: there are more than were sent.
fn was_replaced(piece: &str, name: &str, value: &str) -> bool {
    let count = |text: &str| text.matches(char::REPLACEMENT_CHARACTER).count();
    let decoded = count(name) + count(value);
    decoded > 0 && decoded > count(piece) + piece.to_ascii_uppercase().matches("%EF%BF%BD").count()
}

fn twice(at: &Trail) -> String {
    let name = at.to_string();
    if name.ends_with("[value]") {
        format!("this is given twice; a list is written {name}[]=…&{name}[]=…")
    } else {
        "this is given twice".to_owned()
    }
}

const BOTH: &str = "this is given both as a value and as a list";

/// The labels of `[a][b][]`, as far as they can be read, and what is wrong with the rest.
fn labels(brackets: &str) -> (Vec<Label>, Option<String>) {
    let mut labels = Vec::new();
    let mut rest = brackets;
    while !rest.is_empty() {
        let pair = rest.strip_prefix('[').and_then(|inner| inner.split_once(']'));
        let Some((inside, after)) = pair.filter(|(inside, _)| !inside.contains('[')) else {
            let message = format!(
                "cannot read {} in the name of the parameter: write {NAME}[0][filters][0][key]=…",
                quoted(rest)
            );
            return (labels, Some(message));
        };
        if labels.len() == MAX_LEVELS {
            return (labels, Some(TOO_DEEP.to_owned()));
        }
        if inside.chars().nth(MAX_LABEL).is_some() {
            return (labels, Some(format!("{} is no part of a filter", quoted(inside))));
        }
        labels.push(if inside.is_empty() { None } else { Some(label(inside)) });
        rest = after;
    }
    (labels, None)
}

/// The place in the tree that the labels lead to, made if it was not there.
fn place<'t>(tree: &'t mut Node, labels: &[Label]) -> Result<(Trail, &'t mut Node), (Trail, String)> {
    let mut at = Trail::root();
    let mut node = tree;
    for label in labels {
        if matches!(node, Node::Hole) {
            *node = Node::Branch(Vec::new());
        }
        let Node::Branch(entries) = node else { return Err((at, BOTH.to_owned())) };
        let step = label.clone().unwrap_or_else(|| next_index(entries));
        let known = entries.iter().position(|(known, _)| *known == step);
        let position = known.unwrap_or(entries.len());
        if position == MAX_LIST {
            return Err((at, too_many()));
        }
        if known.is_none() {
            entries.push((step.clone(), Node::Hole));
        }
        at = at.then(step);
        // It is there: it was found, or has just been pushed.
        let Some((_, child)) = entries.get_mut(position) else { return Err((at, too_many())) };
        node = child;
    }
    Ok((at, node))
}

/// Where `[]` puts its element: behind the largest index so far, as PHP does.
fn next_index(entries: &[(Step, Node)]) -> Step {
    let indices = entries.iter().filter_map(|(step, _)| match step {
        Step::Index(index) => Some(*index),
        Step::Field(_) => None,
    });
    Step::Index(indices.max().map_or(0, |largest| largest.saturating_add(1)))
}
