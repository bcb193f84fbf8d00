//! What is read as simple YAML is read as the whole parser reads it, to the byte: over real files where they are at hand, and over texts
//! that are made to lie on the edge of what is simple.

#[path = "support/shared.rs"]
mod place;
#[path = "support/trees.rs"]
mod trees;

use backend_lint::documents::granit::Granit;
use backend_lint::documents::simple::Simple;
use backend_lint::documents::{Tree, TreeBuilder, yaml};
use backend_lint::source::SourceId;
use std::sync::Arc;
use trees::dump;

fn whole(text: &Arc<str>) -> Tree {
    yaml::parse_events(text, TreeBuilder::new(SourceId(0), text.clone()), &mut Granit::new(text))
}

/// The tree of a text that is simple; `None` of any other.
fn simple(text: &Arc<str>) -> Option<Tree> {
    let mut events = Simple::new(text)?;
    Some(yaml::parse_events(text, TreeBuilder::new(SourceId(0), text.clone()), &mut events))
}

/// Everything that is seen of a tree from outside.
fn said(tree: &Tree) -> String {
    format!("{}{:?}\n{:?}", dump(tree), tree.comments(), tree.problems())
}

/// Whether a text is simple; it must be the same to both then.
fn is_simple(text: &str) -> bool {
    let text: Arc<str> = text.into();
    let Some(tree) = simple(&text) else { return false };
    assert_eq!(said(&tree), said(&whole(&text)), "{text}");
    true
}

#[test]
fn usual_files_are_simple() {
    let texts = [
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a-1}\ndata: {key: value}\n",
        "---\na:\n  b: 1 # one\n\n  # two\n  c:\n  - x\n  - y: 'z'\n    w: \"v\"\nd:\n---\ne: [1, {f: g}, []]\nh: {}\n",
        "services:\n  api:\n    image: repo/api:1.2\n    ports:\n      - \"80:80\"\n    command: [\"a\", 'b c']\n    depends_on: [db]\n",
        "- a\n-   b: c\n    d: e\n- {}\n",
        "a: http://x/y?z=1&w=2\nb: a, b\nc: -1\nd: x y  \ne: $ref\n",
        "a:\n- b:\n  - c\n  d:\n- e:",
        "a: |\n  b\n",
        "a: |-\n    b: c\n      d # e\n\n\n    f\n\n# g\nh: >\n i\n j\n\n k\n\n\nl: >-\n  m\n",
        "a:\n- |\n  b\n\n- c: >-\n    d\n    e\n  f: |\n    #!/bin/sh\n    g \\\n      --h=\"i\"\n  # j\nk: |\n  l",
        "paths:\n  /orders/{id}:\n    get:\n      responses:\n        '200': {description: the order, content: {application/json: {schema: {$ref: '#/x'}}}}\n",
    ];
    for text in texts {
        assert!(is_simple(text), "{text}");
    }
    let texts = [
        "",
        "\n",
        "# only\n",
        "---\n",
        "a",
        "a: |2\n  b\n",
        "a: |+\n  b\n",
        "a: |\n",
        "a: |\nb: c\n",
        "a: |\n\n  b\n",
        "a: |\n  b\n   \n  c\n",
        "a: >\n  b\n    c\n",
        "a: >\n  b \n  c\n",
        "a: | # b\n  c\n",
        "a: |\n    b\n  c\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !x b\n",
        "a: \"\\n\"\n",
        "a: b\n  c\n",
        "a: b: c\n",
        "a:\tb\n",
        "a: b\r\n",
        "a: é\n",
        "%YAML 1.2\n---\na: b\n",
        "a: b\n...\n",
        "? a\n: b\n",
        "a: 'it''s'\n",
        "a: [b\n]\n",
        "a: {b}\n",
        " a: b\n",
        "a: b\n- c\n",
        "- a\nb: c\n",
        "a:\n  b: c\n d: e\n",
        "a: [b,]\n",
        "a: {b: }\n",
        "- - a\n",
        "-\n  a: b\n",
        "a : b\n",
        "a: 'b' c\n",
        "a: [b: c]\n",
    ];
    for text in texts {
        assert!(!is_simple(text), "{text}");
    }
    // The whole parser takes no key of more than 1,024 characters that does not stand by itself.
    let long = "k".repeat(1_025);
    for text in [format!("{long}: b\n"), format!("a: {{{long}: b}}\n"), format!("a: {{b: {{{long}: c}}}}\n")] {
        assert!(!is_simple(&text), "a key of {} characters", long.len());
    }
}

/// The same numbers each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

#[test]
fn texts_on_the_edge_are_the_same_to_both() {
    let pieces = [
        "a",
        "b",
        "key",
        "a: ",
        "b:",
        "- ",
        "-",
        "  ",
        " ",
        "\n",
        "\n",
        "\n  ",
        "\n    ",
        "\n- ",
        "\n  - ",
        "\n---\n",
        ": ",
        ":",
        "#",
        " # c",
        "'q'",
        "\"q\"",
        "'",
        "\"",
        "{",
        "}",
        "[",
        "]",
        ", ",
        ",",
        "{a: b}",
        "[a, b]",
        "{a: 'b', c: [d]}",
        "~",
        "<<",
        "1",
        "-1",
        "null",
        ".",
        "/",
        "?",
        "&",
        "*",
        "!",
        "|",
        ">",
        ": |\n  ",
        ": >-\n  ",
        ": >\n    ",
        "\n\n  ",
        "%",
        "@",
        "=",
        "$x",
        "http://x",
        "a:b",
        "a#b",
        "...",
        "x y",
        "\\",
        "(",
        "+",
        "^",
        "_",
        "---",
        "\n# c\n",
        "\na: b",
        "\n  c: d",
    ];
    let mut random = Random(7);
    let mut taken = 0;
    for _ in 0..400_000 {
        let text: String = (0..1 + random.below(14)).map(|_| pieces[random.below(pieces.len())]).collect();
        taken += usize::from(is_simple(&text));
    }
    println!("{taken} of 400000 are simple");
    assert!(taken > 5_000, "{taken}");
}

#[test]
fn simple_lines_in_any_order_are_the_same_to_both() {
    let lines = [
        "a: b",
        "c:",
        "d: {e: f}",
        "g: [h, 'i']",
        "- j",
        "- k: l",
        "-   m: n",
        "- {o: p}",
        "'q': r",
        "\"s\": \"t u\"",
        "v: w # x",
        "# y",
        "",
        "z: 1.5",
        "a:",
        "- b:",
        "- 'c'",
        "d: /e/{f}",
        "- [g]",
        "---",
        "h: i:j",
        "k: l-m",
        "n: |",
        "o: >-",
        "- p: >",
        "- |-",
        "  # q",
        "r",
        "s ",
    ];
    let mut random = Random(11);
    let (mut taken, rounds) = (0, 200_000);
    for _ in 0..rounds {
        let mut text = String::new();
        let mut depth = 0usize;
        for _ in 0..1 + random.below(8) {
            let line = lines[random.below(lines.len())];
            text.push_str(&format!("{}{line}\n", " ".repeat(depth)));
            depth = match random.below(4) {
                0 => depth.saturating_sub(2),
                1 => depth + 2,
                2 if line.ends_with([':', '|', '>', '-']) => depth + 2,
                _ => depth,
            };
        }
        taken += usize::from(is_simple(&text));
    }
    println!("{taken} of {rounds} are simple");
    assert!(taken > rounds / 50, "{taken}");
}

#[test]
fn real_files_and_edits_of_them_are_the_same_to_both() {
    let folders = ["corpus", "bench"].map(place::shared);
    let walk = folders.iter().flat_map(|folder| walkdir::WalkDir::new(folder).sort_by_file_name());
    let is_yaml = |path: &std::path::Path| path.extension().is_some_and(|end| end == "yaml" || end == "yml");
    let files = walk.filter_map(Result::ok).map(walkdir::DirEntry::into_path).filter(|path| is_yaml(path));
    let texts = files.filter_map(|path| std::fs::read_to_string(path).ok()).filter(|text| text.len() < 64 << 10);
    let mut random = Random(3);
    let (mut all, mut taken, mut edited) = (0, 0, 0);
    for text in texts {
        all += 1;
        if !is_simple(&text) {
            continue;
        }
        taken += 1;
        for _ in 0..4 {
            let mut other = text.clone();
            for _ in 0..1 + random.below(2) {
                let (at, signs) = (random.below(other.len() + 1), [" ", "\n", ":", "-", "'", "#", "{", ",", "]", "a", "  "]);
                match random.below(2) {
                    0 => other.insert_str(at, signs[random.below(signs.len())]),
                    _ if at < other.len() => drop(other.remove(at)),
                    _ => {}
                }
            }
            edited += usize::from(is_simple(&other));
        }
    }
    if all == 0 {
        println!("skipped: {} is not there", place::shared("corpus").display());
        return;
    }
    println!("{taken} of {all} real files are simple, and {edited} edits of them");
    assert!(taken * 5 > all && edited > taken);
}
