//! Managed servers of CloudFormation: RDS instances and clusters, ElastiCache, with what their parameter groups tell them.

use super::template::Template;
use super::value::Property;
use crate::documents::NodeRef;
use crate::model::runtime::managed::{Told, is_default_group, product};
use crate::model::runtime::service::Service;
use crate::source::Span;
use std::collections::HashMap;

/// What a group does not say, the size of the instance does.
pub(super) const WHY: &str = "the cloud chooses what its parameter group leaves open";

/// A kind of server: its type, the property that names it, and that which names its group.
struct Managed {
    of_type: &'static str,
    name: &'static str,
    group: &'static str,
}

const INSTANCE: Managed =
    Managed { of_type: "AWS::RDS::DBInstance", name: "DBInstanceIdentifier", group: "DBParameterGroupName" };

/// The type of a cluster, of which instances are a part.
const CLUSTERS: &str = "AWS::RDS::DBCluster";

/// The property of an instance that names its cluster.
const CLUSTER: &str = "DBClusterIdentifier";

const MANAGED: [Managed; 4] = [
    INSTANCE,
    Managed { of_type: CLUSTERS, name: "DBClusterIdentifier", group: "DBClusterParameterGroupName" },
    Managed { of_type: "AWS::ElastiCache::ReplicationGroup", name: "ReplicationGroupId", group: "CacheParameterGroupName" },
    Managed { of_type: "AWS::ElastiCache::CacheCluster", name: "ClusterName", group: "CacheParameterGroupName" },
];

/// The resources of a template, to be looked up.
struct Resources<'t> {
    by_name: HashMap<&'t str, NodeRef<'t>>,
    /// The properties of the instances of each cluster, by what they call it: its resource, or its own name.
    instances: HashMap<String, Vec<NodeRef<'t>>>,
}

/// The parameter group of a server.
#[derive(PartialEq)]
enum Group {
    /// None, or one of the cloud's own.
    None,
    /// One of the template, by the name of its resource.
    Known(String),
    /// One that stands elsewhere, or that the deployment chooses.
    Unread,
}

impl<'t> Template<'t> {
    /// The managed servers among resources as services: the words of their parameter groups are those of a command.
    pub(super) fn servers(&self, resources: &[(NodeRef<'t>, NodeRef<'t>)]) -> Vec<Service> {
        let all = self.looked_up(resources);
        let servers = resources.iter().filter_map(|(name, resource)| {
            let kind = MANAGED.iter().find(|kind| resource.get_text("Type") == Some(kind.of_type))?;
            let of = |key: &str| resource.get("Properties").and_then(|properties| properties.get(key));
            // The instances of a cluster are one server.
            if kind.of_type == INSTANCE.of_type && of(CLUSTER).is_some() {
                return None;
            }
            let product = match self.text(of("Engine")) {
                Some(engine) => product(&engine)?,
                None if kind.of_type == "AWS::ElastiCache::ReplicationGroup" => "redis",
                None => return None,
            };
            let id = name.text()?;
            let shown = self.text(of(kind.name)).unwrap_or(id.to_owned());
            let mut told = Told::of(product);
            if let Group::Known(group) = self.group(of(kind.group), &all) {
                self.told(&group, &all, &mut told);
            }
            if kind.of_type == CLUSTERS {
                let named = all.instances.get(shown.as_str()).filter(|_| shown != id);
                let instances = all.instances.get(id).into_iter().chain(named).flatten();
                let groups = instances.map(|instance| self.group(instance.get(INSTANCE.group), &all)).collect();
                self.told_by_instances(groups, &all, &mut told);
            }
            Some(told.service(0, shown, kind.of_type, name.span(), WHY))
        });
        servers.collect()
    }

    /// The addresses of the managed servers, by the names of their resources, as far as the names of the servers make them.
    pub(super) fn addresses(&self, resources: &[(NodeRef<'t>, NodeRef<'t>)]) -> HashMap<&'t str, String> {
        let named = resources.iter().filter_map(|(name, resource)| {
            let kind = MANAGED.iter().find(|kind| resource.get_text("Type") == Some(kind.of_type))?;
            let id = name.text()?;
            let said = resource.get("Properties").and_then(|properties| self.text(properties.get(kind.name)));
            let domain = if kind.of_type.starts_with("AWS::RDS") { "rds" } else { "cache" };
            Some((id, format!("{}.{domain}.amazonaws.com", said.unwrap_or(id.to_owned()))))
        });
        named.collect()
    }

    fn looked_up(&self, resources: &[(NodeRef<'t>, NodeRef<'t>)]) -> Resources<'t> {
        let by_name = resources.iter().filter_map(|(name, resource)| Some((name.text()?, *resource))).collect();
        let mut instances: HashMap<String, Vec<NodeRef<'t>>> = HashMap::new();
        for (_, resource) in resources.iter().filter(|(_, one)| one.get_text("Type") == Some(INSTANCE.of_type)) {
            let Some(own) = resource.get("Properties") else { continue };
            let cluster = match self.property(own.get(CLUSTER)) {
                Property::Reference(name, _) | Property::Text(name, _) => name,
                _ => continue,
            };
            instances.entry(cluster).or_default().push(own);
        }
        Resources { by_name, instances }
    }

    fn group(&self, node: Option<NodeRef<'t>>, all: &Resources<'t>) -> Group {
        match self.property(node) {
            Property::Absent => Group::None,
            Property::Text(name, _) if is_default_group(&name) => Group::None,
            Property::Reference(name, _) if all.by_name.contains_key(name.as_str()) => Group::Known(name),
            _ => Group::Unread,
        }
    }

    /// Adds what the groups of a cluster's instances say. It stands over what the cluster's own says, for the instances that have one:
    /// where they differ, which of them an application meets is not known.
    fn told_by_instances(&self, groups: Vec<Group>, all: &Resources<'t>, told: &mut Told) {
        let is_one = groups.iter().all(|group| Some(group) == groups.first());
        match groups.first() {
            Some(Group::Known(group)) if is_one => self.told(group, all, told),
            Some(_) => {
                for group in &groups {
                    match group {
                        Group::None => {}
                        Group::Known(group) => self.names(group, all, told),
                        Group::Unread => told.doubt(),
                    }
                }
            }
            None => {}
        }
    }

    /// Adds what a parameter group says.
    fn told(&self, group: &str, all: &Resources<'t>, told: &mut Told) {
        for (name, value, span) in self.parameters(group, all, told) {
            match self.text(Some(value)) {
                Some(text) => told.say(name, &text, span),
                None => told.say_unread(name, span),
            }
        }
    }

    /// Adds that what a parameter group says is not known.
    fn names(&self, group: &str, all: &Resources<'t>, told: &mut Told) {
        self.parameters(group, all, told).into_iter().for_each(|(name, _, span)| told.say_unread(name, span));
    }

    /// The parameters of a group; where they are not written here, they may be any.
    fn parameters(&self, group: &str, all: &Resources<'t>, told: &mut Told) -> Vec<(&'t str, NodeRef<'t>, Span)> {
        let group = all.by_name.get(group);
        let node = ["Properties/Parameters", "Properties/Properties"].iter().find_map(|path| group?.at(path));
        let entries = node.filter(|node| node.is_map() && node.tag().is_none()).map(NodeRef::merged_entries).unwrap_or_default();
        let is_call = |(key, _): &(NodeRef<'t>, NodeRef<'t>)| key.text().is_some_and(|name| name.starts_with("Fn::"));
        let is_written = node.is_none_or(|node| node.is_map() && node.tag().is_none());
        if !is_written || entries.iter().any(is_call) {
            told.doubt();
            return Vec::new();
        }
        entries.into_iter().filter_map(|(key, value)| Some((key.text()?, value, key.span().to(value.span())))).collect()
    }

    fn text(&self, node: Option<NodeRef<'t>>) -> Option<String> {
        match self.property(node) {
            Property::Text(text, _) => Some(text),
            _ => None,
        }
    }
}
