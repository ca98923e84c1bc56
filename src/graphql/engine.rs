//! The one way from a question to its answer, whatever carries the two: find the document, guard, reserve what it may
//! cost, execute, put the answer into the shape of the question, settle the cost.

use std::sync::Arc;

use async_graphql::Request;
use async_graphql::parser::types::OperationType;

use super::Schema;
use super::answer::Ran;
use super::document::{Admitted, admit};
use super::document_fault::DocumentFault;
use super::order::{self, Shape};
use super::question::Question;
use super::trusted::TrustedDocuments;
use super::written::MayWrite;
use crate::config::GraphqlSettings;
use crate::request::{Allowance, Reservation, Throttled};
use crate::service::Ledger;

/// What answers questions. Cheap to clone.
///
/// A transport for subscriptions wants an `async_graphql::Executor`. That is this engine with a ledger and an allowance:
/// its `execute` makes a [`Question`] of the request's text, variables and operation name, which is not `as_text`, and a
/// `Response` of the outcome.
#[derive(Clone)]
pub struct Engine {
    schema: Schema,
    limits: Arc<GraphqlSettings>,
    trusted: TrustedDocuments,
}

/// Why nothing of a question ran, and nothing was taken from a budget.
#[derive(Debug)]
pub enum NotRun {
    /// The document or its values are refused, for these reasons.
    Refused(Vec<DocumentFault>),
    /// The caller's budget does not hold what it may cost.
    Throttled(Throttled),
    /// It is no query, and only queries may come this way.
    OnlyQueries,
}

impl From<DocumentFault> for NotRun {
    fn from(fault: DocumentFault) -> Self {
        NotRun::Refused(vec![fault])
    }
}

impl From<Vec<DocumentFault>> for NotRun {
    fn from(faults: Vec<DocumentFault>) -> Self {
        NotRun::Refused(faults)
    }
}

impl From<Throttled> for NotRun {
    fn from(throttled: Throttled) -> Self {
        NotRun::Throttled(throttled)
    }
}

impl Engine {
    /// An engine that answers by this schema, within these limits.
    pub fn new(schema: Schema, limits: GraphqlSettings, trusted: TrustedDocuments) -> Self {
        Self { schema, limits: Arc::new(limits), trusted }
    }

    /// The limits.
    pub fn limits(&self) -> &GraphqlSettings {
        &self.limits
    }

    /// Answers a question of a caller who may use this ledger and take from this allowance.
    pub async fn answer(
        &self,
        ledger: Ledger,
        allowance: &Allowance,
        question: Question,
    ) -> Result<Ran, NotRun> {
        let name = question.operation_name.as_deref();
        let (text, document) =
            self.trusted.document(question.query, question.document_id.as_deref(), &self.limits)?;
        let Admitted { mut document, cost } = admit(document, name, question.variables, &self.limits)?;
        let operation = order::operation(&document, name);
        if question.only_queries && operation.is_some_and(|operation| operation.ty != OperationType::Query) {
            return Err(NotRun::OnlyQueries);
        }
        let reservation = allowance.reserve(cost)?;
        let shape = operation.map(|operation| Shape::of(&document, operation));
        order::add_placeholders(&mut document);
        let mut request = Request::new(text).data(ledger);
        request.operation_name = question.operation_name;
        request.set_parsed_query(document);
        if question.as_text && shape.as_ref().is_some_and(|shape| !shape.merges()) {
            request = request.data(MayWrite);
        }
        let mut response = self.schema.execute(request).await;
        // Every field that can fail is nullable and leaves its null, so an empty answer means that nothing ran.
        let refused = order::is_empty(&response.data) && !response.errors.is_empty();
        if let (false, Some(shape)) = (refused, shape) {
            for error in &response.errors {
                order::put_null(&mut response.data, &error.path);
            }
            shape.arrange(&mut response.data);
        }
        Ok(Ran { response, refused, cost: reservation.and_then(Reservation::settle) })
    }
}
