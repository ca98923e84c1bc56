//! GraphQL's filters into the domain's one form.
//!
//! At the top, null and `{}` mean no filter, as in any GraphQL API: a document with `filter: $filter` has to run
//! whether the variable is set or not. Deeper inside, both are refused with their path: a value that a client forgot to
//! set must not widen a filter.

use std::mem::take;

use async_graphql::{ID, InputType, MaybeUndefined};

use super::entry::entry_id;
use super::filter::{AccountingEntryFilter, Comparison, StringFilter};
use crate::domain::{Code, CurrencyCode, Day, Fault, Field, Filter, Money, Result, Test, Timestamp, Value};

/// The `filter` argument: `None` when it was left out, is null or `{}`. In a box, since the futures of a question would
/// otherwise carry its many fields on the stack.
pub fn read_filter(filter: MaybeUndefined<Box<AccountingEntryFilter>>) -> Result<Option<Filter>> {
    match filter {
        MaybeUndefined::Undefined | MaybeUndefined::Null => Ok(None),
        MaybeUndefined::Value(filter) => {
            let parts = (*filter).parts().map_err(|fault| fault.under("filter"))?.0;
            if parts.is_empty() {
                return Ok(None);
            }
            let filter = all(parts);
            filter.check().map_err(|error| error.under("filter"))?;
            Ok(Some(filter))
        }
    }
}

/// What was read, or the first fault with the path to it.
type Read<T> = std::result::Result<T, Fault>;

fn refuse(message: &str) -> Fault {
    Fault::new(Code::InvalidFilter, message)
}

fn is_null() -> Fault {
    refuse("this is null, which could be a variable that was not set: leave it out, or give it a value")
}

/// Collects what one input object asks, and remembers whether that was anything at all.
pub struct Parts<T>(Vec<T>);

impl<T> Parts<T> {
    fn new() -> Self {
        Parts(Vec::new())
    }

    fn add<V>(&mut self, name: &str, value: MaybeUndefined<V>, read: impl FnOnce(V) -> Read<T>) -> Read<()> {
        match value {
            MaybeUndefined::Undefined => Ok(()),
            MaybeUndefined::Null => Err(is_null().under(name)),
            MaybeUndefined::Value(value) => {
                self.0.push(read(value).map_err(|fault| fault.under(name))?);
                Ok(())
            }
        }
    }

    fn finish(self) -> Read<Vec<T>> {
        if self.0.is_empty() {
            return Err(refuse(
                "{} has no condition in it: leave it out, or write the condition that you mean",
            ));
        }
        Ok(self.0)
    }
}

impl AccountingEntryFilter {
    fn read(self) -> Read<Filter> {
        Ok(all(self.parts()?.finish()?))
    }

    /// What has to hold, all of it; nothing for `{}`.
    fn parts(mut self) -> Read<Parts<Filter>> {
        let mut parts = Parts::new();
        parts.add("and", take(&mut self.and), |filters| Ok(Filter::All(read_all(filters)?)))?;
        parts.add("or", take(&mut self.or), |filters| Ok(Filter::Any(read_all(filters)?)))?;
        parts.add("not", take(&mut self.not), |filter| Ok(Filter::Not(Box::new(filter.read()?))))?;
        self.fields(&mut parts)?;
        Ok(parts)
    }
}

/// A list of one needs no wrapping; depth is counted against the caller.
fn all(mut filters: Vec<Filter>) -> Filter {
    match filters.pop() {
        Some(only) if filters.is_empty() => only,
        Some(last) => {
            filters.push(last);
            Filter::All(filters)
        }
        None => Filter::All(filters),
    }
}

fn read_all(filters: Vec<AccountingEntryFilter>) -> Read<Vec<Filter>> {
    if filters.is_empty() {
        return Err(refuse("the list is empty: leave it out, or give it filters"));
    }
    let read = |(index, filter): (usize, AccountingEntryFilter)| filter.read().map_err(|f| f.under(index));
    filters.into_iter().enumerate().map(read).collect()
}

impl Parts<Filter> {
    /// Adds the tests of one field.
    pub fn field(&mut self, field: Field, filter: MaybeUndefined<impl FieldFilter>) -> Read<()> {
        self.add(field.name(), filter, |filter| {
            let tests = filter.tests()?.into_iter();
            Ok(all(tests.map(|test| Filter::Field(field, test)).collect()))
        })
    }
}

impl Parts<Test> {
    /// A test whose values keep the bounds: checked here, a fault has its place.
    fn test<V>(
        &mut self,
        name: &str,
        value: MaybeUndefined<V>,
        read: impl FnOnce(V) -> Read<Test>,
    ) -> Read<()> {
        self.add(name, value, |value| {
            let test = read(value)?;
            match test.faults().first() {
                None => Ok(test),
                Some(message) => Err(refuse(message)),
            }
        })
    }
}

/// The tests that one field's input asks for.
pub trait FieldFilter {
    /// The tests, of which there is at least one.
    fn tests(self) -> Read<Vec<Test>>;
}

/// A GraphQL value as the domain's.
trait Operand {
    fn operand(self) -> Read<Value>;
}

impl Operand for i32 {
    fn operand(self) -> Read<Value> {
        Ok(Value::Integer(self))
    }
}

impl Operand for String {
    fn operand(self) -> Read<Value> {
        Ok(Value::Text(self))
    }
}

impl Operand for Timestamp {
    fn operand(self) -> Read<Value> {
        Ok(Value::Timestamp(self))
    }
}

impl Operand for Day {
    fn operand(self) -> Read<Value> {
        Ok(Value::Date(self))
    }
}

impl Operand for Money {
    fn operand(self) -> Read<Value> {
        Ok(Value::Money(self))
    }
}

impl Operand for CurrencyCode {
    fn operand(self) -> Read<Value> {
        Ok(Value::Text(self.to_string()))
    }
}

impl Operand for ID {
    fn operand(self) -> Read<Value> {
        entry_id(&self)
            .map(Value::Id)
            .ok_or_else(|| refuse("this is no id of an entry such as \"42\" or \"entry/42\""))
    }
}

fn operands<T: Operand>(values: Vec<T>) -> Read<Vec<Value>> {
    values.into_iter().enumerate().map(|(i, value)| value.operand().map_err(|fault| fault.under(i))).collect()
}

impl<T: InputType + Operand> FieldFilter for Comparison<T> {
    fn tests(self) -> Read<Vec<Test>> {
        let mut tests = Parts::new();
        tests.test("eq", self.eq, |value| Ok(Test::Eq(value.operand()?)))?;
        tests.test("ne", self.ne, |value| Ok(Test::Ne(value.operand()?)))?;
        tests.test("gt", self.gt, |value| Ok(Test::Gt(value.operand()?)))?;
        tests.test("gte", self.gte, |value| Ok(Test::Gte(value.operand()?)))?;
        tests.test("lt", self.lt, |value| Ok(Test::Lt(value.operand()?)))?;
        tests.test("lte", self.lte, |value| Ok(Test::Lte(value.operand()?)))?;
        tests.test("in", self.r#in, |values| Ok(Test::In(operands(values)?)))?;
        tests.test("not_in", self.not_in, |values| Ok(Test::NotIn(operands(values)?)))?;
        tests.test("between", self.between, between)?;
        tests.test("is_null", self.is_null, |is_null| Ok(Test::IsNull(is_null)))?;
        tests.finish()
    }
}

fn between<T: Operand>(values: Vec<T>) -> Read<Test> {
    match <[Value; 2]>::try_from(operands(values)?) {
        Ok([low, high]) => Ok(Test::Between(low, high)),
        Err(values) => Err(refuse(&format!("between takes two values, and has {}", values.len()))),
    }
}

impl FieldFilter for StringFilter {
    fn tests(self) -> Read<Vec<Test>> {
        let mut tests = Parts::new();
        tests.test("contains", self.contains, |text| Ok(Test::Contains(text)))?;
        tests.test("starts_with", self.starts_with, |text| Ok(Test::StartsWith(text)))?;
        tests.test("ends_with", self.ends_with, |text| Ok(Test::EndsWith(text)))?;
        let comparison = Comparison {
            eq: self.eq,
            ne: self.ne,
            gt: self.gt,
            gte: self.gte,
            lt: self.lt,
            lte: self.lte,
            r#in: self.r#in,
            not_in: self.not_in,
            between: self.between,
            is_null: self.is_null,
        };
        match comparison.tests() {
            Ok(compared) => tests.0.extend(compared),
            // Nothing compared is no fault when something was searched.
            Err(fault) if fault.path.is_empty() && !tests.0.is_empty() => {}
            Err(fault) => return Err(fault),
        }
        tests.finish()
    }
}
