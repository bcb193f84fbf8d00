//! What the Compose specification says about merging, extending, including and resetting, one example each.
//! <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

#[path = "support/memory.rs"]
mod memory;

use backend_lint::fact::Fact;
use backend_lint::model::runtime::{Runtime, ServiceRef};
use memory::read_runtime;

fn read(files: &[(&str, &str)]) -> Runtime {
    read_runtime(files).0
}

fn service<'r>(runtime: &'r Runtime, name: &str) -> ServiceRef<'r> {
    runtime.services().find(|service| service.name() == name).unwrap_or_else(|| panic!("no service {name}"))
}

fn ports(runtime: &Runtime, name: &str) -> Vec<u16> {
    service(runtime, name).service().ports.iter().map(|port| port.container).collect()
}

fn variable(runtime: &Runtime, of: &str, name: &str) -> String {
    match service(runtime, of).service().environment.get(name) {
        Fact::Known(text, _) => text,
        Fact::Absent => "absent".into(),
        Fact::Unknown(_) => "unknown".into(),
    }
}

#[test]
fn overrides_merge_append_reset_and_replace() {
    let runtime = read(&[
        (
            "compose.yaml",
            "services:
  api:
    image: api:1
    command: [serve]
    ports: ['8080:8080']
    environment: { A: '1', B: '2', C: '3' }
    depends_on: { db: { condition: service_healthy }, cache: { condition: service_started } }
    volumes: ['./a:/data', './b:/more']
    profiles: [web]
  db: { image: postgres:17, ports: ['5432:5432'] }
  cache: { image: redis:7, ports: ['6379:6379'] }
",
        ),
        (
            "compose.override.yaml",
            "services:
  api:
    command: [work]
    ports: ['9090:9090']
    environment: { B: two, C: !reset null }
    depends_on: { cache: { condition: service_healthy } }
    volumes: ['./c:/data']
  db: { ports: !reset [] }
  cache: { ports: !override ['7000:6379', '7001:7001'] }
",
        ),
    ]);
    assert_eq!(ports(&runtime, "api"), [8080, 9090], "lists append");
    assert_eq!(ports(&runtime, "db"), Vec::<u16>::new(), "reset");
    assert_eq!(ports(&runtime, "cache"), [6379, 7001], "override");
    let api = service(&runtime, "api").service();
    assert_eq!(api.command.known(), Some(&vec!["work".to_owned()]), "commands are replaced");
    assert_eq!([variable(&runtime, "api", "A"), variable(&runtime, "api", "B")], ["1", "two"]);
    assert_eq!(variable(&runtime, "api", "C"), "absent", "reset");
    let waits: Vec<_> = api.depends_on.iter().map(|one| (one.service.as_str(), one.condition.as_str())).collect();
    assert_eq!(waits, [("db", "service_healthy"), ("cache", "service_healthy")], "maps merge by key");
    let mut mounts: Vec<_> = api.mounts.iter().map(|one| (one.target.as_str(), one.source.as_deref())).collect();
    mounts.sort_unstable();
    assert_eq!(mounts, [("/data", Some("c")), ("/more", Some("b"))], "volumes merge by target");
}

#[test]
fn every_form_of_ports_and_files_of_variables() {
    let runtime = read(&[
        (
            "compose.yaml",
            "services:
  api:
    image: api:1
    ports: ['3000', '3001-3003', '8000:8000', '9090-9091:8080-8081', '127.0.0.1:5000-5001:5000-5001', '6060:6060/udp', { target: 80 }, 7000]
    env_file:
      - one.env
      - { path: two.env }
      - { path: missing.env, required: false }
  web:
    image: web:1
    env_file: one.env
",
        ),
        ("one.env", "A=1\nB=1\n"),
        ("two.env", "B=2\nC=${A}\n"),
    ]);
    assert_eq!(ports(&runtime, "api"), [3000, 3001, 3002, 3003, 8000, 8080, 8081, 5000, 5001, 6060, 80, 7000]);
    let local: Vec<_> = service(&runtime, "api").service().ports.iter().filter(|port| port.host_address.is_some()).collect();
    assert_eq!(local.iter().map(|port| port.container).collect::<Vec<_>>(), [5000, 5001]);
    assert_eq!([variable(&runtime, "web", "A"), variable(&runtime, "web", "B")], ["1", "1"]);
    // The optional file is not there: on the machine that has it, it may set anything.
    assert_eq!(variable(&runtime, "api", "D"), "unknown");
    assert_eq!(variable(&runtime, "web", "D"), "absent");
}

#[test]
fn includes_take_lists_and_extends_crosses_files() {
    let runtime = read(&[
        (
            "compose.yaml",
            "include:
  - path: [infra/base.yaml, infra/more.yaml]
services:
  api:
    extends: { file: common/base.yaml, service: base }
    environment: { B: own }
  worker:
    extends: api
    command: [work]
",
        ),
        ("infra/base.yaml", "services:\n  db: { image: postgres:16, environment: { A: '1' } }\n"),
        ("infra/more.yaml", "services:\n  db: { image: postgres:17 }\n"),
        ("common/base.yaml", "services:\n  base: { build: ./app, environment: { A: base, B: base } }\n"),
    ]);
    assert_eq!(service(&runtime, "db").service().image.known().map(String::as_str), Some("postgres:17"));
    assert_eq!(variable(&runtime, "db", "A"), "1");
    assert_eq!(service(&runtime, "api").service().build.known().map(String::as_str), Some("common/app"));
    assert_eq!([variable(&runtime, "worker", "A"), variable(&runtime, "worker", "B")], ["base", "own"]);
}

#[test]
fn anchors_merge_lists_and_empty_services() {
    let runtime = read(&[(
        "compose.yaml",
        "x-a: &a { restart: always, environment: { A: '1' } }
x-b: &b { image: base:1, stop_grace_period: 1m30s }
services:
  api: { <<: [*a, *b], image: api:1 }
  later:
  ~: { image: nothing:1 }
",
    )]);
    let api = service(&runtime, "api").service();
    assert_eq!(api.image.known().map(String::as_str), Some("api:1"));
    assert_eq!(api.restart.known().map(String::as_str), Some("always"));
    assert_eq!(api.stop.grace.known().and_then(|grace| grace.after).map(|after| after.as_secs()), Some(90));
    assert_eq!(variable(&runtime, "api", "A"), "1");
    assert!(service(&runtime, "later").service().is_partial, "a service that says nothing is no service of its own");
}

#[test]
fn interpolation_knows_every_operator() {
    let runtime = read(&[
        (
            "compose.yaml",
            "services:
  api:
    image: api:${TAG:-latest}
    environment:
      SET: ${NAME}
      DEFAULT: ${MISSING:-fallback}
      EMPTY: ${BLANK-kept}
      EMPTY_TOO: ${BLANK:-filled}
      INSTEAD: ${NAME:+yes}
      NESTED: ${MISSING:-${NAME}}
      DOLLAR: $$NAME
      NEEDED: ${MISSING:?say it}
      SHELL:
",
        ),
        (".env", "NAME=shop\nBLANK=\n"),
    ]);
    assert_eq!(service(&runtime, "api").service().image.known().map(String::as_str), Some("api:latest"));
    let of = |name: &str| variable(&runtime, "api", name);
    assert_eq!([of("SET"), of("DEFAULT"), of("EMPTY"), of("EMPTY_TOO")], ["shop", "fallback", "", "filled"]);
    assert_eq!([of("INSTEAD"), of("NESTED"), of("DOLLAR")], ["yes", "shop", "$NAME"]);
    assert_eq!([of("NEEDED"), of("SHELL")], ["unknown", "unknown"]);
}
