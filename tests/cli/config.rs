//! `config`, `init`, `completions` and `man`; presets, services and owners from end to end.

use crate::repository::{API, Repository, api_with_warnings};
use serde_json::Value;

const TABLES: &str = "CREATE TABLE customers (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id) ON DELETE CASCADE);\n";

fn monorepo() -> Repository {
    Repository::new(&[
        ("go.mod", "module shop\n"),
        ("services/orders/api/openapi.yaml", &api_with_warnings(1)),
        ("services/orders/migrations/000001_init.up.sql", TABLES),
        ("services/billing/migrations/000001_init.up.sql", &TABLES.replace("orders", "bills")),
        (
            "services/billing/backend-lint.toml",
            "preset = \"pedantic\"\n[rules]\nindexes = \"error\"\n[api]\nerrors = \"problem-details\"\n",
        ),
        (
            "backend-lint.toml",
            "preset = \"strict\"\nextends = \"lint/shared.toml\"\n\n[versions]\npostgres = 15\n\n[api]\nerrors = \"own\"\ncasing = { paths = \"kebab-case\" }\n",
        ),
        (
            "lint/shared.toml",
            "[rules]\n\"suppressions/unused\" = \"info\"\n\n[[allow]]\nrule = \"errors\"\ntarget = \"x\"\nreason = \"old\"\n",
        ),
        (".github/CODEOWNERS", "/services/orders/ @shop/orders\n/services/billing/ @shop/billing @anna\n"),
    ])
}

#[test]
fn what_is_in_effect_is_shown_with_its_origin() {
    let repository = monorepo();
    let run = repository.run(&["config", "show", "services/billing", "--origin"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    let line = |start: &str| {
        let found = run.out.lines().find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("no {start}: {}", run.out)).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        run.out.lines().next(),
        Some(
            "# in effect for services/billing: preset `strict`, lint/shared.toml, backend-lint.toml, preset `pedantic`, services/billing/backend-lint.toml"
        )
    );
    assert_eq!(line("fail_on"), "fail_on = \"warning\" # preset `pedantic`");
    assert_eq!(line("min_severity"), "min_severity = \"info\" # preset `pedantic`");
    assert_eq!(
        line("\"indexes/duplicate-index\""),
        "\"indexes/duplicate-index\" = \"error\" # services/billing/backend-lint.toml:3"
    );
    assert_eq!(line("\"suppressions/unused\""), "\"suppressions/unused\" = \"info\" # lint/shared.toml:2");
    assert_eq!(line("\"contract/enum-mismatch\""), "\"contract/enum-mismatch\" = \"error\" # default");
    assert_eq!(line("errors"), "errors = \"problem-details\" # services/billing/backend-lint.toml:5");
    assert_eq!(line("casing"), "casing = { paths = \"kebab-case\" } # backend-lint.toml:9");
    assert_eq!(line("postgres"), "postgres = 15 # backend-lint.toml:5");
    assert!(run.out.contains("[[allow]]\nreason = \"old\""), "{}", run.out);

    let root = repository.run(&["config", "show"]).out;
    assert!(root.contains("fail_on = \"warning\"\n") && root.contains("\"suppressions/unused\" = \"info\"\n"), "{root}");
    assert!(!root.contains("indexes/duplicate-index"), "as its page says: {root}");
    root.parse::<toml::Table>().unwrap_or_else(|error| panic!("{error}: {root}"));
    let json = repository.run(&["config", "show", "services/billing/migrations", "--format", "json"]).json();
    assert_eq!(json["tables"][0]["values"][0]["origin"]["preset"], "pedantic");
    assert_eq!(json["path"], "services/billing/migrations");
    let nothing = Repository::clean().run(&["config", "show", "--origin"]);
    assert!(nothing.out.contains("fail_on = \"error\"") && nothing.out.contains("# default"), "{}", nothing.out);
    Repository::new(&[("backend-lint.toml", "a = 1")]).run(&["config", "show"]).refused("unknown key `a` in the file");
}

#[test]
fn presets_decide_what_is_shown_and_what_fails() {
    let with = |config: &str| {
        let tables = format!("{TABLES}CREATE TABLE notes (id int PRIMARY KEY);\n");
        let repository = Repository::new(&[("migrations/000001_init.up.sql", &tables), ("backend-lint.toml", config)]);
        let run = repository.run(&["--format", "json"]);
        (run.code, run.json()["summary"]["warnings"].as_u64(), run.json()["summary"]["infos"].as_u64())
    };
    assert_eq!(with(""), (Some(0), Some(1), Some(0)));
    assert_eq!(with("preset = \"adoption\"").1, Some(0), "a warning on what is long there counts as info");
    let (code, warnings, _) = with("preset = \"strict\"");
    assert_eq!((code, warnings), (Some(1), Some(1)), "warnings fail");
    assert!(with("preset = \"pedantic\"").2 > Some(0), "infos are shown");
    let (code, warnings, infos) = with("preset = \"pedantic\"\n[check]\nfail_on = \"never\"\nmin_severity = \"warning\"\n");
    assert_eq!((code, warnings, infos), (Some(0), Some(1), Some(0)), "the file stands above its preset");
    let repository = Repository::new(&[("migrations/000001_init.up.sql", TABLES), ("backend-lint.toml", "preset = \"strict\"")]);
    assert_eq!(repository.run(&["--fail-on", "error"]).code, Some(0), "the command line stands above the file");
}

#[test]
fn services_are_found_and_findings_say_whose_they_are() {
    let repository = monorepo();
    let files = repository.run(&["files", "--format", "json"]).json();
    let names: Vec<&str> = files["services"].as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, ["billing", "orders"]);
    assert!(
        repository
            .run(&["files"])
            .out
            .contains("\nservices:\n  billing: services/billing (1 migration): a folder of its own in `services/`\n")
    );
    let model = repository.run(&["model", "--format", "json"]).json();
    assert_eq!(model["boundaries"][1]["artifacts"]["openapi"], 1);

    let report = repository.run(&["--format", "json", "--min-severity", "info"]).json();
    let of = |service: &str| -> Vec<&Value> {
        report["findings"].as_array().into_iter().flatten().filter(|one| one["service"] == service).collect()
    };
    assert!(!of("orders").is_empty() && !of("billing").is_empty());
    assert!(of("billing").iter().all(|one| one["owners"] == serde_json::json!(["@shop/billing", "@anna"])));
    assert_eq!(report["groups"][0]["service"], "billing", "errors first");
    let markdown = repository.run(&["--format", "markdown", "--min-severity", "info"]).out;
    for part in ["| service and owners | errors |", "#### <code>billing</code> <code>@shop/billing</code> <code>@anna</code>\n"] {
        assert!(markdown.contains(part), "{part}: {markdown}");
    }

    let one = repository.run(&["--format", "json", "--service", "orders"]).json();
    let services: Vec<&Value> = one["findings"].as_array().into_iter().flatten().map(|one| &one["service"]).collect();
    assert!(!services.is_empty() && services.iter().all(|one| *one == "orders"), "{one}");
    let both = repository.run(&["--format", "json", "--service", "orders,services/billing"]).json();
    assert!(both["findings"].as_array().map(Vec::len) > one["findings"].as_array().map(Vec::len));
    repository.run(&["--service", "order"]).refused("unknown service `order`; did you mean `orders`? (known: billing, orders)");
}

#[test]
fn a_single_project_has_no_services_but_the_configuration_may_name_some() {
    let tables = TABLES.replace("orders", "bills");
    let repository = Repository::new(&[
        ("go.mod", "module shop\n"),
        ("db/orders/000001_init.up.sql", TABLES),
        ("db/bills/000001_init.up.sql", &tables),
        ("backend-lint.toml", "[services.orders]\nsql = \"db/orders\"\n[services.bills]\npath = \"db/b*/**\"\n"),
    ]);
    let services = |arguments: &[&str]| {
        let report = repository.run(&[&["--format", "json"], arguments].concat()).json();
        let found = report["findings"].as_array().cloned().unwrap_or_default();
        found.iter().map(|one| one["service"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(services(&[]), ["bills", "orders"]);
    assert_eq!(services(&["--no-config"]), [Value::Null, Value::Null]);
}

#[test]
fn init_writes_what_the_reader_accepts_commented_or_not() {
    let compose = "services:\n  db:\n    image: postgres:15-alpine\n  orders:\n    build: ./services/orders\n";
    let repository = Repository::new(&[
        ("services/orders/openapi.yaml", API),
        ("services/orders/migrations/000001_init.up.sql", TABLES),
        ("services/billing/migrations/V1__init.sql", TABLES),
        ("compose.yaml", compose),
    ]);
    let run = repository.run(&["init"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    assert!(run.out.starts_with("backend-lint.toml written: 1 OpenAPI document: services/orders/openapi.yaml; "), "{run:?}");
    let written = repository.read("backend-lint.toml");
    // The last day that is proposed for an exception is one of next year.
    let timeless: Vec<&str> = written.lines().filter(|line| !line.starts_with("#until = 2")).collect();
    assert_eq!(timeless.len() + 1, written.lines().count());
    insta::assert_snapshot!(timeless.join("\n"));
    let before = repository.run(&["--no-config", "--format", "json"]).json();
    let after = repository.run(&["--format", "json"]).json();
    assert_eq!((&before["findings"], &before["summary"]), (&after["findings"], &after["summary"]), "it changes nothing");

    repository.run(&["init"]).refused("is there already; --force writes over it");
    assert_eq!(repository.run(&["init", "--force"]).code, Some(0));
    assert_eq!(repository.read("backend-lint.toml"), written);

    // What stands behind `#` without a space is configuration too.
    let uncommented: String = written
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    repository.write("backend-lint.toml", &uncommented);
    let run = repository.run(&["config", "show"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{uncommented}");
    let empty = Repository::new(&[("README.md", "x")]);
    assert_eq!((empty.run(&["init"]).code, empty.names()), (Some(3), vec!["README.md".to_owned()]));
}

#[test]
fn a_first_run_with_many_findings_says_how_to_start() {
    let repository = Repository::new(&[("openapi.yaml", &api_with_warnings(51))]);
    let run = repository.run(&[]);
    let (_, summary) = run.out.split_once("\nfirst run: ").unwrap_or_else(|| panic!("{}", run.out));
    assert!(
        summary.starts_with("51 findings, and no configuration yet\n  most: suppressions/unused 51\n  where: . 51\n"),
        "{summary}"
    );
    assert!(summary.contains("backend-lint init") && summary.contains("baseline write"), "{summary}");
    let concise = repository.run(&["--format", "concise"]);
    assert!(!concise.out.contains("first run") && concise.err.contains("first run"), "{concise:?}");
    for quiet in [&["--format", "json"][..], &["--format", "github"], &["--no-config"], &["--select", "suppressions"]] {
        let run = repository.run(quiet);
        assert!(!run.out.contains("first run") && !run.err.contains("first run"), "{quiet:?}");
    }
    repository.write("backend-lint.toml", "");
    assert!(!repository.run(&[]).out.contains("first run"));
    let few = Repository::new(&[("openapi.yaml", &api_with_warnings(50))]);
    assert!(!few.run(&[]).out.contains("first run"));
}

#[test]
fn the_schema_is_printed_for_editors() {
    let document = Repository::clean().run(&["config", "schema"]).json();
    assert_eq!(document["title"], "backend-lint.toml");
    assert_eq!(document["properties"]["migrations"]["properties"]["transaction"]["type"], "boolean");
}

#[test]
fn completions_know_every_command_and_option() {
    let repository = Repository::clean();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = repository.run(&["completions", shell]);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{shell}");
        for word in ["baseline", "fail-on", "migrations", "config"] {
            assert!(run.out.contains(word), "{shell}: {word}");
        }
    }
    let bash = repository.run(&["completions", "bash"]).out;
    repository.write("complete.bash", &bash);
    let words = "source complete.bash; COMP_WORDS=(backend-lint bas); COMP_CWORD=1; complete=$(complete -p backend-lint); complete=${complete#*-F }; ${complete%% *} backend-lint bas backend-lint; echo ${COMPREPLY[@]}";
    match std::process::Command::new("bash").args(["-c", words]).current_dir(repository.root()).output() {
        Ok(output) => assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "baseline", "{output:?}"),
        Err(error) => eprintln!("skipped: no bash here ({error})"),
    }
    repository.run(&["completions", "tcsh"]).refused("tcsh");
}

#[test]
fn manual_pages_are_roff() {
    let repository = Repository::clean();
    let page = repository.run(&["man"]).out;
    for part in [".TH backend-lint 1", ".SH SYNOPSIS", "Exit codes", "backend\\-lint\\-baseline(1)"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let page = repository.run(&["man", "baseline", "write"]).out;
    assert!(page.contains(".TH backend-lint-baseline-write 1"), "{page}");
    repository.run(&["man", "baselin"]).refused("`baselin` is no command of `backend-lint`; did you mean `baseline`?");
}

#[test]
fn an_artifact_that_version_control_ignores_can_be_judged() {
    let wanted = "[[artifact]]\npath = \"build/openapi.json\"\nkind = \"openapi\"\n";
    let repository = Repository::new(&[
        (".gitignore", "build/\n"),
        ("build/openapi.json", "{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"a\", \"version\": \"1\"}, \"paths\": {}}"),
    ]);
    assert_eq!(repository.run(&["files"]).code, Some(3));
    repository.write("backend-lint.toml", wanted);
    let run = repository.run(&["files"]);
    assert!(run.out.starts_with("openapi    build/openapi.json: [[artifact]] path = "), "{run:?}");
    assert_eq!(repository.run(&["--format", "json"]).json()["findings"], serde_json::json!([]), "and its target is there");
}
