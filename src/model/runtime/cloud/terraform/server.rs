//! Managed servers: RDS instances and clusters, ElastiCache, with what their parameter groups tell them.

use super::{DEEPEST, Folder, Property};
use crate::documents::hcl::Block;
use crate::fact::{Fact, Origin};
use crate::model::runtime::service::Service;
use crate::source::Span;

/// A kind of server: its type, the attributes that name it, those that name its group, and the type of the group.
struct Managed {
    of_type: &'static str,
    names: &'static [&'static str],
    groups: &'static [(&'static str, &'static str)],
}

const MANAGED: [Managed; 4] = [
    Managed { of_type: "aws_db_instance", names: &["identifier"], groups: &[("parameter_group_name", "aws_db_parameter_group")] },
    Managed {
        of_type: "aws_rds_cluster",
        names: &["cluster_identifier"],
        groups: &[
            ("db_cluster_parameter_group_name", "aws_rds_cluster_parameter_group"),
            ("db_instance_parameter_group_name", "aws_db_parameter_group"),
        ],
    },
    Managed {
        of_type: "aws_elasticache_replication_group",
        names: &["replication_group_id"],
        groups: &[("parameter_group_name", "aws_elasticache_parameter_group")],
    },
    Managed {
        of_type: "aws_elasticache_cluster",
        names: &["cluster_id"],
        groups: &[("parameter_group_name", "aws_elasticache_parameter_group")],
    },
];

impl Folder<'_> {
    /// The managed servers of the folder as services: the words of their parameter groups are those of a command.
    pub(super) fn servers(&self) -> Vec<Service> {
        let mut found = Vec::new();
        for kind in &MANAGED {
            for (name, block) in self.resources(kind.of_type) {
                found.extend(self.server(kind, name, block));
            }
        }
        found
    }

    fn server(&self, kind: &Managed, name: &str, block: &Block) -> Option<Service> {
        let text = |attribute: &str| match self.property(block.body.get(attribute)) {
            Property::Text(text, _) => Some(text),
            _ => None,
        };
        let product = match text("engine") {
            Some(engine) if engine.contains("postgres") => "postgres",
            Some(engine) if engine.contains("mysql") || engine.contains("mariadb") => "mysql",
            None if kind.of_type == "aws_elasticache_replication_group" => "redis",
            Some(engine) if engine == "redis" || engine == "valkey" => "redis",
            _ => return None,
        };
        let mut service = Service::bare(0, self.shown(kind, name, block), block.span);
        service.workload = Some(kind.of_type.to_owned());
        service.image = Fact::Known(product.to_owned(), Origin::Inferred(block.span));
        // What a group does not say, the size of the instance does.
        service.environment.opened("the cloud chooses what its parameter group leaves open".to_owned(), block.span);
        let unknown = || Fact::not_read("the cloud runs it", vec![block.span]);
        service.healthcheck = Fact::not_read("the cloud runs it", vec![block.span]);
        service.restart = Fact::not_read("the cloud runs it", vec![block.span]);
        service.replicas = Fact::not_read("the cloud runs it", vec![block.span]);
        service.stop.grace = Fact::not_read("the cloud runs it", vec![block.span]);
        service.command = self.told(kind, product, block).map_or_else(unknown, |(words, span)| Fact::explicit(words, span));
        Some(service)
    }

    /// The address of a managed server that a reference asks for, as far as its name makes it.
    pub(super) fn address_of(&self, path: &str) -> Option<String> {
        let resource = super::address(path)?;
        let (of_type, name) = resource.split_once('.')?;
        let kind = MANAGED.iter().find(|kind| kind.of_type == of_type)?;
        let block = self.resource(kind.of_type, name)?;
        let domain = if of_type.starts_with("aws_elasticache") { "cache" } else { "rds" };
        Some(format!("{}.{domain}.amazonaws.com", self.shown(kind, name, block)))
    }

    /// The name by which the cloud calls a server, where it is written; else that of its resource.
    fn shown(&self, kind: &Managed, name: &str, block: &Block) -> String {
        let said = kind.names.iter().find_map(|attribute| match self.property(block.body.get(attribute)) {
            Property::Text(text, _) => Some(text),
            _ => None,
        });
        said.unwrap_or_else(|| name.to_owned())
    }

    /// What the parameter groups of a server tell it, as the words of a command that would say the same.
    fn told(&self, kind: &Managed, product: &str, block: &Block) -> Option<(Vec<String>, Span)> {
        let mut words = Vec::new();
        let mut place: Option<Span> = None;
        for (attribute, of_type) in kind.groups.iter().rev() {
            let Some(name) = self.target(block.body.get(attribute), of_type) else { continue };
            let Some(group) = self.resource(of_type, &name) else { continue };
            for parameter in group.body.blocks("parameter") {
                let (Some(name), Some(value)) = (parameter.body.get("name"), parameter.body.get("value")) else { continue };
                let said = (self.value(&name.value, DEEPEST), self.value(&value.value, DEEPEST));
                let (Property::Text(key, _), Property::Text(text, _)) = said else { continue };
                match product {
                    "postgres" => words.extend(["-c".to_owned(), format!("{key}={text}")]),
                    _ => words.extend([format!("--{key}"), text]),
                }
                let span = name.value.span.to(value.value.span);
                place = Some(place.filter(|known| known.source == span.source).map_or(span, |known| known.to(span)));
            }
        }
        Some((words, place?))
    }
}
