//! What nobody should write into settings files: their readers stay linear, never panic, and say what they could not read.

#[path = "support/memory.rs"]
mod memory;
#[path = "support/within.rs"]
mod within;

use backend_lint::documents::{conf, ini, properties, url};
use backend_lint::model::runtime::secret::Form;
use backend_lint::model::runtime::{self, Runtime};
use backend_lint::source::SourceId;
use memory::read_runtime;
use proptest::prelude::*;
use std::fmt::Write;
use within::within;

fn read_bytes(files: &[(&str, Vec<u8>)]) -> (Runtime, Vec<String>) {
    let (runtime, sources, unread) = read_runtime(files);
    // Every view runs.
    let _ = runtime::to_json(&runtime, &sources);
    let _ = (runtime.suspects().0, runtime.pool_bounds().len(), runtime.pools_by_owner().len(), runtime.pool_waits().len());
    let _ = (runtime.loads().len(), runtime.poolers().len(), runtime.rabbit_listeners().len(), runtime.kafka_consumers().len());
    let _ = (runtime.spring_caches().len(), runtime.management_endpoints().len(), runtime.schema_updates().len());
    let _ =
        (runtime.keyed().len(), runtime.outside_databases().0, runtime.shared_databases().len(), runtime.serving_pools().len());
    let _ = (runtime.evictions().len(), runtime.preparing_clients().0, runtime.session_statements().is_some());
    let _ = (runtime.credentials(Form::Literal).count(), runtime.possible_secrets(), runtime.token_lifetimes().len());
    for server in runtime.servers() {
        let _ = runtime.job_uses(server).len();
    }
    (runtime, unread)
}

fn read(files: &[(&str, String)]) -> Runtime {
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(path, text)| (*path, text.clone().into_bytes())).collect();
    read_bytes(&files).0
}

const SPRING: &str = "src/main/resources/application.properties";

#[test]
fn long_files_of_lines() {
    let mut lines = String::new();
    (0..100_000).for_each(|at| writeln!(lines, "spring.datasource.d{at}.url=jdbc:postgresql://db{at}/x").unwrap());
    within(60, "100,000 properties", || drop(read(&[(SPRING, lines)])));
    within(20, "one line that goes on", || drop(read(&[(SPRING, format!("a={}", "x\\\n  ".repeat(100_000)))])));
    within(20, "backslashes", || drop(properties::parse(SourceId(0), &"\\".repeat(300_000))));
    within(20, "escapes", || drop(properties::parse(SourceId(0), &"\\u12 = \\u\n".repeat(50_000))));
    within(20, "sections", || drop(ini::parse(SourceId(0), &"[a\n[b]\n= x\n; y\n".repeat(50_000))));
    within(20, "quotes", || drop(ini::parse(SourceId(0), &format!("a = {}", "' # \" ;".repeat(50_000)))));
    within(20, "quotes of servers", || drop(conf::parse(SourceId(0), &"a = 'x''y\\\nb 'z\n".repeat(50_000))));
    within(20, "connection strings", || drop(url::parse(&"Host=a;Server=b;Database=c;".repeat(20_000))));
}

#[test]
fn includes_that_go_in_circles() {
    let compose = "services:\n  db:\n    image: postgres:17\n    volumes:\n      - ./pg:/etc/postgresql\n".to_owned();
    let one = "include 'postgresql-b.conf'\nmax_connections = 10\n".to_owned();
    let other = "include 'postgresql-a.conf'\ninclude_dir '.'\nport = 1\n".to_owned();
    let runtime = read(&[("compose.yaml", compose), ("pg/postgresql-a.conf", one), ("pg/postgresql-b.conf", other)]);
    let server = runtime.servers().find(|server| server.service.is_some()).expect("the server");
    assert_eq!(server.number("max_connections").known(), Some(&10));
    let ini = "%include pgbouncer.ini\n[pgbouncer]\n%include ../../../../etc/passwd\npool_mode = session\n".to_owned();
    let runtime = read(&[("pgbouncer/pgbouncer.ini", ini)]);
    assert_eq!(runtime.servers().count(), 1);
}

#[test]
fn placeholders_that_name_themselves_or_multiply() {
    let mut text = String::from("a0=${a0}\nb=${c}\nc=${b}\n");
    (0..60).for_each(|at| writeln!(text, "d{}=${{d{at}}}${{d{at}}}${{d{at}}}", at + 1).unwrap());
    writeln!(text, "spring.datasource.url=${{d60:jdbc:postgresql://db/x}}\nspring.jpa.hibernate.ddl-auto=${{b}}").unwrap();
    within(20, "placeholders", || drop(read(&[(SPRING, text)])));
    let open = format!("spring.datasource.url={}", "${A:".repeat(50_000));
    within(20, "open placeholders", || drop(read(&[(SPRING, open)])));
}

#[test]
fn trees_that_are_deep_or_refer_to_themselves() {
    let deep = |open: &str, close: &str| format!("spring: {}1{}\n", open.repeat(2_000), close.repeat(2_000));
    within(20, "deep maps", || drop(read(&[("src/main/resources/application.yml", deep("{a: ", "}"))])));
    within(20, "deep lists", || drop(read(&[("appsettings.json", format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000)))])));
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    (1..12).for_each(|at| writeln!(bomb, "a{at}: &a{at} [{}]", vec![format!("*a{}", at - 1); 9].join(", ")).unwrap());
    within(20, "aliases", || drop(read(&[("src/main/resources/application.yml", bomb)])));
}

#[test]
fn other_encodings_are_read_or_refused_by_name() {
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("[pgbouncer]\n".bytes().flat_map(|byte| [byte, 0])).collect();
    let latin: Vec<u8> = b"spring.application.name=caf\xe9\nspring.jpa.hibernate.ddl-auto=update\n".to_vec();
    let (runtime, unread) = read_bytes(&[("deploy/pgbouncer.ini", utf16), (SPRING, latin)]);
    assert!(unread.iter().any(|line| line.starts_with("deploy/pgbouncer.ini: UTF-16")), "{unread:?}");
    assert_eq!(runtime.schema_updates().first().map(|update| update.mode.as_str()), Some("update"), "{unread:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_panics(text in "[a-c\\[\\]{}$:=.;#!%'\"\\\\ \n\tu0-9é]{0,200}") {
        let places = properties::parse(SourceId(0), &text).lines.entries;
        for line in places.iter().chain(&ini::parse(SourceId(0), &text).entries).chain(&conf::parse(SourceId(0), &text).entries) {
            prop_assert!(text.get(line.key_span.range()).is_some() && text.get(line.value_span.range()).is_some());
        }
        let _ = url::parse(&text);
        let _ = read(&[(SPRING, text.clone()), ("config/settings.toml", text.clone()), ("redis.conf", text)]);
    }
}
