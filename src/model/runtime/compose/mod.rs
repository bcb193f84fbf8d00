//! Compose files: projects (files that Compose reads together), and their services with variables resolved.
//!
//! Two compose files of one repository are different projects, unless one overrides or includes the other. What is absent:
//! networks and volumes by themselves, builds, and every value that only the shell or an image could give.

mod layer;
mod merge;
mod project;
pub(super) mod script;
mod unset;
mod value;
pub(super) mod words;

pub(super) use project::read;
pub use unset::{Unset, UnsetVariables};
