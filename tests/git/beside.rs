//! Base and head read side by side find what each finds alone, whatever changes.

use super::support::{Scratch, Work};
use backend_lint::diagnostic::{Confidence, Finding, Severity};
use backend_lint::discover;
use backend_lint::engine::{self, Options, Reach};
use backend_lint::files::Files;
use backend_lint::files::git::Repository;
use backend_lint::model::{Model, Other, Pending, Settings, Workspace, runtime, schema};
use backend_lint::source::Sources;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

const SERVICES: usize = 4;

/// Numbers that look random and are the same in each run.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % bound as u64) as usize
    }
}

/// An API with a list of each.
pub fn document(names: &[&str]) -> String {
    let path = |name: &&str| {
        format!(
            "  /{name}:\n    get:\n      parameters:\n        - {{ name: sort, in: query, schema: {{ type: string, enum: [created_at, name] }} }}\n      responses:\n        '200':\n          description: all\n          content: {{ application/json: {{ schema: {{ type: array, items: {{ $ref: '#/components/schemas/{name}' }} }} }} }}\n"
        )
    };
    let schema = |name: &&str| {
        format!(
            "    {name}: {{ type: object, properties: {{ id: {{ type: integer }}, name: {{ type: string, maxLength: 200 }}, customer_id: {{ type: integer }} }} }}\n"
        )
    };
    let (paths, schemas): (String, String) = (names.iter().map(path).collect(), names.iter().map(schema).collect());
    format!("openapi: 3.0.3\ninfo: {{ title: shop, version: '1' }}\npaths:\n{paths}components:\n  schemas:\n{schemas}")
}

fn table(name: &str) -> String {
    format!(
        "CREATE TABLE {name} (\n    id bigint PRIMARY KEY,\n    name varchar(80) NOT NULL,\n    customer_id bigint REFERENCES customers (id) ON DELETE CASCADE,\n    created_at timestamp\n);\n"
    )
}

/// A repository of a few services.
pub fn start(work: &Work) {
    for service in 0..SERVICES {
        let at = |path: &str| format!("s{service}/{path}");
        work.write(&at("openapi.yaml"), document(&["orders"]))
            .write(&at("migrations/0001_customers.up.sql"), "CREATE TABLE customers (id bigint PRIMARY KEY, name text);\n")
            .write(&at("migrations/0001_customers.down.sql"), "DROP TABLE customers;\n")
            .write(&at("migrations/0002_orders.up.sql"), table("orders"))
            .write(
                &at("queries/orders.sql"),
                "-- name: ListOrders :many\nSELECT * FROM orders WHERE name = $1 ORDER BY created_at;\n",
            )
            .write(
                &at("docker-compose.yml"),
                "services:\n  db:\n    image: postgres:15\n  api:\n    build: .\n    restart: always\n",
            )
            .write(&at("main.go"), "package main\n")
            .write(&at("chart/values.yaml"), "a: 1\n");
    }
}

/// One change of the working tree.
pub fn change(work: &Work, random: &mut Random, number: usize) {
    let service = format!("s{}", random.below(SERVICES));
    let at = |path: &str| format!("{service}/{path}");
    let edit = |path: &str, with: &dyn Fn(String) -> String| {
        if let Ok(text) = std::fs::read_to_string(work.0.join(path)) {
            work.write(path, with(text));
        }
    };
    match random.below(12) {
        0 => drop(work.write(&at(&format!("migrations/{:04}_t{number}.up.sql", number + 10)), table(&format!("t{number}")))),
        1 => {
            let sql = "ALTER TABLE orders DROP COLUMN name;\n";
            work.write(&at(&format!("migrations/{:04}_drop.up.sql", number + 10)), sql);
        }
        2 => edit(&at("migrations/0002_orders.up.sql"), &|text| text.replace("customer_id bigint", "customer_id  bigint")),
        3 => edit(&at("migrations/0001_customers.up.sql"), &|text| format!("-- a comment\n{text}")),
        4 => edit(&at("openapi.yaml"), &|_| document(&["orders", "customers"])),
        5 => edit(&at("openapi.yaml"), &|text| text.replace("maxLength: 200", "maxLength: 300")),
        6 => edit(&at("queries/orders.sql"), &|text| {
            text + "\n-- name: GetOrder :one\nSELECT id FROM orders WHERE customer_id = $1;\n"
        }),
        7 => drop(std::fs::remove_file(work.0.join(at("queries/orders.sql")))),
        8 => edit(&at("docker-compose.yml"), &|text| text.replace("postgres:15", "postgres:10")),
        9 => drop(work.write(&at(&format!("code{number}.go")), "package main\n")),
        10 => edit(&at("chart/values.yaml"), &|_| document(&["orders"])),
        _ => drop(std::fs::rename(work.0.join(at("openapi.yaml")), work.0.join(at(&format!("api{number}.yaml"))))),
    }
}

/// All findings.
pub fn everything() -> Options {
    Options { min_severity: Severity::Info, min_confidence: Confidence::Low, threads: 2, ..Options::default() }
}

fn fingerprints(findings: &[Finding]) -> BTreeSet<&str> {
    findings.iter().map(|finding| finding.fingerprint.as_str()).collect()
}

/// Where a finding stands: path and first byte of each place to edit, with what it is about there, and of each cause.
fn places(sources: &Sources, finding: &Finding) -> BTreeSet<(String, u32, Option<String>)> {
    let said = &finding.diagnostic;
    let occurrences = said.occurrences.iter().map(|one| (one.span, Some(one.subject.clone())));
    let edited = std::iter::once((said.primary.span, Some(said.subject.clone()))).chain(occurrences);
    let spans = edited.chain(said.causes.iter().map(|one| (one.span, None)));
    spans.map(|(span, subject)| (sources.path(span.source).to_owned(), span.start, subject)).collect()
}

/// Holds a run that reports what a change brought against the two trees, each checked alone.
fn compare(work: &Work, reach: Reach, head: &dyn Files, base: &dyn Files, what: &str) -> usize {
    let brought = engine::run(&work.0, &BTreeMap::new(), &Options { reach, ..everything() }).unwrap().report;
    let all = engine::check(head, Some(base), None, &everything()).unwrap();
    let before = engine::check(base, None, None, &everything()).unwrap();
    let old = &before.report.findings;
    let known: HashSet<&str> = old.iter().map(|finding| finding.fingerprint.as_str()).collect();
    // The base alone judges no migration; beside the head it judges those that the head changed.
    let is_judged_there = |finding: &Finding| {
        let path = all.sources.path(finding.diagnostic.primary.span.source);
        finding.rule.starts_with("migrations/") && base.exists(path)
    };
    // What is left of a finding with more places, in files that nobody has touched, is old as well, be they moved.
    let earlier = |path: &str| {
        let bytes = head.read(path).ok()?;
        let moved = || base.list().iter().filter(|old| !head.exists(old)).map(str::to_owned).collect::<Vec<_>>();
        let all = if base.exists(path) { vec![path.to_owned()] } else { moved() };
        all.into_iter().find(|old| base.same(old, &bytes))
    };
    let is_rest = |finding: &Finding| {
        let own = places(&all.sources, finding).into_iter().map(|(path, start, subject)| Some((earlier(&path)?, start, subject)));
        let Some(own) = own.collect::<Option<BTreeSet<_>>>() else { return false };
        let has_more = |one: BTreeSet<(String, u32, Option<String>)>| {
            let is_about =
                |all: &str, part: &str| part.strip_prefix(all).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            let is_in = |(path, start, subject): &(String, u32, Option<String>)| {
                one.iter().filter(|(own, at, _)| own == path && at == start).any(|(.., all)| match (all, subject) {
                    (Some(all), Some(part)) => is_about(all, part),
                    (all, part) => all == part,
                })
            };
            one.len() > own.len() && own.iter().all(is_in)
        };
        old.iter().any(|one| one.rule == finding.rule && has_more(places(&before.sources, one)))
    };
    let is_new =
        |finding: &&Finding| !known.contains(finding.fingerprint.as_str()) && !is_judged_there(finding) && !is_rest(finding);
    let new: Vec<&Finding> = all.report.findings.iter().filter(is_new).collect();
    let found = fingerprints(&brought.findings);
    let missing: Vec<&&Finding> = new.iter().filter(|finding| !found.contains(finding.fingerprint.as_str())).collect();
    assert!(missing.is_empty(), "{what}: not reported: {missing:#?}");
    // What is old may be reported where it stands on a changed line, and nowhere else.
    for finding in brought.findings.iter().filter(|finding| known.contains(finding.fingerprint.as_str())) {
        let path = all.sources.path(
            all.report.findings.iter().find(|one| one.fingerprint == finding.fingerprint).unwrap().diagnostic.primary.span.source,
        );
        let is_same = head.read(path).is_ok_and(|bytes| base.read(path) == Ok(bytes));
        let touched = finding.labels().any(|(_, label)| {
            let path = brought_path(&all.sources, label.span.source, path);
            head.read(path).ok() != base.read(path).ok()
        });
        assert!(!is_same || touched, "{what}: old and untouched: {finding:#?}");
    }
    assert_eq!(brought.findings.len() + brought.debt.unwrap(), all.report.findings.len(), "{what}");
    new.len()
}

/// The path of a source; both runs add the sources of the head in the same order.
fn brought_path<'s>(
    sources: &'s backend_lint::source::Sources,
    id: backend_lint::source::SourceId,
    otherwise: &'s str,
) -> &'s str {
    sources.iter().find(|(one, _)| *one == id).map_or(otherwise, |(_, source)| &source.path)
}

#[test]
fn what_a_change_brings_is_the_same_read_alone_or_side_by_side() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    start(&work);
    work.commit();
    let mut random = Random::new(42);
    let mut seen = 0;
    for round in 0..24 {
        for step in 0..=random.below(3) {
            change(&work, &mut random, round * 10 + step);
        }
        let repository = Repository::discover(&work.0).unwrap().unwrap();
        let head = repository.revision("HEAD").unwrap();
        let tree = repository.tree(head).unwrap();
        let disk = backend_lint::files::disk::Disk::new(&work.0);
        seen += compare(&work, Reach::Since("HEAD".into()), &disk, &tree, &format!("round {round}, the working tree"));
        if random.below(2) == 0 {
            work.git(&["add", "-A"]);
            change(&work, &mut random, round * 10 + 5);
            let repository = Repository::discover(&work.0).unwrap().unwrap();
            let index = repository.index().unwrap();
            seen += compare(&work, Reach::Staged, &index, &repository.tree(head).unwrap(), &format!("round {round}, the index"));
        }
        if random.below(3) == 0 {
            work.commit();
            if random.below(2) == 0 {
                work.git(&["reset", "-q", "--hard", "HEAD~1"]);
            }
        }
    }
    assert!(seen > 20, "the changes brought {seen} findings only");
}

#[test]
fn the_tree_of_a_commit_is_listed_as_git_lists_it() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    start(&work);
    work.write("a-b/x", "1").write("a.b/x", "1").write("a/b", "1").write("a/b.c", "1").write("ab", "1");
    let mut commits = vec![work.commit()];
    let mut random = Random::new(7);
    for round in 0..12 {
        (0..3).for_each(|step| change(&work, &mut random, round * 10 + step));
        commits.push(work.commit());
        if round % 3 == 0 {
            work.git(&["mv", "a/b", &format!("a/b{round}")]);
            std::fs::rename(work.0.join(format!("a/b{round}")), work.0.join("a/b")).unwrap();
        }
        work.write("staged.yaml", format!("a: {round}\n"));
        work.git(&["add", "staged.yaml"]);
        work.write("a/new", "untracked");
        for folder in ["", "s1", "a"] {
            let repository = Repository::discover(&work.0.join(folder)).unwrap().unwrap();
            for commit in &commits {
                let tree = repository.tree(repository.commit(commit).unwrap()).unwrap();
                let place = if folder.is_empty() { commit.clone() } else { format!("{commit}:{folder}") };
                let names = work.git(&["ls-tree", "-r", "--name-only", &place]);
                assert_eq!(tree.list().iter().collect::<Vec<_>>(), names.lines().collect::<Vec<_>>(), "{place}");
                for path in tree.list().iter() {
                    let id = work_id(&tree, path);
                    assert!(id && tree.exists(path), "{place} {path}");
                }
            }
        }
    }
}

/// Whether the tree knows the content of a file without reading it.
fn work_id(tree: &dyn Files, path: &str) -> bool {
    tree.id(path).is_some()
}

/// What rules see of a model, but for what is found out when it is asked for.
fn said(model: &Model, sources: &Sources) -> (String, String, String) {
    let schema = schema::json::to_json(&model.schema, sources).to_string();
    (schema, runtime::to_json(&model.runtime, sources).to_string(), format!("{:?}", model.unread))
}

#[test]
fn a_model_read_beside_another_is_the_one_that_is_read_alone() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    start(&work);
    let map =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  nginx.conf: |\n    http { server { listen 80; } }\n";
    work.write("s0/seed.sql", "INSERT INTO customers VALUES (1, 'a');\n").write("s1/web.yaml", map);
    work.commit();
    let settings = Settings { threads: 2, pending: Pending::Changed(BTreeMap::new()), ..Settings::default() };
    let mut random = Random::new(5);
    let (mut same_runtime, mut same_databases, mut databases, rounds) = (0, 0, 0, 40);
    for round in 0..rounds {
        (0..=random.below(2)).for_each(|step| change(&work, &mut random, round * 10 + step));
        let repository = Repository::discover(&work.0).unwrap().unwrap();
        let base = repository.tree(repository.revision("HEAD").unwrap()).unwrap();
        let head = backend_lint::files::disk::Disk::new(&work.0);
        let unchanged = |path: &str| base.exists(path) && head.read(path).is_ok_and(|bytes| base.same(path, &bytes));
        let (now, before) = (discover::find(&head, &settings), discover::find(&base, &settings));
        let mut sources = Sources::default();
        let (new, kept) = Model::read(Workspace::new(&head, &mut sources, 2), &now, &settings);
        let other = Other { discovery: &now, kept: &kept };
        let (old, _) = Model::read(Workspace::new(&base, &mut sources, 2).beside(other, &unchanged), &before, &settings);
        let mut own = Sources::default();
        let alone = Model::build(&base, &before, &settings, &mut own);
        assert_eq!(said(&old, &sources), said(&alone, &own), "round {round}");
        same_runtime += usize::from(Arc::ptr_eq(&new.runtime, &old.runtime));
        let is_shared = |one: &Arc<schema::Database>| new.schema.databases.iter().any(|other| Arc::ptr_eq(one, other));
        same_databases += old.schema.databases.iter().filter(|one| is_shared(one)).count();
        databases += old.schema.databases.len();
        if random.below(2) == 0 {
            work.commit();
        }
    }
    println!("{same_runtime} of {rounds} runtimes and {same_databases} of {databases} databases are shared");
    assert!(same_runtime > rounds / 4 && same_databases * 2 > databases && same_databases < databases);
}
