//! What a path alone says. The words are data: `data/discover.toml`.

use crate::files::{Listing, is_code};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// What a name allows a file to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// Nothing of ours; it is not even read.
    Nothing,
    /// A template, for this reason; it is not read, and said so.
    Template(&'static str),
    /// A YAML or JSON document: its top-level keys decide.
    Document,
    /// A compose file, or another document.
    Compose,
    /// An nginx configuration when its content agrees.
    Nginx,
    /// A `*.conf` file of nobody known: an nginx configuration when nothing else could say what it says.
    Conf,
    /// A `.env` file.
    Env,
    /// Another configuration when its content agrees.
    Configuration,
    /// The values of a Helm chart.
    HelmValues,
}

/// A list of `data/discover.toml`; empty where it has none of that name.
pub(crate) fn listed(key: &str) -> Vec<String> {
    static TABLE: OnceLock<toml::Table> = OnceLock::new();
    let table = TABLE.get_or_init(|| include_str!("../../data/discover.toml").parse().unwrap_or_default());
    let items = table.get(key).and_then(|value| value.as_array()).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// Words that the folders of every path are held against.
type Set = HashSet<String, foldhash::fast::RandomState>;

/// What a folder holds that is left out.
#[derive(Clone, Copy)]
enum Holds {
    Vendored,
    Examples,
}

struct Words {
    /// What a folder of this name holds.
    folders: HashMap<String, Holds, foldhash::fast::RandomState>,
    example_first_words: Vec<String>,
    example_last_words: Vec<String>,
    example_names: Set,
    copies: Vec<String>,
    templates: Vec<String>,
    nginx_folders: Set,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| Words {
        folders: {
            let examples = listed("examples").into_iter().map(|name| (name, Holds::Examples));
            examples.chain(listed("vendored").into_iter().map(|name| (name, Holds::Vendored))).collect()
        },
        example_first_words: listed("example_first_words"),
        example_last_words: listed("example_last_words"),
        example_names: listed("example_names").into_iter().collect(),
        copies: listed("copies"),
        templates: listed("templates"),
        nginx_folders: listed("nginx_folders").into_iter().collect(),
    })
}

/// The folders of a path, from the root.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.rsplit_once('/').map_or("", |(folders, _)| folders).split('/')
}

/// Why a file that is an artifact is left out all the same: it lies in a vendored, example or test tree.
pub fn left_out(path: &str) -> Option<String> {
    let known = &words().folders;
    let mut example = None;
    for folder in folders(path) {
        match known.get(folder) {
            Some(Holds::Vendored) => return Some(format!("in a vendored tree (`{folder}/`)")),
            Some(Holds::Examples) => example = example.or(Some(folder)),
            None => example = example.or_else(|| has_example_words(folder).then_some(folder)),
        }
    }
    example.map(|folder| format!("in an example or test tree (`{folder}/`)"))
}

/// Whether the name of a folder has several words of which the first or the last says that it holds examples or tests.
fn has_example_words(folder: &str) -> bool {
    // Most names have one word, and this is asked of the folders of every file.
    if !folder.bytes().any(|byte| matches!(byte, b'-' | b'_' | b'.')) {
        return false;
    }
    let is_one = |words: &[String], word: &str| words.iter().any(|one| one.eq_ignore_ascii_case(word));
    let between = |character: char| matches!(character, '-' | '_' | '.');
    let first = || folder.split_once(between).is_some_and(|(word, _)| is_one(&words().example_first_words, word));
    let last = || folder.rsplit_once(between).is_some_and(|(_, word)| is_one(&words().example_last_words, word));
    first() || last()
}

/// Whether the last word of a file's name says that it is an example.
pub(super) fn means_example(word: &str) -> bool {
    words().example_names.contains(word)
}

/// What the head of a copy says, in lower case, before the address that it was taken from.
pub(super) fn copy_words() -> impl Iterator<Item = &'static str> {
    words().copies.iter().map(String::as_str)
}

/// The folders that hold a Helm chart.
pub fn chart_folders(listing: &Listing) -> HashSet<&str> {
    listing
        .apart_from_code()
        .filter_map(|path| path.strip_suffix("Chart.yaml"))
        .map(|folder| folder.trim_end_matches('/'))
        .collect()
}

/// What the name of a file allows it to be.
pub fn guess(path: &str, charts: &HashSet<&str>) -> Guess {
    let name = path.rsplit('/').next().unwrap_or("");
    if is_code(path) {
        return Guess::Nothing;
    }
    // Nearly every name is in lower case, and a repository has many.
    let is_lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower: Cow<str> = if is_lower { name.into() } else { name.to_ascii_lowercase().into() };
    let lower = &*lower;
    let is_yaml = lower.ends_with(".yaml") || lower.ends_with(".yml");
    if let Some(stem) = words().templates.iter().find_map(|ending| lower.strip_suffix(ending.as_str())) {
        // Only a template of something that we would read is worth a word.
        let reads = [".yaml", ".yml", ".json", ".sql", ".conf", ".env"].iter().any(|ending| stem.ends_with(ending));
        return if reads && left_out(path).is_none() {
            Guess::Template("a template: it means nothing before it is rendered")
        } else {
            Guess::Nothing
        };
    }
    if is_yaml && !charts.is_empty() && in_chart_templates(path, charts) {
        return if left_out(path).is_none() {
            Guess::Template("a Helm template: no YAML before it is rendered")
        } else {
            Guess::Nothing
        };
    }
    if lower.ends_with(".env") || lower.starts_with(".env.") || lower.ends_with(".env.example") {
        return Guess::Env;
    }
    if is_yaml && lower.contains("compose") {
        return Guess::Compose;
    }
    if is_yaml && lower.starts_with("values") && in_chart(path, charts) {
        return Guess::HelmValues;
    }
    if is_yaml || lower.ends_with(".json") {
        let lock = matches!(lower, "package-lock.json" | "composer.lock" | "pnpm-lock.yaml" | "package.json" | "tsconfig.json");
        return if lock { Guess::Nothing } else { Guess::Document };
    }
    let is_conf = lower.ends_with(".conf")
        || lower.ends_with(".conf.template")
        || lower.ends_with(".nginx")
        || lower == "nginx.conf.default";
    let at_home = || folders(path).any(|folder| words().nginx_folders.contains(folder));
    if (is_conf && (lower.contains("nginx") || at_home())) || (!lower.contains('.') && at_home()) {
        return Guess::Nginx;
    }
    match super::configuration::is_named(path, lower) {
        true => Guess::Configuration,
        false if is_conf => Guess::Conf,
        false => Guess::Nothing,
    }
}

/// Whether a file is called as OpenAPI documents are, so that its silence has to be explained.
pub fn says_openapi(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    name.contains("openapi") || name.contains("swagger")
}

fn in_chart(path: &str, charts: &HashSet<&str>) -> bool {
    let mut folder = path;
    while let Some((above, _)) = folder.rsplit_once('/') {
        if charts.contains(above) {
            return true;
        }
        folder = above;
    }
    charts.contains("")
}

fn in_chart_templates(path: &str, charts: &HashSet<&str>) -> bool {
    path.match_indices("templates/").any(|(at, _)| {
        let folder = path[..at].trim_end_matches('/');
        (at == 0 || path[..at].ends_with('/')) && charts.contains(folder)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Guess {
        guess(path, &HashSet::from(["deploy/chart"]))
    }

    #[test]
    fn names_say_what_a_file_may_be() {
        assert_eq!(of("docker-compose.override.yml"), Guess::Compose);
        assert_eq!(of("deploy/dev-compose.yml"), Guess::Compose);
        assert_eq!(of("api/openapi.yaml"), Guess::Document);
        assert_eq!(of("nginx/default.conf"), Guess::Nginx);
        assert_eq!(of("build/dashboard-nginx.conf"), Guess::Nginx);
        assert_eq!(of("redis.conf"), Guess::Configuration);
        assert_eq!(of("proxy/site.conf"), Guess::Conf);
        assert_eq!(of("sysctl.config"), Guess::Nothing);
        assert_eq!(of("deploy/chart/ci/values-prod.yaml"), Guess::HelmValues);
        assert_eq!(of("other/values.yaml"), Guess::Document);
        assert_eq!(of("svc/.env.example"), Guess::Env);
        assert_eq!(of("config/development.env"), Guess::Env);
        assert!(matches!(of("deploy/chart/templates/a/b.yaml"), Guess::Template(_)));
        assert_eq!(of("other/templates/b.yaml"), Guess::Document);
        assert!(matches!(of("make/nginx.conf.jinja"), Guess::Template(_)));
        assert_eq!(of("src/main.rs"), Guess::Nothing);
    }

    #[test]
    fn example_and_vendored_trees_are_left_out() {
        assert!(left_out("vendor/x/openapi.yaml").is_some_and(|why| why.contains("vendored")));
        assert!(left_out("api/testdata/openapi.yaml").is_some());
        assert!(left_out("popx/stub/migrations/1_a.sql").is_some());
        assert_eq!(left_out("api/openapi.yaml"), None);
        assert_eq!(left_out("tests.yaml"), None);
    }
}
