//! Which version of a database server the repository runs: tags of images in compose files and Kubernetes manifests, and what the
//! tool of the migrations has in its own configuration. A line scan; nothing is parsed.

use super::MigrationSet;
use super::migrations::server_product;
use crate::sql::Dialect;

/// One place that says which version of a server runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Server {
    /// The product, as in `[versions]`: `postgres`, `mysql`, `mariadb`.
    pub product: String,
    /// Its major version.
    pub major: u32,
    /// What is written there: `postgres:15-alpine`.
    pub written: String,
    /// The file.
    pub path: String,
    /// The folder whose migrations alone it speaks of; `None` where it speaks of all.
    pub folder: Option<String>,
}

/// The server images of a YAML text.
pub(super) fn images(path: &str, text: &str) -> Vec<Server> {
    if memchr::memmem::find(text.as_bytes(), b"image:").is_none() {
        return Vec::new();
    }
    let value = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ").trim_start();
        let value = line.strip_prefix("image:")?.split(" #").next()?.trim().trim_matches(['"', '\'']).to_owned();
        Some(value)
    };
    let found = text.lines().filter_map(value).filter_map(|written| {
        let (product, major) = version(&written)?;
        let written = written.split('@').next().unwrap_or("").to_owned();
        Some(Server { product, major, written, path: path.to_owned(), folder: None })
    });
    let mut found: Vec<Server> = found.collect();
    found.sort();
    found.dedup();
    found
}

/// The product and major version of an image reference; `None` where it is no server, or its tag says no version.
fn version(reference: &str) -> Option<(String, u32)> {
    let reference = reference.split('@').next()?;
    // A variable with a default may hold anything after the colon: `postgres:${TAG:-14}`.
    let head = reference.split("${").next()?;
    let name = head.rsplit('/').next()?;
    let image = name.split(':').next()?;
    let tag = reference.get(head.len() - name.len() + image.len()..)?.strip_prefix(':')?;
    let tag = match tag.strip_prefix("${") {
        Some(variable) => variable.split_once(":-").or_else(|| variable.split_once('-'))?.1.trim_end_matches('}'),
        None => tag,
    };
    let product = server_product(image)?;
    let number = |text: &str| -> Option<u32> {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let after_pg = tag.match_indices("pg").find_map(|(at, word)| number(tag.get(at + word.len()..)?));
    let major = after_pg.or_else(|| number(tag.trim_start_matches('v')))?;
    Some((product.to_owned(), major))
}

/// What the Supabase CLI's configuration says of the server of its migrations.
pub(super) fn of_supabase(set: &MigrationSet, read: &mut dyn FnMut(&str) -> Option<String>) -> Option<Server> {
    if set.tool != "supabase" {
        return None;
    }
    let path = format!("{}/config.toml", set.folder.strip_suffix("/migrations")?);
    let text = read(&path)?;
    let written = text.lines().map(str::trim).find(|line| line.starts_with("major_version"))?;
    let major = written.split_once('=')?.1.trim().parse().ok()?;
    let (written, folder) = (written.to_owned(), Some(set.folder.clone()));
    Some(Server { product: "postgres".into(), major, written, path, folder })
}

/// The major version of the server of a database, and where it is said: what speaks of its folder alone, else the lowest of
/// all. `None` where nothing says it.
pub fn of(servers: &[Server], dialect: Dialect, variant: Option<&str>, folder: &str) -> Option<(u32, String)> {
    let product = variant.unwrap_or(dialect.name());
    let own = |one: &&Server| one.product == product && one.folder.as_deref().is_none_or(|only| only == folder);
    let special = servers.iter().filter(own).find(|one| one.folder.is_some());
    let lowest = || servers.iter().filter(own).min_by_key(|one| (one.major, &one.path, &one.written));
    let server = special.or_else(lowest)?;
    let mut why = format!("`{}` in {}", server.written, server.path);
    let others = servers.iter().filter(own).any(|one| one.major != server.major);
    if special.is_none() && others {
        why += ", the lowest of those in the repository";
    }
    Some((server.major, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_say_the_version() {
        let of = |text: &str| version(text).map(|(product, major)| format!("{product} {major}"));
        assert_eq!(of("postgres:15-alpine").as_deref(), Some("postgres 15"));
        assert_eq!(of("docker.io/library/postgres:16.3@sha256:00").as_deref(), Some("postgres 16"));
        assert_eq!(of("localhost:5000/mirror/postgres:14.20").as_deref(), Some("postgres 14"));
        assert_eq!(of("timescale/timescaledb:2.11.0-pg14").as_deref(), Some("postgres 14"));
        assert_eq!(of("pgvector/pgvector:pg16").as_deref(), Some("postgres 16"));
        assert_eq!(of("supabase/postgres:15.1.0.117").as_deref(), Some("postgres 15"));
        assert_eq!(of("postgres:${POSTGRES_IMAGE_TAG:-14}").as_deref(), Some("postgres 14"));
        assert_eq!(of("mysql:8.0").as_deref(), Some("mysql 8"));
        assert_eq!(of("mariadb:10.8").as_deref(), Some("mariadb 10"));
        assert_eq!((of("postgres"), of("postgres:latest"), of("postgres:${TAG}")), (None, None, None));
        assert_eq!((of("prom/prometheus:v2"), of("mysql:latest"), of("")), (None, None, None));
    }

    #[test]
    fn the_lowest_counts_and_says_so() {
        let text = "services:\n  a:\n    image: postgres:16\n  b:\n    image: \"postgres:13-alpine\" # old\n";
        let found = images("compose.yaml", text);
        let said = of(&found, Dialect::Postgres, None, "migrations");
        assert_eq!(said, Some((13, "`postgres:13-alpine` in compose.yaml, the lowest of those in the repository".into())));
        assert_eq!(of(&found, Dialect::MySql, None, "migrations"), None);
        assert_eq!(of(&found, Dialect::Postgres, Some("cockroachdb"), "migrations"), None);
    }
}
