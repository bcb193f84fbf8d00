//! A run as a whole: which rules speak, what is taken away again, in which order, under which names.

use backend_lint::diagnostic::{Base, Confidence, Finding, Severity};
use backend_lint::engine::{self, ConfigChoice, Options, Outcome, Reach};
use backend_lint::files::Memory;

const RULE: &str = "errors/missing-client-errors";

/// An operation that takes input and knows no answer to wrong input.
fn operation(path: &str) -> String {
    format!(
        "  {path}/{{id}}:\n    get:\n      parameters:\n        - {{ name: id, in: path, required: true, schema: {{ type: integer }} }}\n      \
         responses:\n        \"200\": {{ description: One }}\n"
    )
}

fn document(paths: &[&str]) -> String {
    let operations: String = paths.iter().map(|path| operation(path)).collect();
    format!("openapi: 3.0.3\ninfo: {{ title: Shop, version: 1.0.0 }}\npaths:\n{operations}")
}

fn options() -> Options {
    Options { min_severity: Severity::Info, min_confidence: Confidence::Low, ..Options::default() }
}

fn check(files: &[(&str, &str)], options: &Options) -> Outcome {
    let mut memory = Memory::new();
    for (path, text) in files {
        memory.insert(*path, *text);
    }
    engine::check(&memory, None, None, options).unwrap()
}

/// The findings of the one rule that these tests use.
fn findings(outcome: &Outcome) -> Vec<&Finding> {
    outcome.report.findings.iter().filter(|finding| finding.rule == RULE).collect()
}

/// Their subjects.
fn subjects(outcome: &Outcome) -> Vec<&str> {
    findings(outcome).iter().map(|finding| finding.diagnostic.subject.as_str()).collect()
}

fn other(outcome: &Outcome, rule: &str) -> Vec<String> {
    let found = outcome.report.findings.iter().filter(|finding| finding.rule == rule);
    found.map(|finding| finding.diagnostic.message.clone()).collect()
}

#[test]
fn the_nearest_configuration_that_speaks_of_a_rule_wins() {
    let (api, other) = (document(&["/orders"]), document(&["/customers"]));
    let files = [
        ("a/openapi.yaml", api.as_str()),
        ("b/c/openapi.yaml", &other),
        ("backend-lint.toml", "[rules]\nerrors = \"off\"\n"),
        ("b/backend-lint.toml", "[rules]\n\"errors/missing-client-errors\" = \"error\"\n"),
    ];
    let outcome = check(&files, &options());
    let [finding] = findings(&outcome)[..] else { panic!("{:?}", outcome.report.findings) };
    assert_eq!(outcome.sources.path(finding.diagnostic.primary.span.source), "b/c/openapi.yaml");
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!(finding.diagnostic.because, ["b/backend-lint.toml sets `errors/missing-client-errors` to error"]);

    let selected = Options { select: vec![RULE.into()], ..options() };
    assert_eq!(findings(&check(&files, &selected)).len(), 2, "--select turns on what is off");
    let nothing = Options { config: ConfigChoice::Nothing, ..options() };
    assert_eq!(findings(&check(&files, &nothing)).len(), 2);
}

#[test]
fn what_a_file_extends_stands_above_it() {
    let api = document(&["/orders"]);
    let files = [
        ("openapi.yaml", api.as_str()),
        ("backend-lint.toml", "extends = \"lint/shared.toml\"\n[rules]\nerrors = \"warning\"\n"),
        ("lint/shared.toml", "[rules]\n\"errors/missing-client-errors\" = \"off\"\npagination = \"off\"\n"),
    ];
    assert_eq!(findings(&check(&files, &options())).len(), 1);
    let files = [files[0], ("backend-lint.toml", "extends = \"lint/shared.toml\"\n"), files[2]];
    assert_eq!(findings(&check(&files, &options())).len(), 0);
}

#[test]
fn overrides_speak_of_paths_and_of_operations() {
    let api = document(&["/orders", "/customers"]);
    let with = |config: &str| {
        let files = [("api/openapi.yaml", api.as_str()), ("backend-lint.toml", config)];
        subjects(&check(&files, &options())).iter().map(|one| (*one).to_owned()).collect::<Vec<_>>()
    };
    let rules = "rules = { errors = \"off\" }\n";
    assert_eq!(with(&format!("[[override]]\noperations = [\"GET /orders/*\"]\n{rules}")), ["GET /customers/{id}"]);
    assert_eq!(with(&format!("[[override]]\noperations = [\"/orders/{{id}}\"]\n{rules}")), ["GET /customers/{id}"]);
    assert_eq!(with(&format!("[[override]]\npaths = [\"api\"]\n{rules}")), [""; 0]);
    assert_eq!(with(&format!("[[override]]\npaths = [\"other\"]\noperations = [\"/**\"]\n{rules}")).len(), 2);
    assert_eq!(with(&format!("[[override]]\ntables = [\"orders\"]\n{rules}")).len(), 2);
}

#[test]
fn comments_speak_of_their_line_and_of_the_one_below() {
    let comment = "# backend-lint: allow(errors/missing-client-errors) reason=\"known\"";
    let plain = document(&["/orders"]);
    let run = |text: &str| {
        let outcome = check(&[("openapi.yaml", text)], &options());
        (findings(&outcome).len(), outcome.report.suppressed, other(&outcome, "suppressions/unused").len())
    };
    assert_eq!(run(&plain), (1, 0, 0));
    assert_eq!(run(&plain.replace("    get:", &format!("    {comment}\n    get:"))), (0, 1, 0), "the line above");
    assert_eq!(run(&plain.replace("    get:", &format!("    get: {comment}"))), (0, 1, 0), "the line itself");
    assert_eq!(
        run(&plain.replace("    get:", &format!("    {comment}\n    # and more\n    get:"))),
        (0, 1, 0),
        "comments between"
    );
    assert_eq!(run(&plain.replace("    get:", &format!("    {comment}\n\n    get:"))), (1, 0, 1), "an empty line between");
    assert_eq!(run(&plain.replace("One", &format!("\"{}\"", comment.replace('"', "'")))), (1, 0, 0), "inside a text");
    let group = plain.replace("    get:", "    get: # backend-lint: allow(errors) reason=\"known\"");
    assert_eq!(run(&group), (0, 1, 0), "a whole group");
    let json = "{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"# backend-lint: allow(errors)\"},\"paths\":{}}";
    assert_eq!(
        other(&check(&[("openapi.json", json)], &options()), "suppressions/without-reason"),
        [""; 0],
        "JSON has no comments"
    );
}

#[test]
fn a_finding_goes_when_no_place_is_left() {
    let plain = document(&["/a", "/b", "/c", "/d", "/e", "/f"]);
    let comment = "# backend-lint: allow(errors/missing-client-errors) reason=\"known\"";
    let beside = format!("    get: {comment}");
    let run = |text: &str| {
        let outcome = check(&[("openapi.yaml", text)], &options());
        assert_eq!(other(&outcome, "suppressions/unused"), [""; 0]);
        (findings(&outcome).first().map(|finding| finding.diagnostic.occurrences.len()), outcome.report.suppressed)
    };
    assert_eq!(run(&plain), (Some(6), 0), "one finding for the document");
    assert_eq!(run(&plain.replacen("    get:", &beside, 1)), (Some(5), 0), "one of its places");
    assert_eq!(run(&plain.replace("    get:", &beside)), (None, 1), "all of its places");
    assert_eq!(run(&plain.replace("paths:", &format!("paths: {comment}"))), (None, 1), "the place that stands for all");
}

#[test]
fn the_next_place_takes_over_from_the_first() {
    let create = |path: &str| format!("  {path}:\n    post:\n      responses:\n        \"201\": {{ description: Made }}\n");
    let payments: String = ["/payments", "/refunds", "/transfers"].into_iter().map(create).collect();
    let plain = format!("openapi: 3.0.3\ninfo: {{ title: Bank, version: 1.0.0 }}\npaths:\n{payments}");
    let run = |text: &str| {
        let outcome = check(&[("openapi.yaml", text)], &options());
        let found = outcome.report.findings.iter().find(|finding| finding.rule == "idempotency/create-without-key").cloned();
        let found = found.unwrap_or_else(|| panic!("no finding"));
        let line = outcome.sources.line_columns(found.diagnostic.primary.span).0.line;
        (line, found.diagnostic.occurrences.len(), found.fingerprint)
    };
    let (line, further, fingerprint) = run(&plain);
    assert_eq!((line, further), (5, 2));
    let comment = "    post: # backend-lint: allow(idempotency) reason=\"idempotent by its body\"";
    assert_eq!(run(&plain.replacen("    post:", comment, 1)), (9, 1, fingerprint), "and the finding keeps its name");
}

#[test]
fn the_configuration_allows_subjects_and_paths() {
    let api = document(&["/orders", "/customers"]);
    let with = |target: &str| {
        let config = format!("[[allow]]\nrule = \"errors\"\ntarget = \"{target}\"\nreason = \"known\"\n");
        let outcome = check(&[("api/v1.yaml", api.as_str()), ("backend-lint.toml", &config)], &options());
        (subjects(&outcome).len(), other(&outcome, "suppressions/unused"))
    };
    assert_eq!(with("GET /orders/{id}"), (1, vec![]));
    assert_eq!(with("api/v1.yaml"), (0, vec![]));
    assert_eq!(with("api"), (0, vec![]));
    assert_eq!(with("GET /orders"), (2, vec![]), "nothing is called so, which config/unmatched-target says");
    let both = "[[allow]]\nrule = \"errors\"\ntarget = \"GET /orders\"\nreason = \"known\"\n\n[[allow]]\nrule = \"idempotency\"\ntarget = \"GET /orders/{id}\"\nreason = \"known\"\n";
    let outcome = check(&[("api/v1.yaml", api.as_str()), ("backend-lint.toml", both)], &options());
    assert_eq!(other(&outcome, "config/unmatched-target"), ["`GET /orders` in [[allow]] matches no operation"]);
    assert_eq!(other(&outcome, "suppressions/unused"), ["the suppression of `idempotency` suppresses nothing"]);
}

#[test]
fn suppressions_end_on_their_last_day() {
    let text = |until: &str| {
        let comment = format!("    # backend-lint: allow({RULE}) reason=\"known\" until={until}\n    get:");
        document(&["/orders"]).replace("    get:", &comment)
    };
    let run = |until: &str, today| {
        let outcome = check(&[("openapi.yaml", &text(until))], &Options { today, ..options() });
        (findings(&outcome).len(), other(&outcome, "suppressions/expired"))
    };
    assert_eq!(run("2027-01-31", Some((2027, 1, 31))), (0, vec![]), "the last day belongs to it");
    assert_eq!(run("2027-01-31", None), (0, vec![]));
    let ended = "the suppression of `errors/missing-client-errors` ended on 2027-01-31";
    assert_eq!(run("2027-01-31", Some((2027, 2, 1))), (1, vec![ended.into()]));
}

#[test]
fn only_suppressions_of_rules_that_ran_are_unused() {
    let text =
        "# backend-lint: allow(errors/missing-client-errors, migrations/unread) reason=\"known\"\nopenapi: 3.0.3\npaths: {}\n";
    let run = |options: &Options| other(&check(&[("openapi.yaml", text)], options), "suppressions/unused");
    assert_eq!(run(&options()), ["the suppression of `errors/missing-client-errors` suppresses nothing"]);
    assert_eq!(run(&Options { ignore: vec!["errors".into()], ..options() }), [""; 0]);
    assert_eq!(run(&Options { select: vec!["errors".into()], ..options() }), [""; 0]);
    assert_eq!(run(&Options { select: vec!["suppressions".into()], ..options() }).len(), 1, "to tell it, the others must run");
}

#[test]
fn of_two_words_the_more_exact_one_decides() {
    let api = document(&["/orders"]);
    let run = |select: &[&str], ignore: &[&str]| {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        findings(&check(&[("openapi.yaml", &api)], &Options { select: list(select), ignore: list(ignore), ..options() })).len()
    };
    assert_eq!(run(&[], &["errors"]), 0);
    assert_eq!(run(&["errors"], &[RULE]), 0);
    assert_eq!(run(&[RULE], &["errors"]), 1);
    assert_eq!(run(&["errors"], &["errors"]), 0);
    assert_eq!(run(&["contract"], &[]), 0);
}

#[test]
fn fingerprints_outlive_edits_and_follow_the_subject() {
    let names = |text: &str| {
        let outcome = check(&[("openapi.yaml", text)], &options());
        let mut names: Vec<String> =
            outcome.report.findings.iter().map(|one| format!("{} {}", one.rule, one.fingerprint)).collect();
        names.sort();
        names
    };
    let plain = document(&["/orders", "/customers"]);
    let before = names(&plain);
    assert!(!before.is_empty());
    assert_eq!(names(&plain.replace("paths:\n", "\n\n# more\n\npaths:\n")), before, "inserted lines");
    assert_eq!(names(&document(&["/customers", "/orders"])), before, "reordered keys");
    assert_eq!(names(&plain.replace("description: One", "description: Another")), before, "reworded");
    assert_ne!(names(&plain.replace("/orders", "/invoices")), before, "another subject");

    let second = plain.replace("title: Shop", "title: Store").replace("description: One", "description: Another");
    let twins = check(&[("a/openapi.yaml", &plain), ("b/openapi.yaml", &second)], &options());
    let mut all: Vec<&str> = findings(&twins).iter().map(|one| one.fingerprint.as_str()).collect();
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|one| one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit())));
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 4, "twins are numbered");
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_threads() {
    let names: Vec<String> = (0..12).map(|number| format!("/things{number}")).collect();
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    let files: Vec<(String, String)> =
        (0..8).map(|number| (format!("svc{number}/openapi.yaml"), document(&paths[..number + 2]))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let run = |threads| {
        let outcome = check(&files, &Options { threads, ..options() });
        format!("{:?}\n{}", outcome.report, backend_lint::report::plain::findings(&outcome.report.findings, &outcome.sources))
    };
    let first = run(1);
    assert!(first.contains(RULE));
    for _ in 0..10 {
        assert_eq!(run(1), first);
        assert_eq!(run(2), first);
    }
}

#[test]
fn filters_hide_and_the_report_counts_what_they_hid() {
    let api = document(&["/orders"]);
    let all = check(&[("openapi.yaml", &api)], &options());
    let errors = check(&[("openapi.yaml", &api)], &Options { min_severity: Severity::Error, ..options() });
    assert!(errors.report.findings.iter().all(|one| one.severity == Severity::Error));
    assert_eq!(errors.report.hidden + errors.report.findings.len(), all.report.findings.len());
    assert_eq!(all.report.files, 1);
    assert!(all.considered.get(RULE).is_some_and(|count| *count > 0));
}

#[test]
fn a_copy_that_a_change_brings_is_told_although_the_old_one_is_known() {
    let set_up = "services:\n  api: { image: \"registry.example.com/shop/api:1.4.2\", restart: always }\n  db:\n    image: postgres:17\n    \
                  restart: always\n    ports: [\"5432:5432\"]\n    volumes: [\"./data:/var/lib/postgresql/data\"]\n";
    let nginx = "events {}\nhttp {\n  limit_req_zone $binary_remote_addr zone=all:10m rate=1r/s;\n  server {\n    listen 80;\n    location / {\n      \
                 limit_req zone=all;\n      proxy_pass http://10.0.0.1:8000;\n    }\n  }\n}\n";
    let (mut base, mut head) = (Memory::new(), Memory::new());
    for (path, text) in [("a/compose.yaml", set_up), ("a/nginx.conf", nginx)] {
        base.insert(path, text);
        head.insert(path, text);
    }
    for (path, text) in [("b/compose.yaml", set_up), ("b/nginx.conf", nginx)] {
        head.insert(path, text);
    }
    let places = |options: &Options| {
        let why = Base { revision: None, why: "a test".into() };
        let outcome = engine::check(&head, Some(&base), Some(why), options).unwrap();
        let of = |rule: &str| {
            let found = outcome.report.findings.iter().filter(|finding| finding.rule == rule);
            let paths = found.map(|finding| outcome.sources.path(finding.diagnostic.primary.span.source).to_owned());
            paths.collect::<Vec<String>>()
        };
        (of("exposure/datastore-port"), of("rate-limit/wrong-status"))
    };
    // A full check says of copies once what is to be mended alike.
    let all = (vec!["a/compose.yaml".to_owned()], vec!["a/nginx.conf".to_owned()]);
    assert_eq!(places(&options()), all);
    let new = (vec!["b/compose.yaml".to_owned()], vec!["b/nginx.conf".to_owned()]);
    assert_eq!(places(&Options { reach: Reach::Since("main".into()), ..options() }), new);
}
