//! The definitions of variables: that each is used, and only where its type may stand; and the values they get.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, Type, VariableDefinition,
};
use async_graphql::registry::MetaType;
use async_graphql::{Name, Positioned, Value, Variables};

use super::places::{Place, Places, Wanted};
use super::reader::{Origin, Reader};
use crate::domain::Code;
use crate::graphql::document_fault::DocumentFault;
use crate::graphql::types::types;

/// The values of the variables that have one.
pub type Values = HashMap<Name, Value>;

/// What is wrong with the definitions and the uses of variables in any operation of the document.
pub fn check(document: &ExecutableDocument, places: &Places<'_>, most: usize) -> Vec<DocumentFault> {
    let mut faults = Vec::new();
    for (name, operation) in document.operations.iter() {
        let places = places.of_operation(name.map(Name::as_str));
        let definitions = &operation.node.variable_definitions;
        let mut names = HashSet::new();
        for definition in definitions {
            if !names.insert(&definition.node.name.node) {
                faults.push(about(definition, "is defined twice"));
            }
            check_definition(definition, most, &mut faults);
            if !places.iter().any(|place| *place.variable == definition.node.name.node) {
                faults.push(about(definition, "is not used by its operation: leave it out"));
            }
        }
        for place in places {
            let found = definitions.iter().find(|it| it.node.name.node == *place.variable);
            match (found, place.wanted) {
                (None, _) => {
                    let message = format!("the variable ${} is used and not defined", place.variable);
                    faults.push(DocumentFault::invalid(message).at(place.pos));
                }
                (Some(definition), Some(wanted)) if !is_allowed(&definition.node, wanted) => {
                    let message = format!(
                        "{}: the variable ${} has the type {}, and {} is wanted here",
                        place.argument.join("."),
                        place.variable,
                        definition.node.var_type.node,
                        wanted.ty,
                    );
                    faults.push(DocumentFault::invalid(message).at(place.pos).of(place.argument.clone()));
                }
                _ => {}
            }
        }
    }
    faults
}

fn about(definition: &Positioned<VariableDefinition>, what: &str) -> DocumentFault {
    DocumentFault::invalid(format!("the variable ${} {what}", definition.node.name.node)).at(definition.pos)
}

fn check_definition(
    definition: &Positioned<VariableDefinition>,
    most: usize,
    faults: &mut Vec<DocumentFault>,
) {
    let ty = &definition.node.var_type.node;
    let known = types().get(named(ty));
    match known {
        None => faults.push(about(definition, &format!("has the type {ty}, which does not exist"))),
        Some(MetaType::Scalar { .. } | MetaType::Enum { .. } | MetaType::InputObject { .. }) => {}
        Some(_) => {
            let what = format!("has the type {ty}, which is for answers and not for arguments");
            faults.push(about(definition, &what));
        }
    }
    if let Some(directive) = definition.node.directives.first() {
        let message = format!("the directive @{} may not stand at a variable", directive.node.name.node);
        faults.push(DocumentFault::invalid(message).at(directive.pos));
    }
    if let (true, Some(default)) = (faults.is_empty(), &definition.node.default_value) {
        let none = Values::new();
        let mut reader = Reader::new(Origin::Document, &none, most);
        reader.begin(vec![format!("${}", definition.node.name.node)], Some(default.pos));
        reader.read(&ty.to_string(), default.node.clone().into_value());
        faults.extend(reader.finish().err().unwrap_or_default());
    }
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(item) => named(item),
    }
}

/// The specification's rule "all variable usages are allowed".
fn is_allowed(definition: &VariableDefinition, wanted: Wanted<'_>) -> bool {
    let Some(place) = Type::new(wanted.ty) else { return false };
    let has_default = match &definition.default_value {
        Some(default) => default.node != Value::Null,
        None => false,
    };
    if !place.nullable && definition.var_type.node.nullable && (has_default || wanted.has_default) {
        return base_fits(&definition.var_type.node.base, &place.base);
    }
    fits(&definition.var_type.node, &place)
}

fn fits(given: &Type, wanted: &Type) -> bool {
    (wanted.nullable || !given.nullable) && base_fits(&given.base, &wanted.base)
}

fn base_fits(given: &BaseType, wanted: &BaseType) -> bool {
    match (given, wanted) {
        (BaseType::Named(given), BaseType::Named(wanted)) => given == wanted,
        (BaseType::List(given), BaseType::List(wanted)) => fits(given, wanted),
        _ => false,
    }
}

/// The values of the operation's variables, each checked against its type. A variable without a value and without a
/// default is not among them. Values that the operation has no variable for are ignored, as the specification has it.
pub fn values(
    operation: &OperationDefinition,
    variables: Variables,
    places: &[&Place<'_>],
    most: usize,
) -> Result<Values, Vec<DocumentFault>> {
    let Value::Object(mut given) = variables.into_value() else { return Ok(Values::new()) };
    let (mut values, mut faults) = (Values::new(), Vec::new());
    for definition in &operation.variable_definitions {
        let (name, ty) = (&definition.node.name.node, &definition.node.var_type.node);
        let default = definition.node.default_value.as_ref();
        let (value, origin) = match given.shift_remove(name) {
            Some(value) => (value, Origin::Variable),
            None => match default {
                Some(default) => (default.node.clone(), Origin::Document),
                None if ty.nullable => continue,
                None => {
                    let what = format!("has no value, and its type {ty} asks for one");
                    faults.push(DocumentFault { code: Code::BadUserInput, ..about(definition, &what) });
                    continue;
                }
            },
        };
        // A client knows its arguments better than the variables that some tool has made for it.
        let place = places.iter().find(|place| place.variable == name);
        let argument = place.map(|place| place.argument.clone()).unwrap_or_default();
        let none = Values::new();
        let mut reader = Reader::new(origin, &none, most);
        reader.begin(argument, Some(definition.pos));
        let value = reader.read(&ty.to_string(), value.into_value());
        match reader.finish() {
            Ok(()) => drop(values.insert(name.clone(), value)),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() {
        return Ok(values);
    }
    faults.truncate(most);
    Err(faults)
}
