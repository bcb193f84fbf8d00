//! Routes as rules ask for them: with their gateway, what stands behind, and the operations that they lead to.

use super::routes::{RoutedApi, bases};
use super::serves::takes;
use crate::diagnostic::Confidence;
use crate::model::Model;
use crate::model::api::{DocumentRef, Method, OperationRef};
use crate::model::runtime::Profile;
use crate::model::runtime::phrases;
use crate::model::runtime::route::{Gateway, Route};
use std::collections::BTreeMap;

/// A route that passes HTTP on, with all that is known of what stands behind it.
#[derive(Debug, Clone)]
pub struct Passage<'m> {
    /// The route.
    pub route: &'m Route,
    /// Its gateway.
    pub gateway: &'m Gateway,
    /// What it leads to, one entry for each document.
    pub apis: Vec<RoutedApi<'m>>,
}

impl Model {
    /// Every route that passes HTTP on, in order.
    pub fn passages(&self) -> Vec<Passage<'_>> {
        let gateways: Vec<&Gateway> = self.runtime.gateways().collect();
        let mut apis: BTreeMap<*const Route, Vec<RoutedApi>> = BTreeMap::new();
        for api in self.routed_apis() {
            apis.entry(std::ptr::from_ref(api.route)).or_default().push(api);
        }
        let routes = self.runtime.routes().filter(|route| route.module != "tcp");
        let found = routes.filter_map(|route| {
            let apis = apis.remove(&std::ptr::from_ref(route)).unwrap_or_default();
            Some(Passage { route, gateway: gateways.get(route.gateway)?, apis })
        });
        found.collect()
    }
}

impl<'m> Passage<'m> {
    /// `shop.example.com location /api`.
    pub fn subject(&self) -> String {
        let server = self.route.server_name.as_deref().map(|name| format!("{name} ")).unwrap_or_default();
        format!("{server}{}", self.route.name)
    }

    /// Its name, cut where it would fill a headline.
    pub fn short_name(&self) -> String {
        let name = &self.route.name;
        match name.char_indices().nth(36) {
            Some((end, _)) => format!("{}...", &name[..end]),
            None => name.clone(),
        }
    }

    /// For which kind of use its gateway is made.
    pub fn profile(&self) -> Profile {
        self.gateway.profile
    }

    /// The operations that it serves for certain, of documents that are joined by more than a guess.
    pub fn operations(&self) -> Vec<OperationRef<'m>> {
        let sure = self.apis.iter().filter(|api| api.confidence >= Confidence::Medium);
        sure.flat_map(|api| api.operations.iter().copied()).collect()
    }

    /// Whether a POST or a PATCH may come this way: one that is documented, or, where no operation is known, any.
    pub fn takes_writes(&self) -> bool {
        let open = match &self.route.methods {
            crate::fact::Fact::Known(methods, _) => methods.iter().any(|one| one == "POST" || one == "PATCH"),
            _ => true,
        };
        let mut known = self.apis.iter().filter(|api| api.confidence >= Confidence::Medium).peekable();
        let writes = |one: &OperationRef| matches!(one.method(), Method::Post | Method::Patch);
        let none_known = known.peek().is_none();
        open && (none_known || known.any(|api| api.operations.iter().chain(&api.perhaps).any(writes)))
    }

    /// The operations behind it that do something again when they are sent again, and take no idempotency key.
    pub fn unrepeatable(&self) -> Vec<OperationRef<'m>> {
        let writes = |one: &OperationRef| matches!(one.method(), Method::Post | Method::Patch);
        self.operations().into_iter().filter(|one| writes(one) && one.idempotency_key().is_none()).collect()
    }

    /// How sure it is what stands behind: the surest of its documents.
    pub fn confidence(&self) -> Option<Confidence> {
        self.apis.iter().map(|api| api.confidence).max()
    }

    /// Why its documents were taken to describe what stands behind it.
    pub fn why(&self) -> Vec<&'m str> {
        self.apis.iter().map(|api| api.why).collect()
    }

    /// What to write into the gateway's file; see [`phrases::said`].
    pub fn phrase(&self, key: &str, fill: &[(&str, String)]) -> Option<String> {
        phrases::said(self.gateway, self.route, key, fill)
    }
}

/// Operations of a document that no route of a gateway leads to, while others of the same document are routed.
#[derive(Debug, Clone)]
pub struct Unrouted<'m> {
    /// The document.
    pub document: DocumentRef<'m>,
    /// The gateway that routes the others.
    pub gateway: &'m Gateway,
    /// A route that leads to some of them.
    pub route: &'m Route,
    /// How many are routed.
    pub routed: usize,
    /// The operations that are not, in order.
    pub operations: Vec<OperationRef<'m>>,
    /// How sure the join is.
    pub confidence: Confidence,
    /// Why it was made.
    pub why: &'m str,
}

impl Model {
    /// Every document of which a gateway routes a part, with what no gateway routes. Empty lists are those that are wholly routed.
    pub fn unrouted(&self) -> Vec<Unrouted<'_>> {
        let all = self.routed_apis();
        let gateways: Vec<&Gateway> = self.runtime.gateways().collect();
        let mut by_document: BTreeMap<&str, Vec<&RoutedApi>> = BTreeMap::new();
        all.iter().for_each(|api| by_document.entry(api.document.path()).or_default().push(api));
        let mut found = Vec::new();
        for (path, apis) in by_document {
            let Some(first) = apis.iter().filter(|api| !api.operations.is_empty()).max_by_key(|api| api.confidence) else {
                continue;
            };
            let knows_all = apis.iter().all(|api| api.gateway.knows_routes);
            if !knows_all || first.confidence < Confidence::Medium {
                continue;
            }
            let reached: Vec<OperationRef> =
                apis.iter().flat_map(|api| api.operations.iter().chain(&api.perhaps).copied()).collect();
            // What has a route of its own that leads elsewhere is routed all the same. One controller serves all objects of its kind.
            let of_kind = |gateway: &Gateway| apis.iter().any(|api| api.gateway.product == gateway.product);
            let is_near = |route: &&Route| gateways.get(route.gateway).is_some_and(|gateway| of_kind(gateway));
            let routes: Vec<&Route> = self.runtime.routes().filter(is_near).collect();
            let is_taken = |one: &OperationRef| {
                let bases = bases(*one);
                reached.contains(one) || routes.iter().any(|route| takes(route, *one, &bases))
            };
            let own = self.api.operations().filter(|one| one.document().path() == path);
            let operations: Vec<OperationRef> = own.filter(|one| !is_taken(one)).collect();
            let routed = apis.iter().map(|api| api.operations.len()).sum();
            let (document, gateway, route) = (first.document, first.gateway, first.route);
            found.push(Unrouted { document, gateway, route, routed, operations, confidence: first.confidence, why: first.why });
        }
        found
    }
}
