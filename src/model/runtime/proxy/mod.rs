//! nginx: which location passes which requests to whom, and how long it waits.
//!
//! Inheritance is nginx's: the nearest block that names a setting wins, lists are replaced as a whole. An `include` that
//! is not in the repository makes everything unknown that it could have said. What is absent: `stream`, maps, rewrites.

mod library;
mod route;
mod scope;
mod target;

use library::Library;
pub(super) use target::answers_to;
pub use target::{Strength, Target};

use super::compose::{Project, Service};
use super::profile::{Profile, profile};
use super::timeout::Timeout;
use crate::discover::{Discovery, Kind};
use crate::fact::Fact;
use crate::model::Workspace;
use crate::source::Span;
use std::collections::HashMap;

/// One nginx configuration: a file that no other one includes, with all that it includes.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// Its file.
    pub path: String,
    /// Indexes of the compose services that run it.
    pub services: Vec<usize>,
    /// For which kind of use it is made.
    pub profile: Profile,
}

/// One place where a gateway passes requests on.
#[derive(Debug, Clone)]
pub struct Route {
    /// Index of its gateway.
    pub gateway: usize,
    /// `location /api`, or the name of the block that passes.
    pub name: String,
    /// The `server_name` around it, where one is written.
    pub server_name: Option<String>,
    /// The opening of its block.
    pub span: Span,
    /// The directive that passes, `proxy_pass http://api`.
    pub pass_span: Span,
    /// The module that passes: `proxy`, `grpc`, `uwsgi`, `fastcgi`, `scgi`.
    pub module: &'static str,
    /// The hosts behind it, upstream blocks resolved.
    pub hosts: Fact<Vec<String>>,
    /// How long making a connection may take.
    pub connect: Fact<Timeout>,
    /// How long nginx waits between two reads of the response.
    pub read: Fact<Timeout>,
    /// How long nginx waits between two writes of the request.
    pub send: Fact<Timeout>,
    /// When the next server is tried.
    pub next_upstream: Fact<String>,
    /// Why responses may go on for ever by design.
    pub streaming: Option<String>,
    /// The services behind it.
    pub targets: Vec<Target>,
}

/// Reads every nginx configuration of the repository, in order of path.
pub(super) fn read(
    workspace: &mut Workspace,
    discovery: &Discovery,
    projects: &[Project],
    services: &[Service],
) -> (Vec<Gateway>, Vec<Route>) {
    let paths: Vec<String> =
        discovery.artifacts.iter().filter(|one| one.kind == Kind::Nginx).map(|one| one.path.clone()).collect();
    let mut library = Library::new(workspace, services);
    library.load(&paths);
    let (mut gateways, mut routes) = (Vec::new(), Vec::new());
    for root in library.roots(&paths) {
        let path = library.path(root).to_owned();
        let running = target::running(&path, projects, services);
        let gateway = Gateway { profile: profile(&path, &[]), path, services: running };
        let configuration = library.configuration(root, &gateway.services);
        let mut found = route::read(&library, &configuration, gateways.len(), &gateway, services);
        let mut by_host = HashMap::new();
        for route in &mut found {
            route.targets = target::resolve(route, &gateway, projects, services, &mut by_host);
        }
        routes.extend(found);
        gateways.push(gateway);
    }
    (gateways, routes)
}
