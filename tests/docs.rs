//! The guides tell the truth: their transcripts are what the commands print, their commands and configurations are accepted, their
//! links lead somewhere; and the book that is made of them and of the rule pages has all rules, as the registry knows them.
//!
//! `UPDATE_DOCS=1 cargo test --test docs` writes the transcripts; the diff is then the review.

use backend_lint::rules;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The Markdown files of a folder and all below it.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    files.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|end| end == "md")).collect()
}

fn guides() -> Vec<PathBuf> {
    let guides = pages(&root().join("docs/guides"));
    assert_eq!(guides.len(), 5, "{guides:?}");
    guides
}

fn run(command: &str, folder: &Path) -> Output {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("backend-lint"), "{command}");
    let binary = env!("CARGO_BIN_EXE_backend-lint");
    let output = Command::new(binary).args(words).current_dir(folder).env_clear().output();
    output.unwrap_or_else(|error| panic!("{command}: {error}"))
}

/// A folder that goes away with its test.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("backend-lint-docs-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Scratch(path)
    }

    /// The clean shop, as the only commit of a repository, and once more as a service of it.
    fn shop(&self) {
        for target in [self.0.clone(), self.0.join("services/orders")] {
            let from = root().join("fixtures/shop-clean");
            for entry in
                walkdir::WalkDir::new(&from).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file())
            {
                let to = target.join(entry.path().strip_prefix(&from).expect("a file of the folder"));
                std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder is made");
                std::fs::copy(entry.path(), to).expect("a file is copied");
            }
        }
        for arguments in [
            &["init", "-q", "-b", "main"][..],
            &["add", "-A"],
            &["commit", "-q", "-m", "start"],
            &["commit", "-q", "--allow-empty", "-m", "more"],
        ] {
            let identity = ["-c", "user.name=a", "-c", "user.email=a@example.test"];
            let mut command = Command::new("git");
            command.args(identity).args(arguments).current_dir(&self.0);
            command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
            assert!(command.status().is_ok_and(|status| status.success()), "git {arguments:?}");
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The fences of a language, without their marks.
fn fences<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let start = format!("```{language}\n");
    text.split(&start).skip(1).filter_map(|rest| rest.split_once("```")).map(|(inside, _)| inside).collect()
}

/// Replaces the fence after each `<!-- transcript: ... -->` by what the command prints.
fn with_transcripts(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!-- transcript: ") {
        let (command, tail) = after.split_once(" -->\n```text\n").unwrap_or_else(|| panic!("no fence after {after:.60}"));
        let end = if tail.starts_with("```") { 0 } else { tail.find("\n```").map_or(tail.len(), |at| at + 1) };
        let printed = String::from_utf8_lossy(&run(command, root()).stdout).into_owned();
        out.push_str(&format!("{before}<!-- transcript: {command} -->\n```text\n{}\n", printed.trim_end()));
        rest = &tail[end..];
    }
    out + rest
}

#[test]
fn transcripts_are_what_the_commands_print() {
    for path in guides() {
        let text = read(&path);
        let fresh = with_transcripts(&text);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &fresh).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        } else {
            assert!(text == fresh, "{}: run UPDATE_DOCS=1 cargo test --test docs, and read the diff:\n{fresh}", path.display());
        }
    }
}

#[test]
fn every_command_is_one_that_the_program_knows() {
    let scratch = Scratch::new();
    scratch.shop();
    let mut commands = 0;
    for path in guides() {
        let text = read(&path);
        for line in fences(&text, "sh").into_iter().flat_map(str::lines) {
            let command = line.split(" #").next().unwrap_or(line).trim();
            if command.starts_with("backend-lint") {
                commands += 1;
                let output = run(command, &scratch.0);
                let error = String::from_utf8_lossy(&output.stderr);
                assert!(matches!(output.status.code(), Some(0 | 1)), "{}: {command}: {error}", path.display());
            }
        }
        // What is said of options in running text is true of them too.
        let help = String::from_utf8_lossy(&run("backend-lint check --help", root()).stdout).into_owned();
        for option in text.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("--")) {
            let name = option.split([' ', '=']).next().unwrap_or(option);
            assert!(help.contains(&format!("--{name}")), "{}: no option `--{name}`", path.display());
        }
    }
    assert!(commands >= 15, "{commands} commands: the fences were not found");
}

#[test]
fn every_configuration_is_accepted() {
    let mut configurations = 0;
    for path in guides() {
        for text in fences(&read(&path), "toml") {
            let scratch = Scratch::new();
            scratch.shop();
            std::fs::write(scratch.0.join("backend-lint.toml"), text).expect("a file is written");
            std::fs::create_dir_all(scratch.0.join("build")).expect("a folder is made");
            std::fs::copy(scratch.0.join("api/openapi.yaml"), scratch.0.join("build/openapi.json")).expect("a file is copied");
            let output = run("backend-lint", &scratch.0);
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(matches!(output.status.code(), Some(0 | 1)), "{}: {text}\n{error}", path.display());
            configurations += 1;
        }
        for text in fences(&read(&path), "yaml") {
            let parsed: Result<serde_yaml::Value, _> = serde_yaml::from_str(text);
            assert!(parsed.is_ok(), "{}: {text}\n{parsed:?}", path.display());
        }
    }
    assert!(configurations >= 5, "{configurations} configurations: the fences were not found");
}

/// The relative links of a page, without what comes after `#`; those in code are none.
fn links(text: &str) -> Vec<&str> {
    let outside_of_fences = text.split("```").step_by(2);
    let targets = outside_of_fences.flat_map(|part| part.split("](").skip(1)).filter_map(|rest| rest.split(')').next());
    let targets = targets.map(|target| target.split('#').next().unwrap_or(target));
    targets.filter(|target| !target.is_empty() && !target.contains("://")).collect()
}

/// Fails where a link of a page leads to no file.
fn follow(page: &Path) {
    for target in links(&read(page)) {
        let file = page.parent().expect("a page lies in a folder").join(target);
        assert!(file.exists(), "{}: `{target}` leads nowhere", page.display());
    }
}

#[test]
fn every_link_of_a_guide_leads_to_a_file() {
    guides().iter().for_each(|path| follow(path));
}

#[test]
fn the_book_has_every_rule_of_the_registry() {
    let scratch = Scratch::new();
    let script = root().join("docs/build.py");
    let Ok(output) = Command::new("python3").arg(script).arg(&scratch.0).env("PATH", no_mdbook()).output() else {
        println!("skipped: no python3, so no book");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let source = scratch.0.join("src");
    let index = read(&source.join("rules/index.md"));
    let listed: BTreeSet<&str> = index.lines().filter(|line| line.starts_with("| [`")).collect();
    let off = |opt_in: bool| if opt_in { " (off unless selected)" } else { "" };
    let row = |info: &backend_lint::diagnostic::RuleInfo| {
        format!("| [`{0}`]({0}.md) | {1} | {2}{3} |", info.id, info.summary, info.severity.name(), off(info.opt_in))
    };
    let rows: Vec<String> = rules::infos().iter().map(row).collect();
    assert_eq!(listed, rows.iter().map(String::as_str).collect(), "the index is not the registry");

    // A page that the summary does not name is not rendered, and one that it names must be there.
    let summary = source.join("SUMMARY.md");
    follow(&summary);
    let text = read(&summary);
    let named: BTreeSet<PathBuf> = links(&text).into_iter().map(|target| source.join(target)).collect();
    let written: BTreeSet<PathBuf> = pages(&source).into_iter().filter(|path| *path != summary).collect();
    assert_eq!(named, written);
    written.iter().for_each(|path| follow(path));
}

/// Where programs are, without an mdbook that would render the book.
fn no_mdbook() -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let kept = std::env::split_paths(&path).filter(|folder| !folder.join("mdbook").exists());
    std::env::join_paths(kept).unwrap_or_default()
}
