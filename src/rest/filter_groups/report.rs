//! Where in the filter we are, and what was wrong there.

use std::fmt;

use crate::domain::{Code, Error, Fault, Result, Step};

/// Most faults one answer tells. A filter within its bounds rarely has as many; a hostile one could have
/// thousands.
pub(super) const MAX_FAULTS: usize = 100;

/// The way from `filter_groups` to a part of it, by the caller's own labels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trail(Vec<Step>);

impl Trail {
    /// The filter itself.
    pub(super) fn root() -> Self {
        Trail(vec![super::NAME.into()])
    }

    /// One step further in.
    pub(super) fn then(&self, step: impl Into<Step>) -> Self {
        let mut steps = self.0.clone();
        steps.push(step.into());
        Trail(steps)
    }
}

/// The trail as the name of a query parameter.
impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if depth == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, "[{name}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    faults: Vec<Fault>,
    left_out: usize,
}

impl Report {
    /// Tells of one more.
    pub(super) fn add(&mut self, at: &Trail, message: impl Into<String>) {
        let mut fault = Fault::new(Code::InvalidFilter, message);
        fault.path = at.0.clone();
        if self.faults.contains(&fault) {
            // Every element beyond the bound of a list says the same.
        } else if self.faults.len() == MAX_FAULTS {
            self.left_out += 1;
        } else {
            self.faults.push(fault);
        }
    }

    /// Takes over the faults of a check that knows nothing of trails.
    pub(super) fn adopt(&mut self, checked: Result<()>, at: &Trail) {
        match checked {
            Ok(()) => {}
            Err(Error::Refused(faults)) => faults.into_iter().for_each(|fault| self.add(at, fault.message)),
            // No check does more than refuse; should one, the filter is still not to be trusted.
            Err(_) => self.add(at, "the filter could not be checked"),
        }
    }

    /// Whether nothing was wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// What was wrong, in the order it was found; never empty, as a refusal must not be.
    pub(super) fn into_faults(mut self) -> Vec<Fault> {
        if self.left_out > 0 {
            let message = format!("{} more faults are left out here", self.left_out);
            self.faults.push(Fault::new(Code::InvalidFilter, message).under(super::NAME));
        }
        if self.faults.is_empty() {
            self.faults.push(Fault::new(Code::InvalidFilter, "the filter cannot be read").under(super::NAME));
        }
        self.faults
    }
}
