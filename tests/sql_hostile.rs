//! The SQL reader on what nobody should feed it: it never panics, never overflows a stack, and loses nothing.

#[path = "support/stopwatch.rs"]
mod stopwatch;

use backend_lint::source::SourceId;
use backend_lint::sql::{self, Dialect, Understanding};
use proptest::prelude::*;
use stopwatch::Stopwatch;

const DIALECTS: [Dialect; 4] = [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite, Dialect::SqlServer];

/// Statements stand in order, inside the text, on character borders; what lies between them holds no word but terminators.
fn covers(text: &str) {
    for dialect in DIALECTS {
        let script = sql::read(SourceId(0), text, None, dialect);
        let mut end = 0;
        for range in sql::split(text, dialect) {
            assert!(
                range.start >= end && range.start < range.end && range.end <= text.len(),
                "{dialect:?} {range:?} after {end}"
            );
            assert!(text.get(range.clone()).is_some(), "{dialect:?}: {range:?} cuts a character");
            end = range.end;
        }
        for statement in &script.statements {
            let outer = statement.block.unwrap_or(statement.span);
            assert!(outer.contains(statement.span) && statement.span.contains(statement.head));
            assert!(text.get(statement.span.range()).is_some_and(|inside| !inside.is_empty()));
            for op in &statement.ops {
                assert!(statement.span.contains(op.span), "{dialect:?}: {op:?} outside of its statement");
            }
        }
        for comment in &script.comments {
            assert!(text.get(comment.range()).is_some());
        }
    }
}

/// Pieces of SQL that have a meaning for some lexer, splitter or lowering.
const SOUP: &[&str] = &[
    "CREATE",
    "TABLE",
    "INDEX",
    "ALTER",
    "DROP",
    "ADD",
    "COLUMN",
    "CONSTRAINT",
    "CHECK",
    "DEFAULT",
    "NOT",
    "NULL",
    "PRIMARY",
    "KEY",
    "REFERENCES",
    "DO",
    "BEGIN",
    "END",
    "ATOMIC",
    "IF",
    "THEN",
    "ELSE",
    "CASE",
    "WHEN",
    "LOOP",
    "EXCEPTION",
    "EXECUTE",
    "FUNCTION",
    "TRIGGER",
    "COPY",
    "FROM",
    "STDIN",
    "DELIMITER",
    "VIEW",
    "AS",
    "SELECT",
    "WITH",
    "INSERT",
    "INTO",
    "TYPE",
    "ENUM",
    "ON",
    "USING",
    "WHERE",
    "t",
    "\"q\"",
    "`b`",
    "[s]",
    "'x'",
    "E'\\'",
    "$$",
    "$a$",
    "$1",
    "${x}",
    "{{",
    "}}",
    "{{ .x }}",
    "{%",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ".",
    "::",
    ":=",
    "=",
    "||",
    "--",
    "/*",
    "*/",
    "/*!40000",
    "#",
    "\\",
    "\\gexec",
    "\n",
    "\r",
    "\\.\n",
    "é",
    "\u{feff}",
    "\0",
    "1",
    "1e-5",
    "U&'x'",
    "@",
    "CALL",
    "PREPARE",
    "SET",
    "PROCEDURE",
    "FOREACH",
    "LOOP",
    "format('%I', x)",
    "EXISTS",
    "GO\n",
    "EXEC",
    "{{ if x }}",
    "{% end %}",
    ":\"v\"",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        covers(&text);
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        covers(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn token_soup(words in proptest::collection::vec(proptest::sample::select(SOUP), 0..80), blanks in proptest::collection::vec(any::<bool>(), 80)) {
        let text: String = words.iter().zip(blanks).map(|(word, blank)| if blank { format!("{word} ") } else { (*word).to_string() }).collect();
        covers(&text);
    }

    #[test]
    fn any_range(start in 0usize..60, end in 0usize..60) {
        let text = "SELECT 'é'; CREATE TABLE t (é text); -- é\nDROP TABLE t;";
        for dialect in DIALECTS {
            sql::read(SourceId(0), text, Some(start..end), dialect);
        }
    }
}

/// Read within a small stack, as a worker thread has it; a stack overflow would abort the test.
fn survives(text: &str) -> sql::Script {
    std::thread::scope(|scope| {
        let read = || sql::read(SourceId(0), text, None, Dialect::Postgres);
        let worker = std::thread::Builder::new().stack_size(1 << 20).spawn_scoped(scope, read);
        worker.map(|worker| worker.join()).ok().and_then(Result::ok).unwrap_or_else(|| panic!("did not survive"))
    })
}

#[test]
fn long_chains_and_deep_brackets_do_not_abort() {
    for length in [100, 1_000, 4_900, 20_000, 200_000] {
        let terms = vec!["a > 1"; length].join(" AND ");
        let script = survives(&format!("ALTER TABLE t ADD CONSTRAINT c CHECK ({terms});"));
        // The longest is over the cap of a statement.
        assert_eq!(script.statements[0].understanding == Understanding::Full, length < 100_000);
        survives(&format!("SELECT * FROM t WHERE {terms};"));
    }
    for depth in [5, 50, 500, 100_000] {
        let (open, close) = ("(".repeat(depth), ")".repeat(depth));
        survives(&format!("ALTER TABLE t ADD CONSTRAINT c CHECK ({open}a{close});"));
        survives(&format!("CREATE VIEW v AS SELECT * FROM {open}t{close};"));
        survives(&format!("CREATE TABLE t (a int DEFAULT {open}1{close});"));
        survives(&format!("CREATE TABLE t (a int DEFAULT {open}1;"));
        survives(&format!("SELECT {open}"));
        survives(&format!("WITH {open} INSERT INTO t VALUES (1)"));
    }
    for word in ["NOT ", "- ", "CASE WHEN a THEN ", "f(", "ARRAY[", "CAST(", "(SELECT "] {
        survives(&format!("ALTER TABLE t ADD CONSTRAINT c CHECK ({}a);", word.repeat(150)));
        survives(&format!("ALTER TABLE t ADD CONSTRAINT c CHECK ({}a);", word.repeat(20_000)));
    }
    survives(&format!("SELECT {};", vec!["'a'"; 200_000].join(" || ")));
    survives(&format!("SELECT 1 {};", "UNION ALL SELECT 1 ".repeat(100_000)));
    survives(&format!("DO $$ {} $$;", "BEGIN ".repeat(50_000)));
}

#[test]
fn cost_grows_with_the_text() {
    let watch = Stopwatch::start();
    for text in [
        "{{",
        "${",
        "$a$b",
        "((",
        "/*",
        "\"{{",
        "BEGIN;",
        "a.",
        "f(",
        "WITH a AS (",
        "FROM (",
        "'",
        "DO $$ IF ",
        "[[",
        "--> statement-breakpoint\n",
    ] {
        covers(&text.repeat(100_000));
        covers(&format!("CREATE VIEW v AS {}", text.repeat(50_000)));
        covers(&format!("CREATE TABLE t ({}", text.repeat(50_000)));
    }
    let labels: Vec<String> = (0..100_000).map(|at| format!("'label{at}'")).collect();
    survives(&format!("ALTER TABLE t ADD CONSTRAINT c CHECK (s IN ({}));", labels.join(", ")));
    // Wide enough for a busy machine, far below what quadratic work would take.
    assert!(watch.spent().as_secs() < 60, "{:?}", watch.spent());
}

#[test]
fn a_statement_over_the_cap_is_opaque() {
    let columns: Vec<String> = (0..60_000).map(|at| format!("column_{at} integer")).collect();
    let script = survives(&format!("CREATE TABLE t ({});\nCREATE TABLE u (a int);", columns.join(", ")));
    assert!(matches!(script.statements[0].understanding, Understanding::Opaque(_)));
    assert_eq!(script.statements[1].understanding, Understanding::Full);
}
