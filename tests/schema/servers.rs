//! Which server a database is judged by, and where that is said.

use super::support::{build, memory};
use backend_lint::model::Settings;

const TABLE: &str = "CREATE TABLE t (id bigserial PRIMARY KEY);";

fn origin(files: &[(&str, &str)], settings: &Settings) -> (u32, bool, String) {
    let built = build(&memory(files), settings);
    let database = built.database();
    (database.server_version, database.version_assumed, database.version_origin.clone())
}

fn plain() -> Settings {
    Settings { threads: 1, ..Settings::default() }
}

#[test]
fn an_image_says_the_version() {
    let migrations = ("migrations/1_a.up.sql", TABLE);
    let compose = ("compose.yaml", "services:\n  db:\n    image: postgres:13-alpine\n");
    let manifest = ("k8s/db.yml", "kind: StatefulSet\nspec:\n  containers:\n    - image: \"postgis/postgis:16-3.4\"\n");
    assert_eq!(origin(&[migrations, compose], &plain()), (13, false, "`postgres:13-alpine` in compose.yaml".into()));
    assert_eq!(origin(&[migrations, manifest], &plain()), (16, false, "`postgis/postgis:16-3.4` in k8s/db.yml".into()));
    let (version, assumed, why) = origin(&[migrations, manifest, compose], &plain());
    assert!(version == 13 && !assumed && why.ends_with("the lowest of those in the repository"), "{why}");
}

#[test]
fn the_configuration_wins_and_nothing_is_an_assumption() {
    let migrations = ("migrations/1_a.up.sql", TABLE);
    let compose = ("compose.yaml", "services:\n  db:\n    image: postgres:13-alpine\n");
    let told = Settings { versions: [("postgres".to_owned(), "17.2".to_owned())].into(), ..plain() };
    assert_eq!(origin(&[migrations, compose], &told).0, 17);
    let (version, assumed, why) = origin(&[migrations], &plain());
    assert!(version == 15 && assumed && why.starts_with("assumed"), "{why}");
    // What tests and examples run is no server of ours.
    let tests = [("tests/compose.yaml", compose.1), (".github/workflows/ci.yml", compose.1), migrations];
    assert!(origin(&tests, &plain()).1);
    // Another product is another server.
    assert!(origin(&[migrations, ("compose.yaml", "services:\n  db:\n    image: mysql:5.7\n")], &plain()).1);
}

#[test]
fn the_supabase_configuration_speaks_of_its_own_migrations() {
    let files = [
        ("supabase/config.toml", "[db]\nport = 1\nmajor_version = 17\n"),
        ("supabase/migrations/20240101000000_a.sql", TABLE),
        ("compose.yaml", "services:\n  db:\n    image: postgres:13\n"),
    ];
    assert_eq!(origin(&files, &plain()), (17, false, "`major_version = 17` in supabase/config.toml".into()));
}
