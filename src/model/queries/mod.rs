//! The statements that the application runs.

use super::{Settings, Workspace};
use crate::discover::Discovery;

/// The statements that the application runs.
#[derive(Debug, Default)]
pub struct Queries {}

/// Reads this part.
pub fn read(_workspace: &mut Workspace, _discovery: &Discovery, _settings: &Settings) -> Queries {
    Queries::default()
}
