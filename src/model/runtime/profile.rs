//! For which kind of use a configuration is made, as far as names say it.

use super::tables::tables;
use std::collections::HashMap;
use std::sync::OnceLock;

/// For which kind of use a configuration is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Production, in so many words.
    Production,
    /// A developer's machine.
    Development,
    /// Automatic tests.
    Test,
    /// Shown to readers: examples, guides, quick starts, what is kept from before.
    Example,
    /// No name says it.
    Unknown,
}

impl Profile {
    /// The word that is printed.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Production => "production",
            Profile::Development => "development",
            Profile::Test => "test",
            Profile::Example => "example",
            Profile::Unknown => "unknown",
        }
    }

    /// Whether real users never meet it.
    pub fn is_rehearsal(self) -> bool {
        matches!(self, Profile::Development | Profile::Test | Profile::Example)
    }
}

/// What a path and the Compose `profiles:` of a service say. The file name is asked first, then the folders from within;
/// a word that stands before others in one name does not win, the kind does: test, development, example, production.
pub fn profile(path: &str, compose_profiles: &[String]) -> Profile {
    let file = path.rsplit('/').next();
    let of_segment = |(segment, around): (&str, Option<&str>)| match of_name(&segment.to_ascii_lowercase()) {
        Profile::Unknown if is_of_tests(segment, around) => Profile::Test,
        Profile::Unknown if file == Some(segment) && is_named_for_use(segment) => Profile::Production,
        Profile::Unknown if is_live(segment, around) => Profile::Production,
        Profile::Unknown | Profile::Production if is_kept(segment) => Profile::Example,
        profile => profile,
    };
    let around = path.rsplit('/').skip(1).map(Some).chain([None]);
    let named = path.rsplit('/').zip(around).map(of_segment).find(|profile| *profile != Profile::Unknown);
    let tagged = compose_profiles.iter().map(|word| of_name(&word.to_ascii_lowercase()));
    tagged.chain(named).find(|profile| *profile != Profile::Unknown).unwrap_or(Profile::Unknown)
}

/// Whether a folder is a set of sources for tests, as Gradle and Maven call them: `src/contractTest`, `integrationTests`; or what
/// tests are made of: `TestSuite`. A `speedTest` elsewhere, or a `TestRail`, is a thing that people run.
fn is_of_tests(segment: &str, around: Option<&str>) -> bool {
    if matches!(segment, "TestSuite" | "TestSuites") {
        return true;
    }
    let in_sources = || segment.strip_suffix("Test").filter(|_| around == Some("src"));
    let stem = segment.strip_suffix("Tests").or_else(in_sources);
    stem.is_some_and(|stem| stem.ends_with(|last: char| last.is_ascii_lowercase()))
}

/// Whether a file is named for real use by its last word alone: `values-live.yaml`.
fn is_named_for_use(file: &str) -> bool {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let last = stem.rsplit(['.', '-', '_']).next().filter(|last| last.len() < stem.len());
    last.is_some_and(|last| tables().words("profile", "prod_files").iter().any(|word| word.eq_ignore_ascii_case(last)))
}

/// Whether a folder is the one for real use among those of all environments: `environments/live`.
fn is_live(folder: &str, around: Option<&str>) -> bool {
    let is_one_of = |list: &str, text: &str| tables().words("profile", list).iter().any(|word| word.eq_ignore_ascii_case(text));
    is_one_of("prod_files", folder) && around.is_some_and(|around| is_one_of("prod_parents", around))
}

/// Whether a folder holds what is kept from before.
fn is_kept(segment: &str) -> bool {
    let word = match segment.strip_prefix('_') {
        Some(marked) => marked.split(['.', '-', '_']).next().unwrap_or(marked),
        None => segment,
    };
    tables().words("profile", "kept").iter().any(|kept| kept.eq_ignore_ascii_case(word))
}

/// What a service is told that it runs for, where a variable tells it: production where one of its words does.
/// A variable may bear the name of the service itself: `ORDERS_ENV` of `orders`.
pub(super) fn of_variable(service: &str, name: &str, text: &str) -> Profile {
    let own = ["_ENV", "_ENVIRONMENT"].iter().find_map(|end| name.strip_suffix(end));
    let is_own = || own.is_some_and(|own| own.eq_ignore_ascii_case(&service.replace('-', "_")));
    if !is_own() && !tables().words("profile", "told").iter().any(|told| told == name) {
        return Profile::Unknown;
    }
    // Of the name of a module (`shop.settings.local`) the last part counts.
    let words = text.split(',').map(|word| word.trim().rsplit('.').next().unwrap_or(word).to_ascii_lowercase());
    let said: Vec<Profile> = words.map(|word| of_name(&word)).filter(|profile| *profile != Profile::Unknown).collect();
    let production = said.iter().copied().find(|profile| *profile == Profile::Production);
    production.or_else(|| said.first().copied()).unwrap_or(Profile::Unknown)
}

/// What the comment at the head of a Compose file says.
pub(super) fn of_head(text: &str) -> Profile {
    head_says(text, "dev_words")
}

/// What the comment at the head of a file of variables says of the file itself.
pub(super) fn of_variables_head(text: &str) -> Profile {
    head_says(text, "dev_env_words")
}

/// `list`: the words of the data that count.
fn head_says(text: &str, list: &str) -> Profile {
    let head = text.lines().map(str::trim).take(40).take_while(|line| line.is_empty() || line.starts_with('#'));
    let head = head.map(|line| line.trim_start_matches('#').trim()).collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let says = |words: &String| head.contains(words.as_str()) && !head.contains(&format!("not {words}"));
    match tables().words("profile", list).iter().any(says) {
        true => Profile::Development,
        false => Profile::Unknown,
    }
}

/// Lists of words with what they say, the ones that win first.
const KINDS: [(&str, Profile); 4] =
    [("test", Profile::Test), ("dev", Profile::Development), ("example", Profile::Example), ("prod", Profile::Production)];

fn of_name(name: &str) -> Profile {
    // By word the place of the first list that has it: every folder of every configuration is asked for.
    static RANKS: OnceLock<HashMap<&str, usize, foldhash::fast::RandomState>> = OnceLock::new();
    let ranks = RANKS.get_or_init(|| {
        let lists = KINDS.iter().enumerate().rev();
        lists.flat_map(|(rank, (key, _))| tables().words("profile", key).iter().map(move |word| (word.as_str(), rank))).collect()
    });
    let said = name.split(['.', '-', '_']).chain([name]).filter_map(|word| ranks.get(word));
    said.min().and_then(|rank| KINDS.get(*rank)).map_or(Profile::Unknown, |(_, profile)| *profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_file_says_the_profile() {
        assert_eq!(of_head("# This is meant for local development only.\n\n# Thanks\nservices:\n"), Profile::Development);
        assert_eq!(of_head("# For production, not for local development\nservices:\n"), Profile::Unknown);
        assert_eq!(of_head("services:\n# not for production\n"), Profile::Unknown);
        assert_eq!(of_variables_head("# Do not define production secrets in this file.\nA=b\n"), Profile::Development);
        assert_eq!(of_variables_head("# Copied from .env.example, which is for local development.\nA=b\n"), Profile::Unknown);
    }

    #[test]
    fn a_variable_says_the_profile() {
        assert_eq!(of_variable("orders", "SPRING_PROFILES_ACTIVE", "postgres,dev"), Profile::Development);
        assert_eq!(of_variable("orders", "SPRING_PROFILES_ACTIVE", "debug, prod"), Profile::Production);
        assert_eq!(of_variable("orders", "DJANGO_SETTINGS_MODULE", "example.settings.test"), Profile::Test);
        assert_eq!(of_variable("orders", "DJANGO_SETTINGS_MODULE", "example.settings"), Profile::Unknown);
        assert_eq!(of_variable("orders", "NODE_ENV", "container"), Profile::Unknown);
        assert_eq!(of_variable("orders", "STAGE", "dev"), Profile::Unknown);
        assert_eq!(of_variable("orders", "RAILS_ENVIRONMENT", "test"), Profile::Test);
        assert_eq!(of_variable("orders", "SENTRY_ENVIRONMENT", "dev"), Profile::Unknown);
        assert_eq!(of_variable("orders", "ORDERS_ENV", "test"), Profile::Test);
        assert_eq!(of_variable("orders", "PLAID_ENV", "test"), Profile::Unknown);
    }

    #[test]
    fn names_say_the_profile() {
        let of = |path: &str| profile(path, &[]);
        assert_eq!(of("docker-compose.yml"), Profile::Unknown);
        assert_eq!(of("docker-compose.dev.yml"), Profile::Development);
        assert_eq!(of("deploy/docker-compose-prod.yaml"), Profile::Production);
        assert_eq!(of("dev/nginx/nginx.conf"), Profile::Development);
        assert_eq!(of("dev/docker-compose.prod.yml"), Profile::Production);
        assert_eq!(of("examples/shop/compose.yaml"), Profile::Example);
        assert_eq!(of("_archived/shop/compose.yaml"), Profile::Example);
        assert_eq!(of("k8s/old/orders.yaml"), Profile::Example);
        assert_eq!(of("legacy-orders/compose.yaml"), Profile::Unknown);
        assert_eq!(of("e2e/compose.yaml"), Profile::Test);
        assert_eq!(of("services/archived/compose.yaml"), Profile::Example);
        assert_eq!(of("_attic-2024/compose.yaml"), Profile::Example);
        assert_eq!(of("services/archived-orders/compose.yaml"), Profile::Unknown);
        assert_eq!(of("services/mark_obsolete/compose.yaml"), Profile::Unknown);
        assert_eq!(of("src/contractTest/resources/application.properties"), Profile::Test);
        assert_eq!(of("shop/integrationTests/application.properties"), Profile::Test);
        assert_eq!(of("services/speedTest/application.properties"), Profile::Unknown);
        assert_eq!(of("tools/TestSuite/compose.yaml"), Profile::Test);
        assert_eq!(of("services/Testimonials/compose.yaml"), Profile::Unknown);
        assert_eq!(of("deploy/latest/compose.yaml"), Profile::Unknown);
        assert_eq!(of("chart/values-live.yaml"), Profile::Production);
        assert_eq!(of("streams-live-update/compose.yaml"), Profile::Unknown);
        assert_eq!(of("services/live/compose.yaml"), Profile::Unknown);
        assert_eq!(of("environments/live/compose.yaml"), Profile::Production);
        assert_eq!(of("envs/sandbox/secret.yaml"), Profile::Unknown);
        assert_eq!(of("services/TestRail/compose.yaml"), Profile::Unknown);
        assert_eq!(of("services/delivery/.env"), Profile::Unknown);
        assert_eq!(of(".env.local"), Profile::Development);
        assert_eq!(of(".devenv/docker/compose.yaml"), Profile::Development);
        assert_eq!(of(".github/compose.yaml"), Profile::Test);
        assert_eq!(of("internal/github/compose.yaml"), Profile::Unknown);
        assert_eq!(profile("compose.yaml", &["debug".into()]), Profile::Development);
    }
}
