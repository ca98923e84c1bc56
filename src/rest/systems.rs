//! External systems, how far behind they are, and how they are to be treated.

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::counts::{Backlog, StateCount};
use super::item::ItemFields;
use super::operation::{IdempotencyKey, Refusals, WritingCall};
use super::parameters::{NoParameters, Parameters};
use super::problem::{Problem, in_path_spelling, in_rest_spelling};
use super::status::ExportFailure;
use crate::domain::progress::{Failure, Unit};
use crate::domain::text::quoted;
use crate::domain::{Code, Error, Fault, Result, System, SystemId};
use crate::service::{Configuration, Ledger, SettingsDraft, system_cursor};

/// Calls about systems.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one, configure))
}

/// How a system is to be treated. What is left out stays as it is.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "only described: the fields are read one by one, so that each fault gets its path"
)]
pub struct ConfigureExportSystem {
    /// What people call it; null takes the name away.
    #[schema(example = "ERP of the headquarters", min_length = 1, max_length = 200)]
    display_name: Option<String>,
    /// What there is to know about it; null takes it away.
    #[schema(example = "Takes entries from 6 to 22 h", max_length = 2000)]
    description: Option<String>,
    /// What is claimed, fails and is parked as one. VOUCHER: all entries of a voucher that the system has not been
    /// sent. ENTRY: one entry.
    #[schema(example = "VOUCHER")]
    unit: Option<String>,
    /// After so many attempts that failed something is parked.
    #[schema(example = 8, minimum = 1, maximum = 1000)]
    max_attempts: Option<i64>,
    /// The wait after the first attempt that failed, in seconds. It doubles with each further one.
    #[schema(example = 60, minimum = 1, maximum = 86400)]
    first_retry_seconds: Option<i64>,
    /// The longest wait, in seconds.
    #[schema(example = 21600, minimum = 1, maximum = 604800)]
    longest_retry_seconds: Option<i64>,
}

/// An external system that accounting entries are exported to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportSystem {
    /// The name of the system.
    #[schema(example = "erp")]
    system_id: String,
    /// Since when the system is known (RFC 3339, UTC): when an entry was first marked, claimed or reported as failed
    /// for it, or when it was configured; null before.
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    known_since: Option<String>,
    /// Since when the system is retired (RFC 3339, UTC): nothing is claimed or replayed for it; null when it is in use.
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    retired_at: Option<String>,
    /// What people call it; null when nobody has said.
    #[schema(example = "ERP of the headquarters")]
    display_name: Option<String>,
    /// What there is to know about it; null when nobody has said.
    #[schema(example = "Takes entries from 6 to 22 h")]
    description: Option<String>,
    /// What is claimed, fails and is parked as one. VOUCHER: all entries of a voucher that the system has not been
    /// sent. ENTRY: one entry.
    #[schema(example = "VOUCHER")]
    unit: &'static str,
    /// After so many attempts that failed something is parked.
    #[schema(example = 8)]
    max_attempts: i32,
    /// The wait after the first attempt that failed, in seconds. It doubles with each further one.
    #[schema(example = 60)]
    first_retry_seconds: i32,
    /// The longest wait, in seconds.
    #[schema(example = 21600)]
    longest_retry_seconds: i32,
    /// The newest refusal that was reported, whatever has become of the entry since: also after it was requeued or
    /// exported. Null while none was.
    last_failure: Option<ExportFailure>,
    /// When an entry was last marked for the system (RFC 3339, UTC); null while none was. Not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    last_marked_at: Option<Option<String>>,
    /// How many entries the system has not been sent. Not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Backlog)]
    backlog: Option<Backlog>,
    /// How many of these are in each of their states. Not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<StateCount>)]
    states: Option<Vec<StateCount>>,
    /// When the oldest entry was recorded that the system has not been sent (RFC 3339, UTC); null when it has been sent
    /// everything. Not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    oldest_unexported_at: Option<Option<String>>,
}

impl ExportSystem {
    fn new(system: System, last_failure: Option<Failure>) -> Self {
        let System { id, known_since, retired_at, settings } = system;
        Self {
            system_id: id.to_string(),
            known_since: known_since.map(|at| at.to_string()),
            retired_at: retired_at.map(|at| at.to_string()),
            display_name: settings.display_name,
            description: settings.description,
            unit: settings.unit.as_str(),
            max_attempts: settings.retry.max_attempts,
            first_retry_seconds: settings.retry.first_seconds,
            longest_retry_seconds: settings.retry.longest_seconds,
            last_failure: last_failure.map(ExportFailure::from),
            last_marked_at: None,
            backlog: None,
            states: None,
            oldest_unexported_at: None,
        }
    }

    /// The system, and how far behind it is.
    pub async fn read(ledger: &Ledger, id: &SystemId) -> Result<Self> {
        let system = ledger.system(id).await?;
        let last_marked_at = ledger.last_marked_at(id).await?;
        let backlog = ledger.backlog(id).await?;
        let states = ledger.backlog_by_state(id).await?.into_iter().map(StateCount::from);
        let oldest_unexported_at = ledger.oldest_unexported_at(id).await?;
        Ok(Self {
            last_marked_at: Some(last_marked_at.map(|at| at.to_string())),
            backlog: Some(backlog.into()),
            states: Some(states.collect()),
            oldest_unexported_at: Some(oldest_unexported_at.map(|at| at.to_string())),
            ..Self::new(system, ledger.last_failure(id).await?)
        })
    }
}

/// A page of systems.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportSystems {
    /// By name.
    systems: Vec<ExportSystem>,
    /// Give it as `after` for the next page; null on the last one.
    next_after: Option<String>,
}

/// The external systems that are known and in use, by name; or those that are retired.
#[utoipa::path(
    get,
    path = "/v10/export-systems",
    tag = "export",
    operation_id = "listExportSystems",
    params(
        ("limit" = Option<i64>, Query, description = "How many systems a page has at most. Without it 20.", minimum = 1, maximum = 100),
        ("retired" = Option<bool>, Query, description = "true: the systems that are retired. Without it those that are in use."),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
    ),
    responses(
        (status = 200, description = "A page", body = ExportSystems),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    Extension(ledger): Extension<Ledger>,
    RawQuery(query): RawQuery,
) -> Result<Json<ExportSystems>, Problem> {
    let list = async {
        let parameters =
            Parameters::read(query.as_deref(), &["limit", "after", "retired"], false, &Bytes::new())?;
        let page = ledger
            .systems(parameters.flag("retired")?, &parameters.page()?)
            .await
            .map_err(in_rest_spelling)?;
        let last = page.items.last().filter(|_| page.has_next);
        let next_after = last.map(|system| system_cursor(&system.id));
        let ids: Vec<SystemId> = page.items.iter().map(|system| system.id.clone()).collect();
        let mut failures = ledger.last_failures(&ids).await?;
        let systems = page.items.into_iter().map(|system| {
            let failure = failures.remove(&system.id);
            ExportSystem::new(system, failure)
        });
        Ok(ExportSystems { systems: systems.collect(), next_after })
    };
    list.await.map(Json).map_err(Problem::of_read)
}

/// One external system, and how far behind it is.
///
/// Any name that a system may have can be asked for, also before the system is known.
#[utoipa::path(
    get,
    path = "/v10/export-systems/{id}",
    tag = "export",
    operation_id = "getExportSystem",
    params(("id" = String, Path, description = "The name of the system", example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$")),
    responses(
        (status = 200, description = "The system", body = ExportSystem),
        (status = 400, description = "The name is not one that a system may have, or the call has parameters", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    Extension(ledger): Extension<Ledger>,
    _: NoParameters,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<ExportSystem>, Problem> {
    let found = async {
        let id = SystemId::try_from(name_of(id)).map_err(|fault| fault.under("id"))?;
        ExportSystem::read(&ledger, &id).await
    };
    found.await.map(Json).map_err(Problem::of_read)
}

/// Set how an external system is to be treated, and make it known before its first mark.
///
/// What is left out stays as it is.
#[utoipa::path(
    patch,
    path = "/v10/export-systems/{id}",
    tag = "export",
    operation_id = "configureExportSystem",
    params(
        ("id" = String, Path, description = "The name of the system", example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$"),
        IdempotencyKey,
    ),
    request_body(content = ConfigureExportSystem, description = "The settings"),
    responses(
        (status = 200, description = "The system as it is now", body = ExportSystem),
        (status = 422, description = "The call is malformed; nothing was set", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn configure(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<ExportSystem>, Problem> {
    let system_id = name_of(id);
    let known = [
        "display_name",
        "description",
        "unit",
        "max_attempts",
        "first_retry_seconds",
        "longest_retry_seconds",
    ];
    let (ledger, read) = call.object(&known, settings);
    let call = read.and_then(|(draft, key)| Configuration::parse(SettingsDraft { system_id, ..draft }, key));
    let configured = async {
        let configured = ledger.perform(call, super::ACTOR).await?;
        ExportSystem::read(&ledger, &configured.system_id).await
    };
    configured.await.map(Json).map_err(|error| Problem::of_write(in_path_spelling(error, "system_id")))
}

/// The name of the system of a path. What is not UTF-8 is the name of none.
pub fn name_of(id: Result<Path<String>, PathRejection>) -> String {
    id.map(|Path(id)| id).unwrap_or_default()
}

fn settings(mut fields: ItemFields<'_>, key: Option<String>) -> Result<(SettingsDraft, Option<String>)> {
    let unit = fields.optional_text("unit").map(|text| unit(&text)).transpose();
    let draft = SettingsDraft {
        display_name: fields.nullable_text("display_name"),
        description: fields.nullable_text("description"),
        max_attempts: fields.optional_number("max_attempts"),
        first_retry_seconds: fields.optional_number("first_retry_seconds"),
        longest_retry_seconds: fields.optional_number("longest_retry_seconds"),
        ..SettingsDraft::default()
    };
    let draft = fields.finish(draft).map_err(Error::Refused)?;
    Ok((SettingsDraft { unit: unit?, ..draft }, key))
}

fn unit(text: &str) -> Result<Unit, Fault> {
    text.parse().map_err(|_| {
        let message = format!("{} is no unit; it is VOUCHER or ENTRY", quoted(text));
        Fault::new(Code::InvalidSetting, message).under("unit")
    })
}
