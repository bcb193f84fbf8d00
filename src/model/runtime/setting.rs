//! Timeouts that configuration states for a service: flags of its command, its variables, parameters of its database URLs.

use super::compose::words;
use super::service::Service;
use super::tables::{Bounds, TimeoutRow, tables};
use super::timeout::{self, Timeout, Units};
use crate::documents::interpolation::STAND_IN;
use crate::documents::url::DatabaseUrl;
use crate::fact::{Fact, Origin};
use crate::source::{Sources, Span};

/// A timeout that configuration states.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Index of the service; `None` for a `.env` file that no service reads.
    pub service: Option<usize>,
    /// As one would search for it: `gunicorn --timeout`, `REQUEST_TIMEOUT`, `statement_timeout`.
    pub name: String,
    /// How it is written on a command line: `--timeout`.
    pub flag: Option<String>,
    /// What it bounds.
    pub bounds: Bounds,
    /// Its value; a default where the product is known and the setting is not written.
    pub timeout: Fact<Timeout>,
    /// Whether the name and the value can mean nothing else.
    pub is_certain: bool,
    /// Whether a known product reads it; otherwise what 0 means is the application's to say.
    pub is_of_product: bool,
    /// Why it bounds less than its name says.
    pub weaker: Option<String>,
    /// Why it is long on purpose.
    pub on_purpose: Option<String>,
    /// What to write instead of "for ever".
    pub instead: String,
}

/// What the command and the variables of a service state. Services that are a product of their own (a database, a broker)
/// have no application settings.
pub(super) fn of_service(index: usize, service: &Service) -> Vec<Setting> {
    let product = service.product();
    let mut found = Vec::new();
    if product.is_none() {
        found.extend(of_command(index, service));
    }
    for (name, variable) in service.environment.iter() {
        let Some((row, unit)) = variable_row(name) else { continue };
        let is_owner = match &row.owner {
            Some(owner) => product.is_some_and(|product| product.name == *owner),
            None => product.is_none(),
        };
        if is_owner && variable.value.known().is_none_or(|text| !text.trim().is_empty()) {
            let timeout = read(&variable.value, Units::Common, unit.or(row.unit));
            found.push(Setting::new(Some(index), name.to_owned(), row, timeout, instead(name, row, unit)));
        }
    }
    found
}

/// `NAME=30s`, in the unit that the end of the name states.
fn instead(name: &str, row: &TimeoutRow, unit: Option<f64>) -> String {
    let value = match unit {
        Some(seconds) => format!("{}", (30.0 / seconds).ceil()),
        None => row.instead.clone(),
    };
    format!("{name}={value}")
}

/// What a variable of a `.env` file states that no service reads.
pub(super) fn of_variable(name: &str, text: &str, span: Span) -> Option<Setting> {
    let (row, unit) = variable_row(name).filter(|(row, _)| row.owner.is_none())?;
    let is_whole = !text.trim().is_empty() && !text.contains(STAND_IN);
    let timeout = read(&Fact::explicit(text.to_owned(), span), Units::Common, unit.or(row.unit));
    is_whole.then(|| Setting::new(None, name.to_owned(), row, timeout, instead(name, row, unit)))
}

/// What the parameters of a database URL state. `key`: the variable that holds the URL.
pub(super) fn of_url(service: Option<usize>, key: &str, url: &DatabaseUrl, span: Span) -> Vec<Setting> {
    let mut found = Vec::new();
    for row in tables().parameters.iter().filter(|row| row.owner.as_deref() == Some(url.system)) {
        for name in row.names() {
            let value =
                if row.bounds == Bounds::Statement { url.session_setting(name) } else { url.parameter(name).map(str::to_owned) };
            let Some(value) = value else { continue };
            let units = if row.bounds == Bounds::Statement { Units::Postgres } else { Units::Common };
            let text = if value.contains(STAND_IN) {
                Fact::not_read("a variable that is set nowhere in the repository", vec![span])
            } else {
                Fact::explicit(value, span)
            };
            let timeout = read(&text, units, row.unit);
            let long_work = tables().words("statement_timeout", "long_work");
            let hit = long_work.iter().find(|word| key.to_ascii_uppercase().contains(word.as_str()));
            let mut setting = Setting::new(service, format!("{name} in {key}"), row, timeout, format!("{name}={}", row.instead));
            setting.on_purpose = hit.map(|_| format!("`{key}` is named for long work"));
            found.push(setting);
        }
    }
    found
}

impl Setting {
    /// Narrows the place of a value on a command line to its flag, where the flag is written there in so many words.
    pub(super) fn narrow(&mut self, sources: &Sources) {
        let (Some(flag), Fact::Known(timeout, Origin::Explicit(span))) = (&self.flag, &mut self.timeout) else { return };
        let text = sources.text(*span);
        let is_end = |c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\'' | ',') || c.is_ascii_digit();
        let starts = text.match_indices(flag.as_str()).map(|(at, _)| at);
        let found = starts.filter(|at| text[at + flag.len()..].starts_with(is_end)).find_map(|at| {
            let after = &text[at + flag.len()..];
            let gap = after.len() - after.trim_start_matches(|c: char| c.is_whitespace() || "=\"',-[]".contains(c)).len();
            after[gap..].starts_with(timeout.written.as_str()).then_some((at, at + flag.len() + gap + timeout.written.len()))
        });
        if let Some((start, end)) = found {
            let from = span.start as usize;
            *span = Span::new(span.source, from + start, from + end);
        }
    }

    fn new(service: Option<usize>, name: String, row: &TimeoutRow, timeout: Fact<Timeout>, instead: String) -> Setting {
        let (bounds, is_certain) = (row.bounds, row.is_certain);
        Setting {
            service,
            name,
            flag: None,
            bounds,
            timeout,
            is_certain,
            is_of_product: row.is_of_product,
            weaker: None,
            on_purpose: None,
            instead,
        }
    }
}

/// The row of a variable, and the unit that the end of its name states.
fn variable_row(name: &str) -> Option<(&'static TimeoutRow, Option<f64>)> {
    let rows = &tables().variables;
    if let Some(row) = rows.iter().find(|row| row.is_named(name)) {
        return Some((row, None));
    }
    let (stem, ending) = name.rsplit_once('_')?;
    let unit = timeout::unit(ending)?;
    rows.iter().find(|row| row.is_named(stem)).map(|row| (row, Some(unit)))
}

fn read(text: &Fact<String>, units: Units, bare: Option<f64>) -> Fact<Timeout> {
    match text {
        Fact::Known(text, origin) => match timeout::parse(text, units, bare) {
            Some(duration) => Fact::Known(Timeout::or_never(duration, text.trim()), origin.clone()),
            None => Fact::not_read("its unit is not known", origin.span().into_iter().collect()),
        },
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why.clone()),
    }
}

fn of_command(index: usize, service: &Service) -> Vec<Setting> {
    let Some((line, origin)) = command_line(service).or_else(|| unseen_gunicorn(service)) else { return Vec::new() };
    let mut found = Vec::new();
    for row in &tables().flags {
        let arguments = match &row.owner {
            Some(program) => match words::arguments_of(&line, program) {
                Some(arguments) => arguments,
                None => continue,
            },
            None => line.as_slice(),
        };
        let program = row.owner.as_deref().unwrap_or("");
        let flag = row.names().find_map(|name| Some((name, words::flag(arguments, name)?)));
        if program == "gunicorn" {
            found.push(gunicorn(index, service, row, arguments, flag, &origin));
        } else if let Some((name, value)) = flag {
            let timeout = read(&Fact::Known(value.to_owned(), origin.clone()), Units::Common, row.unit);
            let full_name = format!("{program} {name}").trim().to_owned();
            let mut setting = Setting::new(Some(index), full_name, row, timeout, row.instead.clone());
            setting.flag = Some(name.to_owned());
            found.push(setting);
        }
    }
    found
}

/// The words that run, where all of them are known: those of the entrypoint, then those of the command.
fn command_line(service: &Service) -> Option<(Vec<String>, Origin)> {
    let parts = [&service.entrypoint, &service.command];
    if parts.iter().any(|part| part.unknown().is_some()) {
        return None;
    }
    let known: Vec<_> = parts.iter().filter_map(|part| part.known_with_origin()).collect();
    let origin = known.last()?.1.clone();
    Some((known.into_iter().flat_map(|(words, _)| words.iter().cloned()).collect(), origin))
}

/// The program that an image runs of which nothing is written: who gives it arguments for gunicorn knows that it is that. What a file
/// or an anchor gives to several services may be meant for another one of them: it has to stand in the service itself.
fn unseen_gunicorn(service: &Service) -> Option<(Vec<String>, Origin)> {
    let is_unseen = service.entrypoint.known_absent() && service.command.known_absent() && service.product().is_none();
    let variable = service.environment.named("GUNICORN_CMD_ARGS").filter(|_| is_unseen && service.workload.is_none())?;
    let place = variable.key_span;
    if place.source != service.span.source || place.start < service.span.start {
        return None;
    }
    let (_, origin) = variable.value.known_with_origin().filter(|(text, _)| !text.trim().is_empty())?;
    Some((vec!["gunicorn".to_owned()], origin.clone()))
}

/// gunicorn: the command line wins over GUNICORN_CMD_ARGS; a configuration file could say anything that they do not. Only
/// its synchronous workers end a request with the timeout: for the others it is a heartbeat.
fn gunicorn(
    index: usize,
    service: &Service,
    row: &TimeoutRow,
    arguments: &[String],
    flag: Option<(&str, &str)>,
    origin: &Origin,
) -> Setting {
    let variable = service.environment.get("GUNICORN_CMD_ARGS");
    let (more, more_origin) = match variable.known_with_origin() {
        Some((text, origin)) => (words::split(text), Some(origin.clone())),
        None => (Vec::new(), None),
    };
    let of = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| words::flag(arguments, name))
            .or_else(|| names.iter().find_map(|name| words::flag(&more, name)))
    };
    let in_file = |name: &str| service.server_file.get(name);
    let in_variable = row.names().find_map(|name| words::flag(&more, name));
    let timeout = match (flag, in_variable, more_origin) {
        (Some((_, value)), ..) => read(&Fact::Known(value.to_owned(), origin.clone()), Units::Common, row.unit),
        (None, Some(value), Some(origin)) => read(&Fact::Known(value.to_owned(), origin), Units::Common, row.unit),
        _ if variable.unknown().is_some() || in_file("timeout").unknown().is_some() => {
            Fact::not_read("gunicorn's configuration is not read", origin.span().into_iter().collect())
        }
        _ if !in_file("timeout").known_absent() => read(&in_file("timeout"), Units::Common, row.unit),
        _ => match tables().default("gunicorn", "--timeout") {
            Some(value) => Fact::Known(Timeout::after(value, &format!("{}", value.as_secs())), Origin::default_of("gunicorn")),
            None => Fact::Absent,
        },
    };
    let mut setting = Setting::new(Some(index), "gunicorn --timeout".into(), row, timeout, row.instead.clone());
    setting.flag = flag.map(|(name, _)| name.to_owned());
    let (file_class, file_threads) = (in_file("worker_class"), in_file("threads"));
    let class = of(&["-k", "--worker-class"]).or(file_class.known().map(String::as_str)).unwrap_or("sync");
    let threads = of(&["--threads"]).or(file_threads.known().map(String::as_str)).unwrap_or("1");
    let is_open = file_class.unknown().is_some() || file_threads.unknown().is_some();
    if class != "sync" || threads != "1" {
        setting.weaker = Some("only gunicorn's synchronous workers end a request with it".into());
    }
    setting.is_certain = !is_open;
    setting
}
