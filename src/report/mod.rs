//! Findings to text, one file a format. Reporters see findings and sources, never the model.

pub mod plain;
