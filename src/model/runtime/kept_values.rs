//! Who writes values of requests and statements into logs, beside the database that is there to keep them.

use super::Runtime;
use super::profile::Profile;
use crate::source::Span;

/// A place by which values go into a log.
#[derive(Debug, Clone)]
pub struct KeptValues {
    /// What it is called: `server db`, `gateway nginx.conf`.
    pub subject: String,
    /// Who writes them: a service, a file.
    pub name: String,
    /// What says so: `log_statement=all`.
    pub setting: String,
    /// Where it is written.
    pub span: Span,
    /// What goes into the log, in a few words.
    pub what: &'static str,
    /// What to write instead.
    pub instead: &'static str,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// Settings of servers that log each statement: the product, the name, the values, and what to write instead.
const LOGGING: [(&str, &str, &[&str], &str); 3] = [
    ("postgres", "log_statement", &["all", "mod"], "log_statement = ddl"),
    ("postgres", "log_min_duration_statement", &["0"], "log_min_duration_statement = 500\nlog_parameter_max_length = 0"),
    ("mysql", "general_log", &["1", "on", "true"], "general_log = 0"),
];

impl Runtime {
    /// How many servers and gateways say what they log, and each that is seen to log values, in order.
    pub fn logged_values(&self) -> (usize, Vec<KeptValues>) {
        let (mut judged, mut found) = (0, Vec::new());
        for server in self.servers().filter(|server| LOGGING.iter().any(|(product, ..)| *product == server.product)) {
            judged += 1;
            // Without the parameters of statements what is left are the statements of the application.
            let length = "log_parameter_max_length";
            let without = server.get(length).known().is_some_and(|told| told.value.trim() == "0")
                || server.unread.iter().any(|(name, _)| name == length);
            for (_, name, values, instead) in LOGGING.iter().filter(|(product, ..)| *product == server.product && !without) {
                let told = server.get(name).known().cloned();
                let is_on = |value: &str| values.contains(&value.trim().to_ascii_lowercase().as_str());
                let Some(told) = told.filter(|told| is_on(&told.value)) else { continue };
                found.push(KeptValues {
                    subject: server.subject(),
                    name: server.name.clone(),
                    setting: format!("{name}={}", told.value.trim()),
                    span: told.span,
                    what: "statements with the values that they read and write",
                    instead,
                    use_for: server.use_for,
                });
            }
        }
        for gateway in self.gateways() {
            let Some(log) = gateway.access_log.known() else { continue };
            judged += 1;
            let Some(span) = log.span.filter(|_| log.keeps_bodies()) else { continue };
            found.push(KeptValues {
                subject: format!("gateway {}", gateway.path),
                name: gateway.path.clone(),
                setting: "$request_body".to_owned(),
                span,
                what: "the bodies of requests",
                instead: "leave `$request_body` out of the format",
                use_for: gateway.profile,
            });
        }
        (judged, found)
    }
}
