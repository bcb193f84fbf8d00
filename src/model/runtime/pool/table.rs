//! What `data/settings.toml` says.

use crate::model::runtime::application::squash;
use crate::model::runtime::timeout;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;
use toml::Value;

/// What a setting of a pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// The most connections it opens.
    Max,
    /// How many it keeps open.
    Min,
    /// How many it opens beyond its size under load.
    Overflow,
    /// How long a caller waits for a connection.
    Wait,
    /// How old a connection may grow.
    Lifetime,
    /// How long a connection may lie idle.
    Idle,
    /// How often an idle connection is used so that it stays alive.
    Keepalive,
}

/// What a zero means under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zero {
    /// What most products mean by it: a time that never ends, and of a number none.
    Usual,
    /// A time that ends at once.
    AtOnce,
    /// As many as are asked for.
    NoLimit,
}

/// A key that is a setting of a pool.
#[derive(Debug)]
pub(super) struct KeyRow {
    pub(super) formats: Vec<String>,
    pub(super) starts: String,
    pub(super) ends: String,
    pub(super) means: Means,
    /// Seconds that a number without a unit counts.
    pub(super) unit: Option<f64>,
    pub(super) zero: Zero,
    pub(super) product: Option<&'static str>,
    /// Whether the key is an application's own word, which counts only beside a word for databases.
    pub(super) is_own: bool,
}

/// A parameter of a database URL.
#[derive(Debug)]
pub(super) struct ParameterRow {
    pub(super) system: String,
    pub(super) name: String,
    pub(super) means: Means,
    pub(super) unit: Option<f64>,
    pub(super) product: &'static str,
}

/// What a product does where nothing is written.
#[derive(Debug)]
pub struct PoolDefault {
    /// Its name.
    pub product: &'static str,
    /// The most connections.
    pub max: Option<u32>,
    /// How many it opens beyond its size.
    pub overflow: Option<u32>,
    /// How long a caller waits.
    pub wait: Option<Duration>,
    /// How old a connection may grow.
    pub lifetime: Option<Duration>,
}

/// What a database server allows where nothing is written.
#[derive(Debug)]
pub struct ServerDefault {
    /// As `data/images.toml` names it.
    pub product: String,
    /// As messages name it.
    pub shown: &'static str,
    /// The most connections.
    pub max_connections: u32,
    /// How many of them ordinary roles cannot have.
    pub reserved: u32,
}

/// Values that nobody means in the unit that the product reads.
#[derive(Debug)]
pub struct Sanity {
    /// The settings files in which it holds; empty for parameters of URLs.
    pub formats: Vec<String>,
    /// The system of the URL.
    pub system: Option<String>,
    /// The driver of the URL.
    pub driver: Option<String>,
    /// Ends of keys, without what frameworks read past, or names of parameters.
    pub names: Vec<String>,
    /// The unit that the product reads.
    pub unit: &'static str,
    /// The unit that was probably meant.
    pub meant: &'static str,
    /// Smaller numbers are suspect.
    pub below: Option<f64>,
    /// Numbers from here on are suspect.
    pub from: Option<f64>,
    /// What the product then does, where it is known that it does not do what is written.
    pub certain: Option<&'static str>,
}

/// Variables that the images of one publisher alone read, and that hold further words of the server's command line.
#[derive(Debug)]
pub struct ImageFlags {
    /// The product.
    pub product: String,
    /// How a folder of the images' repository begins.
    pub publisher: String,
    /// The variables.
    pub names: Vec<String>,
}

impl ImageFlags {
    /// Whether an image is one of the publisher's: `docker.io/bitnamilegacy/redis:7.2`.
    pub fn reads(&self, image: &str) -> bool {
        image.rsplit_once('/').is_some_and(|(folders, _)| folders.split('/').any(|one| one.starts_with(&self.publisher)))
    }
}

/// Variables of a product's images that are its settings.
#[derive(Debug)]
pub struct ImageVariables {
    /// As `data/images.toml` names it.
    pub product: String,
    /// The settings.
    pub names: Vec<String>,
    /// What stands before them.
    pub prefixes: Vec<String>,
}

/// Words that tell a Redis for background jobs.
#[derive(Debug, Default)]
pub struct Queues {
    /// Words of variables.
    pub words: Vec<String>,
    /// Programs.
    pub programs: Vec<String>,
    /// File names of manifests.
    pub manifests: Vec<String>,
    /// Libraries, as manifests write them.
    pub libraries: Vec<String>,
}

/// The whole table.
#[derive(Debug, Default)]
pub struct Table {
    pub(super) keys: Vec<KeyRow>,
    pub(super) parameters: Vec<ParameterRow>,
    /// Defaults of pools.
    pub defaults: Vec<PoolDefault>,
    /// Limits of servers.
    pub servers: Vec<ServerDefault>,
    /// Suspect values.
    pub sanity: Vec<Sanity>,
    /// Variables of images.
    pub image_variables: Vec<ImageVariables>,
    /// Variables of images that hold further words of the server's command line.
    pub image_flags: Vec<ImageFlags>,
    /// Words for databases.
    pub databases: Vec<String>,
    /// Words for background jobs.
    pub queues: Queues,
    /// The first version of PgBouncer that keeps prepared statements.
    pub prepared_since: (u32, u32),
}

/// The table, read once.
pub fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let file: &'static toml::Table = &FILE;
        Table {
            keys: rows(file, "key").flat_map(key_rows).collect(),
            parameters: rows(file, "parameter").flat_map(parameter_rows).collect(),
            defaults: rows(file, "default").filter_map(pool_default).collect(),
            servers: rows(file, "server").filter_map(server_default).collect(),
            sanity: rows(file, "sanity").chain(rows(file, "url_sanity")).filter_map(sanity).collect(),
            image_variables: rows(file, "image_variable").filter_map(image_variables).collect(),
            image_flags: rows(file, "image_flag").filter_map(image_flags).collect(),
            databases: file.get("words").map(|words| strings(words, "databases")).unwrap_or_default(),
            queues: file.get("queues").map(queues).unwrap_or_default(),
            prepared_since: file.get("pgbouncer").and_then(version).unwrap_or_default(),
        }
    })
}

static FILE: LazyLock<toml::Table> = LazyLock::new(|| text().parse().unwrap_or_default());

fn text() -> &'static str {
    include_str!("../../../../data/settings.toml")
}

fn rows(table: &'static toml::Table, key: &str) -> impl Iterator<Item = &'static Value> {
    table.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn string(row: &'static Value, key: &str) -> Option<&'static str> {
    row.get(key).and_then(Value::as_str)
}

fn strings(row: &'static Value, key: &str) -> Vec<String> {
    let items = row.get(key).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn number(row: &'static Value, key: &str) -> Option<u32> {
    row.get(key).and_then(Value::as_integer).and_then(|number| number.try_into().ok())
}

fn means(row: &'static Value) -> Option<Means> {
    Some(match string(row, "means")? {
        "max" => Means::Max,
        "min" => Means::Min,
        "overflow" => Means::Overflow,
        "wait" => Means::Wait,
        "lifetime" => Means::Lifetime,
        "idle" => Means::Idle,
        "keepalive" => Means::Keepalive,
        _ => return None,
    })
}

fn zero(row: &'static Value) -> Option<Zero> {
    Some(match string(row, "zero") {
        None => Zero::Usual,
        Some("at-once") => Zero::AtOnce,
        Some("no-limit") => Zero::NoLimit,
        Some(_) => return None,
    })
}

fn inner(row: &'static Value) -> impl Iterator<Item = &'static Value> {
    row.get("rows").and_then(Value::as_array).into_iter().flatten()
}

fn key_rows(row: &'static Value) -> impl Iterator<Item = KeyRow> {
    inner(row).filter_map(move |one| {
        Some(KeyRow {
            formats: strings(row, "formats"),
            starts: squash(string(row, "starts").unwrap_or("")),
            ends: squash(string(one, "ends")?),
            means: means(one)?,
            unit: string(one, "unit").and_then(timeout::unit),
            zero: zero(one)?,
            product: string(row, "product"),
            is_own: string(row, "product").is_none(),
        })
    })
}

fn parameter_rows(row: &'static Value) -> impl Iterator<Item = ParameterRow> {
    inner(row).filter_map(move |one| {
        Some(ParameterRow {
            system: string(row, "system")?.to_owned(),
            name: string(one, "ends")?.to_owned(),
            means: means(one)?,
            unit: string(one, "unit").and_then(timeout::unit),
            product: string(row, "product")?,
        })
    })
}

fn pool_default(row: &'static Value) -> Option<PoolDefault> {
    let time = |key: &str| timeout::parse(string(row, key)?, timeout::Units::Common, None);
    Some(PoolDefault {
        product: string(row, "product")?,
        max: number(row, "max"),
        overflow: number(row, "overflow"),
        wait: time("wait"),
        lifetime: time("lifetime"),
    })
}

fn server_default(row: &'static Value) -> Option<ServerDefault> {
    Some(ServerDefault {
        product: string(row, "product")?.to_owned(),
        shown: string(row, "shown")?,
        max_connections: number(row, "max_connections")?,
        reserved: number(row, "reserved")?,
    })
}

fn sanity(row: &'static Value) -> Option<Sanity> {
    let float = |key: &str| row.get(key).and_then(Value::as_integer).map(|number| number as f64);
    let ends = strings(row, "ends").iter().map(|end| squash(end)).collect::<Vec<_>>();
    Some(Sanity {
        formats: strings(row, "formats"),
        system: string(row, "system").map(str::to_owned),
        driver: string(row, "driver").map(str::to_owned),
        names: if ends.is_empty() { strings(row, "parameters") } else { ends },
        unit: string(row, "unit")?,
        meant: string(row, "meant")?,
        below: float("below"),
        from: float("from"),
        certain: string(row, "certain"),
    })
}

fn queues(row: &'static Value) -> Queues {
    let list = |key: &str| strings(row, key);
    Queues { words: list("words"), programs: list("programs"), manifests: list("manifests"), libraries: list("libraries") }
}

fn version(row: &'static Value) -> Option<(u32, u32)> {
    let parts = row.get("prepared_since")?.as_array()?;
    let part = |at: usize| parts.get(at)?.as_integer()?.try_into().ok();
    Some((part(0)?, part(1)?))
}

fn image_variables(row: &'static Value) -> Option<ImageVariables> {
    let (names, prefixes) = (strings(row, "names"), strings(row, "prefixes"));
    Some(ImageVariables { product: string(row, "product")?.to_owned(), names, prefixes })
}

fn image_flags(row: &'static Value) -> Option<ImageFlags> {
    let (product, publisher) = (string(row, "product")?.to_owned(), string(row, "publisher")?.to_owned());
    Some(ImageFlags { product, publisher, names: strings(row, "names") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        let file: toml::Table = text().parse().unwrap_or_default();
        let count = |key: &str| file.get(key).and_then(Value::as_array).map_or(0, Vec::len);
        let inner = |key: &str| {
            let rows = file.get(key).and_then(Value::as_array).into_iter().flatten();
            rows.filter_map(|row| row.get("rows")?.as_array()).map(Vec::len).sum::<usize>()
        };
        let table = table();
        assert_eq!((table.keys.len(), table.parameters.len()), (inner("key"), inner("parameter")));
        assert_eq!((table.defaults.len(), table.servers.len()), (count("default"), count("server")));
        assert_eq!(table.sanity.len(), count("sanity") + count("url_sanity"));
        assert_eq!(table.image_variables.len(), count("image_variable"));
        assert_eq!(table.image_flags.len(), count("image_flag"));
        assert!(table.sanity.iter().all(|row| row.below.is_some() != row.from.is_some() && !row.names.is_empty()));
        assert!(!table.databases.is_empty() && !table.queues.libraries.is_empty() && table.prepared_since.0 > 0);
    }
}
