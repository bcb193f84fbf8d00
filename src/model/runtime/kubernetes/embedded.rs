//! Files that stand in ConfigMaps, as files of their own: `k8s/web.yaml#web/nginx.conf` is the key `nginx.conf` of the ConfigMap
//! `web`. Only literal blocks are, whose lines stand in the manifest as they are.

use super::container::entries;
use super::manifests;
use super::object::{self, Object};
use crate::discover::{self, Artifact, Discovery};
use crate::documents::Style;
use crate::model::Workspace;

/// Files of one repository that are embedded, and the bytes that their manifests may have: each becomes a source as long as its
/// manifest.
const MOST: usize = 200;
const LARGEST_MANIFEST: usize = 512 << 10;

/// The name by which readers find a file of a ConfigMap.
pub(super) fn name(map: &Object<'_>, key: &str) -> String {
    format!("{}#{}/{key}", map.path, map.name)
}

/// What was discovered, and the files of ConfigMaps that are configuration; `None` where there are none.
pub(in crate::model::runtime) fn add(workspace: &mut Workspace, discovery: &Discovery) -> Option<Discovery> {
    let mut found: Vec<Artifact> = Vec::new();
    // Most have no block of lines.
    for (path, tree) in manifests(workspace, discovery, |text| text.contains(['|', '>']) && text.contains("ConfigMap")) {
        let objects = object::of_tree(&path, &tree);
        for map in objects.iter().filter(|object| object.kind == "ConfigMap") {
            for (key, value) in entries(map) {
                let (Some(key), Some(text)) = (key.text(), value.text()) else { continue };
                if value.style() != Style::Block || found.len() >= MOST {
                    continue;
                }
                let span = value.span();
                let outer = workspace.text(span.source);
                if outer.len() > LARGEST_MANIFEST {
                    continue;
                }
                let Some((kind, evidence)) = discover::of_text(key, text) else { continue };
                let written = outer.get(span.range()).unwrap_or("");
                // A folded block has other lines than the file that it stands for.
                let header = written.split_once('\n').map_or("", |(header, _)| header);
                let indicator = header.rsplit([' ', ':']).next().unwrap_or("");
                if indicator.starts_with('>') || header.is_empty() {
                    continue;
                }
                let start = if indicator.starts_with('|') { span.start as usize + header.len() } else { span.start as usize };
                let name = name(map, key);
                if found.iter().any(|artifact| artifact.path == name) {
                    continue;
                }
                workspace.embed(&name, span.source, start..span.end as usize);
                found.push(Artifact { path: name, kind, evidence: format!("{evidence}, in a ConfigMap") });
            }
        }
    }
    if found.is_empty() {
        return None;
    }
    let mut artifacts = discovery.artifacts.clone();
    artifacts.extend(found);
    artifacts.sort();
    Some(Discovery { artifacts, servers: discovery.servers.clone(), seeds: discovery.seeds.clone(), ..Discovery::default() })
}
