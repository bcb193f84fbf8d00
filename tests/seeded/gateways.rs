//! The gateways that a help desk stands behind: their files, in which words between `@` stand for what a plant changes.

/// A gateway and its files.
pub struct Gateway {
    pub name: &'static str,
    pub files: &'static [(&'static str, &'static str)],
}

/// All of them.
pub const GATEWAYS: [Gateway; 9] = [
    Gateway {
        name: "nginx",
        files: &[
            (
                "compose.yaml",
                r#"services:
  edge:
    image: nginx:1.28
    volumes:
      - ./nginx.conf:/etc/nginx/nginx.conf:ro
    ports: ["80:80"]
  tickets:
    build: ./tickets
    command: gunicorn --workers 4 --timeout 60 tickets.wsgi
"#,
            ),
            (
                "nginx.conf",
                r"events {}
http {
  @HTTP@
  upstream tickets { server tickets:8000; }
  server {
    listen 80;
    location @PATH@ {
      proxy_pass http://tickets;
      @SAID@
    }
  }
}
",
            ),
        ],
    },
    Gateway {
        name: "caddy",
        files: &[
            (
                "compose.yaml",
                r#"services:
  edge:
    image: caddy:2.9
    volumes:
      - ./Caddyfile:/etc/caddy/Caddyfile:ro
    ports: ["80:80"]
  tickets:
    build: ./tickets
    command: gunicorn --workers 4 --timeout 60 tickets.wsgi
"#,
            ),
            (
                "Caddyfile",
                r":80 {
  handle @PATH@* {
    @SAID@
    reverse_proxy tickets:8000 {
      @PROXY@
    }
  }
}
",
            ),
        ],
    },
    Gateway {
        name: "haproxy",
        files: &[
            (
                "compose.yaml",
                r#"services:
  edge:
    image: haproxy:3.1
    volumes:
      - ./haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro
    ports: ["80:80"]
  tickets:
    build: ./tickets
    command: gunicorn --workers 4 --timeout 60 tickets.wsgi
"#,
            ),
            (
                "haproxy.cfg",
                r"defaults
  mode http
  timeout connect 5s
  timeout client 90s
  timeout server @SECONDS@s
frontend edge
  bind :80
  @SAID@
  acl of_tickets path_beg @PATH@
  use_backend tickets if of_tickets
backend tickets
  server tickets tickets:8000
",
            ),
        ],
    },
    Gateway {
        name: "traefik",
        files: &[(
            "compose.yaml",
            r#"services:
  edge:
    image: traefik:v3.3
    command: --providers.docker=true --entrypoints.web.address=:80
    ports: ["80:80"]
    volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]
  tickets:
    build: ./tickets
    command: gunicorn --workers 4 --timeout 60 tickets.wsgi
    labels:
      - traefik.http.routers.tickets.rule=PathPrefix(`@PATH@`)
      - traefik.http.services.tickets.loadbalancer.server.port=8000
@SAID@"#,
        )],
    },
    Gateway {
        name: "ingress",
        files: &[
            ("k8s/tickets.yaml", WORKLOAD),
            (
                "k8s/ingress.yaml",
                r#"apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: edge
  annotations:
    nginx.ingress.kubernetes.io/service-upstream: "true"
@SAID@
spec:
  ingressClassName: nginx
  rules:
    - host: help.example.com
      http:
        paths:
          - path: @PATH@
            pathType: Prefix
            backend: { service: { name: tickets, port: { number: 8000 } } }
"#,
            ),
        ],
    },
    Gateway {
        name: "gatewayapi",
        files: &[
            ("k8s/tickets.yaml", WORKLOAD),
            (
                "k8s/route.yaml",
                r"apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: tickets }
spec:
  parentRefs: [{ name: edge }]
  rules:
    - matches: [{ path: { type: PathPrefix, value: @PATH@ } }]
      backendRefs: [{ name: tickets, port: 8000 }]
@SAID@
",
            ),
        ],
    },
    Gateway {
        name: "envoy",
        files: &[
            (
                "compose.yaml",
                r#"services:
  edge:
    image: envoyproxy/envoy:v1.33
    volumes:
      - ./envoy.yaml:/etc/envoy/envoy.yaml:ro
    ports: ["80:80"]
  tickets:
    build: ./tickets
    command: gunicorn --workers 4 --timeout 60 tickets.wsgi
"#,
            ),
            (
                "envoy.yaml",
                r#"static_resources:
  listeners:
    - address: { socket_address: { address: 0.0.0.0, port_value: 80 } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: edge
                route_config:
                  virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                        - match: { prefix: "@PATH@" }
                          route: { cluster: tickets, timeout: @SECONDS@s }
  clusters:
    - name: tickets
      type: STRICT_DNS
      load_assignment:
        cluster_name: tickets
        endpoints:
          - lb_endpoints:
              - endpoint: { address: { socket_address: { address: tickets, port_value: 8000 } } }
"#,
            ),
        ],
    },
    Gateway {
        name: "kong",
        files: &[
            (
                "compose.yaml",
                r#"services:
  edge:
    image: kong:3.9
    volumes:
      - ./kong.yml:/kong/kong.yml:ro
    ports: ["80:80"]
  tickets:
    build: ./tickets
    command: gunicorn --workers 4 --timeout 60 tickets.wsgi
"#,
            ),
            (
                "kong.yml",
                r#"_format_version: "3.0"
services:
  - name: tickets
    url: http://tickets:8000
    read_timeout: @SECONDS@000
    routes:
      - name: tickets
        paths: ["@PATH@"]
        strip_path: false
@SAID@"#,
            ),
        ],
    },
    Gateway {
        name: "spring",
        files: &[
            (
                "compose.yaml",
                r#"services:
  edge:
    build: ./edge
    ports: ["80:8080"]
  tickets:
    build: ./tickets
    command: gunicorn --workers 4 --timeout 60 tickets.wsgi
"#,
            ),
            (
                "edge/src/main/resources/application.yml",
                r"spring:
  cloud:
    gateway:
      routes:
        - id: tickets
          uri: http://tickets:8000
          predicates:
            - Path=@PATH@/**
          metadata:
            response-timeout: @SECONDS@000
@SAID@
",
            ),
        ],
    },
];

/// The help desk in Kubernetes.
const WORKLOAD: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata: { name: tickets }
spec:
  replicas: 2
  selector: { matchLabels: { app: tickets } }
  template:
    metadata: { labels: { app: tickets } }
    spec:
      containers:
        - name: tickets
          image: registry.example.com/helpdesk/tickets:2.3.1
          command: [gunicorn, --timeout, "60", tickets.wsgi]
          ports: [{ containerPort: 8000 }]
---
apiVersion: v1
kind: Service
metadata: { name: tickets }
spec:
  selector: { app: tickets }
  ports: [{ port: 8000, targetPort: 8000 }]
"#;
