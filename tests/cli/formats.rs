//! What is written where.

use crate::repository::{Repository, api_with_warnings};
use serde_json::Value;

#[test]
fn standard_output_carries_the_document_only() {
    let repository = Repository::faulty();
    let json = repository.run(&["check", ".", "--format", "json"]);
    assert_eq!(json.json()["schema"], 1);
    assert_eq!(json.json()["findings"][0]["path"], "openapi.yaml");
    let sarif = repository.run(&["--format", "sarif"]).json();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "suppressions/unused");
    let help = &sarif["runs"][0]["tool"]["driver"]["rules"][0]["help"]["markdown"];
    assert!(help.as_str().is_some_and(|text| text.starts_with("# ")), "{sarif}");
    let github = repository.run(&["--format", "github"]).out;
    assert!(github.starts_with("::error file=openapi.yaml,line=1,"), "{github}");
    let concise = repository.run(&["--format", "concise"]).out;
    assert!(concise.starts_with("openapi.yaml:1:") && concise.contains(": error[suppressions/unused] "), "{concise}");
}

#[test]
fn paths_for_github_lead_from_the_workspace() {
    let repository = Repository::new(&[("services/api one/openapi.yaml", &api_with_warnings(1))]);
    let root = "services/api one";
    assert!(repository.run(&[root, "--format", "github"]).out.contains("file=services/api one/openapi.yaml,"));
    let sarif = repository.run(&[root, "--format", "sarif"]).json();
    let uri = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "services/api%20one/openapi.yaml");
    assert_eq!(repository.run(&[root, "--format", "json"]).json()["findings"][0]["path"], "openapi.yaml");
}

#[test]
fn several_outputs_in_one_run() {
    let repository = Repository::faulty();
    let run = repository.run(&[
        "--format",
        "concise",
        "--output",
        "sarif=out.sarif",
        "--output",
        "json=out.json",
        "--output",
        "pretty=out.txt",
    ]);
    assert_eq!((run.code, run.out.lines().count()), (Some(1), 1), "{run:?}");
    let json: Value = serde_json::from_str(&repository.read("out.json")).expect("JSON");
    assert_eq!(json["summary"]["errors"], 1);
    let sarif: Value = serde_json::from_str(&repository.read("out.sarif")).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    assert!(repository.read("out.txt").contains(" --> openapi.yaml:1:"));
    assert_eq!(
        repository.names(),
        ["backend-lint.toml", "openapi.yaml", "out.json", "out.sarif", "out.txt"],
        "nothing half-written stays"
    );
    let before = repository.read("out.json");
    repository.run(&["--output", "json=out.json"]);
    assert_eq!(repository.read("out.json"), before);
}

#[test]
fn statistics_stand_below_the_report() {
    let repository = Repository::warned();
    let pretty = repository.run(&["--statistics"]).out;
    assert!(pretty.ends_with("     1  warning  suppressions/unused\n"), "{pretty}");
    let json = repository.run(&["--statistics", "--format", "json"]);
    assert_eq!(json.json()["schema"], 1);
    assert!(json.err.contains("1  warning  suppressions/unused"), "{json:?}");
}

#[test]
fn colours_only_where_they_are_wanted() {
    let repository = Repository::faulty();
    let colored = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = repository.command(arguments);
        let output = command.envs(variables.iter().copied()).output().expect("it runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(!text.contains("\u{1b}]8"), "no links in a pipe: {text:?}");
        text.contains('\u{1b}')
    };
    assert!(!colored(&[], &[]), "a pipe");
    assert!(colored(&["--color", "always"], &[]));
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&["--color", "always", "--format", "json"], &[]));
}

#[test]
fn the_same_bytes_in_every_run_and_with_any_number_of_threads() {
    let repository = Repository::faulty();
    for at in 0..8 {
        repository.write(&format!("service{at}/openapi.yaml"), api_with_warnings(3));
        repository.write(&format!("service{at}/compose.yaml"), format!("services: {{a{at}: {{image: x}}}}\n"));
    }
    for format in ["pretty", "json", "sarif"] {
        let bytes = |threads: &str| repository.run(&["--format", format, "--threads", threads]).out;
        let first = bytes("1");
        assert!(first.len() > 500);
        for _ in 0..5 {
            assert!(bytes("1") == first && bytes("2") == first && bytes("7") == first, "{format}");
        }
    }
}
