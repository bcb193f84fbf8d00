//! Proxies of HAProxy that lack a wait: clients or servers are then waited for without end.

use super::Runtime;
use super::route::Gateway;
use crate::source::Span;

/// One `frontend`, `backend` or `listen`, with the waits that neither it nor its defaults set.
#[derive(Debug, Clone)]
pub struct Half {
    /// Index of its gateway.
    pub gateway: usize,
    /// `backend api`.
    pub name: String,
    /// The line that opens it.
    pub span: Span,
    /// What is missing; empty where nothing is.
    pub missing: Vec<MissingWait>,
}

/// A wait that is not set.
#[derive(Debug, Clone)]
pub struct MissingWait {
    /// `client`, `connect`, `server`.
    pub name: &'static str,
    /// The setting: `timeout client`.
    pub setting: String,
}

impl Runtime {
    /// Every proxy that must have waits, with its gateway.
    pub fn halves(&self) -> impl Iterator<Item = (&Half, &Gateway)> {
        self.halves.iter().filter_map(|half| Some((half, self.gateways.get(half.gateway)?)))
    }
}
