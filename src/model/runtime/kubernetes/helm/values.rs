//! Values as a chart sees them: files over each other, key by key.

use crate::documents::NodeRef;
use crate::fact::Fact;
use std::collections::HashSet;

/// Values of one chart in which parts are looked for this deep: `services.api`.
const DEEPEST: usize = 3;
/// Parts of one chart, and keys of one map, that are read.
const MOST: usize = 500;

/// Maps of one chart that are looked into: aliases may multiply them.
const MOST_MAPS: usize = 20_000;

/// Keys that what runs has beside its image.
const MARKS: [&str; 16] = [
    "replicaCount",
    "replicas",
    "autoscaling",
    "hpa",
    "service",
    "livenessProbe",
    "readinessProbe",
    "env",
    "extraEnv",
    "extraEnvVars",
    "envFrom",
    "containerPort",
    "ports",
    "command",
    "args",
    "terminationGracePeriodSeconds",
];

/// Names of parts that help others: they run beside them, or once.
const HELPERS: [&str; 10] =
    ["init", "metrics", "exporter", "volumepermissions", "test", "tests", "sysctl", "kubectl", "sidecar", "initcontainer"];

/// Keys that a part has which runs the image of the whole chart.
const COUNTS: [&str; 4] = ["replicaCount", "replicas", "autoscaling", "hpa"];

/// Something that runs.
#[derive(Debug, Clone)]
pub(super) struct Component<'t> {
    /// Its name.
    pub(super) name: String,
    /// The key that stands for it.
    pub(super) key: NodeRef<'t>,
    /// Its own values.
    pub(super) own: Values<'t>,
    /// Its own values over those of the chart, for what parts share: the image and the variables.
    pub(super) shared: Values<'t>,
}

/// A map of values: the same map of each file, the strongest first.
#[derive(Debug, Clone)]
pub(super) struct Values<'t>(Vec<NodeRef<'t>>);

impl<'t> Values<'t> {
    pub(super) fn new(layers: Vec<NodeRef<'t>>) -> Values<'t> {
        Values(layers)
    }

    /// The files' words on this map.
    pub(super) fn layers(&self) -> &[NodeRef<'t>] {
        &self.0
    }

    /// The map under a key; a file that has something else there hides those below it.
    pub(super) fn map(&self, key: &str) -> Values<'t> {
        let said = self.0.iter().filter_map(|layer| layer.get(key)).filter(|node| !node.is_null());
        Values(said.take_while(|node| node.is_map()).collect())
    }

    /// The strongest word on a path of keys, with the key; null says nothing.
    pub(super) fn entry(&self, path: &str) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        self.0.iter().find_map(|layer| {
            let (above, last) = path.rsplit_once('/').map_or((Some(*layer), path), |(above, last)| (layer.at(above), last));
            above?.entry(last).filter(|(_, value)| !value.is_null())
        })
    }

    /// The strongest word on the first of these paths that anybody speaks of.
    pub(super) fn first(&self, paths: &[&str]) -> Option<NodeRef<'t>> {
        paths.iter().find_map(|path| self.entry(path)).map(|(_, value)| value)
    }

    /// Whether a path says `true`; absent where nobody speaks of it.
    pub(super) fn flag(&self, path: &str) -> Option<bool> {
        self.entry(path).and_then(|(_, value)| value.as_bool())
    }

    /// A whole number under the first of these paths.
    pub(super) fn number(&self, paths: &[&str]) -> Fact<u32> {
        let Some(node) = self.first(paths) else { return Fact::Absent };
        match node.text().and_then(|text| text.trim().parse().ok()) {
            Some(number) => Fact::explicit(number, node.span()),
            None => Fact::not_read("not a number", vec![node.span()]),
        }
    }

    /// The keys of the map, each once, those of the strongest file first.
    pub(super) fn keys(&self) -> Vec<NodeRef<'t>> {
        let mut seen = HashSet::new();
        let all = self.0.iter().flat_map(|layer| layer.merged_entries()).map(|(key, _)| key);
        all.filter(|key| key.text().is_some_and(|text| seen.insert(text))).take(MOST).collect()
    }

    /// The Ingress of this part, where it is switched on.
    pub(super) fn ingress(&self) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        self.entry("ingress").filter(|(_, node)| node.is_map() && self.flag("ingress/enabled") == Some(true))
    }

    /// Everything that runs: parts of the values that run the chart's image, else the chart itself; and parts with an image of
    /// their own.
    pub(super) fn components(&self, chart: &str) -> Vec<Component<'t>> {
        let mut found = self.sharing();
        if let Some((key, _)) = self.entry("image").filter(|_| found.is_empty() && self.runs()) {
            found.push(Component { name: chart.to_owned(), key, own: self.clone(), shared: self.clone() });
        }
        let mut budget = MOST_MAPS;
        self.parts(DEEPEST, &mut budget, &mut found);
        found.truncate(MOST);
        found
    }

    /// The parts that run the image of the whole chart: `web` and `worker` with a number of their own each.
    fn sharing(&self) -> Vec<Component<'t>> {
        let counts = |values: &Values<'_>| COUNTS.iter().any(|count| values.entry(count).is_some());
        if self.entry("image").is_none() || counts(self) {
            return Vec::new();
        }
        let parts = self.keys().into_iter().filter_map(|key| {
            let own = self.map(key.text()?);
            let is_off = own.0.is_empty() || own.entry("image").is_some() || own.flag("enabled") == Some(false);
            let is_helper = HELPERS.contains(&key.text()?.to_ascii_lowercase().as_str());
            let shared = Values(own.0.iter().chain(&self.0).copied().collect());
            (!is_off && !is_helper && counts(&own)).then(|| Component {
                name: key.text().unwrap_or("").to_owned(),
                key,
                own,
                shared,
            })
        });
        parts.collect()
    }

    fn parts(&self, left: usize, budget: &mut usize, found: &mut Vec<Component<'t>>) {
        let Some(left) = left.checked_sub(1).filter(|_| found.len() < MOST) else { return };
        for key in self.keys() {
            let (Some(name), Some(rest)) = (key.text(), budget.checked_sub(1)) else { continue };
            *budget = rest;
            let part = self.map(name);
            let is_helper = HELPERS.contains(&name.to_ascii_lowercase().as_str());
            if part.0.is_empty() || is_helper || part.flag("enabled") == Some(false) {
                continue;
            }
            match part.runs() {
                true => found.push(Component { name: name.to_owned(), key, shared: part.clone(), own: part }),
                false => part.parts(left, budget, found),
            }
        }
    }

    /// Whether this is what a pod is made from.
    fn runs(&self) -> bool {
        let has_image = self.entry("image").is_some_and(|(_, image)| image.is_map() || image.text().is_some());
        has_image && MARKS.iter().any(|mark| self.entry(mark).is_some())
    }
}
