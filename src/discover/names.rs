//! What a path alone says. The words are data: `data/discover.toml`.

use crate::files::Entry;
use std::collections::HashSet;
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
    /// A `.env` file.
    Env,
}

struct Words {
    vendored: HashSet<String>,
    examples: HashSet<String>,
    templates: Vec<String>,
    nginx_folders: HashSet<String>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let table: toml::Table = include_str!("../../data/discover.toml").parse().unwrap_or_default();
        let list = |key: &str| -> Vec<String> {
            let items = table.get(key).and_then(|value| value.as_array()).map_or(&[][..], |items| items.as_slice());
            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        Words {
            vendored: list("vendored").into_iter().collect(),
            examples: list("examples").into_iter().collect(),
            templates: list("templates"),
            nginx_folders: list("nginx_folders").into_iter().collect(),
        }
    })
}

fn segments(path: &str) -> (Vec<&str>, &str) {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or("");
    (parts, name)
}

/// Why a file that is an artifact is left out all the same: it lies in a vendored, example or test tree.
pub fn left_out(path: &str) -> Option<String> {
    let (folders, _) = segments(path);
    let found = |words: &HashSet<String>| folders.iter().find(|folder| words.contains(**folder)).copied();
    if let Some(folder) = found(&words().vendored) {
        return Some(format!("in a vendored tree (`{folder}/`)"));
    }
    found(&words().examples).map(|folder| format!("in an example or test tree (`{folder}/`)"))
}

/// The folders that hold a Helm chart.
pub fn chart_folders(entries: &[Entry]) -> HashSet<&str> {
    entries.iter().filter_map(|entry| entry.path.strip_suffix("Chart.yaml")).map(|folder| folder.trim_end_matches('/')).collect()
}

/// What the name of a file allows it to be.
pub fn guess(path: &str, charts: &HashSet<&str>) -> Guess {
    let (folders, name) = segments(path);
    let lower = name.to_ascii_lowercase();
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
    if is_yaml && in_chart_templates(path, charts) {
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
    if is_yaml || lower.ends_with(".json") {
        let lock =
            matches!(lower.as_str(), "package-lock.json" | "composer.lock" | "pnpm-lock.yaml" | "package.json" | "tsconfig.json");
        return if lock { Guess::Nothing } else { Guess::Document };
    }
    let is_conf = lower.ends_with(".conf")
        || lower.ends_with(".conf.template")
        || lower.ends_with(".nginx")
        || lower == "nginx.conf.default";
    let at_home = folders.iter().any(|folder| words().nginx_folders.contains(*folder));
    if (is_conf && (at_home || lower.contains("nginx"))) || (at_home && !lower.contains('.')) {
        return Guess::Nginx;
    }
    Guess::Nothing
}

/// Whether a file is called as OpenAPI documents are, so that its silence has to be explained.
pub fn says_openapi(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    name.contains("openapi") || name.contains("swagger")
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
        assert_eq!(of("redis.conf"), Guess::Nothing);
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
        assert_eq!(left_out("api/openapi.yaml"), None);
        assert_eq!(left_out("tests.yaml"), None);
    }
}
