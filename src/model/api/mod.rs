//! The HTTP interface: operations, parameters, responses and schemas, from OpenAPI documents of any version.

use super::{Settings, Workspace};
use crate::discover::Discovery;

/// The HTTP interface: operations, parameters, responses and schemas, from OpenAPI documents of any version.
#[derive(Debug, Default)]
pub struct Api {}

/// Reads this part.
pub fn read(_workspace: &mut Workspace, _discovery: &Discovery, _settings: &Settings) -> Api {
    Api::default()
}
