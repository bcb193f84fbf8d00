//! Values of CloudFormation that may hold secrets: properties of resources, variables of containers, and defaults of parameters.

use crate::documents::{NodeRef, Tree};
use crate::source::Span;

/// Properties within properties are followed so far.
const DEEPEST: usize = 16;
/// Maps and lists of one template that are entered: aliases may multiply them.
const MOST: usize = 20_000;
/// Values of one template that are looked at.
const MOST_VALUES: usize = 20_000;

/// A text, and where it stands.
pub(super) struct Entry<'t> {
    /// The key under which it stands; of a default of a parameter, the parameter; of a variable of a container, its name.
    pub(super) key: &'t str,
    /// The text.
    pub(super) text: &'t str,
    /// Where the key stands.
    pub(super) span: Span,
    /// The parameter whose default it is.
    pub(super) parameter: Option<&'t str>,
    /// Whether it is a variable of a container, whose name stands beside it.
    pub(super) is_named: bool,
}

/// Every text with its key. What a function computes or takes from elsewhere is left out.
pub(super) fn values(tree: &Tree) -> Vec<Entry<'_>> {
    let (mut found, mut budget) = (Vec::new(), MOST);
    let Some(root) = tree.root() else { return found };
    for (name, parameter) in root.get("Parameters").into_iter().flat_map(NodeRef::entries) {
        // What is shown to everybody may be the name of a secret; a password is one all the same.
        let is_meant = |key: &&str| {
            let lower = key.to_ascii_lowercase();
            parameter.get("NoEcho").is_some_and(|hidden| hidden.says("true"))
                || ["password", "passwd", "passphrase", "pwd"].iter().any(|word| lower.ends_with(word))
        };
        // What Systems Manager is asked for is a name there.
        let is_asked_for = parameter.get_text("Type").is_some_and(|kind| kind.starts_with("AWS::SSM::"));
        let Some(key) = name.text().filter(|key| is_meant(key) && !is_asked_for) else { continue };
        if let Some((span, text)) = parameter.entry("Default").and_then(|(key, value)| Some((key.span(), literal(value)?))) {
            found.push(Entry { key, text, span, parameter: Some(key), is_named: false });
        }
    }
    for (_, resource) in root.get("Resources").into_iter().flat_map(NodeRef::entries) {
        if let Some(properties) = resource.get("Properties") {
            below(properties, DEEPEST, &mut found, &mut budget);
        }
    }
    found
}

fn below<'t>(node: NodeRef<'t>, left: usize, found: &mut Vec<Entry<'t>>, budget: &mut usize) {
    let (Some(left), Some(rest)) = (left.checked_sub(1), budget.checked_sub(1)) else { return };
    *budget = rest;
    if found.len() >= MOST_VALUES {
        return;
    }
    for (key, value) in node.entries() {
        match (key.text(), literal(value)) {
            (Some(key), _) if key == "Ref" || key.starts_with("Fn::") => {}
            (Some(name), Some(text)) => found.push(Entry { key: name, text, span: key.span(), parameter: None, is_named: false }),
            _ => below(value, left, found, budget),
        }
    }
    for item in node.items() {
        // Variables in a list have their names beside their values.
        match item.entry("Name").map(|(_, name)| name).zip(item.get("Value").and_then(literal)) {
            // CodeBuild takes the name of a secret there, where its type says so.
            Some(_) if item.get_text("Type").is_some_and(|kind| kind != "PLAINTEXT") => {}
            Some((name, text)) => {
                found.extend(literal(name).map(|key| Entry { key, text, span: name.span(), parameter: None, is_named: true }));
            }
            None => below(item, left, found, budget),
        }
    }
}

/// A text that stands there as it is: no function, and nothing that the cloud fills in (`{{resolve:..}}`).
fn literal(node: NodeRef<'_>) -> Option<&str> {
    node.text().filter(|text| !node.stands_for_another() && !node.is_null() && !text.contains("{{"))
}
