//! Managed servers: RDS instances and clusters, ElastiCache, with what their parameter groups tell them.

use super::super::managed::WHY;
use super::{DEEPEST, Folder, Property};
use crate::documents::hcl::{Block, Said, Value};
use crate::model::runtime::managed::{Told, is_default_group, product};
use crate::model::runtime::service::Service;
use std::collections::HashMap;

/// A kind of server: its type, the attributes that name it, those that name its group, and the type of the group.
struct Managed {
    of_type: &'static str,
    names: &'static [&'static str],
    groups: &'static [(&'static str, &'static str)],
}

/// The type of a cluster, of which instances are a part.
const CLUSTERS: &str = "aws_rds_cluster";

/// Modules of the registry that make such servers.
const MODULES: &str = "terraform-aws-modules/rds";

const MANAGED: [Managed; 4] = [
    Managed { of_type: "aws_db_instance", names: &["identifier"], groups: &[("parameter_group_name", "aws_db_parameter_group")] },
    Managed {
        of_type: CLUSTERS,
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

impl<'b> Folder<'b> {
    /// The managed servers of the folder as services: the words of their parameter groups are those of a command.
    pub(super) fn servers(&self) -> Vec<Service> {
        let mut found = Vec::new();
        let mut instances: HashMap<String, Vec<&'b Block>> = HashMap::new();
        for (_, block) in self.resources("aws_rds_cluster_instance") {
            if let Some(cluster) = self.target(block.body.get("cluster_identifier"), CLUSTERS) {
                instances.entry(cluster).or_default().push(block);
            }
        }
        for kind in &MANAGED {
            for (name, block) in self.resources(kind.of_type) {
                let instances = instances.get(name).filter(|_| kind.of_type == CLUSTERS).map_or(&[][..], Vec::as_slice);
                found.extend(self.server(kind, name, block, instances));
            }
        }
        let mut modules: Vec<(&&str, &&Block)> = self.modules.iter().collect();
        modules.sort_by_key(|(_, block)| block.span);
        found.extend(modules.into_iter().filter_map(|(name, block)| self.of_module(name, block)));
        found
    }

    /// A server that the module of a registry makes: `terraform-aws-modules/rds/aws`, `terraform-aws-modules/rds-aurora/aws`.
    fn of_module(&self, name: &str, block: &'b Block) -> Option<Service> {
        let text = |attribute: &str| match self.property(block.body.get(attribute)) {
            Property::Text(text, _) => Some(text),
            _ => None,
        };
        text("source").filter(|source| source.starts_with(MODULES))?;
        let product = product(&text("engine")?)?;
        let lists = ["db_cluster_parameter_group_parameters", "db_parameter_group_parameters", "parameters"];
        let lists = lists.into_iter().filter_map(|attribute| match &block.body.get(attribute)?.value.said {
            Said::List(items) => Some(items),
            _ => None,
        });
        let pairs = lists.flatten().filter_map(|item| match &item.said {
            Said::Object(entries) => {
                let of = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
                Some((of("name")?, of("value")?))
            }
            _ => None,
        });
        let told = self.words(product, pairs);
        Some(told.service(0, self.name_of_module(name, block), "module", block.span, WHY))
    }

    /// The name of a server that a module makes.
    fn name_of_module(&self, name: &str, block: &'b Block) -> String {
        let said = ["identifier", "name"].into_iter().find_map(|attribute| match self.property(block.body.get(attribute)) {
            Property::Text(text, _) => Some(text),
            _ => None,
        });
        said.unwrap_or_else(|| name.to_owned())
    }

    fn server(&self, kind: &Managed, name: &str, block: &'b Block, instances: &[&'b Block]) -> Option<Service> {
        let text = |attribute: &str| match self.property(block.body.get(attribute)) {
            Property::Text(text, _) => Some(text),
            _ => None,
        };
        let product = match text("engine") {
            Some(engine) => product(&engine)?,
            None if kind.of_type == "aws_elasticache_replication_group" => "redis",
            None => return None,
        };
        let mut told = self.told(kind, product, block);
        self.told_by_instances(instances, &mut told);
        Some(told.service(0, self.shown(kind, name, block), kind.of_type, block.span, WHY))
    }

    /// The address of a managed server that a reference asks for, as far as its name makes it.
    pub(super) fn address_of(&self, path: &str) -> Option<String> {
        if let Some((name, attribute)) = path.strip_prefix("module.").and_then(|rest| rest.split_once('.')) {
            let block =
                self.modules.get(name).copied().filter(|_| attribute.ends_with("address") || attribute.ends_with("endpoint"))?;
            return Some(format!("{}.rds.amazonaws.com", self.name_of_module(name, block)));
        }
        let resource = super::address(path)?;
        let (of_type, name) = resource.split_once('.')?;
        let kind = MANAGED.iter().find(|kind| kind.of_type == of_type)?;
        let block = self.resource(kind.of_type, name)?;
        let domain = if of_type.starts_with("aws_elasticache") { "cache" } else { "rds" };
        Some(format!("{}.{domain}.amazonaws.com", self.shown(kind, name, block)))
    }

    /// The name by which the cloud calls a server, where it is written; else that of its resource.
    fn shown(&self, kind: &Managed, name: &str, block: &'b Block) -> String {
        let said = kind.names.iter().find_map(|attribute| match self.property(block.body.get(attribute)) {
            Property::Text(text, _) => Some(text),
            _ => None,
        });
        said.unwrap_or_else(|| name.to_owned())
    }

    /// What the parameter groups of a server tell it.
    fn told(&self, kind: &Managed, product: &'static str, block: &'b Block) -> Told {
        let groups = kind.groups.iter().rev().filter_map(|(attribute, of_type)| {
            let name = self.target(block.body.get(attribute), of_type)?;
            self.resource(of_type, &name)
        });
        let parameters = groups.flat_map(|group| group.body.blocks("parameter"));
        let pairs =
            parameters.filter_map(|parameter| Some((&parameter.body.get("name")?.value, &parameter.body.get("value")?.value)));
        self.words(product, pairs)
    }

    /// Adds that what the groups of a cluster's instances say is not known: it stands over what the cluster's own says, for those that have
    /// one.
    fn told_by_instances(&self, instances: &[&'b Block], told: &mut Told) {
        let of_type = "aws_db_parameter_group";
        for group in instances.iter().filter_map(|instance| instance.body.get("db_parameter_group_name")) {
            if matches!(self.property(Some(group)), Property::Text(name, _) if is_default_group(&name)) {
                continue;
            }
            let group = self.target(Some(group), of_type).and_then(|name| self.resource(of_type, &name));
            let Some(group) = group.filter(|group| !group.body.is_dynamic("parameter")) else {
                told.doubt();
                continue;
            };
            for name in group.body.blocks("parameter").filter_map(|parameter| parameter.body.get("name")) {
                match &name.value.said {
                    Said::Text(key) => told.say_unread(key, name.value.span),
                    _ => told.doubt(),
                }
            }
        }
    }

    /// What parameters say.
    fn words(&self, product: &'static str, pairs: impl Iterator<Item = (&'b Value, &'b Value)>) -> Told {
        let mut told = Told::of(product);
        for (name, value) in pairs {
            let Said::Text(key) = &name.said else { continue };
            match self.value(value, DEEPEST) {
                Property::Text(text, _) => told.say(key, &text, name.span.to(value.span)),
                _ => told.say_unread(key, name.span.to(value.span)),
            }
        }
        told
    }
}
