//! The rules that join the API with tables, on real repositories: every finding at warning and above was read by hand on both sides
//! (`tests/verdicts/contract.tsv`), and what the joins cost is bounded.
//!
//! The repositories lie outside of this one, in `../shared`. Where they are not there, the tests say so and pass.

#[path = "support/folders.rs"]
mod place;

use backend_lint::discover;
use backend_lint::engine::{self, Migrations, Options};
use backend_lint::files::disk::Disk;
use backend_lint::model::{Model, Settings, links};
use backend_lint::rules::{self, Context};
use backend_lint::source::Sources;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

/// The rules that ask what was joined.
fn is_joined(rule: &str) -> bool {
    let of_indexes = [
        "indexes/cursor-without-unique-order",
        "indexes/filter-parameter-without-index",
        "indexes/list-query-without-limit",
        "indexes/offset-on-growing-table",
        "indexes/sort-parameter-without-index",
    ];
    let of_keys = ["idempotency/key-storage-not-unique", "idempotency/key-without-storage"];
    rule.starts_with("contract/") || of_indexes.contains(&rule) || of_keys.contains(&rule)
}

/// The rules on migrations and configuration that hold two artifacts against each other.
fn holds_two_against_each_other(rule: &str) -> bool {
    const RULES: [&str; 18] = [
        "cache/authenticated-response-shared",
        "health/probe-path-not-served",
        "migrations/drop-column-still-exposed",
        "migrations/drop-column-still-read",
        "migrations/enum-value-order",
        "migrations/not-null-breaks-insert",
        "migrations/type-narrowing-against-api",
        "pools/exceeds-max-connections",
        "pools/transaction-mode-session-feature",
        "rate-limit/limiter-not-in-spec",
        "rate-limit/spec-429-no-limiter",
        "rate-limit/wrong-status",
        "retries/non-idempotent",
        "schema/auto-update",
        "timeouts/gateway-below-app",
        "tls/spec-https-listener-plain",
        "topology/body-limit-mismatch",
        "topology/spec-path-unrouted",
    ];
    RULES.contains(&rule)
}

/// The rules of which every finding on real repositories was read.
fn is_read(rule: &str) -> bool {
    is_joined(rule) || holds_two_against_each_other(rule)
}

fn name(root: &Path) -> String {
    root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A finding that was read: repository, rule and fingerprint; whether it is right.
fn verdicts(text: &str) -> BTreeMap<(String, String, String), bool> {
    let mut all = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [repository, rule, fingerprint, verdict, why] = cells[..] else { panic!("five cells: {line}") };
        assert!(rules::info(rule).is_some() && is_read(rule), "{line}");
        assert!(matches!(verdict, "right" | "wrong") && (20..=220).contains(&why.len()) && !why.ends_with('.'), "{line}");
        let key = (repository.to_owned(), rule.to_owned(), fingerprint.to_owned());
        assert!(all.insert(key, verdict == "right").is_none(), "twice: {line}");
    }
    all
}

fn text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts/contract.tsv");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn nine_of_ten_joined_findings_are_right() {
    let all = verdicts(&text());
    let right = all.values().filter(|right| **right).count();
    println!("{right} of {} joined findings are right", all.len());
    assert!(all.len() >= 20 && right * 10 >= all.len() * 9, "{right} of {}", all.len());
}

#[test]
fn every_joined_finding_was_read() {
    let Some(roots) = place::folders("corpus") else { return };
    let all = verdicts(&text());
    let mut found = BTreeSet::new();
    let mut unread = Vec::new();
    for root in roots {
        let select = rules::all().map(|rule| rule.id).filter(|rule| is_read(rule)).map(str::to_owned).collect();
        // All migrations, as if none had run: what a reviewer of each would have been told.
        let options = Options { select, migrations: Migrations::All, threads: 2, ..Options::default() };
        let outcome = engine::check(&Disk::new(&root), None, None, &options).unwrap_or_else(|failure| panic!("{failure:?}"));
        for finding in outcome.report.findings.iter().filter(|finding| is_read(&finding.rule)) {
            let key = (name(&root), finding.rule.clone(), finding.fingerprint.clone());
            if !all.contains_key(&key) {
                unread.push(format!("{}\t{}\t{}\t?\t{}", key.0, key.1, key.2, finding.diagnostic.message));
            }
            found.insert(key);
        }
    }
    assert!(unread.is_empty(), "{} findings that nobody has read:\n{}", unread.len(), unread.join("\n"));
    let lost: Vec<_> = all.iter().filter(|(key, right)| **right && !found.contains(*key)).map(|(key, _)| key).collect();
    assert!(lost.is_empty(), "right, and not found any more: {lost:?}");
}

/// The shortest of three runs.
fn shortest(mut run: impl FnMut()) -> Duration {
    let once = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..3).map(|_| once(&mut run)).min().unwrap_or_default()
}

/// What the joins and their rules may cost: a share of a whole run in percent, or else so much time. The demand is on optimised code
/// (`cargo test --release --test joined`); without that they take about ten times as long, and their share differs.
const BOUND: (f64, Duration) =
    if cfg!(debug_assertions) { (25.0, Duration::from_millis(100)) } else { (15.0, Duration::from_millis(10)) };

#[test]
fn joins_cost_little() {
    let Some(roots) = place::folders("corpus") else { return };
    let mut dear = Vec::new();
    println!("repository\twhole run ms\tjoins ms\trules ms\tshare %");
    for root in roots {
        let disk = Disk::new(&root);
        let options = Options { threads: 1, ..Options::default() };
        let whole = shortest(|| drop(engine::check(&disk, None, None, &options)));
        let settings = Settings { threads: 1, only_asked_steps: true, ..Settings::default() };
        let mut sources = Sources::default();
        let discovery = discover::find(&disk, &settings);
        let model = Model::build(&disk, &discovery, &settings, &mut sources);
        let queries = shortest(|| drop(backend_lint::model::queries::join(&model.schema, &model.queries)));
        let joins = shortest(|| {
            drop(links::join(&model.api, &model.schema, &model.queries, &model.runtime, &model.boundaries, &settings))
        });
        // What names in queries mean is asked by all rules on queries.
        let joins = joins.saturating_sub(queries);
        let asked: Vec<_> = rules::all().filter(|rule| is_joined(rule.id)).collect();
        let asks = shortest(|| asked.iter().for_each(|rule| drop((rule.check)(&Context::new(&model, None, &sources)))));
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let share = 100.0 * ms(joins + asks) / ms(whole).max(0.001);
        println!("{}\t{:.1}\t{:.1}\t{:.1}\t{share:.1}", name(&root), ms(whole), ms(joins), ms(asks));
        if share > BOUND.0 && joins + asks > BOUND.1 {
            dear.push(format!("{}: {share:.1} %, {:.1} ms", name(&root), ms(joins + asks)));
        }
    }
    assert!(dear.is_empty(), "more than {} % and {:?}: {}", BOUND.0, BOUND.1, dear.join("; "));
}
