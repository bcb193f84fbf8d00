//! 0 nothing at or above `--fail-on`, 1 findings, 2 errors, 3 nothing to check; the same in every format.

use crate::repository::{API, Repository, api_with_warnings};

const FORMATS: [&str; 12] =
    ["pretty", "concise", "json", "sarif", "github", "ndjson", "gitlab", "junit", "checkstyle", "rdjson", "markdown", "narrated"];

#[test]
fn a_clean_repository() {
    let run = Repository::clean().run(&["."]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    assert!(run.out.starts_with("no problems in 1 file\n"), "{run:?}");
}

#[test]
fn findings_fail_from_a_severity_on() {
    let (warned, faulty) = (Repository::warned(), Repository::faulty());
    for format in FORMATS {
        let code = |repository: &Repository, more: &[&str]| repository.run(&[&["--format", format], more].concat()).code;
        assert_eq!(code(&warned, &[]), Some(0), "{format}");
        assert_eq!(code(&warned, &["--fail-on", "warning"]), Some(1), "{format}");
        assert_eq!(code(&warned, &["--fail-on", "info"]), Some(1), "{format}");
        assert_eq!(code(&faulty, &[]), Some(1), "{format}");
        assert_eq!(code(&faulty, &["--fail-on", "never"]), Some(0), "{format}");
        assert_eq!(code(&faulty, &["--exit-zero"]), Some(0), "{format}");
    }
}

#[test]
fn nothing_to_check_is_an_answer_of_its_own() {
    let empty = Repository::new(&[("notes.md", "nothing")]);
    let run = empty.run(&[]);
    assert_eq!((run.code, run.out.as_str()), (Some(3), ""), "{run:?}");
    assert!(run.err.contains("looked for OpenAPI documents") && run.err.lines().count() == 1, "{run:?}");
    assert_eq!(empty.run(&["--allow-empty"]).code, Some(0));
    let run = empty.run(&["--format", "json"]);
    assert_eq!((run.code, run.json()["findings"].as_array().map(Vec::len)), (Some(3), Some(0)), "{run:?}");
    assert_eq!(empty.run(&["files"]).code, Some(3));
}

#[test]
fn filters_decide_what_is_seen() {
    let warned = Repository::warned();
    let found = |arguments: &[&str]| warned.run(&[&["--format", "concise"], arguments].concat()).out.lines().count();
    assert_eq!(found(&[]), 1);
    assert_eq!(found(&["--min-severity", "error"]), 0);
    assert_eq!(found(&["--ignore", "suppressions/unused"]), 0);
    assert_eq!(found(&["--ignore", "suppressions"]), 0);
    assert_eq!(found(&["--select", "suppressions/unused"]), 1);
    assert_eq!(found(&["--select", "suppressions, contract"]), 1);
    assert_eq!(found(&["--select", "contract/enum-mismatch", "--select", "internal"]), 0);
    let summary = warned.run(&["--min-severity", "error"]).out;
    assert!(summary.contains("hidden: 1, shown by `--min-severity info`"), "{summary}");
}

#[test]
fn paths_say_what_is_read_and_what_is_reported() {
    let api = &api_with_warnings(1);
    let repository = Repository::new(&[("one/openapi.yaml", api), ("two/openapi.yaml", api), ("two/more/openapi.yaml", api)]);
    let found = |paths: &[&str]| {
        let run = repository.run(&[&["--format", "concise"], paths].concat());
        run.out.lines().filter_map(|line| line.split(':').next()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found(&[]), "one/openapi.yaml two/more/openapi.yaml two/openapi.yaml");
    assert_eq!(found(&["two"]), "more/openapi.yaml openapi.yaml", "a folder is the root");
    assert_eq!(found(&[".", "two"]), "two/more/openapi.yaml two/openapi.yaml", "the first folder is the root, the others narrow");
    assert_eq!(found(&["one/openapi.yaml"]), "one/openapi.yaml", "a file: the current folder is the root");
    assert_eq!(found(&["two/more", "one"]), "one/openapi.yaml two/more/openapi.yaml");
    let elsewhere = Repository::clean();
    let run = elsewhere.run(&["--format", "concise", &repository.root().join("one/openapi.yaml").to_string_lossy()]);
    assert!(run.out.starts_with("openapi.yaml:1:"), "{run:?}");
}

#[test]
fn a_path_that_holds_nothing_is_told() {
    let repository = Repository::new(&[("openapi.yaml", API), ("notes/a.md", "")]);
    let run = repository.run(&["notes/a.md"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    let run = repository.run(&["notes/a.md", "openapi.yaml"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.err.contains("`notes/a.md` holds nothing that is read"), "{run:?}");
}

#[test]
fn a_habit_is_taken_apart_where_one_place_is_asked_for() {
    let table = |at: usize| {
        format!(
            "CREATE TABLE t{at} (id bigint PRIMARY KEY, owner_id bigint NOT NULL REFERENCES owners (id) ON DELETE CASCADE);\n"
        )
    };
    let many: String = (0..12).map(table).collect();
    let repository = Repository::new(&[
        ("migrations/0001_a.up.sql", &format!("CREATE TABLE owners (id bigint PRIMARY KEY);\n{many}")),
        ("migrations/0002_b.up.sql", &table(12)),
    ]);
    let said = |more: &[&str]| {
        let all = [&["--format", "concise", "--select", "indexes/foreign-key-without-index"], more].concat();
        repository
            .run(&all)
            .out
            .lines()
            .filter(|line| line.contains("foreign-key-without-index"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let whole = said(&["."]);
    assert!(matches!(&whole[..], [one] if one.contains("13 foreign keys of 13 tables")), "{whole:?}");
    let part = said(&["migrations/0002_b.up.sql"]);
    assert!(
        matches!(&part[..], [one] if one.starts_with("migrations/0002_b.up.sql:1:") && one.contains("`t12.owner_id`")),
        "{part:?}"
    );
}
