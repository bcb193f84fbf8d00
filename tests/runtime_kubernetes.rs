//! Workloads, Services and routes of manifests in memory, and manifests that nobody should write.

#[path = "support/memory.rs"]
mod memory;
#[path = "support/within.rs"]
mod within;

use backend_lint::model::runtime::service::{Handler, ProbeKind, Replicas};
use backend_lint::model::runtime::{self, Runtime, ServiceRef};
use memory::read_runtime;
use std::fmt::Write;
use std::time::Duration;
use within::within;

fn read(files: &[(&str, String)]) -> Runtime {
    let (runtime, sources, _) = read_runtime(files);
    let _ = runtime::to_json(&runtime, &sources);
    let _ = (runtime.references().len(), runtime.stoppings().len(), runtime.far_liveness_probes().len());
    let _ = (runtime.unknown_upstreams().len(), runtime.wrong_ports().len(), runtime.lost_target_ports().len());
    runtime
}

fn service<'r>(runtime: &'r Runtime, name: &str) -> ServiceRef<'r> {
    runtime.services().find(|service| service.name() == name).unwrap_or_else(|| panic!("no service {name}"))
}

fn variable(runtime: &Runtime, name: &str) -> String {
    let fact = service(runtime, "api").service().environment.get(name);
    fact.known().cloned().unwrap_or_else(|| format!("{fact:?}"))
}

const API: &str = "apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop }
spec:
  replicas: 2
  template:
    metadata: { labels: { app: api, tier: web } }
    spec:
      terminationGracePeriodSeconds: 45
      containers:
        - name: proxy
          image: envoyproxy/envoy:v1.30
        - name: server
          image: shop/api:1
          command: [sh, -c]
          args: ['exec gunicorn --workers 3 shop.wsgi']
          ports: [{ name: http, containerPort: 8080 }]
          envFrom:
            - configMapRef: { name: settings }
            - { prefix: CACHE_, configMapRef: { name: settings } }
          env:
            - { name: DB_HOST, value: db }
            - { name: DB_URL, value: 'postgres://u:p@$(DB_HOST):5432/shop' }
            - { name: PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }
            - { name: NODE, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }
          livenessProbe: { tcpSocket: { port: http }, periodSeconds: 20 }
          readinessProbe: { httpGet: { path: /ready, port: 8080 } }
          lifecycle: { preStop: { exec: { command: [sh, -c, 'sleep 5; true'] } } }
";

const REST: &str = "apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
    metadata: { name: front, namespace: shop }
    spec: { selector: { app: api }, ports: [{ port: 80, targetPort: http }] }
  - apiVersion: v1
    kind: ConfigMap
    metadata: { name: settings, namespace: shop }
    data: { LEVEL: info, MODE: fast }
  - apiVersion: v1
    kind: Secret
    metadata: { name: db, namespace: shop }
    data: { password: aHVudGVyMg== }
  - apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: { name: api, namespace: shop }
    spec: { scaleTargetRef: { kind: Deployment, name: api }, minReplicas: 3, maxReplicas: 9 }
  - apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
      namespace: shop
      annotations:
        nginx.ingress.kubernetes.io/proxy-read-timeout: \"30\"
        nginx.ingress.kubernetes.io/proxy-body-size: 8m
        nginx.ingress.kubernetes.io/proxy-next-upstream: error timeout non_idempotent
    spec:
      rules:
        - host: shop.example.com
          http: { paths: [{ path: /api, pathType: Prefix, backend: { service: { name: front, port: { number: 80 } } } }] }
";

#[test]
fn a_workload_is_read_with_all_its_parts() {
    let runtime = read(&[("k8s/api.yaml", API.into()), ("k8s/rest.yaml", REST.into())]);
    let api = service(&runtime, "api");
    let said = api.service();
    assert_eq!(said.image.known().map(String::as_str), Some("shop/api:1"), "the container that is no helper");
    assert_eq!(said.replicas.known(), Some(&Replicas { least: 3, most: 9 }));
    assert_eq!(said.workers.known(), Some(&3));
    assert_eq!(said.aliases, [("front".to_owned(), "Service")]);
    assert_eq!(said.fronts.iter().map(|front| front.ports[0].target.as_str()).collect::<Vec<_>>(), ["http"]);
    assert_eq!(said.stop.grace.known().map(|grace| grace.written.as_str()), Some("45"));
    assert_eq!(said.stop.pre_stop.known().and_then(|sleep| sleep.after), Some(Duration::from_secs(5)));
    let liveness = api.probes_of(ProbeKind::Liveness).next().and_then(|probe| probe.handler.known());
    assert_eq!(liveness, Some(&Handler::Tcp("http".into())));
    assert_eq!(variable(&runtime, "LEVEL"), "info");
    assert_eq!(variable(&runtime, "CACHE_MODE"), "fast");
    assert_eq!(variable(&runtime, "DB_URL"), "postgres://u:p@db:5432/shop");
    assert_eq!(variable(&runtime, "PASSWORD"), "hunter2");
    assert!(variable(&runtime, "NODE").contains("Unknown"), "the cluster gives it");
    assert_eq!(variable(&runtime, "ELSE"), "Absent");
}

#[test]
fn an_ingress_leads_to_the_pods_behind_its_service() {
    let runtime = read(&[("k8s/api.yaml", API.into()), ("k8s/rest.yaml", REST.into())]);
    let edges: Vec<_> = runtime.edges().collect();
    let edge = edges.first().expect("an edge");
    assert_eq!(edge.subject(), "shop.example.com path /api -> service api");
    assert!(edge.is_structural());
    let route = edge.route();
    assert_eq!(route.waits.read.known().and_then(|read| read.after), Some(Duration::from_secs(30)));
    assert!(route.waits.connect.unknown().is_some(), "the controller decides");
    assert_eq!(route.body_limit.known(), Some(&(8 << 20)));
    assert!(route.retry.known().is_some_and(|retry| retry.resends_post.is_some()));
}

#[test]
fn manifests_that_repeat_each_other_are_groups_of_their_own() {
    let again = API.replace("shop/api:1", "shop/api:2");
    let runtime = read(&[("base/api.yaml", API.into()), ("release/api.yaml", again), ("base/rest.yaml", REST.into())]);
    let fronts: Vec<usize> = runtime.services().map(|service| service.service().fronts.len()).collect();
    assert_eq!(fronts, [1, 0], "the Service belongs to the manifests beside it");
}

#[test]
fn gateway_api_and_mesh_routes_are_read() {
    let routes = "apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: shop, namespace: shop }
spec:
  rules:
    - matches: [{ path: { type: PathPrefix, value: /api }, method: POST }]
      timeouts: { request: 10s, backendRequest: 4s }
      retry: { attempts: 2, codes: [503], backoff: 100ms }
      backendRefs: [{ name: front, port: 80 }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: shop }
spec:
  hosts: [front]
  http:
    - { retries: { attempts: 3, perTryTimeout: 2s, retryOn: '5xx,reset' }, timeout: 6s, route: [{ destination: { host: front.shop.svc.cluster.local } }] }
    - route: [{ destination: { host: front } }]
";
    let runtime = read(&[("k8s/api.yaml", API.into()), ("k8s/rest.yaml", REST.into()), ("k8s/routes.yaml", routes.into())]);
    let seen: Vec<String> = runtime
        .edges()
        .map(|edge| {
            let route = edge.route();
            let total = route.waits.total.known().and_then(|total| total.after).map(|total| total.as_secs());
            let retry = route.retry.known().map(|retry| (retry.attempts, retry.resends_post.clone()));
            format!("{} {total:?} {retry:?}", route.name)
        })
        .collect();
    assert_eq!(
        seen,
        [
            "path /api None Some((None, Some(\"`non_idempotent`\")))",
            "rule of shop Some(10) Some((Some(2), Some(\"status 503\")))",
            "route of shop Some(6) Some((Some(3), Some(\"`5xx`\")))",
            "route 2 of shop None Some((Some(2), None))",
        ]
    );
}

#[test]
fn manifests_that_nobody_should_write() {
    let mut many = String::new();
    (0..3_000).for_each(|at| {
        writeln!(many, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: a{at} }}\nspec: {{ template: {{ metadata: {{ labels: {{ app: a{at} }} }}, spec: {{ containers: [{{ name: a, image: a }}] }} }} }}\n---\napiVersion: v1\nkind: Service\nmetadata: {{ name: a{at} }}\nspec: {{ selector: {{ app: a{at} }}, ports: [{{ port: 80 }}] }}").unwrap();
    });
    within(30, "3,000 workloads with their Services", || assert_eq!(read(&[("k8s/a.yaml", many)]).services().count(), 3_000));
    let lists = format!(
        "{{\"kind\": \"List\", \"apiVersion\": \"v1\", \"items\": [{}{}]}}",
        "{\"kind\": \"List\", \"items\": [".repeat(2_000),
        "]}".repeat(2_000)
    );
    within(20, "lists in lists", || drop(read(&[("k8s/a.json", lists)])));
    let mut variables = String::from(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        image: a\n        env:\n        - { name: V0, value: 'xxxxxxxxxxxxxxxx' }\n",
    );
    (1..2_000).for_each(|at| {
        writeln!(variables, "        - {{ name: V{at}, value: '$(V{0})$(V{0})' }}", at - 1).unwrap();
    });
    within(20, "variables that double", || assert_eq!(read(&[("k8s/a.yaml", variables)]).services().count(), 1));
    let open =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { template: { spec: { containers: [ {".to_owned();
    within(20, "a file that ends early", || drop(read(&[("k8s/a.yaml", open)])));
    let odd = "apiVersion: v1\nkind: Service\nmetadata: { name: [a] }\nspec: 3\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { template: { spec: { containers: { a: b }, volumes: 4 } } }\n---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: a }\nspec: { http: [1, { route: x }, { route: [ { destination: 3 } ], match: 7, retries: [] }] }\n";
    within(20, "values of other kinds", || drop(read(&[("k8s/a.yaml", odd.into())])));
}

#[test]
fn files_in_config_maps_are_read_as_their_own_formats() {
    let gateway = "apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data:
  nginx.conf: |
    http {
      server {
        location / {
          proxy_pass http://api:8080;
          proxy_read_timeout 7s;
        }
      }
    }
  folded.conf: >
    http { server { location / { proxy_pass http://other; } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      volumes: [{ name: config, configMap: { name: web } }]
      containers:
        - { name: web, image: 'nginx:1.28', volumeMounts: [{ name: config, mountPath: /etc/nginx }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec: { template: { metadata: { labels: { app: api } }, spec: { containers: [{ name: api, image: 'shop/api:1' }] } } }
---
apiVersion: v1
kind: Service
metadata: { name: api }
spec: { selector: { app: api }, ports: [{ port: 8080 }] }
";
    let (runtime, sources, unread) = read_runtime(&[("k8s/web.yaml", gateway)]);
    assert_eq!(unread, Vec::<String>::new());
    let edges: Vec<_> = runtime.edges().collect();
    assert_eq!(edges.len(), 1);
    assert_eq!(edges[0].subject(), "location / -> service api");
    assert!(edges[0].is_structural(), "{}", edges[0].why());
    let span = edges[0].route().waits.read.span().expect("written");
    assert_eq!(sources.text(span), "proxy_read_timeout 7s");
    let place = sources.outermost(span);
    assert_eq!((sources.path(place.source), sources.line_column(place.source, place.start).line), ("k8s/web.yaml", 10));
    assert_eq!(sources.text(place), "proxy_read_timeout 7s", "the same characters in the manifest");
}
