//! Who may import whom, how large a file may grow, and what a rule may know.

use std::path::{Path, PathBuf};

/// The floors from the ground up; a module imports from its own floor and from those below.
const FLOORS: &[&[&str]] = &[
    &["files", "source", "diagnostic", "fact"],
    &["documents", "sql", "report"],
    &["discover", "model"],
    &["rules"],
    &["engine"],
    &["cli"],
];

fn source_files() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let walk = walkdir::WalkDir::new(&root).sort_by_file_name();
    let files = walk.into_iter().filter_map(Result::ok).map(|entry| entry.into_path());
    files
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .map(|path| (path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/"), path))
        .collect()
}

fn module_of(relative: &str) -> &str {
    relative.split(['/', '.']).next().unwrap_or("")
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The code of a file without its comments (line comments only: the house uses no others) and without its own test module.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or("").to_owned();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Every `crate::module` in a text, including those in braces.
fn imports(code: &str) -> Vec<String> {
    code.match_indices("crate::")
        .flat_map(|(at, word)| {
            let rest = &code[at + word.len()..];
            match rest.strip_prefix('{') {
                Some(group) => {
                    let inner = group.split("};").next().unwrap_or("");
                    inner.split(',').map(|part| module_of(&part.trim().replace("::", ".")).to_owned()).collect::<Vec<_>>()
                }
                None => vec![rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()],
            }
        })
        .collect()
}

#[test]
fn every_floor_imports_only_from_below() {
    let mut wrong = Vec::new();
    for (relative, path) in source_files() {
        let Some(floor) = floor_of(module_of(&relative)) else { continue };
        for imported in imports(&code(&path)) {
            if floor_of(&imported).is_some_and(|other| other > floor) {
                wrong.push(format!("{relative} imports `{imported}`, which stands on a higher floor"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_planted_upward_import_is_seen() {
    assert_eq!(imports("use crate::engine::Options;\nuse crate::{fact, rules::Rule};"), ["engine", "fact", "rules"]);
    assert!(floor_of("engine") > floor_of("model"));
}

#[test]
fn a_rule_knows_the_model_and_nothing_else() {
    let mut wrong = Vec::new();
    let files = source_files();
    let parent = |relative: &str| relative.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
    for (relative, path) in files.clone() {
        let depth = relative.split('/').count();
        if !relative.starts_with("rules/") || depth < 3 || relative.ends_with("/mod.rs") {
            continue;
        }
        let code = code(&path);
        for imported in imports(&code) {
            if !["model", "diagnostic", "fact", "rules", "source"].contains(&imported.as_str()) {
                wrong.push(format!("{relative} imports `{imported}`"));
            }
        }
        // What a group shares stands in its `mod.rs`; a neighbour is another rule.
        let siblings = files.iter().filter(|(other, _)| other != &relative && parent(other) == parent(&relative));
        for (sibling, _) in siblings {
            let name = sibling.rsplit('/').next().unwrap_or("").trim_end_matches(".rs");
            if name != "mod"
                && [format!("super::{name}"), format!("{}::{name}", parent(&relative).replace('/', "::"))]
                    .iter()
                    .any(|word| code.contains(word.as_str()))
            {
                wrong.push(format!("{relative} imports `{name}`: a rule imports no rule"));
            }
        }
        let lines = std::fs::read_to_string(&path).unwrap_or_default().lines().count();
        if lines > 150 {
            wrong.push(format!("{relative} has {lines} lines: it shows a question that the model should answer"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_has_over_500_lines() {
    let mut wrong = Vec::new();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let walk = walkdir::WalkDir::new(tests).into_iter().filter_map(Result::ok).map(|entry| entry.into_path());
    let tests =
        walk.filter(|path| path.extension().is_some_and(|end| end == "rs")).map(|path| (path.display().to_string(), path));
    for (relative, path) in source_files().into_iter().chain(tests) {
        let lines = std::fs::read_to_string(&path).unwrap_or_default().lines().count();
        if lines > 500 {
            wrong.push(format!("{relative}: {lines} lines: which two rooms is it?"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Nothing below the engine touches the disk, the clock, the environment or another process.
#[test]
fn nothing_below_the_engine_touches_the_world() {
    let forbidden = ["std::fs", "std::env", "std::process", "SystemTime", "Instant::now", "std::net"];
    let mut wrong = Vec::new();
    for (relative, path) in source_files() {
        let below = floor_of(module_of(&relative)).is_some_and(|floor| floor < 4);
        let allowed = ["files/disk", "files/git"]
            .iter()
            .any(|one| relative.strip_prefix(one).is_some_and(|rest| rest == ".rs" || rest.starts_with('/')));
        if !below || allowed {
            continue;
        }
        let code = code(&path).replace("env!(", "");
        for word in forbidden {
            if code.contains(word) {
                wrong.push(format!("{relative} uses `{word}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Line arithmetic lives in `source` alone.
#[test]
fn no_line_arithmetic_outside_source() {
    let mut wrong = Vec::new();
    for (relative, path) in source_files() {
        if relative == "source.rs" {
            continue;
        }
        let code = code(&path);
        if code.contains("matches('\\n').count()") || code.contains("lines().count()") {
            wrong.push(format!("{relative} counts lines itself"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
