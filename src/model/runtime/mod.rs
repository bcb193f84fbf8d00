//! Services, proxies, timeouts and stores, from configuration.

mod compose;
mod profile;
mod tables;
mod timeout;

use super::{Settings, Workspace};
use crate::discover::Discovery;

/// Services, proxies, timeouts and stores, from configuration.
#[derive(Debug, Default)]
pub struct Runtime {
    projects: Vec<compose::Project>,
    services: Vec<compose::Service>,
}

/// Reads this part.
pub fn read(workspace: &mut Workspace, discovery: &Discovery, _settings: &Settings) -> Runtime {
    let (projects, services) = compose::read(workspace, discovery);
    Runtime { projects, services }
}
