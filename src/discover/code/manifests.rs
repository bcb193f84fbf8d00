//! What a manifest says that a project runs with: its comments, and what only tests and developers need, are left out.

use serde::Deserialize;

/// How a manifest is written.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Form {
    /// `package.json`: its dependencies.
    Json,
    Toml,
    /// A project of Maven or of .NET.
    Xml,
    Gradle,
    /// `Gemfile`.
    Ruby,
    /// JavaScript, and what else has its comments.
    Script,
    /// `go.mod`.
    Go,
    /// Lines whose comments begin with `#`.
    Lines,
}

/// Words of sections, groups and keys that hold what only tests and developers need.
const APART: &[&str] = &["dev", "develop", "development", "test", "tests", "testing"];

impl Form {
    /// The text of a manifest without its comments and without what is for tests and developers alone; nothing where it is not read.
    pub fn said(self, text: &str) -> String {
        match self {
            Form::Json => dependencies(text).unwrap_or_default(),
            Form::Toml => {
                let mut said = String::new();
                if let Ok(table) = text.trim_start_matches('\u{feff}').parse::<toml::Table>() {
                    entries(&table, &mut said);
                }
                said
            }
            Form::Xml => {
                let text = without(text, "<!--", "-->", |_| true);
                without(&text, "<dependency>", "</dependency>", |inside| inside.contains("<scope>test</scope>"))
            }
            Form::Gradle => {
                let text = without_comments(text, "//", true);
                let is_test = |one: &&str| {
                    let word = first_word(one).to_ascii_lowercase();
                    word.contains("test") || word.starts_with("development")
                };
                text.split(['\n', ';', '{', '}']).filter(|one| !is_test(one)).collect::<Vec<_>>().join("\n")
            }
            Form::Ruby => gems(&without_comments(text, "#", false)),
            Form::Script => without_comments(text, "//", true),
            // What nothing of the module's own imports is there for some other module, which may offer many drivers.
            Form::Go => {
                let own = text.lines().filter(|line| !line.trim_end().ends_with("// indirect"));
                without_comments(&own.collect::<Vec<_>>().join("\n"), "//", true)
            }
            Form::Lines => without_comments(text, "#", false),
        }
    }
}

fn first_word(text: &str) -> &str {
    text.split(|letter: char| !letter.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or("")
}

/// The names in the lists of `package.json` that are there where the project runs, each in quotes.
fn dependencies(text: &str) -> Option<String> {
    let whole: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let lists = ["dependencies", "peerDependencies", "optionalDependencies"];
    let names = lists.iter().filter_map(|list| whole.get(list)?.as_object()).flat_map(|list| list.keys());
    Some(names.map(|name| format!("\"{name}\"\n")).collect())
}

/// Keys as they are, texts in quotes.
fn entries(table: &toml::Table, said: &mut String) {
    let is_apart = |key: &str| {
        let mut words = key.split(|letter: char| !letter.is_alphanumeric());
        words.any(|word| APART.iter().any(|one| word.eq_ignore_ascii_case(one)))
    };
    for (key, value) in table.iter().filter(|(key, _)| !is_apart(key)) {
        said.push_str(key);
        said.push('\n');
        entry(value, said);
    }
}

fn entry(value: &toml::Value, said: &mut String) {
    match value {
        toml::Value::String(text) => said.push_str(&format!("\"{text}\"\n")),
        toml::Value::Array(list) => list.iter().for_each(|one| entry(one, said)),
        toml::Value::Table(table) => entries(table, said),
        _ => {}
    }
}

/// A `Gemfile` without its groups for tests and developers.
fn gems(text: &str) -> String {
    let names_group = |line: &str| APART.iter().any(|word| line.contains(&format!(":{word}")));
    let mut said = String::new();
    let mut in_group = false;
    for line in text.lines() {
        let word = first_word(line);
        if in_group {
            in_group = word != "end";
        } else if word == "group" && names_group(line) && !line.contains(":production") {
            in_group = true;
        } else if !(line.contains("group") && names_group(line)) {
            said.push_str(line);
            said.push('\n');
        }
    }
    said
}

/// A text without what stands from one mark to the next other one, where that is meant by its content.
fn without(text: &str, open: &str, close: &str, is_meant: impl Fn(&str) -> bool) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        let (inside, behind) = after.split_once(close).unwrap_or((after, ""));
        said.push_str(before);
        if !is_meant(inside) {
            said.push_str(inside);
        }
        rest = behind;
    }
    said + rest
}

/// A text without its comments: from a mark that stands in no quotes and behind no other letter to the end of the line, and with
/// `blocks` what stands between `/*` and `*/`.
fn without_comments(text: &str, mark: &str, blocks: bool) -> String {
    let mut said = String::new();
    let (mut quote, mut before) = (None, ' ');
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let is_free = quote.is_none() && (blocks || before.is_whitespace());
        let skipped = match rest {
            _ if is_free && rest.starts_with(mark) => rest.find('\n').unwrap_or(rest.len()),
            _ if is_free && blocks && rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ => 0,
        };
        let taken = if skipped == 0 { letter.len_utf8() } else { skipped };
        if skipped == 0 {
            quote = match quote {
                Some(open) if open == letter || letter == '\n' => None,
                None if matches!(letter, '"' | '\'') => Some(letter),
                _ => quote,
            };
            before = letter;
            said.push(letter);
        }
        rest = rest.get(taken..).unwrap_or("");
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_tests_and_what_is_a_comment_is_left_out() {
        let cases = [
            (Form::Json, r#"{"keywords": ["x"], "dependencies": {"pg": "1"}, "devDependencies": {"x": "1"}}"#, "\"pg\""),
            (
                Form::Toml,
                "[dependencies]\npg = '1' # x\n[dev-dependencies]\nx = '1'\n[tool.poetry.group.test.dependencies]\nx = '1'",
                "pg",
            ),
            (Form::Toml, "[project]\ndependencies = ['pg>=1']\n[dependency-groups]\ndev = ['x']", "\"pg>=1\""),
            (Form::Xml, "<!-- x --><dependency>x<scope>test</scope></dependency><dependency>pg</dependency>", "pg"),
            (Form::Gradle, "dependencies { runtimeOnly 'pg'; testRuntimeOnly 'x' }\n// x\n/* x */ url 'https://a'\n", "'pg'"),
            (Form::Ruby, "gem 'pg' # x\ngroup :development, :test do\n  gem 'x'\nend\ngem 'x', group: :test\n", "gem 'pg'"),
            (Form::Ruby, "group :test do\n  gem 'x'\nend\ngroup :production, :test do\n  gem 'pg'\nend\n", "gem 'pg'"),
            (Form::Script, "client: 'pg', // x\n/* x\n x */ directory: './m/*.js', url: 'a://b'\n", "'./m/*.js'"),
            (Form::Go, "require (\n\tgithub.com/lib/pq v1 // pq x\n\tx v1 // indirect\n)\n", "github.com/lib/pq v1"),
            (Form::Lines, "# x\npg @ git+https://a/b#egg=pg # x\n", "pg @ git+https://a/b#egg=pg"),
        ];
        for (form, text, wanted) in cases {
            let said = form.said(text);
            assert!(said.contains(wanted) && !said.contains('x'), "{form:?} {text}: {said}");
        }
        assert_eq!(Form::Json.said("{"), "");
        assert_eq!(Form::Gradle.said("a \"b // c\n// d"), "a \"b // c\n");
        assert_eq!(Form::Xml.said("a<!-- b"), "a");
    }
}
