//! Services, proxies, timeouts and stores, from configuration.

use super::{Settings, Workspace};
use crate::discover::Discovery;

/// Services, proxies, timeouts and stores, from configuration.
#[derive(Debug, Default)]
pub struct Runtime {}

/// Reads this part.
pub fn read(_workspace: &mut Workspace, _discovery: &Discovery, _settings: &Settings) -> Runtime {
    Runtime::default()
}
