//! Trees of YAML and TOML: exact places, problems, what views see.

use backend_lint::documents::{self, Kind, NodeRef, Style, Tree};
use backend_lint::source::{SourceId, Span};

fn parse(path: &str, text: &str) -> Tree {
    documents::parse(path, SourceId(0), text.into())
}

fn yaml(text: &str) -> Tree {
    parse("a.yaml", text)
}

/// The characters under a node.
fn under<'a>(text: &'a str, node: NodeRef<'_>) -> &'a str {
    &text[node.span().range()]
}

fn at<'t>(tree: &'t Tree, path: &str) -> NodeRef<'t> {
    tree.root().and_then(|root| root.at(path)).unwrap_or_else(|| panic!("nothing at {path}"))
}

fn messages(tree: &Tree) -> Vec<(std::ops::Range<usize>, &str)> {
    tree.problems().iter().map(|problem| (problem.span.range(), problem.message.as_str())).collect()
}

#[test]
fn a_node_takes_twenty_bytes_and_four_in_its_list() {
    let text = "a: [1, 2, 3, 4]\nb: {c: d, e: f}\n";
    let tree = yaml(text);
    assert_eq!(tree.len(), 13);
    assert!(tree.heap_bytes() <= 24 * tree.len(), "{} bytes", tree.heap_bytes());
}

#[test]
fn places_are_bytes_whatever_the_characters_and_line_breaks() {
    for break_ in ["\n", "\r\n"] {
        for mark in ["", "\u{feff}"] {
            let text =
                ["größe: 'ü ß' # é", "日本: \"\\u00e9\"", "list:", "  - 😀", "  - key: v", "last: [a, {b: c}]", ""].join(break_);
            let text = format!("{mark}{text}");
            let tree = yaml(&text);
            assert_eq!(messages(&tree), []);
            let root = tree.root().unwrap();
            assert_eq!(root.span().start as usize, mark.len());
            let keys: Vec<&str> = root.entries().map(|(key, _)| under(&text, key)).collect();
            assert_eq!(keys, ["größe", "日本", "list", "last"]);
            assert_eq!(under(&text, at(&tree, "größe")), "'ü ß'");
            assert_eq!(at(&tree, "größe").text(), Some("ü ß"));
            assert_eq!(under(&text, at(&tree, "日本")), "\"\\u00e9\"");
            assert_eq!(at(&tree, "日本").text(), Some("é"));
            assert_eq!(under(&text, at(&tree, "list")), format!("- 😀{break_}  - key: v"));
            assert_eq!(under(&text, at(&tree, "list/0")), "😀");
            assert_eq!(under(&text, at(&tree, "list/1")), "key: v");
            assert_eq!(under(&text, at(&tree, "last")), "[a, {b: c}]");
            assert_eq!(under(&text, at(&tree, "last/1")), "{b: c}");
            assert!(under(&text, root).ends_with("{b: c}]"));
            let comments: Vec<&str> = tree.comments().iter().map(|c| &text[c.start as usize..c.end as usize]).collect();
            assert_eq!(comments, ["# é"]);
        }
    }
}

#[test]
fn a_block_scalar_ends_with_its_last_line_that_is_not_blank() {
    let text = "a: |\n  x\n  y\n\n\nb: >-\n   z\n  \n# c\nd: |+\n\n\ne: |\n\nf: |\n  w";
    let tree = yaml(text);
    assert_eq!(messages(&tree), []);
    let cases = [("a", "x\n  y", "x\ny\n"), ("b", "z", "z"), ("d", "", "\n\n"), ("e", "", ""), ("f", "w", "w")];
    for (key, written, decoded) in cases {
        let node = at(&tree, key);
        assert_eq!((under(text, node), node.text(), node.style()), (written, Some(decoded), Style::Block), "{key}");
        assert!(!node.is_null(), "{key}");
    }
    for text in ["a: |", "a: |2-  # c", "a: >+ # c\n"] {
        let tree = yaml(text);
        let node = at(&tree, "a");
        let header = text[3..].find(' ').map_or(text.len(), |length| 3 + length);
        assert_eq!((node.span().range(), node.text()), (header..header, Some("")), "{text:?}");
        assert_eq!(tree.comments().len(), text.matches('#').count(), "{text:?}");
    }
    // Without text it stands after its header, not at the next key.
    assert_eq!(at(&tree, "e").span().start as usize, text.find("e: |").unwrap() + 4);
}

#[test]
fn an_absent_value_is_null_and_stands_after_its_colon_or_dash() {
    let text = "a:\nb:   # none\nc:\n  -\n  - ~\n  - ''\nd: {e: , f}\n? g\n";
    let tree = yaml(text);
    assert_eq!(messages(&tree), []);
    for (path, before) in [("a", "a:"), ("b", "b:"), ("c/0", "  -"), ("d/e", "{e:"), ("d/f", ", f"), ("g", "? g")] {
        let node = at(&tree, path);
        assert!(node.is_null(), "{path}");
        assert_eq!(
            node.span().range(),
            {
                let end = text.find(before).unwrap() + before.len();
                end..end
            },
            "{path}"
        );
    }
    assert!(at(&tree, "c/1").is_null());
    assert!(!at(&tree, "c/2").is_null());
    assert_eq!(tree.root().unwrap().span().end as usize, text.len() - 1);
}

#[test]
fn documents_of_a_stream_and_a_broken_one_among_them() {
    let text = "a: 1\n---\nb: [1, 2\nc: }\n---\n# only a comment\n---\nd: 4\n...\n";
    let tree = yaml(text);
    let roots: Vec<&str> = tree.documents().map(|root| under(text, root)).collect();
    assert_eq!(roots, ["a: 1", "", "d: 4"]);
    assert_eq!(tree.problems().len(), 1);
    assert!(text[tree.problems()[0].span.start as usize..].starts_with(": }"), "{:?}", messages(&tree));
    // Nothing of the broken document is left: the two maps, their keys and values, and the absent root.
    assert_eq!(tree.len(), 7);
    assert_eq!(tree.comments().len(), 1);
    for text in ["", "\n", "# nothing\n", "\u{feff}"] {
        let tree = yaml(text);
        assert_eq!((tree.documents().count(), tree.problems().len()), (0, 0), "{text:?}");
    }
}

#[test]
fn every_broken_document_has_one_problem() {
    let text = "a: [\n---\nb: 'x\n---\nc: 1: 2\n---\nd: 1\n---\n- }\n";
    let tree = yaml(text);
    assert_eq!(tree.documents().count(), 1);
    assert_eq!(tree.problems().len(), 4, "{:?}", messages(&tree));
    assert_eq!(at(&tree, "d").as_i64(), Some(1));
}

#[test]
fn repeated_keys_name_both_places() {
    let text = "a: 1\nb: 2\n\"a\": 3\nc: {x: 1, x: 2, x: 3}\n";
    let tree = yaml(text);
    let told: Vec<(usize, usize)> = tree
        .problems()
        .iter()
        .map(|problem| (problem.span.start as usize, problem.other.map_or(0, |span| span.start as usize)))
        .collect();
    let x = text.find("{x").unwrap() + 1;
    assert_eq!(told, [(10, 0), (x + 6, x), (x + 12, x)]);
    assert_eq!(tree.problems()[0].message, "the key `a` appears twice in this map; the later one counts");
    assert_eq!(at(&tree, "a").as_i64(), Some(3));
    assert_eq!(tree.root().unwrap().entries().count(), 4);
    assert_eq!(tree.root().unwrap().merged_entries().len(), 3);
}

#[test]
fn repeated_keys_are_found_in_small_middling_and_large_maps() {
    for size in [2_usize, 7, 8, 9, 62, 63, 64, 65, 200] {
        let mut text: String = (0..size).map(|at| format!("k{at}: {at}\n")).collect();
        text.push_str("k1: again\n? [k0]\n: list\n? [k0]\n: list\n");
        let tree = yaml(&text);
        let told: Vec<(&str, &str)> = tree
            .problems()
            .iter()
            .map(|problem| (&text[problem.span.range()], &text[problem.other.map_or(0..0, Span::range)]))
            .collect();
        assert_eq!(told, [("k1", "k1")], "{size}");
        assert_eq!(tree.problems()[0].other.map(|span| span.start), Some(6), "{size}");
        let root = tree.root().unwrap();
        assert_eq!(root.get_text("k1"), Some("again"), "{size}");
        for key in (0..size).filter(|key| *key != 1) {
            assert_eq!(root.get(&format!("k{key}")).and_then(NodeRef::as_i64), Some(key as i64), "{size}");
        }
        assert_eq!(root.get("k"), None);
        assert_eq!(root.get("zzz"), None);
        assert_eq!(root.get(""), None);
        assert_eq!(root.entries().next().unwrap().0.text(), Some("k0"));
    }
}

#[test]
fn aliases_are_edges_and_keep_their_own_place() {
    let text = "base: &b {x: 1}\none: *b\ntwo: *b\nkey: &k name\n*k : v\nmissing: *nowhere\nagain: &b 2\nlast: *b\n";
    let tree = yaml(text);
    assert_eq!(
        messages(&tree),
        [(text.find("*nowhere").map(|at| at..at + 8).unwrap(), "the alias `*nowhere` names no anchor that stands before it")]
    );
    assert_eq!(at(&tree, "one/x").as_i64(), Some(1));
    assert_eq!(under(text, at(&tree, "two")), "*b");
    assert_eq!(at(&tree, "two").resolved(), at(&tree, "base"));
    assert_eq!(at(&tree, "name").text(), Some("v"));
    assert_eq!(at(&tree, "missing").kind(), Kind::Alias);
    assert_eq!(at(&tree, "last").as_i64(), Some(2));
    assert!(at(&tree, "missing").text().is_none() && !at(&tree, "missing").is_null());
    // Anchors do not outlive their document.
    assert_eq!(yaml("a: &x 1\n---\nb: *x\n").problems().len(), 1);
}

#[test]
fn merge_keys_resolve_in_the_view_only() {
    let text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  w: 0\nd:\n  <<: *a\n  x: 9\ne: {'<<': *a}\n";
    let tree = yaml(text);
    assert_eq!(messages(&tree), []);
    let seen = |path: &str| -> Vec<(String, Option<i64>)> {
        at(&tree, path)
            .merged_entries()
            .into_iter()
            .map(|(key, value)| (key.text().unwrap().to_owned(), value.as_i64()))
            .collect()
    };
    let entry = |key: &str, value| (key.to_owned(), Some(value));
    assert_eq!(seen("c"), [entry("w", 0), entry("x", 1), entry("y", 1), entry("z", 2)]);
    assert_eq!(seen("d"), [entry("x", 9), entry("y", 1)]);
    assert_eq!(at(&tree, "c/z").as_i64(), Some(2));
    assert_eq!(at(&tree, "d/x").as_i64(), Some(9));
    assert_eq!(at(&tree, "c").entries().count(), 2);
    assert_eq!(at(&tree, "e").get("x"), None);
}

#[test]
fn merge_keys_resolve_in_large_maps_too() {
    let own: String = (0..100).map(|at| format!("  k{at}: {at}\n")).collect();
    let text = format!("base: &b {{extra: 1, k5: 0}}\nlarge:\n  <<: *b\n{own}");
    let tree = yaml(&text);
    assert_eq!(at(&tree, "large/extra").as_i64(), Some(1));
    assert_eq!(at(&tree, "large/k5").as_i64(), Some(5));
    assert_eq!(at(&tree, "large").merged_entries().len(), 101);
}

#[test]
fn a_cycle_of_aliases_ends() {
    for text in [
        "&a [*a]",
        "&a {<<: *a, b: *a}",
        "&a {<<: [*a, *a, *a], b: 1}",
        "x: &x {<<: &y {<<: *x, <<: *y}, <<: *x}\n",
        "&a {*a : 1}",
        "&a {? *a : *a}",
    ] {
        let tree = yaml(text);
        let root = tree.root().unwrap();
        for node in (0..tree.len()).map(|at| tree.node(documents::NodeId(at as u32))) {
            let _ = (node.kind(), node.text(), node.tag(), node.as_text(), node.as_f64(), format!("{node:?}"));
            let _ = (node.get("absent"), node.at("a/b/c"), node.merged_entries().len(), node.items().count());
        }
        assert!(root.get("absent").is_none());
    }
}

#[test]
fn tags_are_kept_as_written() {
    let text = "a: !Ref Name\nb: !Sub\n  - x\nc: !!str 12\nd: ! 12\ne: !<tag:x.org,2000:y> z\nf: !GetAtt {g: h}\ni: !!int '3'\n";
    let tree = yaml(text);
    assert_eq!(messages(&tree), []);
    let tags: Vec<Option<&str>> = tree.root().unwrap().entries().map(|(_, value)| value.tag()).collect();
    let expected =
        [Some("!Ref"), Some("!Sub"), Some("!!str"), Some("!"), Some("!<tag:x.org,2000:y>"), Some("!GetAtt"), Some("!!int")];
    assert_eq!(tags, expected);
    assert_eq!(under(text, at(&tree, "a")), "Name");
    assert_eq!((at(&tree, "c").as_i64(), at(&tree, "c").as_text()), (None, Some("12")));
    assert_eq!((at(&tree, "d").as_i64(), at(&tree, "d").as_text()), (None, Some("12")));
    assert_eq!(at(&tree, "b/0").tag(), None);
}

#[test]
fn real_files_do_these_things() {
    // The closing bracket at the indent of its key, and another key after it.
    let tree = yaml("command: [\n  \"a\",\n  \"b\"\n]\nnext: 1\n");
    assert_eq!((messages(&tree), at(&tree, "next").as_i64()), (vec![], Some(1)));
    // Many aliases of few anchors.
    let uses: String = (0..200).map(|at| format!("s{at}:\n  <<: *x\n")).collect();
    let tree = yaml(&format!("x: &x {{a: 1}}\n{uses}"));
    assert_eq!((messages(&tree), at(&tree, "s199/a").as_i64()), (vec![], Some(1)));
    // More comment lines between a key and its value than parsers like to hold back.
    let comments = "  # c\n".repeat(1000);
    let tree = yaml(&format!("a:\n{comments}  b: 1\n{comments}  c: 2\nd:\n{comments}- 1\n"));
    assert_eq!((messages(&tree), at(&tree, "a/c").as_i64(), tree.comments().len()), (vec![], Some(2), 3000));
    // A template reads as a map of a map: what it means is for others to say, but it must not be a list of problems.
    assert_eq!(messages(&yaml("name: {{ .Values.x }}\n")), []);
}

#[test]
fn the_name_decides_the_language_and_the_first_byte_where_it_says_nothing() {
    let text = "{\"a\": 1,}";
    assert_eq!(parse("a.json", text).problems().len(), 1);
    assert_eq!(parse("a.JSON", text).problems().len(), 1);
    assert_eq!(parse("a.yaml", text).problems().len(), 0);
    assert_eq!(parse(".spectral", &format!("\u{feff}\n {text}")).problems().len(), 1);
    assert_eq!(parse("dir.json/file", "a: 1").problems().len(), 0);
    assert_eq!(parse("a.toml", "[a]\nb = 1").root().and_then(|root| root.at("a/b")).and_then(NodeRef::as_i64), Some(1));
    assert_eq!(parse("a.yml", "[1]").root().map(|root| root.items().count()), Some(1));
}

#[test]
fn toml_keeps_order_places_and_comments() {
    let text = "\u{feff}# c\nz = 1_000 # é\na.b = 'ü'\nhex = 0xFF\ninf = -inf\nwhen = 2024-01-02T03:04:05Z\ntext = \"\\u00e9\"\nml = '''\nx\n'''\nlist = [1, {k = true}]\n[t.u]\nv = 1.5\n[[many]]\nn = 1\n[[many]]\nn = 2\n";
    let tree = parse("a.toml", text);
    assert_eq!(messages(&tree), []);
    let keys: Vec<&str> = tree.root().unwrap().entries().map(|(key, _)| key.text().unwrap()).collect();
    assert_eq!(keys, ["z", "a", "hex", "inf", "when", "text", "ml", "list", "t", "many"]);
    assert_eq!((at(&tree, "z").as_i64(), under(text, at(&tree, "z"))), (Some(1000), "1_000"));
    assert_eq!((at(&tree, "a/b").as_text(), under(text, at(&tree, "a/b"))), (Some("ü"), "'ü'"));
    assert_eq!(at(&tree, "hex").as_i64(), Some(255));
    assert_eq!(at(&tree, "inf").as_f64(), Some(f64::NEG_INFINITY));
    assert_eq!(at(&tree, "when").as_text(), Some("2024-01-02T03:04:05Z"));
    assert_eq!(at(&tree, "text").as_text(), Some("é"));
    assert_eq!(at(&tree, "ml").as_text(), Some("x\n"));
    assert_eq!((at(&tree, "list/1/k").as_bool(), under(text, at(&tree, "list/1"))), (Some(true), "{k = true}"));
    assert_eq!(under(text, at(&tree, "t/u")), "[t.u]\nv = 1.5");
    assert_eq!(under(text, at(&tree, "many/1")), "[[many]]\nn = 2");
    assert_eq!(under(text, at(&tree, "many")), "[[many]]\nn = 1\n[[many]]\nn = 2");
    assert_eq!(tree.comments().len(), 2);
}

#[test]
fn broken_toml_gives_every_problem_and_the_rest_of_the_table() {
    let text = "a = 1\nb = \nc = [1, 2\nd = 3\n[e]\nf = 'x'\nf = 'y'\n";
    let tree = parse("a.toml", text);
    assert!(tree.problems().len() >= 3, "{:?}", messages(&tree));
    assert_eq!(at(&tree, "a").as_i64(), Some(1));
    let deep = format!("{}x = 1", "a.".repeat(100_000));
    assert_eq!(parse("a.toml", &deep).problems().len(), 1);
}
