//! A repository on disk that is gone after the test, and runs of the program in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A comment that allows what nobody reports: the finding `suppressions/unused`, a warning.
const UNUSED: &str = "# backend-lint: allow(contract/enum-mismatch) reason=\"a test\"\n";

/// Makes that finding an error.
pub const AS_ERROR: &str = "[rules]\n\"suppressions/unused\" = \"error\"\n";

/// An API without operations; no rule has anything to say of it.
pub const API: &str = "openapi: 3.0.3\ninfo: {title: a, version: \"1\"}\npaths: {}\n";

/// The same with so many warnings, from the first line on.
pub fn api_with_warnings(number: usize) -> String {
    UNUSED.repeat(number) + API
}

pub struct Repository(PathBuf);

impl Repository {
    pub fn new(files: &[(&str, &str)]) -> Repository {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("backend-lint-cli-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&root).expect("a folder");
        let repository = Repository(root);
        files.iter().for_each(|(path, text)| repository.write(path, text));
        repository
    }

    /// One file without faults.
    pub fn clean() -> Repository {
        Repository::new(&[("openapi.yaml", API)])
    }

    /// One warning.
    pub fn warned() -> Repository {
        Repository::new(&[("openapi.yaml", &api_with_warnings(1))])
    }

    /// One error.
    pub fn faulty() -> Repository {
        Repository::new(&[("openapi.yaml", &api_with_warnings(1)), ("backend-lint.toml", AS_ERROR)])
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let full = self.0.join(path);
        std::fs::create_dir_all(full.parent().expect("a parent")).expect("a folder");
        std::fs::write(full, text).expect("a file");
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn root(&self) -> &Path {
        &self.0
    }

    /// The names in the root, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("the root");
        let mut names: Vec<String> = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into()).collect();
        names.sort();
        names
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backend-lint"));
        // Nothing of the pipeline that runs these tests: no colours, no base.
        command.args(arguments).current_dir(&self.0).stdin(Stdio::null()).env_clear();
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::new(self.command(arguments).output().expect("the program runs"))
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a run wrote and returned.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn new(output: Output) -> Run {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// An error of usage or environment: exit code 2, nothing on standard output, one clear error that holds `part`.
    pub fn refused(&self, part: &str) {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        assert!(self.err.starts_with("error: ") && self.err.contains(part), "no {part:?} in {self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
    }
}
