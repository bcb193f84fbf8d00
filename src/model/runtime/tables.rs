//! What `data/defaults.toml` and `data/images.toml` say.

use super::timeout::{self, Units};
use crate::documents::interpolation::STAND_IN;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;
use toml::Value;

/// What a setting bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bounds {
    /// The whole handling of one request.
    Request,
    /// A request that the server handles apart from its thread.
    AsynchronousRequest,
    /// Waiting for a connection of a pool.
    Wait,
    /// One SQL statement.
    Statement,
    /// Making a connection.
    Connect,
    /// The whole work on one job.
    Job,
}

impl Bounds {
    /// The word of the tables, for messages and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Bounds::Request => "request",
            Bounds::AsynchronousRequest => "asynchronous request",
            Bounds::Wait => "wait",
            Bounds::Statement => "statement",
            Bounds::Connect => "connect",
            Bounds::Job => "job",
        }
    }

    /// What it bounds, as the start of a sentence: `a request may run`.
    pub fn what_may_last(self) -> &'static str {
        match self {
            Bounds::Request => "a request may run",
            Bounds::AsynchronousRequest => "an asynchronous request may run",
            Bounds::Wait => "a request may wait for a connection",
            Bounds::Statement => "a statement may run",
            Bounds::Connect => "connecting may take",
            Bounds::Job => "a job may run",
        }
    }
}

/// A setting that states a timeout: a flag, a variable or a parameter of a URL.
#[derive(Debug)]
pub struct TimeoutRow {
    names: Vec<String>,
    /// The program, product or database system to which it belongs; `None` for any.
    pub owner: Option<String>,
    /// Seconds that a number without a unit counts; `None` where the setting does not say.
    pub unit: Option<f64>,
    /// What it bounds.
    pub bounds: Bounds,
    /// Whether the name is used for nothing else.
    pub is_certain: bool,
    /// Whether a known product reads it: what it means is then known.
    pub is_of_product: bool,
    /// What to write instead of "for ever".
    pub instead: String,
}

impl TimeoutRow {
    /// Its names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether the setting has this name.
    pub fn is_named(&self, name: &str) -> bool {
        self.names.iter().any(|one| one == name)
    }
}

/// A product that is known by its image.
#[derive(Debug)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// What it does, as a word of the table.
    pub role: String,
    /// The folder of its image in which it keeps its data.
    pub data: Option<String>,
    folder: Option<String>,
}

/// Both tables.
#[derive(Debug)]
pub struct Tables {
    defaults: HashMap<(String, String), Duration>,
    /// Flags of command lines.
    pub flags: Vec<TimeoutRow>,
    /// Environment variables.
    pub variables: Vec<TimeoutRow>,
    /// Parameters of database URLs.
    pub parameters: Vec<TimeoutRow>,
    images: HashMap<String, Product>,
    keepers: Vec<Product>,
    /// By section, then by key.
    words: HashMap<String, HashMap<String, Vec<String>>>,
}

impl Tables {
    /// The default of a product.
    pub fn default(&self, product: &str, key: &str) -> Option<Duration> {
        self.defaults.get(&(product.to_owned(), key.to_owned())).copied()
    }

    /// A list of words of a section: `("profile", "dev")`.
    pub fn words(&self, section: &str, key: &str) -> &[String] {
        self.words.get(section).and_then(|lists| lists.get(key)).map_or(&[], Vec::as_slice)
    }

    /// The product behind an image reference such as `docker.io/library/postgres:16-alpine@sha256:...`.
    pub fn product(&self, image: &str) -> Option<&Product> {
        let reference = image.split('@').next().unwrap_or("");
        let (folders, last) = reference.rsplit_once('/').unwrap_or(("", reference));
        let name = last.trim_start_matches(STAND_IN).split(':').next().unwrap_or("").to_ascii_lowercase();
        let product = self.images.get(&name)?;
        let says_little = matches!(name.as_str(), "server" | "console");
        let fits = product.folder.as_deref().is_none_or(|folder| !says_little || folders.ends_with(folder));
        fits.then_some(product)
    }

    /// The store that keeps its data in a folder of its container.
    pub fn keeper(&self, target: &str) -> Option<&Product> {
        let fits = |product: &&Product| {
            let rest = product.data.as_deref().and_then(|data| target.strip_prefix(data));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.keepers.iter().find(fits)
    }
}

/// The tables, read once.
pub fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let defaults: toml::Table = include_str!("../../../data/defaults.toml").parse().unwrap_or_default();
        let images: toml::Table = include_str!("../../../data/images.toml").parse().unwrap_or_default();
        let mut tables = Tables {
            defaults: rows(&defaults, "default").filter_map(default_row).collect(),
            flags: rows(&defaults, "flag").filter_map(timeout_row).collect(),
            variables: rows(&defaults, "variable").filter_map(timeout_row).collect(),
            parameters: rows(&defaults, "parameter").filter_map(timeout_row).collect(),
            images: HashMap::new(),
            keepers: Vec::new(),
            words: HashMap::new(),
        };
        for row in rows(&images, "product") {
            let (name, role) = (string(row, "name"), string(row, "role").unwrap_or_default());
            let (data, folder) = (string(row, "data"), string(row, "folder"));
            let product = |name: String| Product { name, role: role.clone(), data: data.clone(), folder: folder.clone() };
            tables.keepers.extend(name.clone().filter(|_| data.is_some()).map(product));
            for image in strings(row, "images") {
                let product = product(name.clone().unwrap_or_else(|| image.clone()));
                tables.images.insert(image, product);
            }
        }
        for (section, value) in defaults.iter().chain(&images).filter(|(_, value)| value.is_table()) {
            let lists = tables.words.entry(section.clone()).or_default();
            lists.extend(value.as_table().into_iter().flat_map(toml::Table::keys).map(|key| (key.clone(), strings(value, key))));
        }
        tables
    })
}

fn rows<'t>(table: &'t toml::Table, key: &str) -> impl Iterator<Item = &'t Value> {
    table.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn string(row: &Value, key: &str) -> Option<String> {
    row.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn strings(row: &Value, key: &str) -> Vec<String> {
    let items = row.get(key).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn default_row(row: &Value) -> Option<((String, String), Duration)> {
    let value = timeout::parse(row.get("value")?.as_str()?, Units::Common, None)?;
    Some(((string(row, "product")?, string(row, "key")?), value))
}

fn timeout_row(row: &Value) -> Option<TimeoutRow> {
    let bounds = match row.get("limits")?.as_str()? {
        "request" => Bounds::Request,
        "asynchronous request" => Bounds::AsynchronousRequest,
        "wait" => Bounds::Wait,
        "statement" => Bounds::Statement,
        "connect" => Bounds::Connect,
        "job" => Bounds::Job,
        _ => return None,
    };
    Some(TimeoutRow {
        names: strings(row, "names"),
        owner: ["program", "product", "system"].iter().find_map(|key| string(row, key)),
        unit: string(row, "unit").and_then(|word| timeout::unit(&word)),
        bounds,
        is_certain: row.get("certain").and_then(Value::as_bool).unwrap_or(true),
        is_of_product: row.get("application").and_then(Value::as_bool) != Some(true),
        instead: string(row, "instead")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        let table: toml::Table = include_str!("../../../data/defaults.toml").parse().unwrap_or_default();
        let tables = tables();
        assert_eq!(rows(&table, "default").count(), tables.defaults.len());
        assert_eq!(rows(&table, "flag").count(), tables.flags.len());
        assert_eq!(rows(&table, "variable").count(), tables.variables.len());
        assert_eq!(rows(&table, "parameter").count(), tables.parameters.len());
        assert!(tables.words("profile", "dev").contains(&"local".to_owned()));
    }

    #[test]
    fn images_are_known_by_their_last_segment() {
        let name = |image: &str| tables().product(image).map(|product| product.name.as_str());
        assert_eq!(name("postgres:16-alpine@sha256:abc"), Some("postgres"));
        assert_eq!(name("docker.io/library/postgres"), Some("postgres"));
        assert_eq!(name("localhost:5000/postgis/postgis:16"), Some("postgres"));
        assert_eq!(name("mcr.microsoft.com/mssql/server:2022-latest"), Some("sqlserver"));
        assert_eq!(name("acme/server"), None);
        assert_eq!(name("acme/api:1"), None);
    }
}
