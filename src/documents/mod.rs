//! Bytes to trees with spans: one arena for YAML, JSON and TOML; small readers for `.env`, `.properties`, INI, `.conf` lines, nginx,
//! HAProxy and Caddyfiles.
//!
//! Reading never fails: bad input gives a tree and problems with spans. What is absent: any knowledge of what a document
//! means, and any following of references.

pub mod builder;
pub mod caddy;
pub mod conf;
pub mod dockerfile;
pub mod env;
pub mod events;
pub mod granit;
pub mod haproxy;
pub mod hcl;
pub mod ini;
pub mod interpolation;
pub mod json;
pub mod lines;
mod lookup;
pub mod nginx;
mod node;
mod plain;
pub mod properties;
pub mod python;
pub mod simple;
mod texts;
pub mod toml;
pub mod tree;
pub mod url;
pub mod word;
pub mod yaml;

pub use builder::TreeBuilder;
pub use tree::{Comment, Kind, NodeId, NodeRef, Style, TextPlace, Tree};

use crate::source::SourceId;
use std::sync::Arc;

/// Offsets and lengths of decoded text are 32 bits wide; decoding may lengthen a text, but never to its double.
const LONGEST: usize = u32::MAX as usize / 2;

/// Reads a file as the language that its name says. Where the name says nothing: as JSON when it begins like JSON, else as
/// YAML.
pub fn parse(path: &str, source: SourceId, text: Arc<str>) -> Tree {
    if text.len() > LONGEST {
        let mut builder = TreeBuilder::new(source, "".into());
        builder.problem(0..0, "the file is larger than 2 GiB and was not read");
        return builder.finish();
    }
    let ending = path.rsplit(['/', '\\']).next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("json") => json::parse(source, text),
        Some("toml") => toml::parse(source, text),
        Some("yaml" | "yml") => yaml::parse(source, text),
        _ if text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) => json::parse(source, text),
        _ => yaml::parse(source, text),
    }
}
