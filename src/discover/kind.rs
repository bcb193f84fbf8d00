//! The kinds of file.

/// What a file is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// An OpenAPI entry document (has `openapi:` or `swagger:`); fragments are reached by reference only.
    OpenApi,
    /// An SQL migration; its set is in [`super::Discovery::migration_sets`].
    Migration,
    /// SQL that states a whole schema: `schema.sql`, `structure.sql`, versioned schema files.
    Schema,
    /// SQL that the application runs: sqlc queries, query folders.
    Queries,
    /// A docker-compose file.
    Compose,
    /// An nginx configuration.
    Nginx,
    /// A `.env` file.
    Env,
    /// A Kustomize file: it names manifests and patches, and is not built.
    Kustomize,
    /// Kubernetes manifests, and objects of its extensions (Istio, Gateway API, Strimzi, Prometheus operator).
    Kubernetes,
    /// The values of a Helm chart; its templates are not read.
    HelmValues,
    /// A static Envoy configuration.
    Envoy,
    /// An HAProxy configuration.
    Haproxy,
    /// A Traefik configuration, static or dynamic.
    Traefik,
    /// A Caddyfile.
    Caddy,
    /// A declarative configuration of Kong.
    Kong,
    /// Settings of a Spring application.
    Spring,
    /// Settings of a Quarkus application.
    Quarkus,
    /// Settings of a Micronaut application.
    Micronaut,
    /// Settings of an ASP.NET application.
    Appsettings,
    /// Settings that an application reads itself.
    Application,
    /// A PgBouncer configuration.
    Pgbouncer,
    /// The settings of a PostgreSQL server.
    PostgresqlConf,
    /// The settings of a MySQL or MariaDB server.
    MysqlConf,
    /// The settings of a Redis or Valkey server.
    RedisConf,
    /// The settings of a RabbitMQ server.
    RabbitmqConf,
    /// Queues, exchanges and policies of RabbitMQ.
    RabbitmqDefinitions,
    /// The settings of a Kafka broker.
    KafkaServer,
    /// A Serverless Framework service.
    Serverless,
    /// An AWS CloudFormation or SAM template.
    Cloudformation,
    /// Terraform.
    Terraform,
    /// What Prometheus scrapes.
    Prometheus,
    /// Recording and alerting rules of Prometheus.
    PrometheusRules,
    /// Routes and receivers of Alertmanager.
    Alertmanager,
    /// Pipelines of an OpenTelemetry collector.
    OtelCollector,
    /// Service level objectives: Sloth, OpenSLO, Pyrra.
    Slo,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 35] = [
        Kind::OpenApi,
        Kind::Migration,
        Kind::Schema,
        Kind::Queries,
        Kind::Compose,
        Kind::Nginx,
        Kind::Env,
        Kind::Kustomize,
        Kind::Kubernetes,
        Kind::HelmValues,
        Kind::Envoy,
        Kind::Haproxy,
        Kind::Traefik,
        Kind::Caddy,
        Kind::Kong,
        Kind::Spring,
        Kind::Quarkus,
        Kind::Micronaut,
        Kind::Appsettings,
        Kind::Application,
        Kind::Pgbouncer,
        Kind::PostgresqlConf,
        Kind::MysqlConf,
        Kind::RedisConf,
        Kind::RabbitmqConf,
        Kind::RabbitmqDefinitions,
        Kind::KafkaServer,
        Kind::Serverless,
        Kind::Cloudformation,
        Kind::Terraform,
        Kind::Prometheus,
        Kind::PrometheusRules,
        Kind::Alertmanager,
        Kind::OtelCollector,
        Kind::Slo,
    ];

    /// The name that is printed and configured.
    pub fn name(self) -> &'static str {
        match self {
            Kind::OpenApi => "openapi",
            Kind::Migration => "migration",
            Kind::Schema => "schema",
            Kind::Queries => "queries",
            Kind::Compose => "compose",
            Kind::Nginx => "nginx",
            Kind::Env => "env",
            Kind::Kustomize => "kustomize",
            Kind::Kubernetes => "kubernetes",
            Kind::HelmValues => "helm-values",
            Kind::Envoy => "envoy",
            Kind::Haproxy => "haproxy",
            Kind::Traefik => "traefik",
            Kind::Caddy => "caddy",
            Kind::Kong => "kong",
            Kind::Spring => "spring",
            Kind::Quarkus => "quarkus",
            Kind::Micronaut => "micronaut",
            Kind::Appsettings => "appsettings",
            Kind::Application => "application",
            Kind::Pgbouncer => "pgbouncer",
            Kind::PostgresqlConf => "postgresql-conf",
            Kind::MysqlConf => "mysql-conf",
            Kind::RedisConf => "redis-conf",
            Kind::RabbitmqConf => "rabbitmq-conf",
            Kind::RabbitmqDefinitions => "rabbitmq-definitions",
            Kind::KafkaServer => "kafka-server",
            Kind::Serverless => "serverless",
            Kind::Cloudformation => "cloudformation",
            Kind::Terraform => "terraform",
            Kind::Prometheus => "prometheus",
            Kind::PrometheusRules => "prometheus-rules",
            Kind::Alertmanager => "alertmanager",
            Kind::OtelCollector => "otel-collector",
            Kind::Slo => "slo",
        }
    }

    /// The kind that a word names.
    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == word)
    }
}
