//! Stores that keep their data in their container, and lose it with it.
//!
//! Read are the mounts of a service. A store is told only where every mount is known and none of them can hold data.

use super::service::{Mount, Runner};
use super::stay::{Deployments, Stay};
use super::tables::tables;
use super::view::Role;
use super::{Runtime, ServiceRef};
use crate::documents::interpolation::STAND_IN;

/// Mounts below these hold settings, scripts, sockets and logs, and no data.
const NO_DATA: [&str; 9] =
    ["/docker-entrypoint-initdb.d", "/etc", "/tmp", "/run", "/var/run", "/var/log", "/dev/shm", "/usr/local/bin", "/scripts"];

/// A store whose data goes with its container.
#[derive(Debug, Clone)]
pub struct FleetingStore<'r> {
    /// The store.
    pub service: ServiceRef<'r>,
    /// The folder in which its image keeps the data, where that is known.
    pub folder: Option<String>,
    /// Whether a folder is mounted for it that goes with the pod (`emptyDir`).
    pub has_lost_mount: bool,
    /// Whether it is meant to stay up: a cluster moves and restarts it, or a Compose project runs it.
    pub stay: Stay,
}

impl Runtime {
    /// Every database of a known image without a volume, in order. One that is built here may have its data in the image.
    pub fn fleeting_stores(&self) -> Vec<FleetingStore<'_>> {
        let deployments = Deployments::of(self);
        self.services().filter_map(|service| fleeting_store(service, &deployments)).collect()
    }
}

impl ServiceRef<'_> {
    /// Whether it is a database whose volumes can be judged: by its image, or because the folder that goes with its pod is the one in
    /// which such a database keeps its data.
    pub fn is_plain_database(self) -> bool {
        let said = self.service();
        let runs_on =
            matches!(said.workload.as_deref(), None | Some("Deployment" | "DeploymentConfig" | "StatefulSet" | "ReplicaSet"));
        let is_known = said.build.known_absent() && said.open.is_none() && !said.is_partial;
        let loses = || said.mounts.iter().any(|mount| mount.is_lost && tables().keeper(&mount.target).is_some());
        runs_on && is_known && matches!(self.role(), Role::Datastore(_)) && (said.product().is_some() || loses())
    }
}

fn fleeting_store<'r>(service: ServiceRef<'r>, deployments: &Deployments) -> Option<FleetingStore<'r>> {
    let said = service.service();
    let (is_compose, is_cluster) = (service.is_run_by(Runner::Compose), service.is_run_by(Runner::Kubernetes));
    let may_keep = |mount: &Mount| mount.target.contains(STAND_IN) || !(mount.is_lost || is_beside_data(mount));
    let has_tmpfs = is_compose && said.mounts.iter().any(|mount| mount.is_lost);
    if !service.is_plain_database() || !(is_compose || is_cluster) || has_tmpfs || said.mounts.iter().any(may_keep) {
        return None;
    }
    Some(FleetingStore {
        service,
        folder: folder(service),
        has_lost_mount: said.mounts.iter().any(|mount| mount.is_lost && holds_data(service, mount)),
        stay: deployments.stay(service),
    })
}

/// Whether a mount is where the store keeps its data, or, where that is not known, may be.
fn holds_data(service: ServiceRef<'_>, mount: &Mount) -> bool {
    let keeps = tables().keeper(&mount.target).is_some();
    let is_known = service.service().product().is_some_and(|product| product.data.is_some());
    keeps || (!is_known && !is_beside_data(mount))
}

/// Whether a mount is for something else than data.
fn is_beside_data(mount: &Mount) -> bool {
    let is_below =
        |folder: &&str| mount.target.strip_prefix(*folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    NO_DATA.iter().any(is_below)
}

/// Where to mount a volume. Images of PostgreSQL before 18 keep the data one folder deeper:
/// <https://hub.docker.com/_/postgres> (PGDATA).
fn folder(service: ServiceRef<'_>) -> Option<String> {
    let mut lost = service.service().mounts.iter().filter(|mount| mount.is_lost);
    if let Some(mount) = lost.find(|mount| tables().keeper(&mount.target).is_some()) {
        return Some(mount.target.clone());
    }
    let product = service.service().product()?;
    let data = product.data.clone()?;
    let tag = service.service().known_image()?.rsplit_once(':').map_or("", |(_, tag)| tag);
    let major: u32 = tag.split(|c: char| !c.is_ascii_digit()).next().and_then(|number| number.parse().ok()).unwrap_or(0);
    Some(if product.name == "postgres" && major < 18 { format!("{data}/data") } else { data })
}
