//! What servers are told: PostgreSQL, MySQL, Redis, PgBouncer and RabbitMQ by their command, by the variables of their image, by the files
//! that they mount; and settings files that nobody is seen to mount.

use super::database::is_product;
use super::init_sql;
use super::pool::table::{ImageFlags, table};
use super::profile::{self, Profile};
use super::service::Service;
use crate::discover::{Discovery, Kind};
use crate::documents::lines::Lines;
use crate::documents::{conf, ini, url};
use crate::fact::Fact;
use crate::files;
use crate::model::Workspace;
use crate::source::{Sources, Span};
use std::collections::BTreeSet;

/// Includes of settings files are followed this deep.
const LONGEST_CHAIN: usize = 8;

/// The products whose settings are read: as `data/images.toml` names them, and the kind of their files.
const PRODUCTS: [(&str, Kind); 5] = [
    ("postgres", Kind::PostgresqlConf),
    ("mysql", Kind::MysqlConf),
    ("redis", Kind::RedisConf),
    ("pgbouncer", Kind::Pgbouncer),
    ("rabbitmq", Kind::RabbitmqConf),
];

/// A server with what it is told.
#[derive(Debug, Clone)]
pub struct Server {
    /// The product, as `data/images.toml` names it.
    pub product: &'static str,
    /// Index of the service that is the server; `None` for a settings file that nobody is seen to mount.
    pub service: Option<usize>,
    /// The service's name, or the path of the file.
    pub name: String,
    /// Where the service's key, or the file, stands.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
    /// What it is told, weakest first: files, variables, command.
    pub told: Vec<Told>,
    /// What it is told that is not known, by name.
    pub unread: Vec<(String, Span)>,
    /// Why it may be told more than is seen.
    pub gap: Option<String>,
}

/// One setting of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its section, where its language has them.
    pub section: String,
    /// Its name in lower case, with `_` for `-`.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Where it stands.
    pub span: Span,
}

impl Server {
    /// What a setting is told, in any section: the strongest word. Absent only where everything that could say it was read.
    pub fn get(&self, name: &str) -> Fact<Told> {
        if let Some((_, span)) = self.unread.iter().find(|(unread, _)| unread == name) {
            return Fact::not_read("it is set to what is not known", vec![*span]);
        }
        match self.told.iter().rev().find(|told| told.name == name) {
            Some(told) => Fact::explicit(told.clone(), told.span),
            None => match &self.gap {
                Some(why) => Fact::not_read(why.clone(), vec![self.span]),
                None => Fact::Absent,
            },
        }
    }

    /// A whole number that a setting is told.
    pub fn number(&self, name: &str) -> Fact<u32> {
        match self.get(name) {
            Fact::Known(told, origin) => match told.value.trim().parse() {
                Ok(number) => Fact::Known(number, origin),
                Err(_) => Fact::not_read("not a number", vec![told.span]),
            },
            Fact::Absent => Fact::Absent,
            Fact::Unknown(why) => Fact::Unknown(why),
        }
    }

    /// `server cache`.
    pub fn subject(&self) -> String {
        format!("server {}", self.name)
    }
}

/// Reads every server, services first, then files that nobody mounts.
pub(super) fn read(workspace: &mut Workspace, discovery: &Discovery, services: &[Service]) -> Vec<Server> {
    let mut found = Vec::new();
    let mut mounted = BTreeSet::new();
    for (at, service) in services.iter().enumerate() {
        let product = PRODUCTS.iter().find(|(name, _)| is_product(service, name)).map(|(name, _)| *name);
        if let Some(product) = product.filter(|_| !service.is_partial) {
            found.push(of_service(workspace, at, service, product, &mut mounted));
        }
    }
    for artifact in &discovery.artifacts {
        let Some((product, kind)) = PRODUCTS.iter().find(|(_, kind)| *kind == artifact.kind) else { continue };
        if mounted.contains(&artifact.path) {
            continue;
        }
        let mut file = FileReader { workspace, kind: *kind, told: Vec::new(), gap: None, seen: BTreeSet::new() };
        file.read(&artifact.path, LONGEST_CHAIN);
        let FileReader { told, gap, .. } = file;
        let Ok(source) = workspace.source(&artifact.path) else { continue };
        let span = Span::new(source, 0, 0);
        let use_for = profile::profile(&artifact.path, &[]);
        // Nobody is seen to read it: a command line may say more.
        let gap = gap.or_else(|| Some("nobody is seen to start the server that reads it".into()));
        let name = artifact.path.clone();
        found.push(Server { product, service: None, name, span, use_for, told, unread: Vec::new(), gap });
    }
    found
}

fn of_service(
    workspace: &mut Workspace,
    at: usize,
    service: &Service,
    product: &'static str,
    mounted: &mut BTreeSet<String>,
) -> Server {
    let mut server = Server {
        product,
        service: Some(at),
        name: service.name.clone(),
        span: service.span,
        use_for: service.profile,
        told: Vec::new(),
        unread: Vec::new(),
        gap: (!service.build.known_absent()).then(|| "the image is built here and may hold settings".to_owned()),
    };
    server.read_mounts(workspace, service, mounted);
    server.read_variables(service);
    if !service.told.is_empty() {
        server.read_elsewhere(workspace.sources(), service);
        return server;
    }
    let mut words: Vec<&str> = Vec::new();
    let mut span = service.span;
    for part in [&service.entrypoint, &service.command] {
        match part {
            Fact::Known(all, origin) => {
                words.extend(all.iter().map(String::as_str));
                span = origin.span().unwrap_or(span);
            }
            Fact::Absent => {}
            Fact::Unknown(why) => server.gap = Some(why.0.clone()),
        }
    }
    for (name, value) in of_command(product, &words) {
        let place = narrowed(workspace.sources(), span, &name, &value);
        server.told.push(Told { section: String::new(), name, value, span: place });
    }
    server
}

impl Server {
    /// The settings files that a service mounts; scripts for the first start may say anything.
    fn read_mounts(&mut self, workspace: &mut Workspace, service: &Service, mounted: &mut BTreeSet<String>) {
        let kind = PRODUCTS.iter().find(|(name, _)| *name == self.product).map(|(_, kind)| *kind);
        let mut by_sql = Vec::new();
        for mount in &service.mounts {
            if self.product == "postgres" && mount.target.starts_with("/docker-entrypoint-initdb.d") {
                let paths = mount.source.as_deref().map(|source| files_under(workspace, source)).unwrap_or_default();
                let (told, is_whole) = init_sql::settings(workspace, &paths);
                by_sql.extend(told);
                if !is_whole || paths.is_empty() {
                    self.gap.get_or_insert_with(|| "scripts for the first start may set more".into());
                }
            }
            let ends = [".conf", ".cnf", ".ini"];
            let target_is_file = ends.iter().any(|end| mount.target.ends_with(end));
            let is_settings = target_is_file || mount.target.starts_with("/etc") || mount.target.contains("/conf");
            if !is_settings {
                continue;
            }
            let Some(source) = &mount.source else {
                self.gap.get_or_insert_with(|| "settings outside of the repository".into());
                continue;
            };
            for path in files_under(workspace, source) {
                let is_file = ends.iter().any(|end| path.ends_with(end));
                let Some(kind) = kind.filter(|_| is_file && !path.ends_with("pg_hba.conf")) else { continue };
                mounted.insert(path.clone());
                let mut file = FileReader { workspace, kind, told: Vec::new(), gap: None, seen: BTreeSet::new() };
                file.read(&path, LONGEST_CHAIN);
                self.told.extend(file.told);
                self.gap = self.gap.take().or(file.gap);
            }
        }
        // The server writes them to a file that stands over the others.
        self.told.extend(by_sql);
    }

    /// What a server that somebody else runs is told.
    fn read_elsewhere(&mut self, sources: &Sources, service: &Service) {
        for one in &service.told {
            let name = one.name.clone();
            match one.value.clone() {
                Some(value) => {
                    let span = narrowed(sources, one.span, &name, &value);
                    self.told.push(Told { section: String::new(), name, value, span });
                }
                None => self.unread.push((name, one.span)),
            }
        }
    }

    /// The variables of the image that are settings.
    fn read_variables(&mut self, service: &Service) {
        if let Some(why) = service.environment.open() {
            self.gap.get_or_insert_with(|| why.to_owned());
        }
        for row in table().image_variables.iter().filter(|row| row.product == self.product) {
            for (variable, said) in service.environment.iter() {
                let lower = variable.to_ascii_lowercase();
                let name = row.prefixes.iter().find_map(|prefix| {
                    let rest = lower.strip_prefix(&prefix.to_ascii_lowercase())?;
                    row.names.iter().find(|name| *name == rest)
                });
                let Some(name) = name else { continue };
                match &said.value {
                    Fact::Known(value, _) if value.trim().is_empty() => {}
                    Fact::Known(value, origin) => self.told.push(Told {
                        section: String::new(),
                        name: name.clone(),
                        value: value.clone(),
                        span: origin.span().unwrap_or(said.key_span),
                    }),
                    _ => self.gap = Some(format!("`{variable}` could not be read")),
                }
            }
        }
        let image = service.known_image();
        let is_read = |row: &&ImageFlags| row.product == self.product && image.is_some_and(|image| row.reads(image));
        for variable in table().image_flags.iter().filter(is_read).flat_map(|row| &row.names) {
            match service.environment.get(variable) {
                Fact::Known(text, origin) => {
                    let words: Vec<&str> = text.split_whitespace().collect();
                    let span = origin.span().unwrap_or(service.span);
                    let told = of_command(self.product, &words).into_iter();
                    self.told.extend(told.map(|(name, value)| Told { section: String::new(), name, value, span }));
                }
                Fact::Absent => {}
                Fact::Unknown(_) => self.gap = Some(format!("`{variable}` could not be read")),
            }
        }
        if service.environment.get("POSTGRES_INITDB_ARGS").known().is_some_and(|text| text.contains("-c")) {
            self.gap.get_or_insert_with(|| "`POSTGRES_INITDB_ARGS` sets more".into());
        }
    }
}

/// A file, or the files of a folder.
fn files_under(workspace: &Workspace, path: &str) -> Vec<String> {
    if workspace.exists(path) {
        return vec![path.to_owned()];
    }
    let within = |one: &str| one.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    workspace.paths().iter().filter(|path| within(path)).take(100).map(str::to_owned).collect()
}

struct FileReader<'w, 'a> {
    workspace: &'w mut Workspace<'a>,
    kind: Kind,
    told: Vec<Told>,
    gap: Option<String>,
    /// Files that were read: what includes itself is not read again.
    seen: BTreeSet<String>,
}

impl FileReader<'_, '_> {
    fn read(&mut self, path: &str, left: usize) {
        let Some(left) = left.checked_sub(1) else { return };
        if !self.seen.insert(path.to_owned()) {
            return;
        }
        let source = match self.workspace.source(path) {
            Ok(source) => source,
            Err(why) => {
                self.workspace.note_unread(path, why.clone(), None);
                self.gap.get_or_insert(why);
                return;
            }
        };
        let text = self.workspace.text(source);
        let lines: Lines = match self.kind {
            Kind::MysqlConf | Kind::Pgbouncer => ini::parse(source, &text),
            _ => conf::parse(source, &text),
        };
        for problem in lines.problems.iter().take(5) {
            self.workspace.note_unread(path, problem.message.clone(), Some(problem.span));
        }
        for line in lines.entries {
            let name = line.key.to_ascii_lowercase().replace('-', "_");
            let include = name.trim_start_matches(['%', '!']);
            if matches!(include, "include" | "include_if_exists" | "include_dir" | "includedir") && line.key != "includedir" {
                self.include(path, &line.value, left);
                continue;
            }
            // Sections of other programs (`[client]`) do not speak to the server.
            let is_other = self.kind == Kind::MysqlConf
                && !["mysqld", "server", "mariadb"].iter().any(|section| line.section.starts_with(section));
            if !is_other {
                let span = line.key_span.to(line.value_span);
                self.told.push(Told { section: line.section, name, value: line.value, span });
            }
        }
    }

    fn include(&mut self, path: &str, reference: &str, left: usize) {
        let target = if reference.starts_with('/') { None } else { files::resolve(path, reference) };
        let found = target.map(|target| files_under(self.workspace, target.trim_end_matches('/'))).unwrap_or_default();
        if found.is_empty() {
            self.gap.get_or_insert_with(|| format!("`{path}` includes `{reference}`, which is not in the repository"));
        }
        found.into_iter().for_each(|file| self.read(&file, left));
    }
}

/// The settings among the words of a server's command line, names in lower case with `_`.
fn of_command(product: &str, words: &[&str]) -> Vec<(String, String)> {
    if product == "postgres" {
        return url::server_settings(words.iter().copied());
    }
    let mut found: Vec<(String, String)> = Vec::new();
    let mut open: Option<(String, Vec<&str>)> = None;
    let mut close = |open: &mut Option<(String, Vec<&str>)>| {
        if let Some((name, values)) = open.take() {
            found.push((name, values.join(" ")));
        }
    };
    for word in words {
        if let Some(flag) = word.strip_prefix("--").filter(|flag| !flag.is_empty()) {
            close(&mut open);
            let (name, value) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
            let name = name.to_ascii_lowercase().replace('-', "_");
            open = Some((name, value.into_iter().collect()));
        } else if matches!(*word, "&&" | "||" | ";" | "|") {
            close(&mut open);
        } else if let Some((_, values)) = &mut open {
            values.push(word.trim_matches('"'));
        }
    }
    close(&mut open);
    found
}

/// The place of a setting within a command line, where it is written there in so many words.
fn narrowed(sources: &Sources, span: Span, name: &str, value: &str) -> Span {
    let text = sources.text(span);
    let starts = [name.to_owned(), name.replace('_', "-")];
    let at = starts.iter().find_map(|name| text.find(name.as_str()).map(|at| (at, name.len())));
    let Some((at, length)) = at else { return span };
    let after = text.get(at + length..).unwrap_or("");
    let end = match after.find(value).filter(|gap| *gap < 40 && !value.is_empty()) {
        Some(gap) => at + length + gap + value.len(),
        None => at + length,
    };
    let from = span.start as usize;
    Span::new(span.source, from + at, from + end)
}

/// How a product is called in messages.
pub fn shown(product: &str) -> &str {
    match product {
        "postgres" => "PostgreSQL",
        "mysql" => "MySQL",
        "redis" => "Redis",
        "pgbouncer" => "PgBouncer",
        "rabbitmq" => "RabbitMQ",
        _ => product,
    }
}

/// Whether an image is one of a server that we know, so that a service that runs it has no application of its own.
pub(super) fn is_server(service: &Service) -> bool {
    service.product().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_read_in_each_product_s_own_form() {
        let of = |product: &str, line: &str| of_command(product, &line.split(' ').collect::<Vec<_>>());
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let redis = of("redis", "redis-server --maxmemory 256mb --save 900 1 --maxmemory-policy=allkeys-lru");
        assert_eq!(redis, [pair("maxmemory", "256mb"), pair("save", "900 1"), pair("maxmemory_policy", "allkeys-lru")]);
        assert_eq!(of("mysql", "mysqld --max-connections=200 && x y"), [pair("max_connections", "200")]);
        assert_eq!(of("postgres", "postgres -c max_connections=20"), [pair("max_connections", "20")]);
    }
}
