//! What the schema says of its types, for those who look at a document before the engine does.

use std::sync::LazyLock;

use async_graphql::parser::types::OperationType;
use async_graphql::registry::{MetaField, MetaInputValue, MetaType, MetaTypeName, Registry};
use async_graphql::{ID, InputType, OutputType, SubscriptionType};

use super::mutation::Mutation;
use super::query::Query;
use super::subscription::Subscription;

/// The types of the schema.
pub struct Types(Registry);

/// The engine keeps its own registry to itself. This one is made the same way, and once: the schema is part of the
/// program.
static TYPES: LazyLock<Types> = LazyLock::new(|| {
    let mut registry = Registry::default();
    <bool as InputType>::create_type_info(&mut registry);
    <i32 as InputType>::create_type_info(&mut registry);
    <String as InputType>::create_type_info(&mut registry);
    <ID as InputType>::create_type_info(&mut registry);
    registry.query_type = <Query as OutputType>::type_name().into_owned();
    registry.mutation_type = Some(<Mutation as OutputType>::type_name().into_owned());
    <Query as OutputType>::create_type_info(&mut registry);
    <Mutation as OutputType>::create_type_info(&mut registry);
    registry.subscription_type = Some(<Subscription as SubscriptionType>::type_name().into_owned());
    <Subscription as SubscriptionType>::create_type_info(&mut registry);
    Types(registry)
});

/// The types of the schema.
pub fn types() -> &'static Types {
    &TYPES
}

impl Types {
    /// The type of this name. The types that describe the schema itself (`__Schema` and its kin) are not known here.
    pub fn get(&self, name: &str) -> Option<&MetaType> {
        self.0.types.get(name)
    }

    /// The object at the root of such operations.
    pub fn root(&self, ty: OperationType) -> Option<&MetaType> {
        match ty {
            OperationType::Query => self.get(&self.0.query_type),
            OperationType::Mutation => self.get(self.0.mutation_type.as_deref()?),
            OperationType::Subscription => self.get(self.0.subscription_type.as_deref()?),
        }
    }

    /// The type of what a field gives, without its lists and its `!`.
    pub fn inside(&self, field: &MetaField) -> Option<&MetaType> {
        self.get(MetaTypeName::concrete_typename(&field.ty))
    }

    /// Whether an object of the type `object` is one of the type `condition`, as in `... on Node`.
    pub fn applies(&self, condition: &str, object: &str) -> bool {
        condition == object || self.get(condition).is_some_and(|condition| condition.is_possible_type(object))
    }
}

/// Whether an argument or an input field has to be given.
pub fn is_required(value: &MetaInputValue) -> bool {
    MetaTypeName::create(&value.ty).is_non_null() && value.default_value.is_none()
}

/// The type of the items, where it is a list.
pub fn item_type(ty: &str) -> Option<&str> {
    match MetaTypeName::create(ty).unwrap_non_null() {
        MetaTypeName::List(item) => Some(item),
        _ => None,
    }
}

/// Whether objects of several types are of this one: an interface or a union.
pub fn is_abstract(ty: &MetaType) -> bool {
    ty.possible_types().is_some()
}

/// Every type of the schema.
#[cfg(test)]
pub fn all() -> impl Iterator<Item = &'static MetaType> {
    types().0.types.values()
}
