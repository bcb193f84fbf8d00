//! Values of Terraform that may hold secrets: attributes of resources and modules, and defaults of variables.

use crate::documents::hcl::{self, Block, Body, Said, Value};
use crate::source::{SourceId, Span};

/// A file without any of these words is not read.
const WORDS: [&str; 4] = ["password", "secret", "token", "_key"];
/// Blocks within blocks, and objects within objects, are followed so far.
const DEEPEST: usize = 16;

/// Keys with the texts that stand under them, and the place of each key. What is computed or taken from elsewhere is left out.
pub(super) fn values(source: SourceId, text: &str) -> Vec<(String, String, Span)> {
    let mut found = Vec::new();
    if WORDS.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some()) {
        let file = hcl::parse(source, text);
        file.body.blocks.iter().for_each(|block| top(block, &mut found));
    }
    found
}

fn top(block: &Block, found: &mut Vec<(String, String, Span)>) {
    match (block.kind.as_str(), block.labels.as_slice()) {
        ("variable", [name]) => {
            if let Some(default) = block.body.get("default") {
                value(name, &default.value, default.key_span, DEEPEST, found);
            }
        }
        // What a data source asks for is a name.
        ("resource" | "module" | "locals" | "provider", _) => body(&block.body, DEEPEST, found),
        _ => {}
    }
}

fn body(own: &Body, left: usize, found: &mut Vec<(String, String, Span)>) {
    for attribute in &own.attributes {
        value(&attribute.name, &attribute.value, attribute.key_span, left, found);
    }
    if left > 0 {
        own.blocks.iter().for_each(|block| body(&block.body, left - 1, found));
    }
}

fn value(key: &str, said: &Value, span: Span, left: usize, found: &mut Vec<(String, String, Span)>) {
    match &said.said {
        Said::Text(text) => found.push((key.to_owned(), text.clone(), span)),
        Said::Object(entries) if left > 0 => {
            entries.iter().for_each(|entry| value(&entry.key, &entry.value, entry.key_span, left - 1, found));
        }
        Said::List(items) | Said::Call(_, items) if left > 0 => {
            items
                .iter()
                .filter(|item| matches!(item.said, Said::Object(_)))
                .for_each(|item| value(key, item, span, left - 1, found));
        }
        _ => {}
    }
}
