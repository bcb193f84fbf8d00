//! `[context]`: each key changes what the table says, the finding names the key, and nothing else changes.

use backend_lint::diagnostic::{Confidence, Finding, Severity};
use backend_lint::engine::{self, Migrations, Options};
use backend_lint::files::Memory;

const API: &str = r##"openapi: 3.0.3
info: { title: Shop, version: 1.0.0 }
paths:
  /orders:
    get:
      operationId: listOrders
      parameters:
        - { name: offset, in: query, schema: { type: integer } }
        - { name: shipped_on, in: query, schema: { type: string, format: date } }
      responses:
        "200":
          description: A page
          content:
            application/json:
              schema:
                type: array
                items: { $ref: "#/components/schemas/Order" }
components:
  schemas:
    Order:
      type: object
      properties:
        number: { type: string }
        status: { type: string }
        currency: { type: string }
        password_hash: { type: string }
"##;

const SQL: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, number text UNIQUE, status text, currency text, \
                   shipped_on date, password_hash text);\nCREATE INDEX orders_number_idx ON orders (number, tenant_id);\n";

const QUERY: &str = "-- name: ListClosed :many\nSELECT * FROM orders WHERE status = $1 ORDER BY id LIMIT 10 OFFSET $2;\n";

fn findings(configuration: &str) -> Vec<Finding> {
    with_files(configuration, &[])
}

fn with_files(configuration: &str, more: &[(&str, &str)]) -> Vec<Finding> {
    let mut files = Memory::new();
    files.insert("openapi.yaml", API);
    files.insert("migrations/0001_init.up.sql", SQL);
    files.insert("queries/orders.sql", QUERY);
    files.insert("backend-lint.toml", configuration);
    more.iter().for_each(|(path, text)| files.insert(*path, *text));
    let options = Options {
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        migrations: Migrations::All,
        ..Options::default()
    };
    let outcome = engine::check(&files, None, None, &options).unwrap_or_else(|failure| panic!("{configuration}: {failure:?}"));
    outcome.report.findings
}

/// The severity of a rule's finding and what the context says of it.
fn of(rule: &str, configuration: &str) -> Option<(Severity, Vec<String>)> {
    let found = findings(configuration).into_iter().find(|finding| finding.rule == rule)?;
    let said = found.diagnostic.because.into_iter().filter(|why| why.starts_with("context: ")).collect();
    Some((found.severity, said))
}

#[test]
fn load_decides_how_bad_offsets_are() {
    let rule = "indexes/offset-on-growing-table";
    assert_eq!(of(rule, ""), Some((Severity::Info, vec![])));
    let some = of(rule, "[context]\nqps_p99 = 50\n");
    let why = "context: qps_p99 = 50, and late pages are asked for often enough to be felt".to_owned();
    assert_eq!(some, Some((Severity::Warning, vec![why])));
    assert_eq!(of(rule, "[context]\nqps_p99 = 5_000\n").map(|(severity, _)| severity), Some(Severity::Error));
    assert_eq!(of(rule, "[context]\nqps_p99 = 1\n"), Some((Severity::Info, vec![])), "as its page says");
}

#[test]
fn what_is_kept_decides_how_bad_a_leak_is() {
    let rule = "contract/secret-column-exposed";
    assert_eq!(of(rule, "").map(|(severity, _)| severity), Some(Severity::Warning));
    for (word, severity) in [("internal", Severity::Warning), ("pii", Severity::Error), ("regulated", Severity::Error)] {
        assert_eq!(
            of(rule, &format!("[context]\ndata_sensitivity = \"{word}\"\n")).map(|(one, _)| one),
            Some(severity),
            "{word}"
        );
    }
}

#[test]
fn declared_tenancy_turns_the_tenant_rules_on() {
    for rule in ["schema/tenant-unscoped-unique", "queries/tenant-predicate-missing", "indexes/tenant-column-not-leading"] {
        assert_eq!(of(rule, ""), None);
        assert_eq!(of(rule, "[context]\ntenancy = \"single\"\n"), None);
        let (_, why) = of(rule, "[context]\ntenancy = \"shared-multi-tenant\"\n").unwrap_or_else(|| panic!("{rule} is not on"));
        assert_eq!(why, ["context: tenancy = shared-multi-tenant, and rows of several customers stand in one table"]);
        let off = format!("[context]\ntenancy = \"shared-multi-tenant\"\n[rules]\n\"{rule}\" = \"off\"\n");
        assert_eq!(of(rule, &off), None, "[rules] stands above it");
    }
}

#[test]
fn two_keys_together_turn_row_security_on() {
    let rule = "schema/row-security-missing";
    for one in ["tenancy = \"shared-multi-tenant\"", "data_sensitivity = \"phi\""] {
        assert_eq!(of(rule, &format!("[context]\n{one}\n")), None, "{one}");
    }
    let both = "[context]\ntenancy = \"shared-multi-tenant\"\ndata_sensitivity = \"phi\"\n";
    let why = "context: tenancy = shared-multi-tenant, data_sensitivity = phi, and rows about people of several customers stand in one table";
    assert_eq!(of(rule, both), Some((Severity::Warning, vec![why.to_owned()])));
}

/// Rows of the table that a few lines of configuration reach: the configuration, other files, the rule, and the severity without and
/// with it.
#[test]
fn each_key_changes_what_its_row_says() {
    let compose = "services:\n  a:\n    build: ./a\n    environment: { DATABASE_URL: \"postgres://u@db:5432/shop\" }\n  b:\n    build: ./b\n    \
                   environment: { DATABASE_URL: \"postgres://u@db:5432/shop\" }\n  db:\n    image: postgres:17\n";
    let down = ("migrations/0002_drop.up.sql", "ALTER TABLE legacy DROP COLUMN note;\n");
    type Row<'t> = (&'t str, &'t [(&'t str, &'t str)], &'t str, Option<Severity>, Option<Severity>);
    let pools = "services:\n  a:\n    build: ./a\n    environment: { PG_URL: \"postgres://u:${P}@db:5432/shop\", PG_POOL_MAX: \"10\" }\n  db:\n    \
                 image: postgres:17\n";
    let waits = ("migrations/0002_wait.up.sql", "SET lock_timeout = '5s';\nALTER TABLE orders DROP COLUMN currency;\n");
    let many: String =
        (0..7).map(|at| format!("CREATE INDEX i{at} ON orders (status, currency, shipped_on, id, tenant_id);\n")).collect();
    let many = [("migrations/0002_many.up.sql", many.as_str())];
    let card = ("migrations/0002_card.up.sql", "ALTER TABLE orders ADD COLUMN cvv text;\n");
    let rows: [Row; 17] = [
        ("data_sensitivity = \"pci\"", &[card], "schema/card-data-column", None, Some(Severity::Error)),
        ("team_size = 3", &[("compose.yaml", compose)], "topology/services-exceed-team", None, Some(Severity::Info)),
        ("qps_p99 = 50", &[("compose.yaml", pools), waits], "migrations/lock-wait-exhausts-pool", None, Some(Severity::Error)),
        (
            "qps_p99 = 50\nlatency_p99_ms = 600",
            &[("compose.yaml", pools)],
            "pools/below-declared-load",
            None,
            Some(Severity::Warning),
        ),
        ("read_write_ratio = 20", &[], "operations/read-without-cache-headers", None, Some(Severity::Info)),
        ("read_write_ratio = 1", &many, "indexes/too-many-indexes", None, Some(Severity::Warning)),
        ("data_sensitivity = \"phi\"", &[], "schema/audit-columns-missing", None, Some(Severity::Warning)),
        ("qps_p99 = 5", &[], "rate-limit/missing-too-many-requests", None, Some(Severity::Info)),
        ("qps_p99 = 10", &[], "rate-limit/missing-too-many-requests", None, Some(Severity::Warning)),
        ("qps_p99 = 50\nexposure = \"public\"", &[], "rate-limit/missing-too-many-requests", None, Some(Severity::Warning)),
        ("qps_p99 = 150\nexposure = \"public\"", &[], "rate-limit/missing-too-many-requests", None, Some(Severity::Error)),
        ("qps_p99 = 150", &[], "queries/select-star", Some(Severity::Info), Some(Severity::Warning)),
        ("data_sensitivity = \"pii\"", &[], "security/unsecured-read", None, Some(Severity::Info)),
        ("data_sensitivity = \"regulated\"", &[down], "migrations/drop-column", Some(Severity::Warning), Some(Severity::Error)),
        ("pattern = \"monolith\"", &[("compose.yaml", compose)], "topology/shared-database", Some(Severity::Info), None),
        (
            "pattern = \"microservices\"",
            &[("compose.yaml", compose)],
            "topology/shared-database",
            Some(Severity::Info),
            Some(Severity::Error),
        ),
        ("tenancy = \"isolated-multi-tenant\"", &[], "migrations/unguarded-statement", None, Some(Severity::Info)),
    ];
    for (key, files, rule, without, with) in rows {
        expect(key, files, rule, without, with);
    }
}

/// Holds the severity of a rule's finding without and with lines of `[context]`, and what the finding says of the first of them.
fn expect(key: &str, files: &[(&str, &str)], rule: &str, without: Option<Severity>, with: Option<Severity>) {
    let told = |configuration: &str| with_files(configuration, files).into_iter().filter(|one| one.rule == rule);
    let severity = |configuration: &str| told(configuration).max_by_key(|one| one.severity);
    assert_eq!(severity("").map(|one| one.severity), without, "{rule} without {key}");
    let found = severity(&format!("[context]\n{key}\n"));
    assert_eq!(found.as_ref().map(|one| one.severity), with, "{rule} with {key}");
    let name = key.split(' ').next().unwrap_or_default();
    let says = |one: &Finding| one.diagnostic.because.iter().any(|why| why.starts_with(&format!("context: {name} = ")));
    assert_ne!(with, without, "{key} changes {rule}");
    assert!(found.as_ref().is_none_or(says), "{rule} names {name}: {found:?}");
}

#[test]
fn keys_of_the_interface_change_what_its_rows_say() {
    let secured = "openapi: 3.0.3\ninfo: { title: Staff, version: 1.0.0 }\ncomponents:\n  securitySchemes: { bearer: { type: http, scheme: bearer } }\n\
                   paths:\n  /staff:\n    get:\n      parameters: [{ name: email, in: query, schema: { type: string } }]\n      responses: { \"200\": { \
                   description: Staff } }\n    post:\n      responses: { \"201\": { description: Made } }\n    put:\n      security: [{ bearer: [] }]\n      \
                   responses: { \"200\": { description: Changed } }\n    patch:\n      security: [{ bearer: [] }]\n      responses: { \"200\": { \
                   description: Changed } }\n    delete:\n      deprecated: true\n      security: [{ bearer: [] }]\n      responses: { \"500\": { description: Failed, content: { \
                   application/json: { schema: { type: object, properties: { stackTrace: { type: string } } } } } } }\n";
    let api = [("staff.yaml", secured)];
    type Row<'t> = (&'t str, &'t str, Option<Severity>, Option<Severity>);
    let rows: [Row; 14] = [
        ("data_sensitivity = \"public\"", "security/unsecured-write", Some(Severity::Warning), Some(Severity::Info)),
        ("data_sensitivity = \"pii\"", "security/unsecured-write", Some(Severity::Warning), Some(Severity::Error)),
        ("data_sensitivity = \"internal\"", "security/unsecured-read", None, Some(Severity::Warning)),
        ("data_sensitivity = \"pii\"", "security/unsecured-read", None, Some(Severity::Error)),
        ("data_sensitivity = \"pii\"", "security/personal-data-in-url", Some(Severity::Warning), Some(Severity::Error)),
        ("data_sensitivity = \"pii\"", "errors/leaks-detail", Some(Severity::Info), Some(Severity::Error)),
        ("exposure = \"public\"", "versioning/missing-version", None, Some(Severity::Info)),
        ("exposure = \"partner\"", "versioning/missing-version", None, Some(Severity::Info)),
        ("team_size = 15", "versioning/missing-version", None, Some(Severity::Warning)),
        ("exposure = \"public\"\nteam_size = 15", "versioning/missing-version", None, Some(Severity::Warning)),
        ("team_size = 15", "versioning/deprecated-without-sunset", Some(Severity::Info), Some(Severity::Warning)),
        ("exposure = \"internal\"", "versioning/deprecated-without-sunset", Some(Severity::Info), None),
        ("exposure = \"internal\"\nteam_size = 15", "versioning/deprecated-without-sunset", Some(Severity::Info), None),
        ("data_sensitivity = \"phi\"", "errors/leaks-detail", Some(Severity::Info), Some(Severity::Error)),
    ];
    for (key, rule, without, with) in rows {
        expect(key, &api, rule, without, with);
    }
}

#[test]
fn a_table_that_an_operation_reads_without_a_tenant_is_an_error() {
    let bills = API.replace("orders", "bills").replace("Order", "Bill");
    let tables = "CREATE TABLE bills (id bigint PRIMARY KEY, number text, status text, currency text, shipped_on date);\nCREATE TABLE carts (id \
                  bigint PRIMARY KEY, tenant_id bigint NOT NULL);\nCREATE TABLE lines (id bigint PRIMARY KEY, tenant_id bigint NOT NULL);\n";
    let files = [("bills.yaml", bills.as_str()), ("migrations/0002_bills.up.sql", tables)];
    expect("tenancy = \"shared-multi-tenant\"", &files, "schema/tenant-column-missing", None, Some(Severity::Error));
}

#[test]
fn an_internal_interface_needs_no_limits() {
    let rule = "rate-limit/missing-too-many-requests";
    assert!(findings("[context]\nqps_p99 = 150\n").iter().any(|one| one.rule == rule));
    assert!(findings("[context]\nqps_p99 = 150\nexposure = \"internal\"\n").iter().all(|one| one.rule != rule));
}

#[test]
fn keys_of_what_runs_change_what_its_rows_say() {
    let logged = ("compose.yaml", "services:\n  db:\n    image: postgres:17\n    command: postgres -c log_statement=all\n");
    let shop = ("compose.yaml", "services:\n  shop:\n    build: .\n");
    let client = ("config/production.toml", "[payments]\nbase_url = \"https://payments.example.com\"\nmax_retries = 2\n");
    let database = (
        "config/production.toml",
        "[database]\nurl = \"postgres://shop@db.acme.com:5432/shop?sslmode=require\"\npool_size = 10\n",
    );
    let breaker = (
        "mesh/search.yaml",
        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: search }\nspec:\n  host: search\n  trafficPolicy:\n    \
         outlierDetection: { consecutive5xxErrors: 0, interval: 10s }\n",
    );
    let alert = (
        "prometheus/slo.yml",
        "groups:\n  - name: slo\n    rules:\n      - alert: ErrorBudgetBurn\n        expr: sum(rate(http_requests_total{code=~\"5..\"}[1h])) / \
         sum(rate(http_requests_total[1h])) > (14.4 * 0.001)\n        labels: { severity: page }\n",
    );
    let modules = (
        "migrations/0002_modules.up.sql",
        "CREATE SCHEMA sales;\nCREATE SCHEMA billing;\nCREATE TABLE sales.bills (id bigint PRIMARY KEY);\nCREATE TABLE billing.lines (id bigint PRIMARY \
         KEY, bill_id bigint REFERENCES sales.bills (id));\n",
    );
    type Row<'t> = (&'t str, (&'t str, &'t str), &'t str, Option<Severity>, Option<Severity>);
    let service = ("services/billing/openapi.yaml", API);
    let other = ("services/orders/openapi.yaml", API);
    expect("team_size = 15", &[service, other], "topology/service-without-owner", None, Some(Severity::Warning));
    let pool = (
        "compose.yaml",
        "services:\n  api:\n    build: .\n    ports: [\"8080:8080\"]\n    environment: { PG_URL: \"postgres://s:${P}@db:5432/s\", PG_POOL_MAX: \"10\" \
         }\n  db:\n    image: postgres:17\n",
    );
    let defaulted = (
        "migrations/0002_less.up.sql",
        "ALTER TABLE orders ADD COLUMN kind text NOT NULL DEFAULT 'web';\nALTER TABLE orders ALTER COLUMN kind DROP DEFAULT;\n",
    );
    let rows: [Row; 13] = [
        ("pattern = \"serverless\"", pool, "pools/serverless-pool-too-large", None, Some(Severity::Warning)),
        ("read_write_ratio = 10", pool, "pools/reads-without-replica", None, Some(Severity::Info)),
        (
            "deploy = \"recreate\"",
            defaulted,
            "migrations/drop-default-of-required-column",
            Some(Severity::Warning),
            Some(Severity::Info),
        ),
        ("data_sensitivity = \"pii\"", logged, "observability/values-logged", None, Some(Severity::Warning)),
        ("data_sensitivity = \"phi\"", database, "tls/db-identity-unchecked", None, Some(Severity::Warning)),
        ("qps_p99 = 8000\npattern = \"monolith\"", shop, "topology/monolith-under-load", None, Some(Severity::Info)),
        ("slo_availability = 99.95", alert, "slo/alert-misses-availability-goal", None, Some(Severity::Warning)),
        ("pattern = \"modular-monolith\"", modules, "schema/foreign-key-crosses-modules", None, Some(Severity::Info)),
        ("pattern = \"microservices\"", client, "timeouts/client-without-timeout", None, Some(Severity::Error)),
        ("pattern = \"domain-services\"", client, "timeouts/client-without-timeout", None, Some(Severity::Error)),
        ("pattern = \"monolith\"", breaker, "retries/breaker-switched-off", Some(Severity::Info), None),
        ("data_sensitivity = \"regulated\"", database, "tls/db-identity-unchecked", None, Some(Severity::Warning)),
        ("data_sensitivity = \"regulated\"", logged, "observability/values-logged", None, Some(Severity::Warning)),
    ];
    for (key, file, rule, without, with) in rows {
        expect(key, &[file], rule, without, with);
    }
    // Where it is known that the client asks nobody.
    let client = ("go.mod", "module shop\n\nrequire github.com/jackc/pgx/v5 v5.7.0\n");
    for key in ["data_sensitivity = \"phi\"", "data_sensitivity = \"regulated\""] {
        expect(key, &[database, client], "tls/db-identity-unchecked", None, Some(Severity::Error));
    }
}

#[test]
fn rows_of_one_table_change_what_is_said_of_it() {
    let rule = "indexes/filter-parameter-without-index";
    assert_eq!(of(rule, "").map(|(severity, _)| severity), Some(Severity::Warning));
    // The finding is about an operation, which was joined to the table.
    let why = "context: tables.public.orders.rows = 500, and the table is small".to_owned();
    assert_eq!(of(rule, "[context.tables.\"public.orders\"]\nrows = 500\n"), Some((Severity::Info, vec![why])));
    let other = of(rule, "[context.tables.customers]\nrows = 500\n");
    assert_eq!(other, Some((Severity::Warning, vec![])), "another table");
    let columns = findings("[context]\nread_write_ratio = 20\n");
    let up = columns.iter().find(|finding| finding.rule == rule).map(|finding| finding.severity);
    assert_eq!(up, Some(Severity::Error));
}

#[test]
fn a_declared_growth_stands_above_the_name_of_a_table() {
    let offset = "indexes/offset-on-growing-table";
    assert_eq!(of(offset, "[context.tables.orders]\ngrowth = \"static\"\n"), None);
    let bills = API.replace("orders", "widgets").replace("Order", "Widget");
    let table = SQL.replace("orders", "widgets");
    let files = [("openapi.yaml", bills.as_str()), ("migrations/0001_init.up.sql", table.as_str()), ("queries/orders.sql", "")];
    let told = |configuration: &str, rule: &str| {
        let found = with_files(configuration, &files).into_iter().find(|one| one.rule == rule)?;
        Some((found.severity, found.diagnostic.because))
    };
    let filter = "indexes/filter-parameter-without-index";
    assert_eq!(told("", offset), None, "nothing says that widgets grow");
    assert_eq!(told("", filter), Some((Severity::Info, vec!["the table need not grow, by its name".to_owned()])));
    let hot = "[context.tables.widgets]\ngrowth = \"hot\"\n";
    let why = || vec!["context: tables.widgets.growth = hot, and rows are added to the table for ever".to_owned()];
    assert_eq!(told(hot, offset), Some((Severity::Info, why())));
    assert_eq!(told(hot, filter), Some((Severity::Warning, why())));
    assert_eq!(told("[context.tables.widgets]\nrows = 5\n", offset), None, "another key of the table");
}

#[test]
fn which_table_is_meant_its_schema_alone_does_not_say() {
    let rule = "indexes/filter-parameter-without-index";
    let severity = |configuration: &str| of(rule, configuration).map(|(severity, _)| severity);
    for name in ["public", "status", "shop.orders", "orders.status", "public.order"] {
        let said = severity(&format!("[context.tables.\"{name}\"]\nrows = 500\n"));
        assert_eq!(said, Some(Severity::Warning), "{name}");
    }
    // What is said with the schema goes before what is said of the name alone, whatever their order.
    let both = "[context.tables.\"public.orders\"]\nrows = 500\n[context.tables.orders]\nrows = 50_000_000\n";
    assert_eq!(severity(both), Some(Severity::Info));
}

#[test]
fn a_schema_that_is_called_like_a_table_is_none() {
    let files = [
        (
            "migrations/0001_init.up.sql",
            "CREATE SCHEMA orders;\nCREATE TABLE orders.orders (id serial PRIMARY KEY);\nCREATE TABLE orders.lines (id bigint PRIMARY \
             KEY, order_id int REFERENCES orders.orders (id));\n",
        ),
        ("queries/orders.sql", ""),
    ];
    let told = |configuration: &str| {
        let found = with_files(configuration, &files).into_iter().find(|one| one.rule == "indexes/foreign-key-without-index")?;
        Some((found.severity, found.diagnostic.because.into_iter().filter(|why| why.starts_with("context: ")).count()))
    };
    assert_eq!(told("[context.tables.orders]\nrows = 12\n").map(|(_, told)| told), Some(0));
    assert_eq!(told("[context.tables.lines]\nrows = 12\n"), Some((Severity::Info, 1)));
    assert_eq!(told("[context.tables.\"orders.lines\"]\nrows = 12\n"), Some((Severity::Info, 1)));
}

#[test]
fn a_nearer_file_adds_to_what_is_said_of_a_table() {
    let files = [
        ("svc/migrations/0001_init.up.sql", "CREATE TABLE widgets (id bigint PRIMARY KEY, note text);\n"),
        ("svc/queries/widgets.sql", "-- name: ListWidgets :many\nSELECT id FROM widgets WHERE note = $1;\n"),
        ("svc/backend-lint.toml", "[context.tables.widgets]\nrows = 9_000_000\n"),
    ];
    let rule = "indexes/query-predicate-without-index";
    let told = |configuration: &str| {
        let of_it = |one: &Finding| one.rule == rule && one.diagnostic.subject.contains("idget");
        with_files(configuration, &files).into_iter().find(of_it).map(|one| one.severity)
    };
    let without = told("");
    assert!(without.is_some() && without < told("[context.tables.widgets]\ngrowth = \"hot\"\n"), "{without:?}");
}

#[test]
fn what_a_rule_lowered_for_a_reason_of_its_own_is_not_raised() {
    let api = API.replace("/orders:", "/shops/{shop_id}/orders:");
    let mut files = Memory::new();
    files.insert("openapi.yaml", api);
    files.insert("migrations/0001_init.up.sql", SQL);
    files.insert("backend-lint.toml", "[context]\nread_write_ratio = 20\n");
    let options = Options { min_severity: Severity::Info, min_confidence: Confidence::Low, ..Options::default() };
    let outcome = engine::check(&files, None, None, &options).expect("a run");
    let found = outcome.report.findings.iter().find(|finding| finding.rule == "indexes/filter-parameter-without-index");
    assert_eq!(found.map(|finding| finding.severity), Some(Severity::Info));
}

#[test]
fn the_configuration_of_a_rule_stands_above_the_context() {
    let rule = "contract/secret-column-exposed";
    let text = format!("[context]\ndata_sensitivity = \"pii\"\n[rules]\n\"{rule}\" = \"warning\"\n");
    assert_eq!(of(rule, &text).map(|(severity, why)| (severity, why.len())), Some((Severity::Warning, 0)));
}

#[test]
fn a_key_changes_nothing_but_what_the_table_says() {
    let without = findings("");
    let with = findings("[context]\nteam_size = 3\nread_write_ratio = 5\ndeploy = \"rolling\"\nlatency_p99_ms = 300\n");
    let short =
        |all: &[Finding]| all.iter().map(|one| (one.rule.clone(), one.severity, one.fingerprint.clone())).collect::<Vec<_>>();
    assert_eq!(short(&without), short(&with));
}

#[test]
fn presets_fill_in_what_is_not_said() {
    let facts = |text: &str| {
        let mut files = Memory::new();
        files.insert("backend-lint.toml", text);
        let outcome = engine::check(&files, None, None, &Options::default()).unwrap_or_else(|failure| panic!("{failure:?}"));
        outcome.context("")
    };
    let django = facts("[context]\npreset = \"django-monolith\"\n");
    assert_eq!(django.values["latency_p99_ms"].value, "800");
    assert_eq!(
        (django.values["pattern"].value.as_str(), django.values["pattern"].by.as_str()),
        ("monolith", "preset `django-monolith`")
    );
    assert!(!django.values.contains_key("tenancy"), "no preset states the tenancy");
    let own = facts("[context]\npreset = \"django-monolith\"\nlatency_p99_ms = 300\n");
    assert_eq!(
        (own.values["latency_p99_ms"].value.as_str(), own.values["latency_p99_ms"].by.as_str()),
        ("300", "backend-lint.toml")
    );
}
