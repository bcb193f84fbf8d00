//! What `backend-lint.toml` may say, and what is said about it when it is wrong.

use backend_lint::engine::{self, ConfigChoice, Failure, Options};
use backend_lint::files::Memory;

fn repository(files: &[(&str, &str)]) -> Memory {
    let mut memory = Memory::new();
    for (path, text) in files {
        memory.insert(*path, *text);
    }
    memory
}

/// The problems of a configuration; empty where it is accepted.
fn problems(files: &[(&str, &str)]) -> Vec<String> {
    match engine::check(&repository(files), None, None, &Options::default()) {
        Ok(_) => Vec::new(),
        Err(Failure(lines)) => lines,
    }
}

fn problems_of(text: &str) -> Vec<String> {
    problems(&[("backend-lint.toml", text)])
}

#[test]
fn everything_that_can_be_said_is_accepted() {
    let text = r#"
preset = "strict"
extends = "shared/lint.toml"

[check]
fail_on = "never"
min_severity = "info"
min_confidence = "low"

[rules]
suppressions = "error"
queries = "on"
"suppressions/unused" = "off"
contract = "warning"
"contract/length-mismatch" = "info"

[[override]]
paths = ["legacy/**", "vendor"]
operations = "GET /health"
tables = ["audit_*"]
rules = { contract = "off" }

[[allow]]
rule = "contract/enum-mismatch"
target = "POST /orders/{id}"
reason = "the old client sends more"
until = 2031-02-28

[[allow]]
rule = "contract"
target = "api/old.yaml"
reason = "frozen"
until = "2032-02-29"

[[artifact]]
path = "docs/*.yml"
kind = "openapi"

[migrations]
tool = "goose"
dialect = "postgres"
transaction = false
after = 20240101

[links]
"GET /orders" = "public.orders"
"POST /login" = false

[versions]
postgres = 15
nginx = "1.25.3"
mysql = 8.4

[services.shop]
path = ["shop", "lib/shop"]
openapi = "api/shop.yaml"
sql = "db/shop/**"
compose = "deploy/shop.yaml"
k8s = "deploy/k8s/shop"

[context]
tenancy = "single"
"#;
    assert_eq!(problems(&[("backend-lint.toml", text), ("shared/lint.toml", "[rules]\n")]), [""; 0]);
    assert_eq!(problems_of("\u{feff}[rules]\r\ncontract = \"off\"\r\n"), [""; 0], "byte order mark and line ends");
    assert_eq!(problems_of(""), [""; 0]);
}

#[test]
fn targets_that_nothing_has_stand_beside_the_other_problems() {
    let text = "[rules]\nschemes = \"off\"\n\n[[override]]\npaths = [\"migration/**\", \"db/**\"]\nrules = {}\n\n[[allow]]\nrule = \"indexes\"\ntarget = \"GET /order\"\nreason = \"none\"\n";
    let document =
        "openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths:\n  /orders:\n    get: {responses: {'200': {description: all}}}\n";
    let said = problems(&[("backend-lint.toml", text), ("api.yaml", document), ("db/1.sql", "SELECT 1;\n")]);
    assert_eq!(
        said,
        [
            "backend-lint.toml:2:1: unknown rule or group `schemes`; did you mean `schemas`?",
            "backend-lint.toml:5:10: `migration/**` in [[override]] matches no file",
            "backend-lint.toml:10:10: `GET /order` in [[allow]] matches no operation",
        ]
    );
}

#[test]
fn all_problems_are_reported_at_once_each_with_its_place() {
    let text = r#"ruls = 1
extends = 3

[rules]
contract = "eror"
"contract/length-mismach" = "warning"
migrations = true

[[override]]
paths = ["a/[b"]
tabels = ["x"]

[[override]]
rules = { contract = "off" }

[[allow]]
rule = "contract/enum-mismatch"
until = 2031-02-30

[[allow]]
rule = "contract/enum-mismatch"
target = "GET /orders"
reason = ""
until = "soon"

[[artifact]]
path = "x.yaml"
kind = "opneapi"

[migrations]
dialect = "postgresql"
transaction = "no"
tols = "goose"

[links]
"orders" = "orders"
"GET /orders" = true

[versions]
postgres = [15]

[services]
shop = 1
"#;
    let expected = [
        "backend-lint.toml:1:1: unknown key `ruls` in the file; did you mean `rules`?",
        "backend-lint.toml:2:11: `extends` in the file must be a text, not a number",
        "backend-lint.toml:5:12: unknown severity `eror`; did you mean `error`? (one of error, warning, info, off, on)",
        "backend-lint.toml:6:1: unknown rule or group `contract/length-mismach`; did you mean `contract/length-mismatch`?",
        "backend-lint.toml:7:14: the severity of `migrations` must be a text, not a boolean",
    ];
    let said = problems_of(text);
    for line in expected {
        assert!(said.iter().any(|one| one == line), "missing: {line}\nin:\n{}", said.join("\n"));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn what_is_no_toml_is_reported_with_its_place_and_the_rest_is_read() {
    let said = problems_of("[rules]\ncontract = off\n\n[linkz]\n");
    assert!(said[0].starts_with("backend-lint.toml:2:12: "), "{said:?}");
    assert_eq!(said[1], "backend-lint.toml:4:2: unknown key `linkz` in the file; did you mean `links`?");
    let said = problems_of("[rules]\ncontract = \"off\"\ncontract = \"off\"\n");
    assert_eq!(said, ["backend-lint.toml:3:1: duplicate key"]);
    let mut binary = Memory::new();
    binary.insert("backend-lint.toml", [0xff, 0xfe, 0x00]);
    let Err(Failure(said)) = engine::check(&binary, None, None, &Options::default()) else { panic!("it was read") };
    assert_eq!(said, ["backend-lint.toml: not UTF-8"]);
}

#[test]
fn files_may_extend_others_of_the_repository_but_not_themselves() {
    assert_eq!(
        problems_of("extends = \"backend-lint.toml\""),
        ["backend-lint.toml:1:11: the file extends itself; take this line out"]
    );
    let ring = [("backend-lint.toml", "extends = \"a.toml\""), ("a.toml", "extends = \"./backend-lint.toml\"")];
    assert_eq!(
        problems(&ring),
        [
            "a.toml:1:11: the file extends itself: backend-lint.toml extends a.toml extends backend-lint.toml; take one of these lines out"
        ]
    );
    assert_eq!(problems_of("extends = \"none.toml\""), ["backend-lint.toml:1:11: cannot read `none.toml`: no such file"]);
    assert_eq!(problems_of("extends = \"../x.toml\""), ["backend-lint.toml:1:11: `../x.toml` lies outside of the repository"]);
    assert_eq!(
        problems_of("extends = \"https://a.b/x.toml\""),
        ["backend-lint.toml:1:11: `extends` names a file of this repository; `https://a.b/x.toml` is an address"]
    );
    let wrong = [("backend-lint.toml", "extends = \"a.toml\""), ("a.toml", "[rule]")];
    assert_eq!(problems(&wrong), ["a.toml:1:2: unknown key `rule` in the file; did you mean `rules`?"]);
}

#[test]
fn problems_of_several_files_are_reported_together() {
    let said =
        problems(&[("backend-lint.toml", "a = 1"), ("svc/backend-lint.toml", "b = 1"), ("svc/.backend-lint.toml", "c = 1")]);
    assert_eq!(
        said,
        ["backend-lint.toml:1:1: unknown key `a` in the file", "svc/backend-lint.toml:1:1: unknown key `b` in the file"]
    );
}

#[test]
fn the_command_line_chooses_the_file_and_its_words_are_checked() {
    let files = repository(&[("backend-lint.toml", "a = 1")]);
    let run = |options: Options| engine::check(&files, None, None, &options).map(|_| ()).map_err(|failure| failure.0);
    assert_eq!(run(Options { config: ConfigChoice::Nothing, ..Options::default() }), Ok(()));
    let text = ConfigChoice::Text("../shared.toml".into(), "b = 1".into());
    assert_eq!(
        run(Options { config: text, ..Options::default() }),
        Err(vec!["../shared.toml:1:1: unknown key `b` in the file".into()])
    );
    let options = Options {
        select: vec!["contracts".into()],
        ignore: vec!["enum-mismatch".into()],
        config: ConfigChoice::Nothing,
        ..Options::default()
    };
    assert_eq!(
        run(options),
        Err(vec![
            "--select: unknown rule or group `contracts`; did you mean `contract`?".into(),
            "--ignore: unknown rule or group `enum-mismatch`; did you mean `contract/enum-mismatch`?".into()
        ])
    );
}

#[test]
fn presets_and_what_is_shown_are_checked_word_by_word() {
    let text = "preset = \"adopt\"\n[check]\nfail_on = \"errors\"\nmin_confidence = 3\nfail = true\n[services.a]\nfolder = \"a\"\npath = \"a/[b\"\n";
    assert_eq!(
        problems_of(text),
        [
            "backend-lint.toml:1:10: unknown preset `adopt` (one of adoption, pedantic, strict)",
            "backend-lint.toml:3:11: unknown fail_on `errors`; did you mean `error`? (one of error, warning, info, never)",
            "backend-lint.toml:4:18: `min_confidence` in [check] must be a text, not a number",
            "backend-lint.toml:5:1: unknown key `fail` in [check]",
            "backend-lint.toml:7:1: unknown key `folder` in [services.a]",
            "backend-lint.toml:8:8: `a/[b` is no pattern: unclosed character class; missing ']'",
        ]
    );
}
