//! Which version of its server a database is judged by: the configuration's word, an image in the repository, or an assumption.

use crate::discover::servers::{self, Server};
use crate::model::Settings;
use crate::sql::Dialect;

/// The major version that is assumed where nothing says one; 0 where it does not matter.
fn assumed(dialect: Dialect) -> u32 {
    match dialect {
        Dialect::Postgres => 15,
        Dialect::MySql => 8,
        Dialect::Sqlite | Dialect::SqlServer | Dialect::ClickHouse => 0,
    }
}

/// A server's version.
pub(super) struct Version {
    /// Its first number.
    pub major: u32,
    /// Whether nothing says it.
    pub assumed: bool,
    /// Where it is said, in a few words.
    pub origin: String,
}

/// The version for the database of these migrations or schema files.
pub(super) fn of(dialect: Dialect, variant: Option<&str>, source: &str, settings: &Settings, servers: &[Server]) -> Version {
    let major = |text: &String| text.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty())?.parse().ok();
    let settings = settings.at(source);
    let named = variant.and_then(|variant| settings.versions.get(variant)).or_else(|| settings.versions.get(dialect.name()));
    if let Some(major) = named.and_then(major) {
        return Version { major, assumed: false, origin: "[versions] in the configuration".into() };
    }
    if let Some((major, origin)) = servers::of(servers, dialect, variant, source) {
        return Version { major, assumed: false, origin };
    }
    Version { major: assumed(dialect), assumed: true, origin: "assumed: nothing in the repository says it".into() }
}

/// Whoever names a version of MariaDB, and none of MySQL, has MariaDB.
pub(super) fn variant_named(dialect: Dialect, source: &str, settings: &Settings) -> Option<String> {
    let settings = settings.at(source);
    let names = |product: &str| settings.versions.contains_key(product);
    (dialect == Dialect::MySql && names("mariadb") && !names("mysql")).then(|| "mariadb".to_owned())
}
