//! `explain`: prints the page of a rule.

use super::arguments::ExplainArguments;
use super::{End, Trouble, terminal};
use crate::diagnostic::{Remedy, RuleInfo};
use crate::engine::suggest;
use crate::rules;

pub(super) fn run(arguments: &ExplainArguments) -> Result<End, Trouble> {
    let Some(rule) = rules::all().find(|rule| rule.id == arguments.rule) else {
        return Err(unknown(&arguments.rule));
    };
    let mut text = rules::info(rule.id).map(head).unwrap_or_default();
    text.push_str(&with_instructions(rules::page::markdown(rule.page).trim_end()));
    text.push('\n');
    if !["suppressions/", "config/", "internal/"].iter().any(|group| rule.id.starts_with(group)) {
        text.push_str(&exceptions(rule.id));
    }
    terminal::write(&text, false)?;
    Ok(End::Clean)
}

/// How a place is allowed to break a rule.
fn exceptions(rule: &str) -> String {
    format!(
        "\n## How to allow one place\n\nIn files that people edit, a comment on the line or the line above (`--` in SQL):\n\n    \
         # backend-lint: allow({rule}) reason=\"why it is right as it is\"\n\nFor migrations that ran, whose checksums must not change, for \
         generated and for JSON files, in backend-lint.toml:\n\n    [[allow]]\n    rule = \"{rule}\"\n    target = \"the subject of the finding, or a \
         path\"\n    reason = \"why it is right as it is\"\n"
    )
}

/// The page, with a word on how to repeat its proof.
fn with_instructions(page: &str) -> String {
    let how = "Try it in an empty database: the setup, then session A in one `psql` and, while A is open, session B in another.";
    page.replacen("\n## Proof\n", &format!("\n## Proof\n{how}\n\n"), 1)
}

/// What the front matter says, in words.
fn head(info: &RuleInfo) -> String {
    let remedy = match info.remedy {
        Remedy::Additive => "can be added without breaking anybody",
        Remedy::Breaking => "breaks consumers of a shipped API",
        Remedy::Migration => "a new migration, never an edit of one that ran",
    };
    let mut lines = vec![
        info.id.clone(),
        format!("severity: {} at most; confidence: {} at most", info.severity.name(), info.confidence.name()),
        format!("remedy: {remedy}"),
    ];
    if info.opt_in {
        lines.push("off unless the configuration or --select turns it on".into());
    }
    if !info.equivalents.is_empty() {
        lines.push(format!("elsewhere: {}", info.equivalents.join(", ")));
    }
    lines.extend(info.references.iter().map(|reference| format!("see: {reference}")));
    lines.join("\n") + "\n\n"
}

fn unknown(word: &str) -> Trouble {
    let ids: Vec<&str> = rules::all().map(|rule| rule.id).collect();
    let group: Vec<&str> = ids.iter().copied().filter(|id| super::target::within(id, word)).collect();
    if !group.is_empty() {
        return Trouble::new(format!("`{word}` is a group; its rules are {}", group.join(", ")));
    }
    Trouble::new(format!("unknown rule `{word}`{}; `backend-lint rules` lists them", suggest::hint(word, &ids)))
}
