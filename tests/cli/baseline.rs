//! `baseline`: what was there before is not reported, until it changes.

use crate::repository::Repository;

const TABLES: &str = "CREATE TABLE customers (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id) ON DELETE CASCADE);\n";
const MORE: &str = "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE);\n";
const MENDED: &str = "CREATE INDEX orders_customer_idx ON orders (customer_id);\n";
const NAME: &str = "backend-lint.baseline";

fn subjects(repository: &Repository, arguments: &[&str]) -> Vec<String> {
    let report = repository.run(&[&["--format", "json"], arguments].concat()).json();
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().map(|one| one["subject"].as_str().unwrap_or("").to_owned()).collect()
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn what_was_there_is_left_out_and_counted() {
    let repository = Repository::new(&[("migrations/0001_orders.up.sql", TABLES)]);
    let run = repository.run(&["baseline", "write"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "1 finding written to backend-lint.baseline\n"), "{run:?}");
    let written = repository.read(NAME);
    assert!(lines(&written)[0].ends_with(" indexes/foreign-key-without-index public.orders.customer_id"), "{written}");
    assert_eq!(repository.run(&["--format", "json"]).json()["summary"]["baselined"], 1);
    repository.write("migrations/0002_lines.up.sql", MORE);
    assert_eq!(subjects(&repository, &[]), ["public.lines.order_id"], "a new one is reported");
    assert_eq!(subjects(&repository, &["--no-config"]).len(), 2, "without configuration there is no baseline either");
    repository.run(&["baseline", "write"]);
    let again = repository.read(NAME);
    let mut sorted = lines(&again);
    sorted.sort_unstable();
    assert_eq!((lines(&again), lines(&again).len()), (sorted, 2), "sorted by fingerprint");
    assert_eq!(subjects(&repository, &[]), [""; 0]);
    assert_eq!(subjects(&repository, &["--baseline", NAME]), [""; 0]);
}

#[test]
fn what_is_mended_is_said_and_taken_out() {
    let repository = Repository::new(&[("migrations/0001_orders.up.sql", &(TABLES.to_owned() + MORE))]);
    repository.run(&["baseline", "write"]);
    assert_eq!(repository.run(&["baseline", "check"]).out, "0 stale, 2 findings still there\n");
    repository.write("migrations/0002_index.up.sql", MENDED);
    assert_eq!(repository.run(&[]).code, Some(0));
    let run = repository.run(&["--fail-on-stale"]);
    assert!(run.code == Some(1) && run.err.contains("indexes/foreign-key-without-index public.orders.customer_id"), "{run:?}");
    assert_eq!(repository.run(&["--fail-on-stale", "--select", "contract"]).code, Some(0), "a part cannot tell");
    assert_eq!(repository.run(&["baseline", "check"]).code, Some(1));
    let run = repository.run(&["baseline", "prune"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "1 stale line taken out\n"), "{run:?}");
    assert_eq!(repository.run(&["baseline", "check"]).out, "0 stale, 1 finding still there\n");
}

#[test]
fn each_configuration_has_its_own_file() {
    let empty = "[rules]\n";
    let repository = Repository::new(&[
        ("orders/backend-lint.toml", empty),
        ("orders/migrations/0001_orders.up.sql", TABLES),
        ("billing/migrations/0001_bills.up.sql", &TABLES.replace("orders", "bills")),
    ]);
    repository.run(&["baseline", "write"]);
    let text = repository.read("orders/backend-lint.baseline");
    assert!(lines(&text).len() == 1 && text.contains("public.orders.customer_id"), "{text}");
    let text = repository.read(NAME);
    assert!(lines(&text).len() == 1 && text.contains("public.bills.customer_id"), "{text}");
    assert_eq!(subjects(&repository, &[]), [""; 0]);
}

#[test]
fn a_damaged_baseline_is_refused_and_nothing_is_written() {
    let repository = Repository::new(&[("migrations/0001_orders.up.sql", TABLES)]);
    let damaged = "<<<<<<< HEAD\n0123456789abcdef0123456789abcdef a\n";
    repository.write(NAME, damaged);
    let said = "error: backend-lint.baseline:1: `<<<<<<< HEAD` is no fingerprint; keep the lines of both sides of the conflict, in any order\n";
    for command in [&["check"][..], &["baseline", "check"], &["baseline", "prune"]] {
        let run = repository.run(command);
        assert_eq!((run.code, run.err.as_str()), (Some(2), said), "{command:?}: {run:?}");
    }
    assert_eq!(repository.read(NAME), damaged);
    let run = repository.run(&["--baseline", "nowhere"]);
    assert!(run.code == Some(2) && run.err.starts_with("error: --baseline nowhere: "), "{run:?}");
    assert_eq!(repository.run(&["baseline", "write"]).code, Some(0), "writing anew is the way out");
    assert_eq!(repository.run(&[]).code, Some(0));
}
