//! Input that means harm: reading ends soon, within little memory and two megabytes of stack, whatever the bytes.

#[path = "support/stopwatch.rs"]
mod stopwatch;

use backend_lint::documents::{self, NodeId, Tree};
use backend_lint::source::SourceId;
use proptest::prelude::*;
use std::time::Duration;
use stopwatch::Stopwatch;

const PATHS: [&str; 3] = ["a.yaml", "a.json", "a.toml"];

/// Reads a text as each language on a small stack, and asks every question of the nodes at both ends.
fn survive(name: &str, text: &str) {
    for path in PATHS {
        let owned = text.to_owned();
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
            let watch = Stopwatch::start();
            let tree = documents::parse(path, SourceId(0), owned.as_str().into());
            let took = watch.spent();
            examine(&tree, &owned);
            took
        });
        let took = thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(|| panic!("{path} {name}: panicked"));
        // Generous: without optimisation, and others work on the machine too. Quadratic time would take minutes.
        assert!(took < Duration::from_secs(20), "{path} {name}: took {took:?}");
    }
}

fn examine(tree: &Tree, text: &str) {
    assert!(tree.problems().len() <= 501);
    for problem in tree.problems() {
        assert!(text.get(problem.span.range()).is_some(), "{problem:?}");
        assert!(!problem.message.is_empty() && !problem.message.contains('\n'), "{problem:?}");
    }
    for comment in tree.comments() {
        assert!(text.get(comment.start as usize..comment.end as usize).is_some(), "{comment:?}");
    }
    for document in tree.documents() {
        assert!(text.get(document.span().range()).is_some(), "{document:?}");
    }
    let middle = tree.len().min(2000);
    for at in (0..middle).chain(tree.len() - middle..tree.len()) {
        let node = tree.node(NodeId(at as u32));
        assert!(text.get(node.span().range()).is_some(), "{node:?}");
        let _ = (node.text(), node.tag(), node.as_text(), node.as_bool(), node.as_i64(), node.as_f64(), node.is_null());
        let _ = (node.get("a"), node.at("a/0/b"), node.entries().count(), node.items().count());
        let _ = (at % 100 == 0).then(|| node.merged_entries());
    }
    assert!(tree.heap_bytes() <= 64 * text.len() + 4096, "{} bytes for {}", tree.heap_bytes(), text.len());
}

#[test]
fn deep_nesting() {
    for (name, unit) in [
        ("lists", "["),
        ("maps", "{a:"),
        ("JSON maps", "{\"a\":"),
        ("dashes", "- "),
        ("keys", "? "),
        ("dots", "a."),
        ("inline", "a={b.c.d.e.f="),
    ] {
        survive(name, &unit.repeat(100_000));
    }
    let closed = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    survive("closed lists", &closed);
    survive("crossed", &format!("{}{}", "[".repeat(100_000), "}".repeat(100_000)));
    survive("crossed pairs", &"[{\"a\":".repeat(50_000).chars().chain("]".repeat(50_000).chars()).collect::<String>());
    survive("an array in TOML", &format!("a = {closed}"));
    let indents: String = (0..2000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    survive("indents", &indents);
}

#[test]
fn deep_json_is_read_to_its_end() {
    let text = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let tree = documents::parse("a.json", SourceId(0), text.into());
    assert_eq!((tree.len(), tree.problems().len()), (100_001, 0));
}

#[test]
fn aliases() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    let mut merges = String::from("a0: &a0 {k: v}\n");
    for at in 1..60 {
        let list = vec![format!("*a{}", at - 1); 9].join(", ");
        bomb.push_str(&format!("a{at}: &a{at} [{list}]\n"));
        merges.push_str(&format!("a{at}: &a{at} {{<<: [{list}]}}\n"));
    }
    survive("alias bomb", &bomb);
    survive("merge bomb", &merges);
    survive("cycles", &"&a [*a, &b {<<: *b, *a : *b}]\n---\n".repeat(5_000));
    survive("many aliases", &format!("a: &a 1\n{}", "- *a\n".repeat(100_000)));
    survive("many anchors", &(0..50_000).map(|at| format!("- &a{at} x\n- *a{at}\n")).collect::<String>());
    survive("many undefined", &"- *a\n".repeat(100_000));
    survive("waiting aliases", &format!("&a [{}]", "*a, ".repeat(100_000)));
}

#[test]
fn many_of_a_kind() {
    let cases = [
        ("flow maps", "{a: b}, "),
        ("flow list lines", "- {a: b}\n"),
        ("documents", "--- a\n"),
        ("broken documents", "---\n]\n"),
        ("broken documents with brackets", "---\n[[[\n"),
        ("comments", "# comment\n"),
        ("comment openers", "/* "),
        ("comment pairs", "/**/"),
        ("hashes", " #"),
        ("keys", "a: b\n"),
        ("TOML keys", "a = 1\n"),
        ("TOML tables", "[a.b.c]\n"),
        ("TOML arrays", "[[a]]\n"),
        ("equal signs", "=\n"),
        ("quotes", "\""),
        ("single quotes", "'"),
        ("quoted keys", "\"a\": 1,\n"),
        ("question marks", "? "),
        ("colons", ": "),
        ("commas", ","),
        ("pipes", "a: |\n\n"),
        ("absent items", "-\n"),
        ("tags", "!a "),
        ("tagged items", "- !a b\n"),
        ("anchors", "&a "),
        ("tabs", "\t"),
        ("spaces", " "),
        ("breaks", "\n"),
        ("carriage returns", "\r"),
        ("marks", "\u{feff}"),
        ("NULs", "\0"),
        ("backslashes", "\\"),
        ("surrogates", "\"\\ud800"),
        ("directives", "%YAML 1.2\n"),
        ("templates", "{{ .Values.x }}\n"),
        ("folded lines", ">\n a\n\n"),
        ("words", "é😀 "),
    ];
    for (name, unit) in cases {
        survive(name, &unit.repeat(100_000 / unit.len() + 1));
        survive(name, &format!("a: [{}", unit.repeat(20_000 / unit.len() + 1)));
        survive(name, &format!("{{\"a\": \"{}", unit.repeat(20_000 / unit.len() + 1)));
        survive(name, &format!("a:\n  - b\n{}", unit.repeat(20_000 / unit.len() + 1)));
    }
    survive("300,000 flow maps", &format!("[{}]", "{\"a\":1},".repeat(300_000)));
}

#[test]
fn distinct_things() {
    survive("distinct keys", &(0..100_000).map(|at| format!("key{at}: {at}\n")).collect::<String>());
    survive("distinct keys with a long start", &(0..5_000).map(|at| format!("{}{at}: 1\n", "k".repeat(200))).collect::<String>());
    survive("JSON keys", &format!("{{{}\"z\":1}}", (0..100_000).map(|at| format!("\"k{at}\":{at},")).collect::<String>()));
    survive("one key", &format!("{{{}\"z\":1}}", "\"k\":0,".repeat(100_000)));
    survive("distinct tags", &(0..50_000).map(|at| format!("- !t{at} x\n")).collect::<String>());
    survive("TOML tables", &(0..20_000).map(|at| format!("[t{at}.u]\nv = {at}\n")).collect::<String>());
}

#[test]
fn long_scalars() {
    let long = "x".repeat(5_000_000);
    survive("a quoted scalar", &format!("a: \"{long}\"\n"));
    survive("an open quote", &format!("a: \"{long}\n"));
    survive("a plain scalar", &long);
    survive("an escaped scalar", &format!("[\"{}\"]", "\\n".repeat(1_000_000)));
    survive("a block scalar", &format!("a: |\n{}", "  line\n".repeat(500_000)));
    survive("a key", &format!("{{\"{long}\": 1}}"));
    survive("a number", &"9".repeat(1_000_000));
    survive("blank block lines", &format!("a: |\n  x\n{}", "  \n".repeat(500_000)));
}

#[test]
fn oddities() {
    for text in [
        "",
        "\u{feff}",
        "\0",
        "a: \0",
        "\t- a",
        "a:\n\t- b",
        "'",
        "\"",
        "a: 'x",
        "a: \"\\",
        "[",
        "{",
        "]",
        "}",
        "- [",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "---",
        "...",
        "--- ---",
        "? ",
        ": ",
        "-",
        "#",
        "\r",
        "a: |\r",
        "a: |9",
        "a: >-+",
        "!<",
        "!!",
        "&a",
        "*a",
        "<<: *a",
        "{<<: <<}",
        "é",
        "\u{2028}",
        "a = ",
        "[a",
        "[[a",
        "a = '''",
        "a = \"\"\"",
        "a.",
        "=",
        "\"\\u",
        "\"\\ud83d\\u",
        "\"a\"\nb:\n  c: d\n",
        "'a' 'b'\nc: d\n",
        "[a]\n*x\nb: c\n",
        "/",
        "/*",
        "//",
    ] {
        survive(text, text);
        survive(text, &format!("a: 1\n---\n{text}"));
        survive(text, &format!("{text}\n---\na: 1\n"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        survive("bytes", &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_marks(text in "[-:?,\\[\\]{}#&*!|>'\"%@`=./\\\\ \t\r\nab0é<~+]{0,120}") {
        survive(&text, &text);
    }

    #[test]
    fn any_lines(lines in proptest::collection::vec(" {0,4}(- |\\? |a: |b: |\\[|\\]|\\{|\\}|---|\\.\\.\\.|# |\\||>|&a |\\*a|!t |'|\"|<<: |,|\\[a\\]|\\[\\[a\\]\\]|a = |a\\.b = )[a-c1]{0,2}(,|:|'|\"|\\]|\\})?", 0..20)) {
        let text = lines.join("\n");
        survive(&text, &text);
    }
}
