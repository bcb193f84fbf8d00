//! Services, routes, stores and timeouts of small repositories in memory.

#[path = "support/memory.rs"]
mod memory;

use backend_lint::fact::{Fact, Origin};
use backend_lint::model::runtime::{self, Profile, Role, Runtime, ServiceRef, TimeoutKind};
use memory::read_runtime as read;

fn service<'r>(runtime: &'r Runtime, name: &str) -> ServiceRef<'r> {
    runtime.services().find(|service| service.name() == name).unwrap_or_else(|| panic!("no service {name}"))
}

fn names(runtime: &Runtime) -> Vec<&str> {
    runtime.services().map(|service| service.name()).collect()
}

fn variable(runtime: &Runtime, of: &str, name: &str) -> Fact<String> {
    service(runtime, of).service().environment.get(name)
}

fn known(fact: Fact<String>) -> String {
    fact.known().cloned().unwrap_or_else(|| format!("{fact:?}"))
}

#[test]
fn a_service_is_read_with_all_its_parts() {
    let (runtime, sources, unread) = read(&[(
        "compose.yaml",
        "services:
  api:
    build: { context: ./api }
    container_name: shop-api
    command: [gunicorn, --timeout, '90', app]
    ports: ['127.0.0.1:8080:80', {target: 81}]
    expose: ['9000']
    profiles: [debug]
    deploy: { replicas: 3 }
    networks: { back: { aliases: [orders] } }
    depends_on: { db: { condition: service_healthy }, cache: {} }
    healthcheck: { test: [CMD, 'true'], interval: 5s }
  db: { image: 'postgres:17', healthcheck: { disable: true } }
  cache: { image: valkey/valkey, scale: 2 }
  worker: { build: ., command: celery -A app worker }
",
    )]);
    assert_eq!(unread, Vec::<String>::new());
    let api = service(&runtime, "api");
    let said = api.service();
    assert_eq!(said.build.known().map(String::as_str), Some("api"));
    assert_eq!(
        said.ports.iter().map(|port| (port.container, port.is_published)).collect::<Vec<_>>(),
        [(80, true), (81, true), (9000, false)]
    );
    assert_eq!(said.replicas.known().map(|replicas| replicas.most), Some(3));
    assert_eq!(said.aliases, [("shop-api".to_owned(), "container name"), ("orders".to_owned(), "network alias")]);
    let depends: Vec<_> = said.depends_on.iter().map(|one| (one.service.as_str(), one.condition.as_str())).collect();
    assert_eq!(depends, [("db", "service_healthy"), ("cache", "service_started")]);
    assert_eq!(said.healthcheck.known().and_then(|check| check.interval.as_deref()), Some("5s"));
    assert_eq!(service(&runtime, "db").service().healthcheck.known().map(|check| check.is_disabled), Some(true));
    assert_eq!((api.role(), api.profile()), (Role::Application, Profile::Development));
    assert_eq!(service(&runtime, "db").role(), Role::Datastore("postgres".into()));
    assert_eq!(service(&runtime, "cache").role(), Role::Cache("redis".into()));
    assert_eq!(service(&runtime, "worker").role(), Role::Worker);
    let limit = api.request_timeout();
    assert_eq!(limit.known().and_then(|limit| limit.timeout.after).map(|after| after.as_secs()), Some(90));
    assert_eq!(limit.span().map(|span| sources.text(span)), Some("--timeout, '90"));
}

#[test]
fn variables_come_from_env_then_from_the_inline_default() {
    let (runtime, sources, _) = read(&[
        ("app/.env", "TAG=1.2\nQUOTED='a $b'\nCHAIN=${TAG}-x\n"),
        ("app/worker.env", "FROM_FILE=yes\nSHARED=file\nREF=${TAG}\n"),
        (
            "app/docker-compose.yml",
            "x-common: &common { SHARED: anchor, LEVEL: info }
services:
  api:
    image: acme/api:${TAG:-latest}
    env_file: [worker.env]
    environment:
      <<: *common
      LEVEL: ${LEVEL:-warn}
      CHAIN: ${CHAIN}
      LITERAL: $$HOME
      QUOTED: ${QUOTED}
      LOST: ${NOWHERE}
      TAG:
      SHELL_ONLY:
  other:
    image: acme/other
    env_file: [{path: missing.env}, worker.env]
    environment: ['A=b=c', TAG]
",
        ),
    ]);
    let api = |name: &str| known(variable(&runtime, "api", name));
    assert_eq!(service(&runtime, "api").service().image.known().map(String::as_str), Some("acme/api:1.2"));
    assert_eq!([api("FROM_FILE"), api("SHARED"), api("LEVEL"), api("REF")], ["yes", "anchor", "warn", "1.2"]);
    assert_eq!([api("CHAIN"), api("LITERAL"), api("QUOTED"), api("TAG")], ["1.2-x", "$HOME", "a $b", "1.2"]);
    assert!(variable(&runtime, "api", "LOST").unknown().is_some());
    assert!(variable(&runtime, "api", "SHELL_ONLY").unknown().is_some());
    assert!(variable(&runtime, "api", "NOT_THERE").known_absent());
    let span = variable(&runtime, "api", "CHAIN").span();
    assert_eq!(span.map(|span| (sources.path(span.source), sources.text(span))), Some(("app/.env", "${TAG}-x")));
    // A file that is not in the repository may set anything that it is the last to set.
    assert_eq!(known(variable(&runtime, "other", "A")), "b=c");
    assert_eq!(known(variable(&runtime, "other", "FROM_FILE")), "yes");
    assert!(variable(&runtime, "other", "NOT_THERE").unknown().is_some());
}

#[test]
fn overrides_includes_and_extends_make_one_project() {
    let (runtime, sources, _) = read(&[
        (
            "docker-compose.yml",
            "include: [parts/db.yaml]
services:
  api:
    extends: { file: base.yml, service: app }
    environment: { B: main, C: main }
    ports: ['80:80']
    command: serve
",
        ),
        (
            "docker-compose.override.yml",
            "services:\n  api:\n    environment: { C: over }\n    ports: !reset []\n    command: !reset null\n",
        ),
        (
            "base.yml",
            "services:\n  app:\n    image: acme/app\n    environment: { A: base, B: base }\n    healthcheck: { test: x }\n",
        ),
        ("parts/db.yaml", "services:\n  db: { image: 'postgres:${PG:-16}' }\n"),
        ("parts/.env", "PG=17\n"),
        ("docker-compose.prod.yml", "services:\n  api:\n    environment: { D: prod }\n"),
    ]);
    let main: Vec<ServiceRef<'_>> = runtime
        .services()
        .filter(|service| service.project().is_some_and(|project| project.path() == "docker-compose.yml"))
        .collect();
    assert_eq!(main.iter().map(|service| service.name()).collect::<Vec<_>>(), ["db", "api"]);
    assert_eq!(main[0].service().image.known().map(String::as_str), Some("postgres:17"));
    let said = main[1].service();
    let get = |name: &str| known(said.environment.get(name));
    assert_eq!([get("A"), get("B"), get("C")], ["base", "main", "over"]);
    assert!(said.ports.is_empty() && said.command.known_absent() && said.healthcheck.known().is_some());
    assert_eq!(sources.path(main[1].span().source), "docker-compose.yml");
    // An overlay that nothing names stays apart, and knows that it is one.
    let overlay = runtime.services().find(|service| service.service().is_partial).map(|service| service.profile());
    assert_eq!(overlay, Some(Profile::Production));
}

#[test]
fn included_services_belong_to_the_including_project() {
    let (runtime, _, _) = read(&[
        ("compose.yaml", "include:\n  - path: db/compose.yaml\nservices:\n  api: { image: acme/api }\n"),
        ("db/compose.yaml", "services:\n  db: { image: 'postgres:${PG:-16}' }\n"),
        ("db/.env", "PG=17\n"),
    ]);
    assert_eq!(names(&runtime), ["db", "api"]);
    let paths: Vec<_> = runtime.services().filter_map(|service| service.project()).map(|project| project.path()).collect();
    assert_eq!(paths, ["compose.yaml", "compose.yaml"]);
    assert_eq!(service(&runtime, "db").service().image.known().map(String::as_str), Some("postgres:17"));
}

#[test]
fn nginx_settings_are_inherited_and_included() {
    let (runtime, sources, unread) = read(&[
        (
            "nginx/nginx.conf",
            "http {
  proxy_read_timeout 2m;
  include conf.d/*.conf;
  upstream pool { server api:80 weight=2; server api2:80; }
}
",
        ),
        (
            "nginx/conf.d/shop.conf",
            "server {
  proxy_read_timeout 20s;
  location / { proxy_pass http://pool; proxy_send_timeout 5s; }
  location /slow { proxy_read_timeout 90; include ../snippets/pass.inc; }
}
server { listen 81; location /other { proxy_pass http://$host; proxy_next_upstream error non_idempotent; } }
",
        ),
        ("nginx/snippets/pass.inc", "proxy_pass http://api;\n"),
        ("compose.yaml", "services:\n  api: { image: acme/api }\n  api2: { image: acme/api }\n"),
    ]);
    assert_eq!(unread, Vec::<String>::new());
    let routes: Vec<_> = runtime.routes().collect();
    let shown: Vec<String> = routes
        .iter()
        .map(|route| {
            let (timeout, origin) = route.waits.read.known_with_origin().unwrap();
            let place = origin.span().map(|span| sources.text(span)).unwrap_or("");
            let is_own = matches!(origin, Origin::Explicit(_));
            let hosts: Vec<&str> = route.servers.known().into_iter().flatten().map(|server| server.host.as_str()).collect();
            let hosts = hosts.join(",");
            format!("{}: {place} {is_own} {}s [{hosts}] {}", route.name, timeout.after.unwrap().as_secs(), route.targets.len())
        })
        .collect();
    assert_eq!(
        shown,
        [
            "location /: proxy_read_timeout 20s false 20s [api,api2] 2",
            "location /slow: proxy_read_timeout 90 true 90s [api] 1",
            "location /other: proxy_read_timeout 2m false 120s [] 0",
        ]
    );
    let connect = routes[0].waits.connect.known_with_origin().map(|(_, origin)| origin.is_default());
    assert_eq!(connect, Some(true));
    let retry = routes[2].retry.known().expect("written");
    assert_eq!(retry.on, ["error", "non_idempotent"]);
    assert_eq!((retry.attempts, retry.resends_post.as_deref()), (None, Some("`non_idempotent`")));
    let edge = runtime.edges().next().unwrap();
    assert_eq!(edge.timeout(TimeoutKind::Send).known().map(|timeout| timeout.written.as_str()), Some("5s"));
    assert_eq!(edge.target().map(|service| service.upstream_edges().count()), Some(2));
}

#[test]
fn a_template_takes_addresses_from_the_environment_of_its_service() {
    let (runtime, _, _) = read(&[
        ("web/nginx.conf.template", "server { location /api { proxy_pass ${API_URL}/api; } }\n"),
        (
            "compose.yaml",
            "services:\n  web:\n    build: web\n    environment: { API_URL: 'http://api:8080' }\n  api: { image: acme/api }\n",
        ),
    ]);
    let edge = runtime.edges().next().unwrap();
    assert_eq!(edge.subject(), "location /api -> service api");
    assert!(edge.is_structural());
    assert!(edge.timeout(TimeoutKind::Read).unknown().is_some(), "nothing says what the image adds around the template");
}

#[test]
fn databases_are_joined_and_no_password_is_kept() {
    let (runtime, sources, _) = read(&[
        (
            "compose.yaml",
            "services:
  api:
    image: acme/api
    environment:
      DATABASE_URL: postgres://app:hunter2@p4ss@db:5432/shop?sslpassword=hunter2
      CACHE_URL: redis://:hunter2@cache
  jobs:
    image: acme/jobs
    environment: { POSTGRES_HOST: db, POSTGRES_PASSWORD: hunter2 }
  db: { image: 'postgres:17', command: -c statement_timeout=30s -c max_connections=50 }
  cache: { image: redis }
",
        ),
        (".env.production", "REPORTS_URL=mysql://r:hunter2@mysql.example.com/r\n"),
    ]);
    let store = runtime.stores().next().unwrap();
    assert_eq!(store.clients().iter().map(|client| client.name()).collect::<Vec<_>>(), ["api", "jobs"]);
    assert_eq!(store.statement_timeout().known().and_then(|timeout| timeout.after).map(|after| after.as_secs()), Some(30));
    let json = runtime::to_json(&runtime, &sources);
    let text = json.to_string();
    assert!(!text.contains("hunter2") && !text.contains("p4ss"), "{text}");
    assert_eq!(json[0]["links"][1]["to"], "db");
    assert_eq!(json[0]["links"][1]["database"], "shop");
    assert_eq!(json[2]["statement_timeout"]["seconds"], 30.0);
    assert_eq!((&json[2]["path"], &json[2]["line"]), (&"compose.yaml".into(), &10.into()));
}

#[test]
fn broken_files_are_said_to_be_unread_and_the_rest_goes_on() {
    let (runtime, _, unread) = read(&[
        ("compose.yaml", "services:\n  api:\n    image: acme/api\n    command: [serve\n  db: { image: postgres }\n"),
        ("nginx/nginx.conf", "http { server { location / { proxy_pass http://api; }\n"),
        (".env", "not a line at all\nOK=1\n"),
        ("web/compose.yaml", "services:\n  web: { image: nginx, command: [a] }\n"),
    ]);
    for path in ["compose.yaml", "nginx/nginx.conf", ".env"] {
        assert!(unread.iter().any(|one| one.starts_with(&format!("{path}: "))), "{path} is not in {unread:?}");
    }
    assert!(names(&runtime).contains(&"web"));
    assert_eq!(runtime.routes().count(), 1);
    assert!(runtime.services().find(|one| one.name() == "api").is_none_or(|api| !api.service().replicas.known_absent()));
}
