//! What holds a secret: what kind of file it is, and who reads it.

use crate::discover::Kind;
use crate::model::runtime::Runtime;
use crate::model::runtime::service::{Project, Runner, Service};
use crate::model::runtime::stay::Deployments;
use crate::source::SourceId;
use std::collections::HashMap;

/// What kind of file holds a secret, and so how a value gets there from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Holder {
    /// A file in which `${NAME}` is a variable: Compose, Spring.
    Interpolated,
    /// A workload of Kubernetes: its variables take values from Secrets.
    Workload,
    /// `appsettings.json`: a variable of the environment with `__` between the parts of the key wins over it.
    Appsettings,
    /// A file of variables.
    Variables,
    /// The values of a chart.
    Chart,
    /// Terraform.
    Terraform,
    /// A template of CloudFormation.
    Template,
    /// The variables of a container of ECS in such a template.
    Container,
    /// Anything else.
    #[default]
    Other,
}

impl Holder {
    /// What holds the variables of a service.
    pub(super) fn of_service(service: &Service, runtime: &Runtime) -> Holder {
        match runtime.projects.get(service.project).map(|project| project.runner) {
            Some(Runner::Compose) => Holder::Interpolated,
            Some(Runner::Kubernetes) => Holder::Workload,
            Some(Runner::Helm) => Holder::Chart,
            Some(Runner::Terraform) => Holder::Terraform,
            Some(Runner::Cloudformation) if service.workload.as_deref() == Some("AWS::ECS::Service") => Holder::Container,
            Some(Runner::Cloudformation) => Holder::Template,
            Some(Runner::Serverless) | None => Holder::Other,
        }
    }

    /// What holds the settings of an application.
    pub(super) fn of_settings(format: Kind) -> Holder {
        match format {
            Kind::Spring | Kind::Quarkus | Kind::Micronaut => Holder::Interpolated,
            Kind::Appsettings => Holder::Appsettings,
            _ => Holder::Other,
        }
    }
}

/// Which files of variables are read by projects for work on the code alone.
pub(super) struct Readers(HashMap<SourceId, bool>);

impl Readers {
    /// Looks at where the variables of every service stand.
    pub(super) fn of(runtime: &Runtime, deployments: &Deployments) -> Readers {
        let mut found = HashMap::new();
        for service in &runtime.services {
            let is_for_work = deployments.is_for_work(service.project);
            for (_, variable) in service.environment.iter() {
                *found.entry(variable.key_span.source).or_insert(true) &= is_for_work;
            }
        }
        Readers(found)
    }

    /// Whether all that read a file are there to work on the code, and somebody does.
    pub(super) fn are_for_work(&self, file: SourceId) -> bool {
        self.0.get(&file) == Some(&true)
    }
}

/// Whether a file of variables lies beside Compose files that are all there to work on the code.
pub(super) fn is_beside_work(path: &str, projects: &[Project], deployments: &Deployments) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut beside = projects.iter().enumerate().filter(|(_, project)| project.folder() == folder).peekable();
    beside.peek().is_some() && beside.all(|(at, _)| deployments.is_for_work(at))
}
