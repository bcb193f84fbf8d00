//! Gateways that write down the query strings of the operations behind them.

use crate::diagnostic::Confidence;
use crate::model::Model;
use crate::model::api::OperationRef;
use crate::source::Span;

/// A gateway whose log holds the query strings of an operation.
#[derive(Debug, Clone, Copy)]
pub struct QueryLog<'m> {
    /// Its file.
    pub path: &'m str,
    /// What says so: the format of the log, or what passes the requests on where the product's own format holds them.
    pub span: Span,
    /// Why the gateway is taken to lead to the operation.
    pub why: &'m str,
}

impl Model {
    /// The first gateway that leads to an operation for certain, and logs its query string.
    pub fn query_log_of(&self, operation: OperationRef) -> Option<QueryLog<'_>> {
        let number = self.api.operations().position(|one| one == operation)?;
        self.links
            .routes
            .iter()
            .filter(|link| link.confidence >= Confidence::Medium && link.operations.contains(&number))
            .find_map(|link| {
                let route = self.runtime.routes().nth(link.route)?;
                let gateway = self.runtime.gateways().nth(route.gateway)?;
                let log = gateway.access_log.known().filter(|log| log.keeps_queries())?;
                Some(QueryLog { path: &gateway.path, span: log.span.unwrap_or(route.pass_span), why: &link.why })
            })
    }
}
