//! What nobody should write: the readers of gateway configurations stay linear and never panic.

#[path = "support/within.rs"]
mod within;

use backend_lint::discover;
use backend_lint::documents::{caddy, haproxy};
use backend_lint::files::Memory;
use backend_lint::model::{Model, Settings};
use backend_lint::source::{SourceId, Sources};
use proptest::prelude::*;
use within::within;

fn read(files: &[(&str, String)]) -> Model {
    let mut memory = Memory::new();
    files.iter().for_each(|(path, text)| memory.insert(*path, text.as_bytes()));
    let settings = Settings { threads: 1, ..Settings::default() };
    let discovery = discover::find(&memory, &settings);
    let mut sources = Sources::default();
    let model = Model::build(&memory, &discovery, &settings, &mut sources);
    // Every view runs.
    let _ = (model.passages().len(), model.unrouted().len(), model.runtime.chains().len(), model.runtime.retries().len());
    let _ = (model.runtime.endless_waits().len(), model.runtime.unset_waits().len(), model.runtime.kept_connections().count());
    let _ = (model.runtime.grpc_over_http1().len(), model.runtime.halves().count(), model.runtime.lost_backends().len());
    model
}

#[test]
fn long_and_deep_caddyfiles() {
    let import =
        "(a) {\n import b\n import b\n}\n(b) {\n import a\n import a\n}\nexample.com {\n import a\n reverse_proxy api:80\n}\n";
    within(20, "snippets that import each other", || {
        assert_eq!(read(&[("Caddyfile", import.to_owned())]).runtime.routes().count(), 1);
    });
    within(20, "a file that imports itself", || {
        assert!(
            read(&[("Caddyfile", "import Caddyfile\nimport Caddyfile\n:80 {\n reverse_proxy a\n}\n".to_owned())])
                .runtime
                .routes()
                .count()
                > 0
        );
    });
    within(20, "100,000 open blocks", || drop(read(&[("Caddyfile", "a {\n".repeat(100_000))])));
    within(20, "100,000 lines", || {
        let lines = "handle /x/* {\n reverse_proxy a:80\n}\n".repeat(30_000);
        assert_eq!(read(&[("Caddyfile", format!(":80 {{\n{lines}}}\n"))]).runtime.routes().count(), 30_000);
    });
    within(20, "open quotes and heredocs", || drop(caddy::parse(SourceId(0), &"a \" ` <<E\n".repeat(50_000))));
    within(20, "heredocs that never end", || drop(caddy::parse(SourceId(0), &"<<END x\n".repeat(20_000))));
}

#[test]
fn long_haproxy_files() {
    let backends: String = (0..5_000).map(|at| format!("backend b{at}\n server s{at} s{at}:80\n")).collect();
    let uses: String = (0..5_000).map(|at| format!(" use_backend b{at} if {{ path_beg /{at} }}\n")).collect();
    within(30, "5,000 backends", || {
        let text = format!("frontend www\n bind :80\n{uses}{backends}");
        assert_eq!(read(&[("haproxy.cfg", text)]).runtime.routes().count(), 5_000);
    });
    within(20, "defaults in a circle", || {
        let text = "defaults a from b\n mode http\ndefaults b from a\n mode tcp\nbackend x from a\n server s s:80\n";
        assert_eq!(read(&[("haproxy.cfg", text.to_owned())]).runtime.routes().count(), 0);
    });
    within(20, "lines that go on", || drop(haproxy::parse(SourceId(0), &"frontend x \\\n".repeat(100_000))));
}

#[test]
fn deep_and_wide_documents() {
    let deep = format!("http:\n  routers:\n    a: {}1{}\n", "{ x: ".repeat(500), " }".repeat(500));
    within(20, "a deep Traefik file", || drop(read(&[("traefik.yml", deep)])));
    let routers: String =
        (0..5_000).map(|at| format!("    r{at}: {{ rule: 'PathPrefix(`/{at}`)', service: s, middlewares: [m] }}\n")).collect();
    within(30, "5,000 routers", || {
        let text = format!("http:\n  middlewares:\n    m: {{ chain: {{ middlewares: [m, m] }} }}\n  routers:\n{routers}");
        assert_eq!(read(&[("traefik.yml", text)]).runtime.routes().count(), 5_000);
    });
    let services: String =
        (0..3_000).map(|at| format!("- {{ name: s{at}, url: 'http://s{at}', routes: [ {{ paths: [/{at}] }} ] }}\n")).collect();
    within(30, "3,000 services of Kong", || {
        assert_eq!(
            read(&[("kong.yml", format!("_format_version: '3.0'\nservices:\n{services}"))]).runtime.routes().count(),
            3_000
        );
    });
    let connections: String = (0..5_000).map(|at| format!("server {{ listen {at}; proxy_pass s{at}:80; }}\n")).collect();
    within(30, "5,000 servers of bare connections", || {
        let text = format!("stream {{\n{connections}}}\n");
        assert_eq!(read(&[("nginx.conf", text)]).runtime.routes().count(), 5_000);
    });
    for (path, text) in [
        ("caddy.json", "{\"apps\": {\"http\": {\"servers\": [1, {\"routes\": 2}]}}}"),
        ("caddy.json", "{\"apps\": {\"http\": {\"servers\": {\"a\": {\"routes\": [{\"match\": 1, \"handle\": [1, {}]}]}}}}}"),
        ("envoy.yaml", "static_resources: [1, 2]\n"),
        ("envoy.yaml", "static_resources: { listeners: { a: 1 }, clusters: x }\n"),
        ("kong.yml", "_format_version: 3\nservices: 1\nplugins: { a: b }\n"),
        (
            "src/main/resources/application.yml",
            "spring: { cloud: { gateway: { routes: [ 1, { uri: [] }, { uri: x, filters: [ {}, 1 ] } ] } } }\n",
        ),
        ("traefik.toml", "[http.routers.a]\nrule = 1\n"),
    ] {
        let _ = read(&[(path, text.to_owned())]);
    }
}

#[test]
fn routes_within_routes() {
    let ways = format!("\"match\": [{}]", vec!["{\"path\": [\"/a\", \"/b\", \"/c\"]}"; 16].join(", "));
    let deep = (0..40).fold("{\"handler\": \"reverse_proxy\"}".to_owned(), |inner, _| {
        format!("{{\"handler\": \"subroute\", \"routes\": [{{{ways}, \"handle\": [{inner}]}}]}}")
    });
    let text = format!("{{\"apps\": {{\"http\": {{\"servers\": {{\"s\": {{\"routes\": [{{\"handle\": [{deep}]}}]}}}}}}}}}}");
    within(20, "routes of Caddy that multiply", || drop(read(&[("caddy.json", text)])));
    let chain = "apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: { name: m }\nspec: { chain: { middlewares: [{ name: m }, { name: m }] } }\n---\n";
    let services = "apiVersion: traefik.io/v1alpha1\nkind: TraefikService\nmetadata: { name: s }\nspec: { weighted: { services: [{ kind: TraefikService, name: s }, { kind: TraefikService, name: s }] } }\n---\n";
    let rules: String = (0..1_500)
        .map(|at| format!("    - {{ match: 'PathPrefix(`/{at}`)', middlewares: [{{ name: m }}], services: [{{ kind: TraefikService, name: s }}] }}\n"))
        .collect();
    let route =
        format!("apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {{ name: r }}\nspec:\n  routes:\n{rules}");
    within(30, "objects of Traefik that name themselves", || {
        assert_eq!(read(&[("k8s/all.yaml", format!("{chain}{services}{route}"))]).runtime.routes().count(), 1_500);
    });
    let lines: String =
        (0..20_000).map(|at| format!("spring.cloud.gateway.routes[{}].uri=http://s{at}\n", u32::MAX - at)).collect();
    within(30, "20,000 routes in properties", || {
        assert_eq!(read(&[("src/main/resources/application.properties", lines)]).runtime.routes().count(), 20_000);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_read(text in "[a-z{}\\[\\]():;,.#\"'`/\\\\\\n $@<=&|!-]{0,400}") {
        let _ = haproxy::parse(SourceId(0), &text);
        let _ = caddy::parse(SourceId(0), &text);
        for path in ["Caddyfile", "caddy.json", "haproxy.cfg", "traefik.yml", "kong.yml", "envoy.yaml", "application.properties"] {
            let _ = read(&[(path, text.clone())]);
        }
        let rule = format!("http:\n  routers:\n    a:\n      rule: {text:?}\n      service: s\n");
        let _ = read(&[("traefik.yml", rule)]);
    }

    #[test]
    fn spans_are_within_the_text(text in "[a-zö\"'`\\\\\\n {}<#]{0,200}") {
        for line in caddy::parse(SourceId(0), &text).lines {
            prop_assert!(text.get(line.span.range()).is_some());
            for word in &line.words {
                prop_assert!(text.get(word.span.range()).is_some(), "{:?}", word);
            }
        }
        for section in haproxy::parse(SourceId(0), &format!("frontend x\n{text}")) {
            let all = format!("frontend x\n{text}");
            for word in section.lines.iter().flat_map(|line| &line.words) {
                prop_assert!(all.get(word.span.range()).is_some(), "{:?}", word);
            }
        }
    }
}
