//! The replayed catalog against what a real PostgreSQL held after the same migrations.

use super::support::{build, shared};
use backend_lint::files::disk::Disk;
use serde_json::Value;
use std::collections::BTreeSet;

const CATALOGS: &[(&str, &str)] = &[
    ("svix", "corpus/svix__svix-webhooks/server/svix-server/migrations"),
    ("openmeter", "corpus/openmeterio__openmeter/tools/migrate/migrations"),
    ("kratos-pg", "corpus/ory__kratos/persistence/sql/migrations/sql"),
    ("vaultwarden-pg", "catalogs/vaultwarden"),
    ("ente", "catalogs/ente/migrations"),
];

fn bare(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).trim_matches('"').to_owned()
}

fn text(value: &Value) -> String {
    bare(value.as_str().unwrap_or(""))
}

fn texts(value: &Value) -> String {
    value.as_array().map_or(String::new(), |all| all.iter().map(text).collect::<Vec<_>>().join(","))
}

/// Everything that can be compared, one line an element: columns with type and nullability, indexes and keys with their names.
fn real(catalog: &Value) -> BTreeSet<String> {
    let rows = |name: &str| catalog[name].as_array().cloned().unwrap_or_default();
    let columns = rows("columns")
        .into_iter()
        .map(|c| format!("column {}.{} {} {}", text(&c[0]), text(&c[1]), c[2].as_str().unwrap_or(""), c[3]));
    let indexes = rows("indexes").into_iter().map(|i| {
        format!("index {} on {} ({}) unique {} partial {}", text(&i[0]), text(&i[1]), texts(&i[3]), i[4], !i[6].is_null())
    });
    let keys = rows("fks").into_iter().map(|f| {
        format!(
            "key {} on {} ({}) to {} ({}) validated {}",
            text(&f[0]),
            text(&f[1]),
            texts(&f[2]),
            text(&f[3]),
            texts(&f[4]),
            f[6]
        )
    });
    let checks = rows("checks").into_iter().map(|c| format!("check {} on {}", text(&c[0]), text(&c[1])));
    let enums = rows("enums").into_iter().map(|e| format!("enum {} ({})", text(&e[0]), texts(&e[1])));
    columns.chain(indexes).chain(keys).chain(checks).chain(enums).collect()
}

fn replayed(database: &backend_lint::model::schema::Database) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for table in &database.tables {
        let name = &table.name.name;
        for column in &table.columns {
            let kind = column.column_type.known().map_or("?".into(), |kind| kind.display());
            let nullable = column.nullable.known().map_or("?".into(), bool::to_string);
            all.insert(format!("column {name}.{} {kind} {nullable}", column.name));
        }
        for index in &table.indexes {
            let keys: Vec<_> = index.keys.iter().map(|key| bare(key.text())).collect();
            all.insert(format!(
                "index {} on {name} ({}) unique {} partial {}",
                index.name.as_deref().unwrap_or("?"),
                keys.join(","),
                index.unique,
                index.predicate.is_some()
            ));
        }
        for key in &table.foreign_keys {
            all.insert(format!(
                "key {} on {name} ({}) to {} ({}) validated {}",
                key.name.as_deref().unwrap_or("?"),
                key.columns.join(","),
                key.references.name,
                key.referenced_columns.join(","),
                key.validated
            ));
        }
        for check in &table.checks {
            all.insert(format!("check {} on {name}", check.name.as_deref().unwrap_or("?")));
        }
    }
    for kind in &database.enums {
        let labels: Vec<_> = kind.labels.iter().map(|label| label.value.as_str()).collect();
        all.insert(format!("enum {} ({})", kind.name.name, labels.join(",")));
    }
    all
}

#[test]
fn the_replayed_catalog_is_the_real_one() {
    let Some(shared) = shared() else { return };
    let mut wrong = Vec::new();
    for (name, folder) in CATALOGS {
        let path = shared.join("catalogs").join(format!("{name}.json"));
        let catalog: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap_or_default()).unwrap_or_default();
        let want = real(&catalog);
        assert!(!want.is_empty(), "{name}: no catalog");
        let built = build(&Disk::new(shared.join(folder)), &backend_lint::model::Settings { threads: 2, ..Default::default() });
        let postgres = built
            .schema
            .databases
            .iter()
            .find(|one| one.dialect == backend_lint::sql::Dialect::Postgres && one.variant.is_none());
        let have = postgres.map(|database| replayed(database)).unwrap_or_default();
        let missing: Vec<_> = want.difference(&have).map(|one| format!("{name}: missing {one}")).collect();
        let extra: Vec<_> = have.difference(&want).map(|one| format!("{name}: too many {one}")).collect();
        println!("{name}: {} differences over {} elements", missing.len() + extra.len(), want.len());
        wrong.extend(missing.into_iter().chain(extra).take(20));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
