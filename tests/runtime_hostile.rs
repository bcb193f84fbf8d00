//! What nobody should write: the readers of `.env`, nginx and compose stay linear and never panic.

#[path = "support/memory.rs"]
mod memory;
#[path = "support/within.rs"]
mod within;

use backend_lint::documents::{env, nginx, url};
use backend_lint::model::runtime::{self, Runtime};
use backend_lint::source::SourceId;
use memory::read_runtime;
use proptest::prelude::*;
use std::fmt::Write;
use within::within;

fn read(files: &[(&str, String)]) -> Runtime {
    let (runtime, sources, _) = read_runtime(files);
    // The whole of it, so that every view runs.
    let _ = runtime::to_json(&runtime, &sources);
    for wait in runtime.waits() {
        let _ = wait.nesting();
    }
    for store in runtime.stores() {
        let _ = store.statement_timeout();
    }
    let _ = (runtime.settings().count(), runtime.instant_timeouts().len());
    runtime
}

#[test]
fn long_and_deep_nginx_files() {
    let mut map = String::from("http { map $uri $target {\n");
    (0..100_000).for_each(|at| writeln!(map, "  /old/{at} /new/{at};").unwrap());
    map.push_str("} server { location / { proxy_pass http://api; } } }\n");
    within(20, "a map of 100,000 lines", || assert_eq!(read(&[("nginx/nginx.conf", map)]).routes().count(), 1));
    let mut locations = String::from("http { server {\n");
    (0..20_000)
        .for_each(|at| writeln!(locations, "proxy_set_header H{at} x; location /{at} {{ proxy_pass http://api{at}; }}").unwrap());
    locations.push_str("} }\n");
    within(20, "20,000 locations", || assert_eq!(read(&[("nginx/nginx.conf", locations)]).routes().count(), 20_000));
    within(20, "200,000 open blocks", || drop(read(&[("nginx/nginx.conf", "server { location / { a ".repeat(200_000))])));
    within(20, "closing braces", || drop(read(&[("nginx/nginx.conf", format!("http {{}} {}", "} ;".repeat(300_000)))])));
    within(20, "open quotes", || drop(nginx::parse(SourceId(0), &"a \" ' ".repeat(100_000))));
    within(20, "open Lua", || drop(nginx::parse(SourceId(0), &"content_by_lua_block { [[ \" -- ".repeat(100_000))));
}

#[test]
fn includes_that_go_in_circles_or_multiply() {
    let circle = |name: &str| format!("http {{ include {name}; server {{ location / {{ proxy_pass http://api; }} }} }}\n");
    let runtime = read(&[
        ("nginx/a.conf", circle("b.conf")),
        ("nginx/b.conf", circle("a.conf")),
        ("nginx/self.conf", circle("self.conf")),
        ("nginx/star.conf", circle("*.conf")),
    ]);
    assert!(runtime.routes().count() > 0);
    let mut files: Vec<(String, String)> = Vec::new();
    for at in 0..40 {
        let twice = format!("include conf.d/{}.conf; include conf.d/{}.conf; location /{at} {{ }}", at + 1, at + 1);
        files.push((format!("nginx/conf.d/{at}.conf"), twice));
    }
    files.push(("nginx/nginx.conf".into(), "http { server { include conf.d/0.conf; } }".into()));
    let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    within(20, "an include tree of 2^40 leaves", || drop(read(&files)));
}

#[test]
fn env_files_that_grow_or_never_close() {
    let mut doubling = String::from("A0=xxxxxxxxxxxxxxxx\n");
    (1..60).for_each(|at| writeln!(doubling, "A{at}=$A{}$A{}", at - 1, at - 1).unwrap());
    let compose = "services:\n  api:\n    image: x\n    env_file: .env\n    environment: { B: '${A59}', C: '${A3}' }\n";
    within(20, "a value of 2^64 bytes", || {
        let runtime = read(&[(".env", doubling), ("compose.yaml", compose.into())]);
        let api = runtime.services().next().unwrap();
        assert!(api.service().environment.get("B").unknown().is_some());
        assert_eq!(api.service().environment.get("C").known().map(String::len), Some(128));
    });
    within(20, "open quotes", || drop(env::parse(SourceId(0), &"A=\"x\\\"\nB='\n".repeat(100_000))));
    within(20, "nested defaults", || {
        drop(read(&[("compose.yaml", format!("services:\n  a:\n    image: {}", "${A:-".repeat(50_000)))]))
    });
}

#[test]
fn compose_files_that_refer_to_themselves_or_multiply() {
    let text = "include: [compose.yaml, other/compose.yaml]
services:
  a: { extends: b }
  b: { extends: { service: a } }
  c: { extends: { file: other/compose.yaml, service: d } }
";
    let other = "include: [../compose.yaml]\nservices:\n  d: { extends: { file: ../compose.yaml, service: c }, image: x }\n";
    let runtime = read(&[("compose.yaml", text.into()), ("other/compose.yaml", other.into())]);
    let mut names: Vec<&str> = runtime.services().map(|service| service.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, ["a", "b", "c", "d"]);
    let mut many = String::from("x-env: &env\n");
    (0..5_000).for_each(|at| writeln!(many, "  K{at}: v").unwrap());
    many.push_str("services:\n");
    (0..5_000).for_each(|at| writeln!(many, "  s{at}: {{ image: x, environment: *env }}").unwrap());
    within(60, "25 million variables by alias", || assert_eq!(read(&[("compose.yaml", many)]).services().count(), 5_000));
    let mut wide = String::from("services:\n");
    (0..20_000).for_each(|at| writeln!(wide, "  s{at}: {{ extends: s{}, image: x }}", at / 2).unwrap());
    let mut busy = String::from("services:\n");
    for at in 0..10_000 {
        let (waited, named, store) = (at * 7 % 10_000, at * 3 % 10_000, at % 50);
        writeln!(busy, "  s{at}: {{ image: x, depends_on: [s{waited}], environment: {{ A_HOST: s{named}, B: 'postgres://u:p{at}@s{store}/x' }} }}")
            .unwrap();
    }
    within(60, "10,000 services that name each other", || {
        let runtime = read(&[("compose.yaml", busy)]);
        assert_eq!((runtime.start_waits().len(), runtime.references().len()), (10_000, 20_000));
    });
    within(60, "20,000 services", || assert_eq!(read(&[("compose.yaml", wide)]).services().count(), 20_000));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_as_nginx(text in "([a-z$/\\\\ \"'{};#\n\r\u{feff}ö]|proxy_pass |location |x_by_lua_block|--|\\[\\[){0,120}") {
        let nginx = nginx::parse(SourceId(0), &text);
        for id in nginx.ids() {
            let directive = nginx.directive(id);
            prop_assert!(text.get(directive.span.range()).is_some());
            prop_assert!(directive.arguments.iter().all(|word| text.get(word.span.range()).is_some()));
        }
        read(&[("nginx/nginx.conf", format!("server {{ {text}"))]);
    }

    #[test]
    fn any_text_is_read_as_env(text in "([A-Z= \"'$#\\\\:\n\r\u{feff}ö{}-]|export |\\$\\{|:-){0,120}") {
        let file = env::parse(SourceId(0), &text);
        for entry in &file.entries {
            prop_assert_eq!(&text[entry.key_span.range()], &entry.key);
            prop_assert!(entry.value.as_ref().is_none_or(|value| text.get(value.span.range()).is_some()));
        }
        read(&[(".env", text), ("compose.yaml", "services: { a: { image: '${A}', env_file: .env } }".into())]);
    }

    #[test]
    fn any_text_is_no_trouble_as_a_url(text in "(postgres://|jdbc:|host=|user=|[a-z:@/?&=%';(){}\\[\\]0-9ö ]|%2|tcp\\(){0,40}") {
        if let Some(url) = url::parse(&text) {
            let _ = (url.session_setting("statement_timeout"), url.is_local());
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        nginx::parse(SourceId(0), &text);
        env::parse(SourceId(0), &text);
        url::parse(&text);
        read(&[("compose.yaml", format!("services:\n{text}"))]);
    }
}
