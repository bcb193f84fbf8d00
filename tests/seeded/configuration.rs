//! Faults of configuration, each planted into a small help desk behind a gateway or on a database, beside a near miss.

use super::gateways::GATEWAYS;
use super::told;
use backend_lint::files::Memory;

type Texts = Vec<(String, String)>;

/// A fault and what looks like it and is none.
struct Plant {
    rule: &'static str,
    place: String,
    fault: Texts,
    near: Texts,
    /// The files before the change, where the fault is one of a change.
    before: Option<Texts>,
}

/// A help desk behind a gateway.
#[derive(Clone, Copy)]
struct Desk<'d> {
    gateway: &'d str,
    /// After how many seconds the gateway gives up, where its template says so.
    seconds: &'d str,
    /// What stands at the three places of the gateway's files.
    said: &'d str,
    http: &'d str,
    proxy: &'d str,
    /// More paths of the document.
    paths: &'d str,
    /// A response of every operation beside its success.
    other: &'d str,
    is_secured: bool,
}

const DESK: Desk =
    Desk { gateway: "nginx", seconds: "90", said: "", http: "", proxy: "", paths: "", other: "", is_secured: false };

impl Desk<'_> {
    fn files(&self) -> Texts {
        let gateway = GATEWAYS.iter().find(|one| one.name == self.gateway).unwrap_or_else(|| panic!("{}", self.gateway));
        let fill = |text: &str| {
            let text = text.replace("@SAID@", self.said).replace("@HTTP@", self.http).replace("@PROXY@", self.proxy);
            text.replace("@PATH@", "/tickets").replace("@SECONDS@", self.seconds)
        };
        let mut files: Texts = gateway.files.iter().map(|(path, text)| ((*path).to_owned(), fill(text))).collect();
        files.push(("tickets/openapi.yaml".to_owned(), self.document()));
        files
    }

    fn document(&self) -> String {
        let (security, schemes) = match self.is_secured {
            true => {
                ("security: [{ token: [] }]\n", "components: { securitySchemes: { token: { type: http, scheme: bearer } } }\n")
            }
            false => ("", ""),
        };
        let response = |status: &str| format!("responses: {{ \"{status}\": {{ description: A ticket }}{} }}", self.other);
        format!(
            "openapi: 3.0.3\ninfo: {{ title: Tickets, version: 1.0.0 }}\n{security}paths:\n  /tickets:\n    get:\n      {}\n    post:\n      {}\n  \
             /tickets/{{id}}:\n    get:\n      parameters: [{{ name: id, in: path, required: true, schema: {{ type: string }} }}]\n      {}\n{}{schemes}",
            response("200"),
            response("201"),
            response("200"),
            self.paths
        )
    }
}

fn behind(rule: &'static str, fault: Desk, near: Desk) -> Plant {
    Plant { rule, place: fault.gateway.to_owned(), fault: fault.files(), near: near.files(), before: None }
}

fn on(rule: &'static str, place: &str, fault: Texts, near: Texts) -> Plant {
    Plant { rule, place: place.to_owned(), fault, near, before: None }
}

fn texts(files: &[(&str, &str)]) -> Texts {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn timeouts() -> Vec<Plant> {
    let rule = "timeouts/gateway-below-app";
    let of = |gateway, said, seconds| Desk { gateway, said, seconds, ..DESK };
    let mut all: Vec<Plant> =
        ["haproxy", "envoy", "kong", "spring"].map(|one| behind(rule, of(one, "", "20"), of(one, "", "90"))).into();
    let caddy = |proxy| Desk { gateway: "caddy", proxy, ..DESK };
    let annotation = |seconds| format!("    nginx.ingress.kubernetes.io/proxy-read-timeout: \"{seconds}\"");
    let (short, long) = (annotation(20), annotation(90));
    all.extend([
        behind(rule, of("nginx", "proxy_read_timeout 20s;", ""), of("nginx", "proxy_read_timeout 75s;", "")),
        behind(
            rule,
            caddy("transport http {\n        response_header_timeout 20s\n      }"),
            caddy("transport http {\n        response_header_timeout 75s\n      }"),
        ),
        behind(rule, of("ingress", &short, ""), of("ingress", &long, "")),
        behind(
            rule,
            of("gatewayapi", "      timeouts: { request: 20s }", ""),
            of("gatewayapi", "      timeouts: { request: 90s }", ""),
        ),
    ]);
    all
}

fn routes() -> Vec<Plant> {
    let lost = "  /invoices:\n    get:\n      responses: { \"200\": { description: Invoices } }\n";
    let of = |gateway| Desk { gateway, ..DESK };
    let lose = |gateway| behind("topology/spec-path-unrouted", Desk { paths: lost, ..of(gateway) }, of(gateway));
    GATEWAYS.iter().map(|gateway| lose(gateway.name)).collect()
}

const UPLOAD: &str = "  /tickets/attachments:
    post:
      requestBody:
        content:
          multipart/form-data:
            schema: { type: object, properties: { file: { type: string, format: binary, maxLength: 20971520 } } }
      responses: { \"201\": { description: Kept } }
";

fn bodies() -> Vec<Plant> {
    let plant = |gateway, small: &str, large: &str| {
        let of = |said| Desk { gateway, said, paths: UPLOAD, ..DESK };
        behind("topology/body-limit-mismatch", of(small), of(large))
    };
    let in_size = |text: &str| (text.replace("SIZE", "5"), text.replace("SIZE", "25"));
    let forms = [
        ("nginx", "client_max_body_size SIZEm;"),
        ("caddy", "request_body {\n      max_size SIZEMB\n    }"),
        ("ingress", "    nginx.ingress.kubernetes.io/proxy-body-size: SIZEm"),
        ("kong", "plugins:\n  - name: request-size-limiting\n    config: { allowed_payload_size: SIZE }\n"),
        (
            "traefik",
            "      - traefik.http.routers.tickets.middlewares=size\n      - traefik.http.middlewares.size.buffering.maxRequestBodyBytes=SIZE000000\n",
        ),
        ("spring", "          filters:\n            - name: RequestSize\n              args: { maxSize: SIZEMB }"),
    ];
    let one = |(gateway, text)| {
        let (small, large) = in_size(text);
        plant(gateway, &small, &large)
    };
    forms.into_iter().map(one).collect()
}

const ZONE: &str = "limit_req_zone $binary_remote_addr zone=all:10m rate=10r/s;";

/// The settings of ingress-nginx, with the status above a limit.
fn controller(status: &str) -> (String, String) {
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: ingress-nginx-controller, namespace: ingress-nginx }}\ndata:\n  \
         limit-req-status-code: \"{status}\"\n"
    );
    ("k8s/controller.yaml".to_owned(), text)
}

fn limits() -> Vec<Plant> {
    let documented = ", \"429\": { description: Too many }";
    let rule = "rate-limit/limiter-not-in-spec";
    let deny = |status| {
        format!(
            "stick-table type ip size 100k expire 30s store http_req_rate(10s)\n  http-request track-sc0 src\n  http-request deny \
             deny_status {status} if {{ sc_http_req_rate(0) gt 100 }}"
        )
    };
    let (right, wrong) = (deny(429), deny(503));
    let forms = [
        ("nginx", "limit_req zone=all burst=20;\n      limit_req_status 429;", ZONE),
        ("haproxy", right.as_str(), ""),
        (
            "traefik",
            "      - traefik.http.routers.tickets.middlewares=slow\n      - traefik.http.middlewares.slow.ratelimit.average=50\n",
            "",
        ),
        ("kong", "plugins:\n  - name: rate-limiting\n    config: { minute: 60, policy: local }\n", ""),
        (
            "spring",
            "          filters:\n            - name: RequestRateLimiter\n              args: { redis-rate-limiter.replenishRate: 10 }",
            "",
        ),
    ];
    let of = |gateway, said, http| Desk { gateway, said, http, ..DESK };
    let mut all: Vec<Plant> = forms
        .into_iter()
        .map(|(gateway, said, http)| behind(rule, of(gateway, said, http), Desk { other: documented, ..of(gateway, said, http) }))
        .collect();
    let ingress = of("ingress", "    nginx.ingress.kubernetes.io/limit-rps: \"10\"", "");
    let under = |desk: Desk, status| [desk.files(), vec![controller(status)]].concat();
    all.push(on(rule, "ingress", under(ingress, "429"), under(Desk { other: documented, ..ingress }, "429")));
    let rule = "rate-limit/wrong-status";
    all.push(on(rule, "ingress", under(ingress, "503"), under(ingress, "429")));
    all.push(behind(rule, of("haproxy", &wrong, ""), of("haproxy", &right, "")));
    let unsaid = of("nginx", "limit_req zone=all burst=20;", ZONE);
    all.push(behind(rule, unsaid, of("nginx", "limit_req zone=all burst=20;\n      limit_req_status 429;", ZONE)));
    all
}

fn caches() -> Vec<Plant> {
    let cached = |said| Desk { said, http: "proxy_cache_path /var/cache/nginx keys_zone=tickets:10m;", is_secured: true, ..DESK };
    let shared = "proxy_cache tickets;\n      proxy_cache_valid 200 5m;";
    let keyed = format!("{shared}\n      proxy_cache_key \"$uri$http_authorization\";");
    let apart = format!("{shared}\n      proxy_cache_bypass $http_authorization;\n      proxy_no_cache $http_authorization;");
    let rule = "cache/authenticated-response-shared";
    vec![
        behind(rule, cached(shared), cached(&keyed)),
        behind(rule, cached(shared), cached(&apart)),
        behind(rule, cached(shared), Desk { is_secured: false, ..cached(shared) }),
    ]
}

const HEALTH: &str = "openapi: 3.1.0
info: { title: Tickets, version: 1.0.0 }
paths:
  /internal/health/ready:
    get: { responses: { \"200\": { description: well } } }
";

fn probes() -> Vec<Plant> {
    let rule = "health/probe-path-not-served";
    let workload = GATEWAYS.iter().find(|one| one.name == "ingress").map(|one| one.files[0].1).unwrap_or_default();
    let pods = |kind: &str, path: &str| {
        let probe = format!("          {kind}: {{ httpGet: {{ path: {path}, port: 8000 }} }}\n          ports:");
        texts(&[("openapi.yaml", HEALTH), ("k8s/tickets.yaml", &workload.replace("          ports:", &probe))])
    };
    let compose = |test: &str| {
        let text =
            format!("services:\n  tickets:\n    build: .\n    ports: [\"80:8000\"]\n    healthcheck:\n      test: {test}\n");
        texts(&[("openapi.yaml", HEALTH), ("compose.yaml", &text)])
    };
    let (good, bad) = ("/internal/health/ready", "/internal/health/redy");
    vec![
        on(rule, "readiness", pods("readinessProbe", bad), pods("readinessProbe", good)),
        on(rule, "liveness", pods("livenessProbe", bad), pods("livenessProbe", good)),
        on(
            rule,
            "compose",
            compose("[CMD, curl, -f, \"http://localhost:8000/health\"]"),
            compose("[CMD, curl, -f, \"http://localhost:8000/internal/health/ready\"]"),
        ),
        on(
            rule,
            "compose, a shell",
            compose("wget -q -O- http://127.0.0.1:8000/health || exit 1"),
            compose("curl http://127.0.0.1:8000/health || exit 1"),
        ),
    ]
}

fn pools() -> Vec<Plant> {
    let rule = "pools/exceeds-max-connections";
    let compose = |store: &str, url: &str, size: &str| {
        let text = format!(
            "services:\n  tickets:\n    build: .\n    deploy: {{ replicas: 4 }}\n    environment:\n      DATABASE_URL: {url}\n{size}  \
             store:\n    {store}\n"
        );
        texts(&[("compose.yaml", &text)])
    };
    let postgres = "image: postgres:17\n    command: [postgres, -c, max_connections=100]";
    let mysql = "image: mysql:8.4\n    command: [mysqld, --max-connections=100]";
    let variable = |size: u32| format!("      DB_POOL_MAX: \"{size}\"\n");
    let url = |size: u32| format!("postgresql://u:${{P}}@store:5432/desk?connection_limit={size}");
    let spring = |size: u32| {
        let settings = format!(
            "spring:\n  datasource:\n    url: jdbc:postgresql://store:5432/desk\n    hikari:\n      maximum-pool-size: {size}\n"
        );
        let services = format!("services:\n  tickets:\n    build: .\n    deploy: {{ replicas: 4 }}\n  store:\n    {postgres}\n");
        texts(&[("compose.yaml", &services), ("src/main/resources/application.yml", &settings)])
    };
    let plain = "postgresql://u:${P}@store:5432/desk";
    let of_mysql = "mysql://u:${P}@store:3306/desk";
    vec![
        on(rule, "in the URL", compose(postgres, &url(30), ""), compose(postgres, &url(20), "")),
        on(rule, "a variable", compose(postgres, plain, &variable(30)), compose(postgres, plain, &variable(20))),
        on(rule, "MySQL", compose(mysql, of_mysql, &variable(30)), compose(mysql, of_mysql, &variable(20))),
        on(rule, "HikariCP", spring(30), spring(20)),
    ]
}

fn poolers() -> Vec<Plant> {
    let rule = "pools/transaction-mode-session-feature";
    let desk = |mode: &str, query: &str, in_file: bool| {
        let head = "services:\n  tickets:\n    build: .\n    environment: { DATABASE_URL: \"postgresql://u:${P}@pooler:6432/desk\" }\n  store:\n    \
                    image: postgres:17\n  pooler:\n";
        let pooler = match in_file {
            true => "    image: bitnami/pgbouncer:1.24\n    volumes: [\"./pgbouncer.ini:/etc/pgbouncer/pgbouncer.ini:ro\"]\n"
                .to_owned(),
            false => format!(
                "    image: edoburu/pgbouncer:v1.24.1-p1\n    environment:\n      DATABASE_URL: postgresql://u:${{P}}@store:5432/desk\n      \
                 POOL_MODE: {mode}\n"
            ),
        };
        let file = format!(
            "[databases]\ndesk = host=store port=5432 dbname=desk\n[pgbouncer]\nlisten_port = 6432\npool_mode = {mode}\n"
        );
        let queries = format!("-- name: Hold :exec\n{query}\n");
        let mut files = texts(&[("compose.yaml", &format!("{head}{pooler}")), ("queries/tickets.sql", &queries)]);
        files.extend(in_file.then(|| ("pgbouncer.ini".to_owned(), file)));
        files
    };
    let lock = "SELECT pg_advisory_lock($1);";
    let mut all = vec![
        on(rule, "a file", desk("transaction", lock, true), desk("session", lock, true)),
        on(
            rule,
            "a lock that ends with its transaction",
            desk("transaction", lock, false),
            desk("transaction", "SELECT pg_advisory_xact_lock($1);", false),
        ),
        on(
            rule,
            "a setting that ends with its transaction",
            desk("transaction", "SET search_path = tenant_a;", false),
            desk("transaction", "SET LOCAL search_path = tenant_a;", false),
        ),
    ];
    for query in ["LISTEN changed;", "CREATE TEMP TABLE picked (id bigint);"] {
        all.push(on(rule, query, desk("transaction", query, false), desk("session", query, false)));
    }
    all
}

fn updates() -> Vec<Plant> {
    let rule = "schema/auto-update";
    let sql = ("src/main/resources/db/migration/V1__tickets.sql", "CREATE TABLE tickets (id bigint PRIMARY KEY);\n");
    let url = "jdbc:postgresql://store:5432/desk";
    let yaml = |mode: &str| {
        let text = format!("spring:\n  datasource: {{ url: \"{url}\" }}\n  jpa: {{ hibernate: {{ ddl-auto: {mode} }} }}\n");
        texts(&[sql, ("src/main/resources/application-prod.yml", &text)])
    };
    let properties = |mode: &str| {
        let text = format!("spring.datasource.url={url}\nspring.jpa.hibernate.ddl-auto={mode}\n");
        texts(&[sql, ("src/main/resources/application-production.properties", &text)])
    };
    let variable = |mode: &str| {
        let text = format!(
            "services:\n  tickets:\n    build: .\n    environment:\n      SPRING_JPA_HIBERNATE_DDL_AUTO: {mode}\n  store:\n    image: postgres:17\n"
        );
        let settings = format!("spring:\n  application: {{ name: tickets }}\n  datasource: {{ url: \"{url}\" }}\n");
        texts(&[sql, ("compose.prod.yaml", &text), ("src/main/resources/application.yml", &settings)])
    };
    vec![
        on(rule, "YAML", yaml("update"), yaml("validate")),
        on(rule, "properties", properties("create"), properties("none")),
        on(rule, "a variable", variable("update"), variable("validate")),
    ]
}

/// Values that a change takes from a column, while the API still takes them.
fn orders() -> Vec<Plant> {
    let document = |values: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{ title: Tickets, version: 1.0.0 }}\npaths:\n  /tickets:\n    post:\n      operationId: createTicket\n      \
             requestBody: {{ content: {{ application/json: {{ schema: {{ $ref: \"#/components/schemas/Ticket\" }} }} }} }}\n      \
             responses: {{ \"201\": {{ description: Opened }} }}\ncomponents:\n  schemas:\n    Ticket:\n      type: object\n      properties:\n        \
             subject: {{ type: string }}\n        author: {{ type: string }}\n        state: {{ type: string, enum: [{values}] }}\n"
        )
    };
    let plant = |place: &str, folder: &str, init: &str, change: &str, harmless: &str| {
        let of = |step: &str| format!("{folder}/{step}");
        let first = (of("0001_init.up.sql"), init.to_owned());
        let before = vec![("openapi.yaml".to_owned(), document("open, closed, parked")), first.clone()];
        let after = |values: &str, text: &str| {
            vec![("openapi.yaml".to_owned(), document(values)), first.clone(), (of("0002_state.up.sql"), text.to_owned())]
        };
        Plant {
            rule: "migrations/enum-value-order",
            place: place.to_owned(),
            fault: after("open, closed, parked", change),
            near: after("open, closed, parked", harmless),
            before: Some(before),
        }
    };
    let columns = "id bigint PRIMARY KEY, subject varchar(200) NOT NULL, author varchar(80) NOT NULL";
    let checked = format!(
        "CREATE TABLE tickets ({columns}, state text NOT NULL CONSTRAINT state_known CHECK (state IN ('open', 'closed', 'parked')));\n"
    );
    let narrowed = |values: &str| {
        format!("ALTER TABLE tickets DROP CONSTRAINT state_known, ADD CONSTRAINT state_known CHECK (state IN ({values}));\n")
    };
    let listed = format!("CREATE TABLE tickets ({columns}, state ENUM('open', 'closed', 'parked') NOT NULL) ENGINE=InnoDB;\n");
    let modified = |values: &str| format!("ALTER TABLE tickets MODIFY state ENUM({values}) NOT NULL;\n");
    vec![
        plant(
            "a CHECK",
            "migrations",
            &checked,
            &narrowed("'open', 'closed'"),
            &narrowed("'open', 'closed', 'parked', 'merged'"),
        ),
        plant(
            "MySQL",
            "db/mysql/migrations",
            &listed,
            &modified("'open', 'closed'"),
            &modified("'open', 'closed', 'parked', 'merged'"),
        ),
    ]
}

fn said(rule: &str, files: &Texts, before: Option<&Texts>) -> Vec<String> {
    let memory = |files: &Texts| {
        let mut memory = Memory::new();
        files.iter().for_each(|(path, text)| memory.insert(path.clone(), text.clone()));
        memory
    };
    told(rule, &memory(files), before.map(memory).as_ref()).0
}

#[test]
fn faults_of_configuration_are_found_and_near_misses_are_not() {
    let kinds = [timeouts(), routes(), bodies(), limits(), caches(), probes(), pools(), poolers(), updates(), orders()];
    let plants: Vec<Plant> = kinds.into_iter().flatten().collect();
    let mut wrong = Vec::new();
    for plant in &plants {
        let place = format!("{} in `{}`", plant.rule, plant.place);
        let show = |files: &Texts| files.iter().map(|(path, text)| format!("-- {path}\n{text}")).collect::<String>();
        if said(plant.rule, &plant.fault, plant.before.as_ref()).is_empty() {
            wrong.push(format!("{place}: not found\n{}", show(&plant.fault)));
        }
        let near = said(plant.rule, &plant.near, plant.before.as_ref());
        if !near.is_empty() {
            wrong.push(format!("{place}: a near miss is reported: {near:?}\n{}", show(&plant.near)));
        }
    }
    println!("{} faults planted, and as many near misses", plants.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(plants.len() >= 50);
}
