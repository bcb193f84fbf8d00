//! Reads a rule's page: front matter, headline, sections, and the examples that the tests run.

use crate::diagnostic::{Confidence, Remedy, RuleInfo, Severity};

/// A file of an example: a small repository in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFile {
    /// Its path, as in `` `path`: ``.
    pub path: String,
    /// Whether it stands for the state before the change, as in `` `path` (base): ``.
    pub base: bool,
    /// Its text.
    pub text: String,
}

/// One example: a repository, and what the rule must report on it (nothing under `## Good`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The heading that it stands under: `Bad`, `Good`, or any heading of an edge-case page.
    pub heading: String,
    /// Its files.
    pub files: Vec<ExampleFile>,
    /// The exact report, where the example has a `reports:` block. `None`: the rule must be silent.
    pub reports: Option<String>,
    /// Byte range of the text inside the `reports:` fence, so that a test can refresh it.
    pub reports_range: Option<std::ops::Range<usize>>,
}

/// The lines between the first two `---`, and the rest.
fn split(page: &str) -> (&str, &str) {
    let Some(rest) = page.strip_prefix("---\n") else { return ("", page) };
    rest.split_once("\n---\n").unwrap_or((rest, ""))
}

/// The value of a key of the front matter, as written.
pub fn front_matter<'p>(page: &'p str, key: &str) -> Option<&'p str> {
    let lines = split(page).0.lines();
    lines.filter_map(|line| line.split_once(':')).find(|(name, _)| name.trim() == key).map(|(_, value)| value.trim())
}

/// A list of the front matter: `[a, b]` on the line, or `- item` lines below the key.
pub fn front_matter_list(page: &str, key: &str) -> Vec<String> {
    let unquote = |item: &str| item.trim().trim_matches('"').to_owned();
    match front_matter(page, key) {
        None => Vec::new(),
        Some("") => {
            let lines = split(page).0.lines().skip_while(|line| line.split_once(':').map(|(name, _)| name) != Some(key)).skip(1);
            lines.map_while(|line| line.trim_start().strip_prefix("- ")).map(unquote).collect()
        }
        Some(inline) => {
            let items = inline.trim_start_matches('[').trim_end_matches(']').split(',');
            items.map(unquote).filter(|item| !item.is_empty()).collect()
        }
    }
}

/// What a page says about its rule. Unknown words fall back to the most careful reading; `tests/rules.rs` refuses them.
pub fn info(id: &str, page: &str) -> RuleInfo {
    let summary = page.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(id);
    RuleInfo {
        id: id.to_owned(),
        summary: summary.to_owned(),
        severity: front_matter(page, "severity").and_then(Severity::parse).unwrap_or(Severity::Info),
        confidence: front_matter(page, "confidence").and_then(Confidence::parse).unwrap_or(Confidence::Low),
        remedy: match front_matter(page, "remedy") {
            Some("breaking") => Remedy::Breaking,
            Some("migration") => Remedy::Migration,
            _ => Remedy::Additive,
        },
        needs: front_matter_list(page, "needs"),
        equivalents: front_matter_list(page, "equivalents"),
        references: front_matter_list(page, "references"),
        since: front_matter(page, "since").unwrap_or("").to_owned(),
        opt_in: front_matter(page, "opt_in") == Some("true"),
        fixable: front_matter(page, "fixable") == Some("true"),
    }
}

/// What people read of a page: everything below the front matter.
pub fn markdown(page: &str) -> &str {
    split(page).1.trim_start_matches('\n')
}

/// The text under a `## heading`, up to the next one.
pub fn section<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let body = split(page).1;
    let start = body.find(&format!("## {heading}\n"))?;
    let text = &body[start + heading.len() + 4..];
    Some(text.find("\n## ").map_or(text, |end| &text[..end + 1]))
}

/// Every example of a page, in order. A heading (`##` or `###`) that holds at least one file starts one.
pub fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut heading = String::new();
    let mut fresh = true;
    let mut named: Option<(String, bool)> = None;
    let mut expects_report = false;
    let mut offset = 0;
    let mut lines = page.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let text = line.trim_end();
        offset += line.len();
        if let Some(name) = text.strip_prefix("### ").or_else(|| text.strip_prefix("## ")) {
            heading = name.to_owned();
            fresh = true;
        } else if let Some(name) = file_name(text) {
            named = Some(name);
        } else if text == "reports:" {
            expects_report = true;
        } else if let Some(fence) = text.strip_prefix("```").map(|_| &text[..text.len() - text.trim_start_matches('`').len()]) {
            let start = offset;
            let mut body = String::new();
            let mut end = offset;
            for inner in lines.by_ref() {
                offset += inner.len();
                if inner.trim_end() == fence {
                    break;
                }
                body.push_str(inner);
                end = offset;
            }
            if let Some((path, base)) = named.take() {
                if fresh {
                    examples.push(Example { heading: heading.clone(), files: Vec::new(), reports: None, reports_range: None });
                    fresh = false;
                }
                let Some(example) = examples.last_mut() else { continue };
                example.files.push(ExampleFile { path, base, text: body });
            } else if std::mem::take(&mut expects_report)
                && let Some(example) = examples.last_mut()
            {
                example.reports = Some(body);
                example.reports_range = Some(start..end);
            }
        }
    }
    examples
}

/// `` `path`: `` or `` `path` (base): ``.
fn file_name(line: &str) -> Option<(String, bool)> {
    let rest = line.strip_prefix('`')?;
    let (path, tail) = rest.split_once('`')?;
    match tail {
        ":" => Some((path.to_owned(), false)),
        " (base):" => Some((path.to_owned(), true)),
        _ => None,
    }
}
