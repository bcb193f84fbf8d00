//! Managed servers of CloudFormation: RDS instances and clusters, ElastiCache, with what their parameter groups tell them.

use super::template::Template;
use super::value::Property;
use crate::documents::NodeRef;
use crate::model::runtime::managed::{Told, product};
use crate::model::runtime::service::Service;

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

/// The property of an instance that names its cluster.
const CLUSTER: &str = "DBClusterIdentifier";

const MANAGED: [Managed; 4] = [
    INSTANCE,
    Managed { of_type: "AWS::RDS::DBCluster", name: "DBClusterIdentifier", group: "DBClusterParameterGroupName" },
    Managed { of_type: "AWS::ElastiCache::ReplicationGroup", name: "ReplicationGroupId", group: "CacheParameterGroupName" },
    Managed { of_type: "AWS::ElastiCache::CacheCluster", name: "ClusterName", group: "CacheParameterGroupName" },
];

impl<'t> Template<'t> {
    /// The managed servers among resources as services: the words of their parameter groups are those of a command.
    pub(super) fn servers(&self, resources: &[(NodeRef<'t>, NodeRef<'t>)]) -> Vec<Service> {
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
            let mut told = Told::of(product);
            self.told(of(kind.group), resources, &mut told);
            for instance in self.instances(name.text()?, resources) {
                self.told(instance.get(INSTANCE.group), resources, &mut told);
            }
            let shown = self.text(of(kind.name)).unwrap_or(name.text()?.to_owned());
            Some(told.service(0, shown, kind.of_type, name.span(), WHY))
        });
        servers.collect()
    }

    /// The properties of the instances of a cluster.
    fn instances(&self, cluster: &str, resources: &[(NodeRef<'t>, NodeRef<'t>)]) -> Vec<NodeRef<'t>> {
        let all = resources.iter().filter(|(_, resource)| resource.get_text("Type") == Some(INSTANCE.of_type));
        let properties = all.filter_map(|(_, resource)| resource.get("Properties"));
        properties.filter(|own| self.target(own.get(CLUSTER)).as_deref() == Some(cluster)).collect()
    }

    /// Adds what a parameter group of the same template says.
    fn told(&self, group: Option<NodeRef<'t>>, resources: &[(NodeRef<'t>, NodeRef<'t>)], told: &mut Told) {
        let Some(id) = self.target(group) else { return };
        let group = resources.iter().find(|(name, _)| name.text() == Some(id.as_str())).map(|(_, resource)| *resource);
        let parameters = ["Properties/Parameters", "Properties/Properties"].iter().find_map(|path| group?.at(path));
        for (key, value) in parameters.map(NodeRef::merged_entries).unwrap_or_default() {
            if let (Some(name), Some(text)) = (key.text(), self.text(Some(value))) {
                told.say(name, &text, key.span().to(value.span()));
            }
        }
    }

    fn text(&self, node: Option<NodeRef<'t>>) -> Option<String> {
        match self.property(node) {
            Property::Text(text, _) => Some(text),
            _ => None,
        }
    }
}
