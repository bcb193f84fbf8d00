//! Databases: which files make them, what replaying them gives, what each statement costs, and what hostile SQL does.

mod catalog;
mod catalog_parts;
mod code;
mod discovery;
mod effects;
mod effects_elsewhere;
mod effects_recorded;
mod families;
mod hostile;
mod packed;
mod replay;
mod servers;
mod stated;
mod statements;
#[path = "../support/stopwatch.rs"]
mod stopwatch;
mod support;
mod tools;
