//! What the configuration of a project says of the lock that Flyway holds while it migrates PostgreSQL. From 9.1.2 on it is a lock of a
//! transaction, which stays open all the time: a statement that waits for older transactions then waits for Flyway itself.

use super::Read;
use crate::discover::names;
use crate::files::Listing;

/// The version that brought the lock of a transaction.
const FIRST: (u32, u32, u32) = (9, 1, 2);

/// Endings of files that configure Flyway, or the build that brings it.
const ENDINGS: &[&str] =
    &[".properties", ".yml", ".yaml", ".toml", ".conf", ".env", ".gradle", ".kts", "pom.xml", ".sh", ".versions"];

/// Words of the names of sources that configure it in code.
const SOURCES: &[&str] = &["flyway", "migrat", "config", "application", "database", "datasource"];

/// Why nothing keeps Flyway from holding that lock, in a few words; `None` where a file sets it, the version is an older
/// one, or nothing here configures Flyway.
pub(super) fn holds_lock(listing: &Listing, read: Read) -> Option<String> {
    let mut newest: Option<(u32, u32, u32)> = None;
    let mut is_mentioned = false;
    for path in listing.iter().filter(|path| may_say(path)) {
        let Some(text) = read(path) else { continue };
        let folded: String = text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
        if folded.contains("transactionallock") {
            return None;
        }
        is_mentioned |= folded.contains("flyway");
        if let Some(version) = version(&text) {
            newest = newest.max(Some(version));
        }
    }
    match newest {
        Some(version) if version < FIRST => None,
        Some(_) if !is_mentioned => None,
        Some((major, minor, patch)) => {
            Some(format!("Flyway {major}.{minor}.{patch}, and no file sets `flyway.postgresql.transactional.lock`"))
        }
        // Where nothing here configures Flyway, something elsewhere does.
        None => is_mentioned.then(|| "no file sets `flyway.postgresql.transactional.lock`".into()),
    }
}

fn may_say(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or("");
    let source = [".java", ".kt", ".scala", ".groovy"].iter().any(|end| name.ends_with(end));
    let configures = ENDINGS.iter().any(|end| name.ends_with(end)) || name.contains("docker") || name.starts_with(".env");
    (configures || (source && SOURCES.iter().any(|word| name.contains(word)))) && names::left_out(path).is_none()
}

/// The version of Flyway that a build names; Spring Boot before 3 brings an older one.
fn version(text: &str) -> Option<(u32, u32, u32)> {
    let after = |word: &str, reach: usize| {
        text.match_indices(word).find_map(|(at, _)| {
            let start = at + word.len();
            let rest: String = text.get(start..)?.chars().take(reach).collect();
            rest.split(|letter: char| !(letter.is_ascii_digit() || letter == '.')).find_map(parts)
        })
    };
    let own = ["flyway-core", "flyway.version", "org.flywaydb.flyway", "flyway/flyway:", "flyway-maven-plugin"];
    if let Some(version) = own.iter().find_map(|word| after(word, 60)) {
        return Some(version);
    }
    let boot = ["spring-boot-starter-parent", "org.springframework.boot"].iter().find_map(|word| after(word, 60))?;
    // Boot 2.7 brings Flyway 8.5, Boot 3.0 Flyway 9.5.
    Some(if boot.0 < 3 { (8, 5, 0) } else { (9, 5, 0) })
}

/// `9.22.3` or `9.22`.
fn parts(text: &str) -> Option<(u32, u32, u32)> {
    let mut numbers = text.split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor) = (numbers.next()??, numbers.next()??);
    Some((major, minor, numbers.next().flatten().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_name_the_version() {
        assert_eq!(version("<artifactId>flyway-core</artifactId>\n<version>9.0.4</version>"), Some((9, 0, 4)));
        assert_eq!(version("implementation 'org.flywaydb:flyway-core:10.7.1'"), Some((10, 7, 1)));
        assert_eq!(version("<artifactId>spring-boot-starter-parent</artifactId><version>2.7.18</version>"), Some((8, 5, 0)));
        assert_eq!(version("id 'org.springframework.boot' version '3.2.2'"), Some((9, 5, 0)));
        assert_eq!(version("<artifactId>flyway-core</artifactId>"), None);
    }
}
