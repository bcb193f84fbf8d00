//! Values of Terraform that may hold secrets: attributes of resources and modules, and defaults of variables.

use crate::documents::hcl::{self, Block, Body, Said, Value};
use crate::source::{SourceId, Span};

/// A file without any of these words, in whatever case, is not read: every key that holds a secret has one of them.
const WORDS: [&str; 6] = ["pass", "pwd", "secret", "token", "key", "credential"];
/// Blocks within blocks, and objects within objects, are followed so far.
const DEEPEST: usize = 16;

/// A text, and where it stands.
pub(super) struct Entry {
    /// The key under which it stands; of a default of a variable, the variable.
    pub(super) key: String,
    /// The text.
    pub(super) text: String,
    /// Where the key stands.
    pub(super) span: Span,
    /// The variable whose default it is, or is part of.
    pub(super) variable: Option<String>,
}

/// Every text with its key. What is computed or taken from elsewhere is left out.
pub(super) fn values(source: SourceId, text: &str) -> Vec<Entry> {
    let mut found = Vec::new();
    let lower = text.to_ascii_lowercase();
    if WORDS.iter().any(|word| memchr::memmem::find(lower.as_bytes(), word.as_bytes()).is_some()) {
        let file = hcl::parse(source, text);
        file.body.blocks.iter().for_each(|block| top(block, &mut found));
    }
    found
}

fn top(block: &Block, found: &mut Vec<Entry>) {
    match (block.kind.as_str(), block.labels.as_slice()) {
        ("variable", [name]) => {
            if let Some(default) = block.body.get("default") {
                let before = found.len();
                value(name, &default.value, default.key_span, DEEPEST, found);
                found.iter_mut().skip(before).for_each(|one| one.variable = Some(name.clone()));
            }
        }
        // What a data source asks for is a name.
        ("resource" | "module" | "locals" | "provider", _) => body(&block.body, DEEPEST, found),
        _ => {}
    }
}

fn body(own: &Body, left: usize, found: &mut Vec<Entry>) {
    for attribute in &own.attributes {
        value(&attribute.name, &attribute.value, attribute.key_span, left, found);
    }
    if left > 0 {
        own.blocks.iter().for_each(|block| body(&block.body, left - 1, found));
    }
}

fn value(key: &str, said: &Value, span: Span, left: usize, found: &mut Vec<Entry>) {
    match &said.said {
        Said::Text(text) => found.push(Entry { key: key.to_owned(), text: text.clone(), span, variable: None }),
        Said::Object(entries) if left > 0 => {
            entries.iter().for_each(|entry| value(&entry.key, &entry.value, entry.key_span, left - 1, found));
        }
        Said::List(items) | Said::Call(_, items) if left > 0 => {
            items.iter().for_each(|item| match &item.said {
                Said::Object(entries) => match named(entries) {
                    Some((name, text, span)) => found.push(Entry { key: name, text, span, variable: None }),
                    None => value(key, item, span, left - 1, found),
                },
                Said::List(_) => value(key, item, span, left - 1, found),
                _ => {}
            });
        }
        _ => {}
    }
}

/// A variable of a container: its name stands beside its value.
fn named(entries: &[hcl::Entry]) -> Option<(String, String, Span)> {
    let text = |key: &str| match entries.iter().find(|entry| entry.key == key)?.value {
        Value { said: Said::Text(ref text), span } => Some((text.clone(), span)),
        _ => None,
    };
    let ((name, span), (text, _)) = (text("name")?, text("value")?);
    (entries.len() == 2).then_some((name, text, span))
}
