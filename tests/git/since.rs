//! What a change brought: by revision, and by what is staged.

use super::support::{Scratch, Work};
use backend_lint::diagnostic::{Finding, Severity};
use backend_lint::engine::{self, BaselineChoice, Failure, Options, Outcome, Reach};
use std::collections::BTreeMap;
use std::path::Path;

fn run(root: &Path, reach: Reach) -> Result<Outcome, Failure> {
    engine::run(root, &BTreeMap::new(), &Options { reach, ..Options::default() })
}

/// The findings that a run reports, `rule subject` each, and how many it leaves out as old.
fn brought(root: &Path, reach: Reach) -> (Vec<String>, usize) {
    let report = run(root, reach).unwrap().report;
    let findings = report.findings.iter().map(|one| format!("{} {}", one.rule, one.diagnostic.subject));
    (findings.collect(), report.debt.unwrap())
}

fn since(name: &str) -> Reach {
    Reach::Since(name.to_owned())
}

const ORDERS: &str = "CREATE TABLE customers (id bigint PRIMARY KEY);\nCREATE TABLE orders (\n    id bigint PRIMARY KEY,\n    customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE\n);\n";
const OLD: &str = "indexes/foreign-key-without-index public.orders.customer_id";

/// A repository with one finding that is old.
fn shop(scratch: &Scratch) -> Work {
    let work = scratch.repository("shop");
    work.write("migrations/0001_orders.up.sql", ORDERS)
        .write("migrations/0001_orders.down.sql", "DROP TABLE orders, customers;\n");
    work.commit();
    work.git(&["checkout", "-q", "-b", "feature"]);
    work
}

#[test]
fn old_findings_are_left_out_and_counted() {
    let scratch = Scratch::new();
    let work = shop(&scratch);
    assert_eq!(brought(&work.0, since("main")), (vec![], 1), "nothing has changed");
    work.write(
        "migrations/0002_lines.up.sql",
        "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE);\n",
    );
    work.write("migrations/0002_lines.down.sql", "DROP TABLE lines;\n");
    let new = "indexes/foreign-key-without-index public.lines.order_id".to_owned();
    assert_eq!(brought(&work.0, since("main")), (vec![new.clone()], 1), "what is not tracked yet counts");
    work.commit();
    for name in ["main", "auto", "HEAD~1"] {
        assert_eq!(brought(&work.0, since(name)), (vec![new.clone()], 1), "--since {name}");
    }
    assert_eq!(brought(&work.0, since("HEAD")), (vec![], 2));
    assert_eq!(run(&work.0, Reach::Everything).unwrap().report.debt, None);
}

#[test]
fn a_new_name_of_a_column_or_a_table_brings_no_old_finding() {
    let scratch = Scratch::new();
    let work = shop(&scratch);
    let step = |number: usize, up: &str, down: &str| {
        work.write(&format!("migrations/000{number}_step.up.sql"), up)
            .write(&format!("migrations/000{number}_step.down.sql"), down);
    };
    step(
        2,
        "ALTER TABLE orders RENAME COLUMN customer_id TO buyer_id;\n",
        "ALTER TABLE orders RENAME COLUMN buyer_id TO customer_id;\n",
    );
    let state =
        |brought: (Vec<String>, usize)| (brought.0.into_iter().filter(|one| one.starts_with("indexes/")).count(), brought.1);
    assert_eq!(state(brought(&work.0, since("main"))), (0, 1), "the column");
    step(3, "ALTER TABLE orders RENAME TO purchases;\n", "ALTER TABLE purchases RENAME TO orders;\n");
    assert_eq!(state(brought(&work.0, since("main"))), (0, 1), "the column and its table");
    // A column of the old name is another one: then nobody can tell which of the two is old.
    step(
        4,
        "ALTER TABLE purchases ADD COLUMN customer_id bigint REFERENCES customers (id) ON DELETE CASCADE;\n",
        "ALTER TABLE purchases DROP COLUMN customer_id;\n",
    );
    assert_eq!(state(brought(&work.0, since("main"))), (2, 0), "both");
}

#[test]
fn a_changed_line_brings_its_findings_back_and_other_line_ends_do_not() {
    let scratch = Scratch::new();
    let work = shop(&scratch);
    work.write("migrations/0001_orders.up.sql", ORDERS.replace('\n', "\r\n"));
    assert_eq!(brought(&work.0, since("main")), (vec![], 1), "other line ends");
    work.write("migrations/0001_orders.up.sql", format!("-- a comment\n{ORDERS}"));
    assert_eq!(brought(&work.0, since("main")), (vec![], 1), "a line above");
    work.write("migrations/0001_orders.up.sql", ORDERS.replace("ON DELETE CASCADE", "ON DELETE  CASCADE"));
    assert_eq!(brought(&work.0, since("main")), (vec![OLD.to_owned()], 0), "the line itself");
}

#[test]
fn a_moved_file_brings_nothing() {
    let scratch = Scratch::new();
    let work = shop(&scratch);
    work.git(&["mv", "migrations", "db"]);
    assert_eq!(brought(&work.0, since("main")), (vec![], 1));
}

#[test]
fn what_is_turned_on_anew_is_not_brought_by_the_code() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.write("backend-lint.toml", "[rules]\n\"indexes\" = \"off\"\n").write("migrations/0001_orders.up.sql", ORDERS).commit();
    work.git(&["checkout", "-q", "-b", "feature"]);
    work.write("backend-lint.toml", "[rules]\n\"indexes\" = \"warning\"\n");
    assert_eq!(brought(&work.0, since("main")), (vec![], 1));
}

#[test]
fn the_index_is_what_would_be_committed() {
    let scratch = Scratch::new();
    let work = shop(&scratch);
    assert_eq!(brought(&work.0, Reach::Staged), (vec![], 1), "nothing is staged");
    let lines = "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE);\n";
    work.write("migrations/0002_lines.up.sql", lines).write("migrations/0002_lines.down.sql", "DROP TABLE lines;\n");
    assert_eq!(brought(&work.0, Reach::Staged), (vec![], 1), "what is not added does not count");
    work.git(&["add", "-A"]);
    work.write("migrations/0002_lines.up.sql", "CREATE INDEX orders_customer_idx ON orders (customer_id);\n");
    let new = "indexes/foreign-key-without-index public.lines.order_id".to_owned();
    assert_eq!(brought(&work.0, Reach::Staged), (vec![new.clone()], 1), "the index and not the working tree");
    assert_eq!(brought(&work.0.join("migrations"), Reach::Staged), (vec![new], 1), "from a folder");
    let outcome = run(&work.0, Reach::Staged).unwrap();
    assert_eq!(outcome.report.base.unwrap().why, "HEAD, which what is staged is compared with");
}

#[test]
fn before_the_first_commit_all_that_is_staged_is_new() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.write("migrations/0001_orders.up.sql", ORDERS);
    work.git(&["add", "-A"]);
    assert_eq!(brought(&work.0, Reach::Staged), (vec![OLD.to_owned()], 0));
}

#[test]
fn a_base_that_cannot_be_had_is_refused_with_the_remedy() {
    let scratch = Scratch::new();
    let refusal = |root: &Path, reach: Reach| run(root, reach).unwrap_err().0.join("\n");
    let bare = scratch.path().join("plain");
    std::fs::create_dir_all(&bare).unwrap();
    let way_out = "plain lies in no git repository; --base-model FILE compares with what `backend-lint model --format json` printed earlier";
    assert!(refusal(&bare, since("main")).ends_with(way_out));
    assert!(refusal(&bare, Reach::Staged).ends_with(way_out));
    let empty = scratch.repository("empty");
    assert_eq!(
        refusal(&empty.0, since("main")),
        "no base to compare with: the repository has no commit yet; commit first, or leave --since out: all is new"
    );
    let work = shop(&scratch);
    let nothing = |name: &str, remedy: &str| {
        let said = format!("no base to compare with: --since names `{name}`, which this clone does not have; {remedy}");
        assert_eq!(refusal(&work.0, since(name)), said);
    };
    nothing("mein", "did you mean `main`?");
    nothing("release-2024", "name a branch, a tag or a commit of it");
    let moved = "0123456789012345678901234567890123456789";
    nothing(moved, &format!("run: git fetch --no-tags origin {moved}"));
    assert_eq!(
        refusal(&work.0, since("origin/release/1")),
        "no base to compare with: --since names `origin/release/1`, which this clone does not have; \
         run: git fetch --no-tags origin +refs/heads/release/1:refs/remotes/origin/release/1"
    );
    work.write("a", "1").commit();
    work.git(&["checkout", "-q", "--orphan", "apart"]);
    work.write("b", "1").commit();
    assert_eq!(
        refusal(&work.0, since("main")),
        "no base to compare with: --since names `main`, which has no commit in common with HEAD"
    );
    let source = format!("file://{}", work.0.display());
    work.git(&["checkout", "-q", "feature"]);
    let shallow = Work(scratch.path().join("shallow"));
    empty.git(&["clone", "-q", "--depth=1", "--branch", "feature", &source, &shallow.0.to_string_lossy()]);
    assert_eq!(
        refusal(&shallow.0, since("origin/main")),
        "no base to compare with: --since names `origin/main`, which this clone does not have; \
         run: git fetch --no-tags --unshallow origin +refs/heads/main:refs/remotes/origin/main"
    );
}

#[test]
fn one_more_place_with_an_old_fault_is_not_another_fault() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let operation = |path: &str| {
        format!(
            "  /{path}:\n    get:\n      parameters: [{{ $ref: '#/components/parameters/limit' }}]\n      responses:\n        '200':\n          description: page\n          content: {{ application/json: {{ schema: {{ type: array, items: {{ type: string }} }} }} }}\n        '400': {{ description: bad }}\n"
        )
    };
    let document = |paths: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{ title: shop, version: '1' }}\npaths:\n{paths}components:\n  parameters:\n    limit: {{ name: limit, in: query, schema: {{ type: integer }} }}\n"
        )
    };
    work.write("openapi.yaml", document(&operation("orders"))).commit();
    work.git(&["checkout", "-q", "-b", "feature"]);
    let (old, _) = brought(&work.0, since("HEAD"));
    assert_eq!(old, [""; 0]);
    work.write("openapi.yaml", document(&(operation("orders") + &operation("customers"))));
    let outcome = run(&work.0, Reach::Everything).unwrap();
    let bounds: Vec<usize> = outcome.report.findings.iter().map(|one| one.diagnostic.occurrences.len()).collect();
    assert_eq!(bounds, [2], "both operations share one parameter without a maximum");
    assert_eq!(brought(&work.0, since("main")), (vec![], 1));
}

/// Where a merged migration is edited, what was wrong with it is old; what the edit brings is not.
#[test]
fn an_edit_of_a_merged_migration_brings_only_what_it_changes() {
    let scratch = Scratch::new();
    let work = shop(&scratch);
    let second = "migrations/0002_note.up.sql";
    let index = "CREATE INDEX orders_customer_idx ON orders (customer_id);\n";
    work.write(second, index).write("migrations/0002_note.down.sql", "DROP INDEX orders_customer_idx;\n").commit();
    let merged = work.git(&["rev-parse", "HEAD"]);
    let about = |rule: &str| {
        let (found, _) = brought(&work.0, since(&merged));
        found.iter().filter(|one| one.starts_with(rule)).count()
    };
    work.write(second, format!("{index}COMMENT ON TABLE orders IS 'what was ordered';\n"));
    assert_eq!((about("migrations/edited-applied-migration"), about("migrations/non-concurrent-index")), (1, 0));
    work.write(second, format!("{index}CREATE INDEX orders_id_idx ON orders (id, customer_id);\n"));
    assert_eq!(about("migrations/non-concurrent-index"), 1);
    work.write(second, "CREATE INDEX orders_customer_idx ON orders (customer_id, id);\n");
    assert_eq!(about("migrations/non-concurrent-index"), 1, "its line has changed");
}

/// A migration that only has another name, with the same version, runs no second time.
#[test]
fn a_migration_with_another_name_brings_nothing_old() {
    let scratch = Scratch::new();
    let work = shop(&scratch);
    let index = "CREATE INDEX orders_customer_idx ON orders (customer_id);\n";
    work.write("migrations/0002_note.up.sql", index).write("migrations/0002_note.down.sql", "DROP INDEX orders_customer_idx;\n");
    work.commit();
    let merged = work.git(&["rev-parse", "HEAD"]);
    let rename = |to: &str| {
        for end in ["up", "down"] {
            work.git(&["mv", &format!("migrations/0002_note.{end}.sql"), &format!("migrations/{to}.{end}.sql")]);
        }
        let (found, _) = brought(&work.0, since(&merged));
        for end in ["up", "down"] {
            work.git(&["mv", &format!("migrations/{to}.{end}.sql"), &format!("migrations/0002_note.{end}.sql")]);
        }
        found.iter().filter(|one| one.starts_with("migrations/non-concurrent-index")).count()
    };
    assert_eq!(rename("0002_customers"), 0);
    assert_eq!(rename("0003_note"), 1, "another version is another migration to the tool");
}

/// A document with these paths, and ten more that are as they should be.
fn api(paths: &[&str]) -> String {
    let path = |one: &&str| format!("  {one}:\n    get: {{ responses: {{ \"200\": {{ description: Fine }} }} }}\n");
    let others = ["/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h", "/i", "/j"];
    let paths: String = paths.iter().chain(&others).map(path).collect();
    format!("openapi: 3.0.3\ninfo: {{ title: Shop, version: 1.0.0 }}\npaths:\n{paths}")
}

/// The findings of a rule whose remedy breaks consumers: severity, place and reasons.
fn of_slashes(root: &Path, least: Severity) -> Vec<(Severity, String, Vec<String>)> {
    let options =
        Options { reach: since("main"), min_severity: least, select: vec!["paths/trailing-slash".into()], ..Options::default() };
    let outcome = engine::run(root, &BTreeMap::new(), &options).unwrap();
    let line = |one: &Finding| {
        let span = one.diagnostic.primary.span;
        outcome.sources.text(span).to_owned()
    };
    outcome.report.findings.iter().map(|one| (one.severity, line(one), one.diagnostic.because.clone())).collect()
}

#[test]
fn what_is_shipped_is_quiet_and_what_is_not_is_raised() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.write("openapi.yaml", api(&["/orders/"])).commit();
    work.git(&["checkout", "-q", "-b", "feature"]);
    let why = "the base has it too, and to mend it would break those who call it".to_owned();
    work.write("openapi.yaml", api(&["/orders/"]).replace("/orders/:", "/orders/: # ours"));
    assert_eq!(of_slashes(&work.0, Severity::Warning), vec![], "the line is touched, and the path is shipped");
    assert_eq!(of_slashes(&work.0, Severity::Info), vec![(Severity::Info, "/orders/".into(), vec![why])]);
    work.write("backend-lint.toml", "[rules]\n\"paths/trailing-slash\" = \"warning\"\n");
    assert_eq!(of_slashes(&work.0, Severity::Warning).len(), 1, "the configuration means what it says");
    std::fs::remove_file(work.0.join("backend-lint.toml")).unwrap();
    work.write("openapi.yaml", api(&["/orders/", "/refunds/"]));
    assert_eq!(of_slashes(&work.0, Severity::Info), vec![(Severity::Warning, "/refunds/".into(), vec![])], "a new path");
    work.write("openapi.yaml", api(&["/orders/", "/refunds/", "/bills/"]));
    let left_out =
        |count: usize| format!("{count} more that the base has are left out, since to mend them would break those who call them");
    let found = of_slashes(&work.0, Severity::Info);
    assert_eq!(found, vec![(Severity::Warning, "/refunds/".into(), vec![left_out(1)])], "it has become a habit by now");
    work.commit();
    work.git(&["branch", "-q", "-f", "main"]);
    work.write("openapi.yaml", api(&["/notes/", "/orders/", "/refunds/", "/bills/"]));
    let found = of_slashes(&work.0, Severity::Info);
    assert_eq!(found, vec![(Severity::Warning, "/notes/".into(), vec![left_out(3)])], "one more place of an old habit");
}

#[test]
fn one_more_of_a_habit_is_told_by_itself() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let table = |name: &str| {
        format!(
            "CREATE TABLE {name} (id bigint PRIMARY KEY, owner_id bigint NOT NULL REFERENCES owners (id) ON DELETE CASCADE);\n"
        )
    };
    let drop = |name: &str| format!("DROP TABLE {name};\n");
    let names: Vec<String> = ('a'..='l').map(|letter| format!("{letter}{letter}s")).collect();
    let create = names.iter().fold("CREATE TABLE owners (id bigint PRIMARY KEY);\n".to_owned(), |text, name| text + &table(name));
    work.write("migrations/0001_start.up.sql", create)
        .write("migrations/0001_start.down.sql", names.iter().rev().map(|name| drop(name)).collect::<String>() + &drop("owners"));
    work.commit();
    let rule = "indexes/foreign-key-without-index";
    let everything =
        |options: Options| engine::run(&work.0, &BTreeMap::new(), &Options { select: vec![rule.into()], ..options }).unwrap();
    let said = |options: Options| -> Vec<(String, usize)> {
        let findings = everything(options).report.findings;
        findings.into_iter().map(|one| (one.diagnostic.message, one.diagnostic.occurrences.len())).collect()
    };
    assert_eq!(said(Options::default()), [("12 foreign keys of 12 tables, like `aas.owner_id`, have no index".to_owned(), 11)]);
    let options = Options { every_finding: true, ..Options::default() };
    let old = everything(options.clone());
    assert_eq!(old.report.findings.len(), 12);
    let written = engine::baselines(&work.0, &old.report.findings, &old.sources);
    let snapshot = engine::snapshot(&work.0, &BTreeMap::new(), &Options::default()).unwrap();

    work.git(&["checkout", "-q", "-b", "feature"]);
    work.write("migrations/0002_zeds.up.sql", table("zeds")).write("migrations/0002_zeds.down.sql", drop("zeds"));
    assert_eq!(said(Options::default()), [("13 foreign keys of 13 tables, like `aas.owner_id`, have no index".to_owned(), 12)]);
    let new = vec![format!("{rule} public.zeds.owner_id")];
    assert_eq!(brought(&work.0, since("main")), (new.clone(), 12));
    assert_eq!(brought(&work.0, Reach::SinceRun(snapshot)), (new, 12));
    let [(name, text)] = &written[..] else { panic!("one configuration, one file: {written:?}") };
    let left = everything(Options { baseline: BaselineChoice::Text(name.clone(), text.clone()), ..Options::default() }).report;
    let left: (Vec<&str>, usize) = (left.findings.iter().map(|one| &*one.diagnostic.subject).collect(), left.baselined);
    assert_eq!(left, (vec!["public.zeds.owner_id"], 12));

    let allow = |target: &str| format!("[[allow]]\nrule = \"{rule}\"\ntarget = \"{target}\"\nreason = \"seldom read\"\n");
    work.write("backend-lint.toml", allow("zeds.owner_id") + &allow("bbs"));
    assert_eq!(said(Options::default()), [("11 foreign keys of 11 tables, like `aas.owner_id`, have no index".to_owned(), 10)]);
    work.write("backend-lint.toml", allow("zeds.owner_id") + &allow("bbs") + &allow("ccs"));
    assert_eq!(said(Options::default()).len(), 10, "that few are told one by one");
    work.write("backend-lint.toml", allow("migrations"));
    assert_eq!(said(Options::default()), [], "what the finding itself says how to allow it");
}

#[test]
fn what_is_left_of_a_fault_that_is_mended_in_part_is_old() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.write(
        "migrations/0001_orders.up.sql",
        "CREATE TABLE customers (id bigint PRIMARY KEY);\nCREATE TABLE shops (id bigint PRIMARY KEY);\nCREATE TABLE orders (\n    id bigint PRIMARY KEY,\n    customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE,\n    shop_id bigint NOT NULL REFERENCES shops (id) ON DELETE CASCADE\n);\n",
    )
    .write("migrations/0001_orders.down.sql", "DROP TABLE orders, shops, customers;\n");
    work.commit();
    work.git(&["checkout", "-q", "-b", "feature"]);
    work.write("migrations/0002_index.up.sql", "CREATE INDEX CONCURRENTLY orders_shop_id_idx ON orders (shop_id);\n")
        .write("migrations/0002_index.down.sql", "DROP INDEX CONCURRENTLY orders_shop_id_idx;\n");
    assert_eq!(brought(&work.0, since("main")), (vec![], 1), "the other key was there before");
    work.write("migrations/0003_index.up.sql", "ALTER TABLE customers ADD COLUMN shop_id bigint REFERENCES shops (id);\n")
        .write("migrations/0003_index.down.sql", "ALTER TABLE customers DROP COLUMN shop_id;\n");
    let (found, _) = brought(&work.0, since("main"));
    assert!(found.contains(&"indexes/foreign-key-without-index public.customers.shop_id".to_owned()), "{found:?}");
}

#[test]
fn a_new_fault_at_an_old_place_is_no_rest_of_the_old_one() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let operation = |name: &str| {
        let capital = name.replacen(&name[..1], &name[..1].to_uppercase(), 1);
        format!(
            "  /{name}s:\n    get:\n      operationId: list{capital}s\n      parameters:\n        - $ref: \"#/components/parameters/Sort\"\n        - {{ name: limit, in: query, schema: {{ type: integer, maximum: 100 }} }}\n      responses:\n        \"200\": {{ description: A page, content: {{ application/json: {{ schema: {{ type: array, items: {{ $ref: \"#/components/schemas/{capital}\" }} }} }} }} }}\n"
        )
    };
    let schema = |name: &str| {
        format!(
            "    {name}: {{ type: object, properties: {{ id: {{ type: integer }}, score: {{ type: integer }}, price: {{ type: integer }} }} }}\n"
        )
    };
    let (paths, schemas) = (operation("gadget") + &operation("parcel"), schema("Gadget") + &schema("Parcel"));
    let sort = "  parameters:\n    Sort: { name: sort, in: query, schema: { type: string, enum: [id, score, price] } }\n";
    let table = |name: &str| format!("CREATE TABLE {name} (id bigint PRIMARY KEY, score int NOT NULL, price int NOT NULL);\n");
    let create = table("gadgets")
        + &table("parcels")
        + "CREATE INDEX p_score ON parcels (score);\nCREATE INDEX p_price ON parcels (price);\n";
    let api = format!(
        "openapi: 3.0.3\ninfo: {{ title: Shop, version: 1.0.0 }}\npaths:\n{paths}components:\n{sort}  schemas:\n{schemas}"
    );
    work.write("openapi.yaml", api)
        .write("migrations/0001_init.up.sql", create)
        .write("migrations/0001_init.down.sql", "DROP TABLE parcels, gadgets;\n")
        .commit();
    work.git(&["checkout", "-q", "-b", "feature"]);
    work.write("migrations/0002_drop.up.sql", "DROP INDEX p_score;\n")
        .write("migrations/0002_drop.down.sql", "CREATE INDEX p_score ON parcels (score);\n");
    let (found, _) = brought(&work.0, since("main"));
    assert!(found.contains(&"indexes/sort-parameter-without-index GET /parcels ?sort".to_owned()), "{found:?}");
}
