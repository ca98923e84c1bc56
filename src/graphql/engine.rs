//! The one way from a question to its answer, whatever carries the two: find the document, guard, reserve what it may
//! cost, execute, put the answer into the shape of the question, settle the cost.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response};
use futures_util::stream::{BoxStream, StreamExt};

use super::Schema;
use super::answer::Ran;
use super::document::{Admitted, admit};
use super::document_fault::DocumentFault;
use super::order::{self, Shape};
use super::question::Question;
use super::trusted::TrustedDocuments;
use super::turns::Turns;
use super::written::MayWrite;
use crate::config::GraphqlSettings;
use crate::request::{Allowance, Reservation, Throttled};
use crate::service::Ledger;

/// What answers questions. Cheap to clone.
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

/// A question that may run.
struct Admissible {
    request: Request,
    /// What it is; `None` where the engine has to say that there is no such operation.
    ty: Option<OperationType>,
    shape: Option<Shape>,
    cost: u64,
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

    /// Answers a question of a caller who may use this ledger and take from this allowance. Subscriptions are refused: one
    /// answer is no answer to them.
    pub async fn answer(
        &self,
        ledger: Ledger,
        allowance: &Allowance,
        question: Question,
    ) -> Result<Ran, NotRun> {
        let (only_queries, as_text) = (question.only_queries, question.as_text);
        let Admissible { request, ty, shape, cost } = self.admit(question)?;
        match ty {
            Some(OperationType::Subscription) => {
                let message = "subscriptions are answered over WebSocket: connect to this address with the protocol \
                               graphql-transport-ws";
                return Err(DocumentFault::invalid(message).into());
            }
            Some(OperationType::Mutation) if only_queries => return Err(NotRun::OnlyQueries),
            _ => {}
        }
        let reservation = allowance.reserve(cost)?;
        let mut request = request.data(ledger);
        if as_text && shape.as_ref().is_some_and(|shape| !shape.merges()) {
            request = request.data(MayWrite);
        }
        let mut response = self.schema.execute(request).await;
        let refused = repair(&mut response, shape.as_ref());
        Ok(Ran { response, refused, cost: reservation.and_then(Reservation::settle) })
    }

    /// Follows a subscription of a caller who may use this ledger: an answer for each event. An event takes its turn, made by
    /// `turns` from what it may cost. An answer that was refused is the last one. Other operations are refused: they are
    /// answered over HTTP, which has the limits for them.
    pub fn follow(
        &self,
        ledger: Ledger,
        turns: impl FnOnce(u64) -> Turns,
        question: Question,
    ) -> Result<BoxStream<'static, Ran>, NotRun> {
        let Admissible { request, ty, shape, cost } = self.admit(question)?;
        if ty.is_some_and(|ty| ty != OperationType::Subscription) {
            let message = "only subscriptions are answered over WebSocket: send queries and mutations by POST to this address";
            return Err(DocumentFault::invalid(message).into());
        }
        let turns = turns(cost);
        let mut responses = self.schema.execute_stream(request.data(ledger).data(turns.clone()));
        Ok(async_stream::stream! {
            while let Some(mut response) = responses.next().await {
                let refused = repair(&mut response, shape.as_ref());
                yield Ran { response, refused, cost: turns.end() };
                if refused {
                    break;
                }
            }
        }
        .boxed())
    }

    /// Finds the document, guards it and makes it ready to run.
    fn admit(&self, question: Question) -> Result<Admissible, NotRun> {
        let name = question.operation_name.as_deref();
        let (text, document) =
            self.trusted.document(question.query, question.document_id.as_deref(), &self.limits)?;
        let Admitted { mut document, cost } = admit(document, name, question.variables, &self.limits)?;
        let operation = order::operation(&document, name);
        let ty = operation.map(|operation| operation.ty);
        let shape = operation.map(|operation| Shape::of(&document, operation));
        order::add_placeholders(&mut document);
        let mut request = Request::new(text);
        request.operation_name = question.operation_name;
        request.set_parsed_query(document);
        Ok(Admissible { request, ty, shape, cost })
    }
}

/// Puts an answer into the shape of its question. True when it was refused before any field ran: every field of a question
/// that can fail is nullable and leaves its null, so that an empty answer means that nothing ran; and a subscription that
/// fails has no data.
fn repair(response: &mut Response, shape: Option<&Shape>) -> bool {
    let refused = order::is_empty(&response.data) && !response.errors.is_empty();
    if let (false, Some(shape)) = (refused, shape) {
        for error in &response.errors {
            order::put_null(&mut response.data, &error.path);
        }
        shape.arrange(&mut response.data);
    }
    refused
}
