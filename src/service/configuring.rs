//! `configureExportSystem`: a person sets how a system is to be treated. It makes the system known.

use serde::{Deserialize, Serialize};

use super::operation::{Operation, Work};
use crate::domain::batch::key_fault;
use crate::domain::progress::Unit;
use crate::domain::system::SystemSettings;
use crate::domain::text::text_fault;
use crate::domain::{Call, Code, Error, Fault, Result, Right, SystemId};
use crate::store;

/// Most attempts that may be set.
const MAX_ATTEMPTS: i64 = 1_000;
/// Longest first wait that may be set, in seconds: a day.
const LONGEST_FIRST: i64 = 86_400;
/// Longest wait that may be set, in seconds: a week.
const LONGEST: i64 = 604_800;

/// Settings as they came in, nothing checked yet. What is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct SettingsDraft {
    /// The system.
    pub system_id: String,
    /// What people call it; `Some(None)`: nothing.
    pub display_name: Option<Option<String>>,
    /// What there is to know about it; `Some(None)`: nothing.
    pub description: Option<Option<String>>,
    /// What is claimed, fails and is parked as one.
    pub unit: Option<Unit>,
    /// After so many attempts that failed it is parked.
    pub max_attempts: Option<i64>,
    /// The wait after the first attempt, in seconds.
    pub first_retry_seconds: Option<i64>,
    /// The longest wait, in seconds.
    pub longest_retry_seconds: Option<i64>,
}

/// Settings that may be made.
#[derive(Clone, Debug, Serialize)]
pub struct Configuration {
    system_id: SystemId,
    display_name: Option<Option<String>>,
    description: Option<Option<String>>,
    unit: Option<Unit>,
    max_attempts: Option<i32>,
    first_retry_seconds: Option<i32>,
    longest_retry_seconds: Option<i32>,
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// The system that was configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configured {
    /// Its name.
    pub system_id: SystemId,
}

impl Configuration {
    /// Checks a call as it came in.
    pub fn parse(draft: SettingsDraft, idempotency_key: Option<String>) -> Result<Self> {
        let mut faults: Vec<Fault> = idempotency_key.as_deref().and_then(key_fault).into_iter().collect();
        let mut refuse = |field: &str, message: String| {
            faults.push(Fault::new(Code::InvalidSetting, message).under(field));
        };
        let text = |name: &str, text: &Option<Option<String>>, min, max| {
            text.as_ref().and_then(Option::as_ref).and_then(|text| text_fault(name, text, min, max))
        };
        if let Some(message) = text("the display name", &draft.display_name, 1, 200) {
            refuse("display_name", message);
        }
        if let Some(message) = text("the description", &draft.description, 0, 2_000) {
            refuse("description", message);
        }
        let mut number = |field: &str, value: Option<i64>, max: i64| {
            let read =
                value.filter(|value| (1..=max).contains(value)).and_then(|value| i32::try_from(value).ok());
            if value.is_some() && read.is_none() {
                refuse(field, format!("this is a whole number from 1 to {max}"));
            }
            read
        };
        let max_attempts = number("max_attempts", draft.max_attempts, MAX_ATTEMPTS);
        let first_retry_seconds = number("first_retry_seconds", draft.first_retry_seconds, LONGEST_FIRST);
        let longest_retry_seconds = number("longest_retry_seconds", draft.longest_retry_seconds, LONGEST);
        match SystemId::read(draft.system_id) {
            Ok(system_id) if faults.is_empty() => Ok(Self {
                system_id,
                display_name: draft.display_name,
                description: draft.description,
                unit: draft.unit,
                max_attempts,
                first_retry_seconds,
                longest_retry_seconds,
                idempotency_key,
            }),
            system_id => {
                faults.extend(system_id.err());
                Err(Error::Refused(faults))
            }
        }
    }
}

impl Call for Configuration {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.system_id)
    }
}

impl Operation for Configuration {
    const NAME: &'static str = "configure_export_system";
    const RIGHT: Right = Right::Admin;
    type Answer = Configured;

    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Configured> {
        let systems = store::systems::make_known(work.transaction, &[&self.system_id], work.now).await?;
        let system = systems.into_iter().next();
        let system = system.ok_or_else(|| Error::internal("a system that is not known"))?;
        if system.history.is_some() {
            work.leave_history();
        }
        let SystemSettings { display_name, description, unit, mut retry } = system.settings;
        retry.max_attempts = self.max_attempts.unwrap_or(retry.max_attempts);
        retry.first_seconds = self.first_retry_seconds.unwrap_or(retry.first_seconds);
        retry.longest_seconds = self.longest_retry_seconds.unwrap_or(retry.longest_seconds);
        let settings = SystemSettings {
            display_name: self.display_name.clone().unwrap_or(display_name),
            description: self.description.clone().unwrap_or(description),
            unit: self.unit.unwrap_or(unit),
            retry,
        };
        store::systems::configure(work.transaction, system.key, &settings).await?;
        Ok(Configured { system_id: self.system_id.clone() })
    }
}
