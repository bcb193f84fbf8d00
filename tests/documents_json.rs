//! JSON: the classes of JSONTestSuite in cases of our own, `serde_json` as oracle for what is valid, `jsonc-parser` for what is
//! tolerated.

use backend_lint::documents::{self, Kind, NodeRef, Style, Tree};
use backend_lint::source::SourceId;
use proptest::prelude::*;
use serde_json::Value;

fn parse(text: &str) -> Tree {
    documents::parse("a.json", SourceId(0), text.into())
}

fn messages(tree: &Tree) -> Vec<(std::ops::Range<usize>, &str)> {
    tree.problems().iter().map(|problem| (problem.span.range(), problem.message.as_str())).collect()
}

/// The value of a node, by recursion: for the small documents of these tests.
fn value(node: NodeRef<'_>) -> Value {
    match node.kind() {
        Kind::Map => {
            Value::Object(node.entries().map(|(key, each)| (key.text().unwrap_or("").to_owned(), value(each))).collect())
        }
        Kind::List => Value::Array(node.items().map(value).collect()),
        _ if node.style() == Style::Quoted => Value::String(node.text().unwrap_or("").to_owned()),
        _ => serde_json::from_str(node.text().unwrap_or("null")).unwrap_or(Value::Null),
    }
}

/// `y_`: every reader must accept these.
const ACCEPTED: &[&str] = &[
    "[[]   ]",
    "[\"\"]",
    "[]",
    "[\"a\"]",
    "[false]",
    "[null, 1, \"1\", {}]",
    "[null]",
    "[1\n]",
    " [1]",
    "[1,null,null,null,2]",
    "[2] ",
    "[0e+1]",
    "[0e1]",
    "[ 4]",
    "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]\n",
    "[20e1]",
    "[-0]",
    "[-123]",
    "[-1]",
    "[1E22]",
    "[1E-2]",
    "[1E+2]",
    "[123e45]",
    "[123.456e78]",
    "[1e-2]",
    "[1e+2]",
    "[123]",
    "[123.456789]",
    "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}",
    "{\"a\":\"b\"}",
    "{}",
    "{\"\":0}",
    "{\"foo\\u0000bar\": 42}",
    "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }",
    "{\"x\":[{\"id\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}], \"id\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}",
    "{\"a\":[]}",
    "{\"title\":\"\\u041f\\u043e\\u043b\\u0442\\u043e\\u0440\\u0430\" }",
    "{\n\"a\": \"b\"\n}",
    "[\"\\u0060\\u012a\\u12AB\"]",
    "[\"\\uD801\\udc37\"]",
    "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]",
    "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
    "[\"\\\\u0000\"]",
    "[\"\\\"\"]",
    "[\"a/*b*/c/*d//e\"]",
    "[\"\\\\a\"]",
    "[\"\\\\n\"]",
    "[\"\\u0012\"]",
    "[\"\\uFFFF\"]",
    "[ \"asd\"]",
    "[\"\u{10ffff}\"]",
    "[\"\u{ffff}\"]",
    "[\"\\u0000\"]",
    "[\"\u{2c}\"]",
    "[\"π\"]",
    "[\"\u{1bfff}\"]",
    "[\"asd \"]",
    "\" \"",
    "[\"\\uD834\\uDd1e\"]",
    "[\"\\u0821\"]",
    "[\"\u{2028}\u{2029}\"]",
    "[\"\\u0061\\u30af\\u30EA\\u30b9\"]",
    "[\"new\\u000Aline\"]",
    "[\"\u{7f}\"]",
    "[\"\\uA66D\"]",
    "[\"\\uDBFF\\uDFFE\"]",
    "[\"\\u200B\"]",
    "[\"\\uFDD0\"]",
    "[\"€𝄞\"]",
    "false",
    "42",
    "-0.1",
    "null",
    "\"asd\"",
    "true",
    "\"\"",
    "[\"a\"]\n",
    "[true]",
    " [] ",
    "\r\n\t {}\r\n",
    // Allowed to accept or not in the suite (`i_`); every reader here accepts them.
    "[123.456e-789]",
    "[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999999]",
    "[-1e+9999]",
    "[1.5e+9999]",
    "[-123123e100000]",
    "[123123123123123123123123123123]",
    "[-123123123123123123123123123123]",
    "\u{feff}{}",
];

/// `n_`: every reader must refuse these; this one must have something to say.
const REFUSED: &[&str] = &[
    "[1 true]",
    "[\"\": 1]",
    "[\"\"],",
    "[,1]",
    "[1,,2]",
    "[\"x\",,]",
    "[\"x\"]]",
    "[\"\",]",
    "[\"x\"",
    "[x",
    "[3[4]]",
    "[1:2]",
    "[,]",
    "[-]",
    "[   , \"\"]",
    "[\"a\",\n4\n,1,",
    "[1,]",
    "[1,,]",
    "[\"\u{b}a\"\\f]",
    "[*]",
    "[1,\n1\n,1",
    "[{}",
    "[fals]",
    "[nul]",
    "[tru]",
    "123\u{0}",
    "[++1234]",
    "[+1]",
    "[+Inf]",
    "[-01]",
    "[-1.0.]",
    "[-2.]",
    "[-NaN]",
    "[.-1]",
    "[.2e-3]",
    "[0.1.2]",
    "[0.3e+]",
    "[0.3e]",
    "[0.e1]",
    "[0E+]",
    "[0E]",
    "[0e+]",
    "[0e]",
    "[1.0e+]",
    "[1.0e-]",
    "[1.0e]",
    "[1 000.0]",
    "[1eE2]",
    "[2.e+3]",
    "[2.e-3]",
    "[2.e3]",
    "[9.e+]",
    "[Inf]",
    "[NaN]",
    "[１]",
    "[1+2]",
    "[0x1]",
    "[0x42]",
    "[Infinity]",
    "[0e+-1]",
    "[-123.123foo]",
    "[-Infinity]",
    "[-foo]",
    "[- 1]",
    "[-012]",
    "[-.123]",
    "[-1x]",
    "[1ea]",
    "[1.]",
    "[.123]",
    "[1.2a-3]",
    "[1.8011670033376514H-308]",
    "[012]",
    "[\"x\", truth]",
    "{[: \"x\"}\n",
    "{\"x\", null}",
    "{\"x\"::\"b\"}",
    "{🇨🇭}",
    "{\"a\":\"a\" 123}",
    "{key: 'value'}",
    "{\"a\" b}",
    "{:\"b\"}",
    "{\"a\" \"b\"}",
    "{\"a\":",
    "{\"a\"",
    "{1:1}",
    "{9999E9999:1}",
    "{null:null,null:null}",
    "{\"id\":0,,,,,}",
    "{'a':0}",
    "{\"id\":0,}",
    "{\"a\":\"b\"}/**/",
    "{\"a\":\"b\"}/**//",
    "{\"a\":\"b\"}//",
    "{\"a\":\"b\"}/",
    "{\"a\":\"b\",,\"c\":\"d\"}",
    "{a: \"b\"}",
    "{\"a\":\"a",
    "{ \"foo\" : \"bar\", \"a\" }",
    "{\"a\":\"b\"}#",
    " ",
    "",
    "[\"\\uD800\\\"]",
    "[\"\\uD800\\u\"]",
    "[\"\\uD800\\u1\"]",
    "[\"\\uD800\\u1x\"]",
    "[é]",
    "[\"\\\u{0}\"]",
    "[\"\\x00\"]",
    "[\"\\\\\\\"]",
    "[\"\\\t\"]",
    "[\"\\🌀\"]",
    "[\"\\\"]",
    "[\"\\u00A\"]",
    "[\"\\uD834\\uDd\"]",
    "[\"\\uD800\\uD800\\x\"]",
    "[\"\\a\"]",
    "[\"\\uqqqq\"]",
    "[\\u0020\"asd\"]",
    "[\\n]",
    "\"",
    "['single quote']",
    "abc",
    "[\"\\",
    "[\"a\u{0}a\"]",
    "[\"new\nline\"]",
    "[\"\t\"]",
    "\"\\UA66D\"",
    "\"\"x",
    "<.>",
    "[<null>]",
    "[1]x",
    "[1]]",
    "[\"asd]",
    "aå",
    "[True]",
    "1]",
    "{\"x\": true,",
    "[][]",
    "]",
    "{\"a\": true} \"x\"",
    "{}}",
    "{\"\":",
    "{\"a\":/*comment*/\"b\"}",
    "{\"a\": true} \"x\"",
    "['",
    "[,",
    "[{",
    "[\"a",
    "[\"a\"",
    "{",
    "{]",
    "{,",
    "{[",
    "{\"a",
    "{'a'",
    "[\"\\{[\"\\{[\"\\{[\"\\{",
    "é",
    "*",
    "{\"a\":\"b\"}#{}",
    "[\\u000A\"\"]",
    "[1",
    "[ false, nul",
    "[ true, fals",
    "[ false, tru",
    "{\"asd\":\"asd\"",
    "å",
    "[\u{2060}]",
    "\u{feff}",
    "[\u{c}]",
    "\u{a0}[]",
    "{\"a\": 1 \"b\": 2}",
    "nan",
    // The suite leaves these to the reader (`i_`): half a surrogate pair is no character, so it is told here.
    "[\"\\uDADA\"]",
    "[\"\\uD888\\u1234\"]",
    "[\"\\uD800\\n\"]",
    "[\"\\uDd1ea\"]",
    "[\"\\uD800\\uD800\\n\"]",
    "[\"\\ud800\"]",
    "[\"\\ud800abc\"]",
    "[\"\\uDd1e\\uD834\"]",
    "[\"\\uDFAA\"]",
];

#[test]
fn what_every_reader_accepts_has_no_problem_and_the_same_value() {
    for text in ACCEPTED {
        let tree = parse(text);
        assert_eq!(messages(&tree), [], "{text:?}");
        let root = tree.root().unwrap_or_else(|| panic!("no root: {text:?}"));
        if let Ok(expected) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) {
            assert_eq!(value(root), expected, "{text:?}");
        }
    }
}

#[test]
fn what_every_reader_refuses_has_a_problem() {
    for text in REFUSED {
        let tree = parse(text);
        assert!(!tree.problems().is_empty(), "{text:?}");
        assert!(tree.problems().iter().all(|problem| text.get(problem.span.range()).is_some()), "{text:?}");
    }
}

#[test]
fn a_repeated_key_is_told_though_the_grammar_allows_it() {
    let tree = parse("{\"a\":\"b\",\"a\":\"c\"}");
    assert_eq!(messages(&tree), [(9..12, "the key `a` appears twice in this map; the later one counts")]);
    assert_eq!(tree.problems()[0].other.map(|span| span.range()), Some(1..4));
    assert_eq!(tree.root().and_then(|root| root.get_text("a")), Some("c"));
}

#[test]
fn mistakes_are_told_at_their_place_and_reading_goes_on() {
    type Told = &'static [(std::ops::Range<usize>, &'static str)];
    let cases: [(&str, Told, &str); 16] = [
        ("{\"a\": 1,}", &[(7..8, "the last entry must not end with a comma")], "{\"a\":1}"),
        ("[1 2]", &[(3..4, "a comma is missing before this")], "[1,2]"),
        ("{\"a\" 1}", &[(5..6, "a colon is missing before this")], "{\"a\":1}"),
        ("[1,,2]", &[(3..4, "there is nothing before this comma")], "[1,2]"),
        ("{\"a\", \"b\": 2}", &[(1..4, "the key has no value")], "{\"a\":null,\"b\":2}"),
        ("{\"a\": }", &[(1..4, "the key has no value")], "{\"a\":null}"),
        ("{a: 'x'}", &[(1..2, "a key must be text in double quotes"), (4..5, "JSON knows double quotes only")], "{\"a\":\"x\"}"),
        ("// c\n[1] // d", &[(0..4, "JSON has no comments")], "[1]"),
        ("[/* c\n", &[(0..1, "the file ends before this is closed"), (1..3, "the comment is not closed")], "[]"),
        ("[\"a\\qé\"]", &[(3..5, "JSON knows no such escape")], "[\"aqé\"]"),
        ("[\"\\ud800x\"]", &[(2..8, "half of a surrogate pair is no character")], "[\"\u{fffd}x\"]"),
        ("[\"a\n, \"b\"]", &[(1..3, "the text is not closed on its line")], "[\"a\",\"b\"]"),
        ("[\"\ta\t\"]", &[(2..3, "a control character must be written as an escape")], "[\"\\ta\\t\"]"),
        ("{\"a\": [1, {\"b\": 2}", &[(6..7, "the file ends before this is closed")], "{\"a\":[1,{\"b\":2}]}"),
        ("{\"a\": [1}", &[(8..9, "`}` closes what something else opened")], "{\"a\":[1]}"),
        ("[007, NaN]", &[(1..4, "a number must not begin with a zero"), (6..9, "JSON has no such number")], "[null,null]"),
    ];
    for (text, expected, read) in cases {
        let tree = parse(text);
        assert_eq!(messages(&tree), expected, "{text:?}");
        assert_eq!(tree.root().map(value), serde_json::from_str(read).ok(), "{text:?}");
    }
}

#[test]
fn places_are_bytes_of_the_file() {
    let text = "\u{feff}{\r\n  \"ü\": [\"é\\n\", -1.5e3],\r\n  \"z\": {}\r\n}";
    let tree = parse(text);
    assert_eq!(messages(&tree), []);
    let under = |path: &str| tree.root().and_then(|root| root.at(path)).map(|node| &text[node.span().range()]);
    assert_eq!(under("ü"), Some("[\"é\\n\", -1.5e3]"));
    assert_eq!(under("ü/0"), Some("\"é\\n\""));
    assert_eq!(under("ü/1"), Some("-1.5e3"));
    assert_eq!(under("z"), Some("{}"));
    assert_eq!(tree.root().and_then(|root| root.at("ü/1")).and_then(NodeRef::as_i64), Some(-1500));
    let root = tree.root().map(|root| root.span().range());
    assert_eq!(root, Some(3..text.len()));
}

#[test]
fn garbage_tells_no_more_problems_than_a_reader_can_read() {
    let tree = parse(&"[1 }".repeat(10_000));
    assert_eq!(tree.problems().len(), 501);
    assert!(tree.problems()[500].message.ends_with("more problems in this file are not told"));
}

/// Documents of any shape.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::String),
        "[a-z\\\\\"/\u{0}-\u{1f}é😀]{0,12}".prop_map(Value::String),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            proptest::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn valid_documents_have_the_values_of_serde_json(expected in any_value(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&expected) } else { serde_json::to_string(&expected) }.unwrap();
        let tree = parse(&text);
        prop_assert_eq!(messages(&tree), vec![]);
        prop_assert_eq!(tree.root().map(value), serde_json::from_str(&text).ok());
    }

    #[test]
    fn what_serde_json_refuses_has_a_problem_and_what_it_accepts_has_none(
        expected in any_value(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), "[\\[\\]{},:\"'\\\\0-9a-u./* +-]"), 1..4),
    ) {
        let mut text: Vec<char> = expected.to_string().chars().collect();
        for (place, with) in edits {
            let place = place.index(text.len());
            text.splice(place..(place + 1).min(text.len()), with.chars());
        }
        let text: String = text.into_iter().collect();
        let tree = parse(&text);
        let told = tree.problems().iter().any(|problem| problem.other.is_none());
        match serde_json::from_str::<Value>(&text) {
            Ok(expected) => {
                prop_assert!(!told, "{:?} in {:?}", messages(&tree), text);
                prop_assert_eq!(tree.root().map(value), Some(expected));
            }
            // The one thing that serde_json refuses and the grammar allows.
            Err(error) if error.to_string().contains("number out of range") => {}
            Err(error) => prop_assert!(told, "{} in {:?}", error, text),
        }
    }

    #[test]
    fn comments_and_last_commas_are_read_as_jsonc_parser_reads_them(expected in any_value(), seed: u64) {
        let text = decorate(&serde_json::to_string_pretty(&expected).unwrap(), seed);
        let tree = parse(&text);
        let theirs: Option<Value> = jsonc_parser::parse_to_serde_value(&text, &Default::default()).ok();
        prop_assert_eq!(tree.root().map(value), theirs);
    }
}

/// Puts comments and commas that JSON does not have at the ends of lines.
fn decorate(text: &str, seed: u64) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for at in 0..lines.len() {
        let choice = (seed >> (at % 60)) & 3;
        let closes_next = lines.get(at + 1).is_some_and(|next| next.trim_start().starts_with(['}', ']']));
        let complete = !lines[at].ends_with(['{', '[', ',']);
        match choice {
            0 if closes_next && complete => lines[at].push(','),
            1 => lines[at].push_str(" // \"note\" {"),
            2 => lines[at].push_str(" /* } , \n ] */"),
            _ => {}
        }
    }
    lines.join("\n")
}
