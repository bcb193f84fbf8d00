//! Which configuration a file is: by its name, then by its top-level keys or the words of its lines. The table is data:
//! `data/formats.toml`. Nothing is parsed here.

use super::{Kind, scan};
use globset::{Glob, GlobSet, GlobSetBuilder};
use std::collections::HashSet;
use std::sync::OnceLock;

/// A row of the table.
struct Format {
    kind: Kind,
    names: Option<GlobSet>,
    not_names: Option<GlobSet>,
    folders: HashSet<String>,
    keys: Vec<String>,
    any_keys: Vec<String>,
    words: Vec<String>,
    contains: Vec<String>,
}

fn formats() -> &'static [Format] {
    static FORMATS: OnceLock<Vec<Format>> = OnceLock::new();
    FORMATS.get_or_init(|| {
        let table: toml::Table = include_str!("../../data/formats.toml").parse().unwrap_or_default();
        let rows = table.get("format").and_then(toml::Value::as_array).into_iter().flatten();
        rows.filter_map(format).collect()
    })
}

fn format(row: &toml::Value) -> Option<Format> {
    let list = |key: &str| -> Vec<String> {
        let items = row.get(key).and_then(toml::Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let globs = |key: &str| {
        let patterns = list(key);
        let mut set = GlobSetBuilder::new();
        for pattern in &patterns {
            set.add(Glob::new(pattern).ok()?);
        }
        set.build().ok().filter(|_| !patterns.is_empty())
    };
    Some(Format {
        kind: Kind::parse(row.get("kind")?.as_str()?)?,
        names: globs("names"),
        not_names: globs("not_names"),
        folders: list("folders").into_iter().collect(),
        keys: list("keys"),
        any_keys: list("any_keys"),
        words: list("words"),
        contains: list("contains"),
    })
}

impl Format {
    fn may_be(&self, path: &str, lower: &str) -> bool {
        self.names.as_ref().is_none_or(|names| names.is_match(lower))
            && self.not_names.as_ref().is_none_or(|names| !names.is_match(lower))
            && (self.folders.is_empty()
                || path.rsplit_once('/').is_some_and(|(folders, _)| folders.split('/').any(|one| self.folders.contains(one))))
    }

    /// Why the text is of this format; `None` where it is not.
    fn evidence(&self, text: &str) -> Option<String> {
        let by_name = self.names.is_some();
        if self.keys.iter().any(|key| !scan::has_top_level(text, key)) {
            return None;
        }
        let key = self.any_keys.iter().find(|key| scan::has_top_level(text, key));
        let word = || self.words.iter().find(|word| text.lines().any(|line| line.trim_start().starts_with(word.as_str())));
        let part = || self.contains.iter().find(|part| memchr::memmem::find(text.as_bytes(), part.as_bytes()).is_some());
        // Of the weaker signs one is enough, where any is asked for.
        let asks = !(self.any_keys.is_empty() && self.words.is_empty() && self.contains.is_empty());
        let sign = key.or_else(word).or_else(part);
        if asks && sign.is_none() {
            return None;
        }
        let shown: Vec<String> = self.keys.iter().chain(sign).map(|word| format!("`{}`", word.trim_matches('"'))).collect();
        Some(match (by_name, shown.is_empty()) {
            (true, true) => "its name".to_owned(),
            (true, false) => format!("its name, and {}", shown.join(" and ")),
            (false, _) => format!("a top-level {}", shown.join(" and ")),
        })
    }
}

/// Whether a name alone allows a file to be a configuration that is neither YAML nor JSON. `lower`: the name in lower case.
pub(super) fn is_named(path: &str, lower: &str) -> bool {
    formats().iter().any(|format| format.names.is_some() && format.may_be(path, lower))
}

/// Which configuration a text is, and why.
pub(super) fn judge(path: &str, text: &str) -> Option<(Kind, String)> {
    let lower = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    let is_document = [".yaml", ".yml", ".json"].iter().any(|ending| lower.ends_with(ending));
    let may_be = |format: &&Format| (format.names.is_some() || is_document) && format.may_be(path, &lower);
    formats().iter().filter(may_be).find_map(|format| Some((format.kind, format.evidence(text)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Option<Kind> {
        judge(path, text).map(|(kind, _)| kind)
    }

    #[test]
    fn every_row_is_understood() {
        let table: toml::Table = include_str!("../../data/formats.toml").parse().unwrap_or_default();
        let rows = table.get("format").and_then(toml::Value::as_array).map_or(0, Vec::len);
        assert_eq!(formats().len(), rows);
    }

    #[test]
    fn keys_decide_what_a_document_is() {
        assert_eq!(of("deploy/api.yaml", "apiVersion: apps/v1\nkind: Deployment\n"), Some(Kind::Kubernetes));
        assert_eq!(of("deploy/api.yaml", "kind: Deployment\n"), None);
        assert_eq!(of("a.json", "{\"apiVersion\": \"v1\", \"kind\": \"List\"}"), Some(Kind::Kubernetes));
        assert_eq!(of("envoy.yaml", "admin: {}\nstatic_resources: {}\n"), Some(Kind::Envoy));
        assert_eq!(of("x/rules.yml", "groups:\n- rules:\n  - alert: A\n    expr: up == 0\n"), Some(Kind::PrometheusRules));
        assert_eq!(of("x/groups.yml", "groups: [admin]\n"), None);
        assert_eq!(of("kong.yml", "_format_version: \"3.0\"\n"), Some(Kind::Kong));
    }

    #[test]
    fn names_decide_what_a_text_is() {
        assert_eq!(of("src/main/resources/application-prod.yml", "spring: {}\n"), Some(Kind::Spring));
        assert_eq!(of("src/main/resources/application.properties", "quarkus.http.port=80\n"), Some(Kind::Quarkus));
        assert_eq!(of("haproxy/haproxy.cfg", "global\n  maxconn 10\n"), Some(Kind::Haproxy));
        assert_eq!(of("setup.cfg", "[metadata]\nname = x\n"), None);
        assert_eq!(of("deploy/pgbouncer.ini", "[databases]\n* = host=db\n"), Some(Kind::Pgbouncer));
        assert_eq!(of("tox.ini", "[tox]\n"), None);
        assert_eq!(of("Cargo.toml", "[dependencies]\nredis = \"1\"\n"), None);
        assert_eq!(of("config/production.toml", "[database]\npool_size = 5\n"), Some(Kind::Application));
    }
}
