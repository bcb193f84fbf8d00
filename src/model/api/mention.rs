//! Whether a document knows idempotency keys without declaring them on an operation.

use super::Set;
use super::cursor::{Cursor, Pin};
use super::document::DocumentRef;
use super::words;
use crate::documents::NodeRef;

/// Prose and examples speak of many things that the interface does not have.
const NOT_NAMES: [&str; 6] = ["description", "summary", "example", "examples", "x-codeSamples", "x-code-samples"];

impl<'a> DocumentRef<'a> {
    /// Whether something that it reaches is named after idempotency: a property, a header, an error type among the values of
    /// an enum. Such a document knows keys, though it may not declare them where they are sent.
    pub fn names_idempotency(self) -> bool {
        // Most documents have no such word, and most of those that have it only speak of it: these are not walked.
        let mut trees = self.api.trees.values().filter(|tree| tree.holds("dempoten") || tree.holds("DEMPOTEN"));
        let names = |(key, value): (NodeRef, NodeRef)| names_it(key.text().unwrap_or(""), Cursor::new(self.api, value).node);
        if !trees.any(|tree| tree.nodes().filter(|node| node.is_map()).any(|node| node.entries().any(names))) {
            return false;
        }
        let mut seen: Set<Pin> = Set::default();
        let mut stack: Vec<Cursor> = self.root().into_iter().collect();
        while let Some(cursor) = stack.pop() {
            if !seen.insert(cursor.pin()) {
                continue;
            }
            for (key, value) in cursor.entries() {
                let name = key.text().unwrap_or("");
                if NOT_NAMES.contains(&name) {
                    continue;
                }
                if names_it(name, value.node) {
                    return true;
                }
                stack.push(value);
            }
            stack.extend(cursor.node.items().map(|item| Cursor::new(cursor.api, item)));
        }
        false
    }
}

/// Whether a key is named after it, or what it names is. A flag (`x-idempotent: true`) tells of the operation, not of a key.
fn names_it(key: &str, value: NodeRef) -> bool {
    let speaks = |node: NodeRef| node.text().is_some_and(words::speaks_of_idempotency);
    match key {
        "name" | "const" => speaks(value),
        "enum" => value.items().any(speaks),
        _ => words::speaks_of_idempotency(key) && value.as_bool().is_none(),
    }
}
