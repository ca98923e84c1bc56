//! Why a server is not believed to be the one that was called.

use std::io;

use tokio_rustls::rustls::{CertificateError as Fault, Error as TlsError, InvalidMessage};

use super::reason;
use crate::Error;

/// Why no TLS came about with the server at this origin. Most faults of a certificate last until a person mends them: nothing
/// is sent there again. A certificate that has expired may be followed by the next one any moment.
pub fn of(server: &str, error: &io::Error) -> Error {
    let fault = match error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) {
        Some(TlsError::InvalidCertificate(fault)) => fault,
        Some(TlsError::InvalidMessage(InvalidMessage::InvalidContentType)) => {
            let mend = "see whether its address begins with http://, or has another port";
            return Error::lasting(format!("{server} does not speak TLS: {mend}"));
        }
        _ => return Error::unanswered(format!("{server} cannot be reached: {}", reason(error))),
    };
    match fault {
        Fault::Expired | Fault::ExpiredContext { .. } => {
            Error::unanswered(format!("{server} is not trusted: its certificate has expired"))
        }
        Fault::NotValidYet | Fault::NotValidYetContext { .. } => {
            let fault = "its certificate is not valid yet, by the clock of this machine";
            Error::unanswered(format!("{server} is not trusted: {fault}"))
        }
        // Nobody knows its authority, or one of the same name.
        Fault::UnknownIssuer | Fault::BadSignature => Error::lasting(format!(
            "{server} is not trusted: its certificate is of an authority that this machine does not know. Add the authority to \
             those of the machine, or name a file with its certificate in SSL_CERT_FILE"
        )),
        Fault::NotValidForName | Fault::NotValidForNameContext { .. } => Error::lasting(format!(
            "{server} is not trusted: its certificate is for another name. Call it by a name that is in the certificate"
        )),
        other => Error::lasting(format!("{server} is not trusted: its certificate cannot be used: {other}")),
    }
}
