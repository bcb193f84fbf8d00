//! Databases, replayed from their whole migration history or read from schema files.

use super::{Settings, Workspace};
use crate::discover::Discovery;

/// Databases, replayed from their whole migration history or read from schema files.
#[derive(Debug, Default)]
pub struct Schema {}

/// Reads this part.
pub fn read(_workspace: &mut Workspace, _discovery: &Discovery, _settings: &Settings) -> Schema {
    Schema::default()
}
