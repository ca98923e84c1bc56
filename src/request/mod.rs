//! What a request carries and how it is refused. The surfaces (`graphql`, `rest`) and the layers around them (`http`)
//! both build on this module, so that neither has to import the other's inside.

mod allowance;
mod body;
mod id;
pub mod json;
mod media_type;
mod places;
mod refusal;
mod site;

pub use allowance::{Allowance, Budgets, CostReport, Reservation, Throttled};
pub use body::unreadable_body;
pub use id::RequestId;
pub use media_type::is_json;
pub use places::{ExportPlaces, ImportPlaces, Places, is_import};
pub use refusal::{ErrorCodes, Refusal};
pub use site::{is_foreign, is_foreign_socket};
