//! What cannot be done is one clear error on the error stream and exit code 2.

use crate::repository::{Repository, api_with_warnings};
use std::io::Read;
use std::process::Stdio;

#[test]
fn a_missing_path() {
    let repository = Repository::clean();
    let run = repository.run(&["no/such/place"]);
    run.refused("`no/such/place`: no such file or folder");
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
    repository.run(&["exlpain"]).refused("did you mean `explain`?");
    repository.run(&["model", "no/such/place"]).refused("no such file or folder");
}

#[test]
fn a_wrong_flag_or_value() {
    let repository = Repository::clean();
    repository.run(&["--frmat", "json"]).refused("'--format'");
    repository.run(&["--format", "jsn"]).refused("json");
    repository.run(&["--fail-on", "fatal"]).refused("fatal");
    repository.run(&["--output", "sarif"]).refused("expected FORMAT=FILE");
    repository.run(&["--output", "srif=x"]).refused("unknown format `srif`");
    repository.run(&["--output", "sarif="]).refused("the name of the file is missing");
    repository.run(&["--no-config", "--config", "x.toml"]).refused("cannot be used with");
    repository.run(&["--format", "json", "rules"]).refused("rules");
}

#[test]
fn an_unknown_rule() {
    let repository = Repository::clean();
    repository.run(&["--select", "contract/enum-mismatsh"]).refused("did you mean `contract/enum-mismatch`?");
    repository.run(&["--ignore", "nothing-like-it"]).refused("nothing-like-it");
    repository.run(&["explain", "enum-mismatch"]).refused("did you mean `contract/enum-mismatch`?");
    repository.run(&["explain", "contract"]).refused("is a group; its rules are contract/conflict-not-documented");
}

#[test]
fn a_wrong_configuration() {
    let repository = Repository::clean();
    repository.run(&["--config", "none.toml"]).refused("none.toml");
    repository.write("backend-lint.toml", "[rulez]\n[migrations]\ntol = \"goose\"\n");
    let run = repository.run(&[]);
    run.refused("did you mean `rules`?");
    assert!(run.err.contains("did you mean `tool`?"), "all problems at once: {run:?}");
    assert_eq!(repository.run(&["--no-config"]).code, Some(0));
    repository.write("good.toml", "");
    assert_eq!(repository.run(&["--config", "good.toml"]).code, Some(0));
}

#[test]
fn a_base_that_is_demanded_and_not_to_be_had() {
    let repository = Repository::clean();
    repository.run(&["--migrations", "pending"]).refused("no base to compare with");
    let run = repository.run(&["--format", "json"]);
    assert!(run.json()["base"].is_null() && run.err.starts_with("note: no base: "), "{run:?}");
}

#[test]
fn an_output_that_cannot_be_written() {
    let repository = Repository::clean();
    let run = repository.run(&["--output", "json=no/such/folder/x.json"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.err.contains("no/such/folder/x.json: cannot be written"), "{run:?}");
    assert_eq!(repository.names(), ["openapi.yaml"]);
}

#[test]
fn bytes_that_are_no_text_are_unread_and_the_rest_goes_on() {
    let repository = Repository::new(&[("openapi.yaml", &api_with_warnings(1)), ("nginx.conf", ""), ("empty/compose.yaml", "")]);
    repository.write("db/compose.yaml", b"services:\n  \xff\xfe: 1\n");
    repository.write("api/openapi.json", b"{\"openapi\": \"3.0.0\", \"info\": \0");
    repository.write("b/migrations/1_a.up.sql", b"CREATE TABLE a (\xc3\x28 int);\x00$$");
    let run = repository.run(&["--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let document = run.json();
    assert_eq!(document["summary"]["warnings"], 1, "{document}");
    let unread = document["unread"].as_array().expect("a list");
    assert!(unread.iter().any(|one| one["path"] == "db/compose.yaml"), "{document}");
}

/// More than a pipe holds, so that the program must meet the closed end.
#[test]
fn a_closed_pipe_is_no_error() {
    let repository = Repository::new(&[("openapi.yaml", &api_with_warnings(3_000)), ("backend-lint.toml", "")]);
    for format in ["pretty", "json", "concise"] {
        let mut child =
            repository.command(&["--format", format]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        let mut out = child.stdout.take().expect("a pipe");
        let mut some = [0; 100];
        let _ = out.read(&mut some).expect("the first bytes");
        drop(out);
        let ended = child.wait_with_output().expect("it ends");
        assert_eq!(ended.status.code(), Some(0), "{format}");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(said.lines().all(|line| line.starts_with("note: no base: ")), "{format}: {said}");
    }
}
