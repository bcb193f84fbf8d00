//! What the configuration of a project says of the lock that Flyway holds while it migrates PostgreSQL. From 9.1.2 on it is a lock of a
//! transaction, which stays open all the time: a statement that waits for older transactions then waits for Flyway itself.

use super::Read;
use super::folders::split;
use crate::discover::{MigrationSet, names};
use crate::files::Listing;
use crate::model::runtime::profile::profile;
use crate::sql::Dialect;

/// The version that brought the lock of a transaction.
const FIRST: (u32, u32, u32) = (9, 1, 2);

/// Endings of files that configure Flyway, or the build that brings it.
const ENDINGS: &[&str] =
    &[".properties", ".yml", ".yaml", ".toml", ".conf", ".env", ".gradle", ".kts", "pom.xml", ".sh", ".versions"];

/// Words of the names of sources that configure it in code.
const SOURCES: &[&str] = &["flyway", "migrat", "config", "application", "database", "datasource"];

/// Files that build a project of their own.
const BUILDS: &[&str] = &["pom.xml", "build.gradle", "build.gradle.kts", "build.sbt"];

/// What the files of a repository say of Flyway.
#[derive(Debug, Default)]
struct Said {
    newest: Option<(u32, u32, u32)>,
    is_mentioned: bool,
    sets_lock: bool,
    /// The projects for which late files run, and why.
    late_files_run: Vec<(String, String)>,
}

/// Tells the sets of Flyway what the files around them say.
pub(super) fn settle(sets: &mut [MigrationSet], listing: &Listing, read: Read) {
    let flyway = |set: &&mut MigrationSet| set.tool == "flyway";
    if !sets.iter_mut().any(|set| flyway(&set)) {
        return;
    }
    let mut said = Said::default();
    for path in listing.iter().filter(|path| may_say(path)) {
        if let Some(text) = read(path) {
            said.hear(path, &text, project_of(path, listing));
        }
    }
    let lock = said.holds_lock();
    for set in sets.iter_mut().filter(flyway) {
        let own = set.migrations.first().map_or(set.folder.as_str(), |one| &one.path);
        let own = project_of(own, listing);
        set.late_files_run = said.late_files_run.iter().find(|(project, _)| project == own).map(|(_, why)| why.clone());
        set.holds_lock = lock.clone().filter(|_| set.dialect == Dialect::Postgres);
    }
}

impl Said {
    fn hear(&mut self, path: &str, text: &str, project: &str) {
        let folded = folded(text);
        self.sets_lock |= folded.contains("transactionallock");
        self.is_mentioned |= folded.contains("flyway");
        self.newest = self.newest.max(version(text));
        if folded.contains("outofordertrue") && !profile(path, &[]).is_rehearsal() && lets_late_files_run(text) {
            self.late_files_run.push((project.to_owned(), format!("`out-of-order` is on in `{path}`")));
        }
    }

    /// Why nothing keeps Flyway from holding that lock, in a few words; `None` where a file sets it, the version is an older
    /// one, or nothing here configures Flyway.
    fn holds_lock(&self) -> Option<String> {
        if self.sets_lock { None } else { held(self.newest, self.is_mentioned) }
    }
}

/// Whether a part of a file that holds for every profile says `out-of-order: true`, `outOfOrder = true`, `.outOfOrder(true)` or
/// `OUT_OF_ORDER=true`.
fn lets_late_files_run(text: &str) -> bool {
    // Spring parts the documents of a file by these lines, Quarkus begins a key with its profile.
    let (mut is_on, mut is_of_profile) = (false, false);
    for line in text.lines().map(str::trim).chain(["---"]) {
        if line == "---" || line == "#---" {
            if is_on && !is_of_profile {
                return true;
            }
            (is_on, is_of_profile) = (false, false);
        } else if !line.starts_with(['#', '/', '*', '%']) {
            let folded = folded(line);
            is_on |= folded.contains("outofordertrue");
            let names_profile = ["profiles:", "spring.profiles:", "spring.profiles="];
            let is_named = names_profile.iter().filter_map(|start| line.strip_prefix(start)).any(|rest| !rest.trim().is_empty());
            is_of_profile |= is_named || folded.contains("onprofile");
        }
    }
    false
}

/// The project that a file belongs to, by its folder: what holds its sources, else the nearest folder above it that has a build.
fn project_of<'p>(path: &'p str, listing: &Listing) -> &'p str {
    let sources = path.match_indices("src/").filter_map(|(at, _)| path.get(..at));
    if let Some(above) = sources.filter(|above| above.is_empty() || above.ends_with('/')).last() {
        return above.trim_end_matches('/');
    }
    let mut folder = split(path).0;
    while !folder.is_empty() && !BUILDS.iter().any(|name| listing.has(&format!("{folder}/{name}"))) {
        folder = split(folder).0;
    }
    folder
}

/// The letters and digits of a text alone, in lower case.
fn folded(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

fn held(newest: Option<(u32, u32, u32)>, is_mentioned: bool) -> Option<String> {
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
    fn settings_let_late_files_run() {
        let runs = lets_late_files_run;
        assert!(
            runs("spring.flyway.out-of-order=true\n") && runs("flyway:\n  out-of-order: true\n") && runs("f.outOfOrder(true);")
        );
        assert!(!runs("# spring.flyway.out-of-order=true\n") && !runs("flyway.outOfOrder=${OUT_OF_ORDER:false}\n"));
        assert!(runs("spring:\n  profiles:\n    active: prod\n  flyway:\n    out-of-order: true\n"));
        assert!(!runs("a: 1\n---\nspring:\n  config.activate.on-profile: local\n  flyway.out-of-order: true\n---\nb: 1\n"));
        assert!(!runs("a: 1\n---\nspring:\n  profiles: dev\n  flyway.out-of-order: true\n"));
        assert!(!runs("%dev.quarkus.flyway.out-of-order=true\n"));
    }

    #[test]
    fn files_belong_to_the_project_that_builds_them() {
        let listing: Listing = ["a/pom.xml", "pom.xml"].into_iter().map(str::to_owned).collect();
        let of = |path: &str| project_of(path, &listing).to_owned();
        assert_eq!(of("src/main/resources/application.yml"), "");
        assert_eq!(of("b/src/main/resources/db/migration/V1__a.sql"), "b");
        assert_eq!(of("a/config/application.yml"), "a");
        assert_eq!(of("b/config/application.yml"), "");
    }

    #[test]
    fn builds_name_the_version() {
        assert_eq!(version("<artifactId>flyway-core</artifactId>\n<version>9.0.4</version>"), Some((9, 0, 4)));
        assert_eq!(version("implementation 'org.flywaydb:flyway-core:10.7.1'"), Some((10, 7, 1)));
        assert_eq!(version("<artifactId>spring-boot-starter-parent</artifactId><version>2.7.18</version>"), Some((8, 5, 0)));
        assert_eq!(version("id 'org.springframework.boot' version '3.2.2'"), Some((9, 5, 0)));
        assert_eq!(version("<artifactId>flyway-core</artifactId>"), None);
    }
}
