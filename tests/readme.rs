//! The README keeps its word: every transcript and the picture come from real runs, and the rule list from the registry.
//!
//! `UPDATE_README=1 cargo test --test readme` writes all of them; the diff is then the review.

use backend_lint::rules;
use std::path::{Path, PathBuf};
use std::process::Command;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// What a command of the README prints, from the root of the project.
fn run(command: &str) -> String {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("backend-lint"), "a transcript runs something else: {command}");
    let run = Command::new(env!("CARGO_BIN_EXE_backend-lint"))
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .output()
        .unwrap_or_else(|error| panic!("{command}: {error}"));
    String::from_utf8_lossy(&run.stdout).into_owned()
}

/// Replaces the fence after each `<!-- transcript: ... -->` by what the command prints.
fn with_transcripts(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!-- transcript: ") {
        let (command, tail) = after.split_once(" -->\n").unwrap_or((after, ""));
        let tail = tail.strip_prefix("```text\n").unwrap_or_else(|| panic!("no fence after `{command}`"));
        let end = if tail.starts_with("```") { 0 } else { tail.find("\n```").map_or(tail.len(), |at| at + 1) };
        out.push_str(&format!("{before}<!-- transcript: {command} -->\n```text\n{}\n", run(command).trim_end()));
        rest = &tail[end..];
    }
    out + rest
}

/// The picture of each `<!-- picture: ... -->`, drawn from what the command prints with colour: path and SVG.
fn pictures(text: &str) -> Vec<(String, String)> {
    let commands = text.split("<!-- picture: ").skip(1).filter_map(|after| after.split_once(" -->\n"));
    let pictures = commands.map(|(command, tail)| {
        let path = tail.split_once("](").and_then(|(_, rest)| rest.split_once(')')).map(|(path, _)| path.to_owned());
        let path = path.unwrap_or_else(|| panic!("no picture after `{command}`"));
        let printed = format!("$ {command}\n{}", run(&format!("{command} --color always")));
        (path, anstyle_svg::Term::new().render_svg(printed.trim_end()))
    });
    pictures.collect()
}

fn with_rules(text: &str) -> String {
    let (before, rest) = text.split_once("<!-- rules -->").unwrap_or((text, ""));
    let (_, after) = rest.split_once("<!-- /rules -->").unwrap_or(("", ""));
    let mut table = String::from("| rule | what it finds | at most |\n|---|---|---|\n");
    for info in rules::infos() {
        table.push_str(&format!("| [`{0}`](rules/{0}.md) | {1} | {2} |\n", info.id, info.summary, info.severity.name()));
    }
    format!("{before}<!-- rules -->\n{table}<!-- /rules -->{after}")
}

#[test]
fn transcripts_and_the_rule_list_are_current() {
    let text = std::fs::read_to_string(path()).unwrap_or_else(|error| panic!("README.md: {error}"));
    let fresh = with_rules(&with_transcripts(&text));
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path(), &fresh).unwrap_or_else(|error| panic!("README.md: {error}"));
    } else {
        assert!(
            text == fresh,
            "README.md is not current; run UPDATE_README=1 cargo test --test readme, and read the diff:\n{fresh}"
        );
    }
}

#[test]
fn the_picture_is_current() {
    let text = std::fs::read_to_string(path()).unwrap_or_else(|error| panic!("README.md: {error}"));
    let pictures = pictures(&text);
    assert!(!pictures.is_empty(), "the README has no picture");
    for (path, fresh) in pictures {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(&path);
        if std::env::var_os("UPDATE_README").is_some() {
            std::fs::write(&file, &fresh).unwrap_or_else(|error| panic!("{path}: {error}"));
        } else {
            let drawn = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(drawn == fresh, "{path} is not current; run UPDATE_README=1 cargo test --test readme, and look at it");
        }
    }
}
