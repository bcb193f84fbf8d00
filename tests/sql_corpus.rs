//! Real migrations: every file is read without a panic, and almost every statement is understood.
//!
//! The files lie beside the repository (`../shared`); without them the test says so and passes.

use backend_lint::source::SourceId;
use backend_lint::sql::{self, Dialect, Understanding};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn files() -> Vec<PathBuf> {
    let roots = ["../shared", "../../shared"].map(|root| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(root));
    let Some(root) = roots.into_iter().find(|root| root.join("corpus").is_dir()) else { return Vec::new() };
    let walk = ["corpus", "bench"].into_iter().flat_map(|part| walkdir::WalkDir::new(root.join(part)).sort_by_file_name());
    let files = walk.filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    files.filter(|path| path.extension().is_some_and(|extension| extension == "sql")).collect()
}

/// The dialect that a path names, as far as this test needs it.
fn dialect(path: &str, text: &str) -> Dialect {
    let has = |words: &[&str]| words.iter().any(|word| path.contains(word));
    if has(&["mysql", "mariadb", "semaphore/db", "hsqldb"]) || text.contains("ENGINE=") || text.contains("AUTO_INCREMENT") {
        Dialect::MySql
    } else if has(&["sqlite", "/lite/"]) || text.contains("AUTOINCREMENT") {
        Dialect::Sqlite
    } else if has(&["clickhouse"]) || text.contains("MergeTree") {
        Dialect::ClickHouse
    } else {
        Dialect::Postgres
    }
}

#[test]
fn real_statements_are_understood() {
    let files = files();
    if files.is_empty() {
        println!("skipped: ../shared is not here");
        return;
    }
    let mut counts: BTreeMap<Dialect, [usize; 4]> = BTreeMap::new();
    let mut reasons: BTreeMap<(Dialect, String), (usize, String)> = BTreeMap::new();
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let name = path.to_string_lossy();
        let dialect = dialect(&name, &text);
        let script = sql::read(SourceId(0), &text, None, dialect);
        for statement in &script.statements {
            let row = counts.entry(dialect).or_default();
            let why = match &statement.understanding {
                Understanding::Full => {
                    row[0] += 1;
                    continue;
                }
                Understanding::NoEffect => {
                    row[1] += 1;
                    continue;
                }
                Understanding::Partial(why) => {
                    row[2] += 1;
                    why
                }
                Understanding::Opaque(why) => {
                    row[3] += 1;
                    why
                }
            };
            let example =
                format!("{name}: {}", text[statement.span.range()].chars().take(160).collect::<String>().replace('\n', " "));
            reasons.entry((dialect, why.clone())).or_insert((0, example)).0 += 1;
        }
    }
    for (dialect, [full, none, partial, opaque]) in &counts {
        let all = full + none + partial + opaque;
        let share = 100.0 * (full + none) as f64 / all as f64;
        println!(
            "{}: {all} statements, {share:.2} % understood ({full} full, {none} without effect, {partial} in part, {opaque} opaque)",
            dialect.name()
        );
    }
    let mut ordered: Vec<_> = reasons.into_iter().collect();
    ordered.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for ((dialect, why), (count, example)) in ordered.iter().take(60) {
        println!("{count:6} {} {why}\n         {example}", dialect.name());
    }
    for (dialect, wanted) in [(Dialect::Postgres, 995), (Dialect::MySql, 990), (Dialect::Sqlite, 990)] {
        let [full, none, partial, opaque] = counts[&dialect];
        assert!(
            (full + none) * 1000 >= (full + none + partial + opaque) * wanted,
            "fewer than {wanted} of 1000 statements of {} are understood",
            dialect.name()
        );
    }
}
