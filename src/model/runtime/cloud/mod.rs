//! Functions, queues, containers and managed servers of AWS: Serverless Framework, SAM, CloudFormation, Terraform.
//!
//! What a format leaves to an account, a stage or a parameter without a default is unknown. What is absent: modules of Terraform, nested
//! stacks, macros, and every resource but functions, queues, what joins them, services of ECS, load balancers, and managed servers.

mod balancer;
mod ecs;
mod managed;
mod serverless;
mod stack;
mod template;
mod terraform;
mod value;

use super::function::Function;
use super::profile::profile;
use super::queue::Queue;
use super::route::{Gateway, Route};
use super::service::{Environment, Project, Runner, Service};
use crate::discover::{Discovery, Kind};
use crate::fact::Fact;
use crate::model::Workspace;
use crate::source::Span;
use stack::Stack;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Cloud {
    pub(super) functions: Vec<Function>,
    pub(super) queues: Vec<Queue>,
    pub(super) gateways: Vec<Gateway>,
    /// Their routes; indexes of gateways start at zero.
    pub(super) routes: Vec<Route>,
    /// Where a parameter group of a database sets `statement_timeout`.
    pub(super) statement_timeout: Option<Span>,
}

/// Reads every file of these formats; functions become services of projects of their own.
pub(super) fn read(
    workspace: &mut Workspace,
    discovery: &Discovery,
    projects: &mut Vec<Project>,
    services: &mut Vec<Service>,
) -> Cloud {
    let mut cloud = Cloud::default();
    for artifact in &discovery.artifacts {
        let read: fn(&mut Workspace, &str) -> Option<Stack> = match artifact.kind {
            Kind::Serverless => serverless::read,
            Kind::Cloudformation => template::read,
            _ => continue,
        };
        let runner = if artifact.kind == Kind::Serverless { Runner::Serverless } else { Runner::Cloudformation };
        if let Some(mut stack) = read(workspace, &artifact.path) {
            stack.streams = workspace.source(&artifact.path).is_ok_and(|source| stack::may_stream(&workspace.text(source)));
            cloud.add(stack, &artifact.path, runner, projects, services);
        }
    }
    let files = discovery.artifacts.iter().filter(|one| one.kind == Kind::Terraform).map(|one| one.path.as_str());
    for (path, stack) in terraform::read(workspace, files.collect()) {
        cloud.add(stack, &path, Runner::Terraform, projects, services);
    }
    cloud
}

impl Cloud {
    /// Why a statement may have a limit that no other file says.
    pub(super) fn doubt(&self) -> Option<(String, Span)> {
        self.statement_timeout.map(|span| ("a parameter group sets `statement_timeout`".to_owned(), span))
    }

    /// Adds what one set of files declares: names within it become indexes.
    fn add(&mut self, mut stack: Stack, path: &str, runner: Runner, projects: &mut Vec<Project>, services: &mut Vec<Service>) {
        self.statement_timeout = self.statement_timeout.or(stack.statement_timeout);
        let profile = profile(path, &[]);
        let first = self.queues.len();
        let (running, gateways) = (std::mem::take(&mut stack.services), std::mem::take(&mut stack.gateways));
        let joined = stack.join(profile, first);
        self.queues.extend(joined.queues);
        if joined.functions.is_empty() && running.is_empty() && gateways.is_empty() {
            return;
        }
        let project = projects.len();
        projects.push(Project {
            runner,
            files: vec![path.to_owned()],
            is_default: false,
            name: None,
            namespace: None,
            others: Vec::new(),
        });
        for (gateway, routes) in gateways {
            let (at, first) = (self.gateways.len(), services.len());
            self.gateways.push(Gateway { profile, ..gateway });
            self.routes.extend(routes.into_iter().map(|mut route| {
                route.gateway = at;
                route.targets.iter_mut().for_each(|target| target.service += first);
                route
            }));
        }
        services.extend(running.into_iter().map(|service| Service { project, profile, ..service }));
        for (mut function, environment) in joined.functions {
            function.service = services.len();
            services.push(service(project, &function, environment));
            self.functions.push(function);
        }
    }
}

/// A function as a service: it has variables, and neither an image nor a command that we know.
fn service(project: usize, function: &Function, environment: Environment) -> Service {
    let place = || vec![function.span];
    let mut service = Service::bare(project, function.name.clone(), function.span);
    service.environment = environment;
    service.healthcheck = Fact::not_read("the cloud looks after its functions", place());
    service.restart = Fact::not_read("the cloud starts its functions", place());
    service.replicas = Fact::not_read("as many run as there are events", place());
    service.stop.grace = Fact::not_read("the cloud stops its functions", place());
    service.open = Some("the cloud runs its functions".to_owned());
    service.workload = Some("Function".to_owned());
    service.profile = function.profile;
    service
}
