//! Breakers of meshes and proxies (`outlierDetection` of Istio, `outlier_detection` and `circuit_breakers` of Envoy), and how long breakers
//! stay open, those of Resilience4j included.
//!
//! What is absent: what a control plane gives to Envoy, and breakers that only code makes.

use super::Runtime;
use super::alert::tree;
use super::breaker::{INSTANCES, SETTINGS, instances, written_name};
use super::profile::{Profile, profile};
use super::timeout::{self, Timeout, Units};
use crate::discover::{Discovery, Kind};
use crate::documents::NodeRef;
use crate::model::Workspace;
use crate::source::Span;
use std::collections::HashSet;

/// Objects and clusters of one file that are looked at.
const MOST: usize = 2_000;
/// From so many requests at a time on a bound is none: what is written to be rid of it.
const NO_BOUND: u64 = 1_000_000;

/// A breaker of a mesh or a proxy.
#[derive(Debug, Clone)]
pub struct Ejection {
    /// What it protects: `DestinationRule search`, `cluster search`.
    pub subject: String,
    /// What it is for, for messages: `search`.
    pub name: String,
    /// What switches it off, as written, and where; `None`: nothing does.
    pub off: Option<Off>,
    /// For how long a server is left out at first, the key that says so and where; `None`: not written.
    pub longest: Option<(Timeout, &'static str, Span)>,
    /// For which kind of use it is made.
    pub profile: Profile,
}

/// What switches a breaker off.
#[derive(Debug, Clone)]
pub struct Off {
    /// As written.
    pub written: String,
    /// Where.
    pub span: Span,
    /// What to write instead.
    pub instead: &'static str,
}

/// Reads every breaker of Istio and Envoy.
pub(super) fn read(workspace: &mut Workspace, discovery: &Discovery) -> Vec<Ejection> {
    let mut found = Vec::new();
    for artifact in &discovery.artifacts {
        // Most manifests have none: what they are for is asked where one is found.
        let use_for = || profile(&artifact.path, &[]);
        match artifact.kind {
            Kind::Kubernetes => {
                let Some(tree) = tree(workspace, &artifact.path, "outlierDetection") else { continue };
                let rules = tree.documents().filter(|one| one.get_text("kind") == Some("DestinationRule")).take(MOST);
                let profile = use_for();
                found.extend(rules.filter_map(|rule| of_istio(rule, profile)));
            }
            Kind::Envoy => {
                let Some(tree) = tree(workspace, &artifact.path, "clusters") else { continue };
                let clusters = tree.root().and_then(|root| root.at("static_resources/clusters"));
                let clusters = clusters.into_iter().flat_map(NodeRef::items).take(MOST);
                let profile = use_for();
                found.extend(clusters.filter_map(|cluster| of_envoy(cluster, profile)));
            }
            _ => {}
        }
    }
    found
}

/// <https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection>: 0 of a count switches it off, errors of
/// gateways are counted only where that is asked for, and those of the caller's own side by themselves where they are parted.
fn of_istio(rule: NodeRef<'_>, profile: Profile) -> Option<Ejection> {
    let name = rule.at("metadata/name")?.text()?;
    let detection = rule.at("spec/trafficPolicy/outlierDetection")?;
    let errors = detection.get("consecutive5xxErrors").or_else(|| detection.get("consecutiveErrors"));
    let others = ["consecutiveGatewayErrors", "consecutiveLocalOriginFailures"];
    let counts_others = others.iter().any(|key| detection.get_text(key).is_some_and(|count| count.trim() != "0"));
    let parts = detection.get("splitExternalLocalOriginErrors").is_some_and(|parts| parts.as_bool() != Some(false));
    let counts_own = parts && detection.get_text("consecutiveLocalOriginFailures").is_none();
    let off = errors.filter(|count| count.text().is_some_and(|text| text.trim() == "0") && !counts_others && !counts_own);
    Some(Ejection {
        subject: format!("DestinationRule {name}"),
        name: rule.at("spec/host").and_then(NodeRef::text).unwrap_or(name).to_owned(),
        off: off.map(|count| Off {
            written: "consecutive5xxErrors: 0".to_owned(),
            span: count.span(),
            instead: "consecutive5xxErrors: 5",
        }),
        longest: long(detection.get("baseEjectionTime"), "baseEjectionTime"),
        profile,
    })
}

/// <https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking>: bounds are those of one priority, and
/// requests have the default one unless a route says otherwise.
/// <https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/outlier_detection.proto>: errors of gateways and shares of errors
/// are counted where that is asked for, and those of the caller's own side where they are parted.
fn of_envoy(cluster: NodeRef<'_>, profile: Profile) -> Option<Ejection> {
    let name = cluster.get_text("name")?;
    let thresholds = cluster.at("circuit_breakers/thresholds").into_iter().flat_map(NodeRef::items).take(MOST);
    let mut usual = thresholds.filter(|one| one.get("priority").is_none_or(|priority| priority.text() == Some("DEFAULT")));
    let is_endless = |bound: &NodeRef<'_>| {
        let number = bound.text().and_then(|text| text.trim().parse::<u64>().ok());
        number.is_some_and(|number| number >= NO_BOUND)
    };
    // Any bound that is written, and is one, opens it.
    let endless = usual.find_map(|one| {
        let keys = ["max_connections", "max_pending_requests"];
        let holds = keys.iter().filter_map(|key| one.get(key)).any(|bound| !is_endless(&bound));
        one.get("max_requests").filter(|bound| !holds && is_endless(bound))
    });
    let detection = cluster.get("outlier_detection");
    let zero =
        |key: &str| detection.and_then(|one| one.get(key)).filter(|node| node.text().is_some_and(|text| text.trim() == "0"));
    let others = ["enforcing_consecutive_gateway_failure", "enforcing_failure_percentage", "split_external_local_origin_errors"];
    let counts_others = others.iter().any(|key| {
        let node = detection.and_then(|one| one.get(key));
        node.is_some_and(|node| node.text().is_none_or(|text| !matches!(text.trim(), "0" | "false")))
    });
    let blind = zero("enforcing_consecutive_5xx").filter(|_| zero("enforcing_success_rate").is_some() && !counts_others);
    // What throws servers out needs no bound: in meshes those are lifted.
    let throws_out = detection.is_some() && blind.is_none();
    let off = endless.filter(|_| !throws_out).map(|bound| Off {
        written: format!("{} requests at a time", bound.text().unwrap_or_default()),
        span: bound.span(),
        instead: "thresholds: [{ max_requests: 1024, max_pending_requests: 256 }]",
    });
    let off = off.or_else(|| {
        let (written, instead) = ("enforcing_consecutive_5xx: 0".to_owned(), "enforcing_consecutive_5xx: 100");
        blind.map(|node| Off { written, span: node.span(), instead })
    });
    let longest = long(detection.and_then(|one| one.get("base_ejection_time")), "base_ejection_time");
    let is_any = off.is_some() || longest.is_some() || detection.is_some();
    is_any.then(|| Ejection { subject: format!("cluster {name}"), name: name.to_owned(), off, longest, profile })
}

fn long(node: Option<NodeRef<'_>>, key: &'static str) -> Option<(Timeout, &'static str, Span)> {
    let node = node?;
    let text = node.text()?;
    Some((Timeout::after(timeout::parse(text, Units::Common, None)?, text), key, node.span()))
}

/// A breaker that stays open for a known time.
#[derive(Debug, Clone)]
pub struct OpenTime {
    /// `breaker payments`, `DestinationRule search`.
    pub subject: String,
    /// For messages: `payments`.
    pub name: String,
    /// How long.
    pub open: Timeout,
    /// The key that says so.
    pub key: String,
    /// Where it is written.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

impl Runtime {
    /// Every breaker of Istio and Envoy, in order of file.
    pub fn ejections(&self) -> impl Iterator<Item = &Ejection> {
        self.ejections.iter()
    }

    /// Every breaker of which it is written how long it stays open, each place once.
    pub fn open_times(&self) -> Vec<OpenTime> {
        let mut seen = HashSet::new();
        let of_mesh = self.ejections.iter().filter_map(|one| {
            let (open, key, span) = one.longest.clone()?;
            let (subject, name) = (one.subject.clone(), one.name.clone());
            Some(OpenTime { subject, name, open, key: key.to_owned(), span, use_for: one.profile })
        });
        let mut found: Vec<OpenTime> = of_mesh.collect();
        for view in self.views_as_run() {
            for name in instances(&view.entries(), INSTANCES, &SETTINGS).into_keys() {
                let Some(said) = view.get(&format!("{INSTANCES}{name}waitdurationinopenstate")).known().cloned() else {
                    continue;
                };
                // A number alone is one of milliseconds, as for every Duration of Spring Boot.
                let Some(open) = timeout::parse(&said.text, Units::Common, Some(1e-3)) else { continue };
                if seen.insert(said.span) {
                    // A variable has the name in its own form only.
                    let name = if said.key.contains('.') { written_name(&said.key) } else { name }.to_owned();
                    let (subject, open, use_for) = (format!("breaker {name}"), Timeout::after(open, &said.text), view.use_for());
                    found.push(OpenTime { subject, name, open, key: said.key, span: said.span, use_for });
                }
            }
        }
        found
    }
}
