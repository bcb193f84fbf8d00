//! How many processes of one replica serve requests, as the command line and the variables of a service say it.

use super::compose::words;
use super::service::Service;
use crate::fact::{Fact, Origin};
use std::sync::LazyLock;

/// A server that forks.
struct Server {
    program: String,
    flags: Vec<String>,
    file_flags: Vec<String>,
    variables: Vec<String>,
    open_variables: Vec<String>,
    default: Option<u32>,
}

static SERVERS: LazyLock<Vec<Server>> = LazyLock::new(|| {
    let table: toml::Table = include_str!("../../../data/workers.toml").parse().unwrap_or_default();
    let rows = table.get("server").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let server = |row: &toml::Value| {
        let list = |key: &str| -> Vec<String> {
            let items = row.get(key).and_then(toml::Value::as_array).into_iter().flatten();
            items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        Some(Server {
            program: row.get("program")?.as_str()?.to_owned(),
            flags: list("flags"),
            file_flags: list("file_flags"),
            variables: list("variables"),
            open_variables: list("open_variables"),
            default: row.get("default").and_then(toml::Value::as_integer).and_then(|number| u32::try_from(number).ok()),
        })
    };
    rows.iter().filter_map(server).collect()
});

/// The number of worker processes of a service.
pub(super) fn of(service: &Service) -> Fact<u32> {
    let unknown = |why: &str| Fact::not_read(why.to_owned(), vec![service.span]);
    let parts = [&service.entrypoint, &service.command];
    if let Some(why) = parts.iter().find_map(|part| part.unknown()) {
        return unknown(why);
    }
    let line: Vec<String> = parts.iter().filter_map(|part| part.known()).flatten().cloned().collect();
    let origin = parts.iter().rev().find_map(|part| part.span()).map_or(Origin::Explicit(service.span), Origin::Explicit);
    for server in SERVERS.iter() {
        let Some(arguments) = words::arguments_of(&line, &server.program) else { continue };
        let of = |names: &[String]| names.iter().find_map(|name| words::flag(arguments, name));
        if let Some(text) = of(&server.flags) {
            return match text.trim().parse() {
                Ok(number) if number > 0 => Fact::Known(number, origin),
                _ => unknown("the number of workers is not written as a number"),
            };
        }
        match service.server_file.get("workers") {
            Fact::Known(text, origin) => {
                return match text.trim().parse() {
                    Ok(number) if number > 0 => Fact::Known(number, origin),
                    _ => unknown("the number of workers is not written as a number"),
                };
            }
            Fact::Unknown(why) => return Fact::Unknown(why),
            Fact::Absent if of(&server.file_flags).is_some() && !service.server_file.is_read() => {
                return unknown("its configuration file may say it");
            }
            Fact::Absent => {}
        }
        for name in &server.variables {
            match service.environment.get(name) {
                Fact::Known(text, origin) => match text.trim().parse() {
                    Ok(number) if number > 0 => return Fact::Known(number, origin),
                    _ => return unknown("the number of workers is not written as a number"),
                },
                Fact::Absent => {}
                Fact::Unknown(why) => return Fact::Unknown(why),
            }
        }
        if server.open_variables.iter().any(|name| !service.environment.get(name).known_absent()) {
            return unknown("a variable with further arguments may say it");
        }
        return match server.default {
            Some(number) => Fact::Known(number, Origin::default_of(product(&server.program))),
            None => unknown("its configuration file may say it"),
        };
    }
    unknown("no known server says it")
}

/// The name of a server for messages.
fn product(program: &str) -> &'static str {
    ["gunicorn", "uvicorn", "hypercorn", "uwsgi"].into_iter().find(|name| *name == program).unwrap_or("server")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};

    fn workers(line: &str) -> Option<u32> {
        let span = Span::new(SourceId(0), 0, 0);
        let mut service = Service::bare(0, "api".into(), span);
        service.command = Fact::explicit(words::split(line), span);
        of(&service).known().copied()
    }

    #[test]
    fn servers_say_how_many_processes_they_fork() {
        assert_eq!(workers("gunicorn -w 4 shop.wsgi"), Some(4));
        assert_eq!(workers("./wait && gunicorn --workers=3 shop.wsgi"), Some(3));
        assert_eq!(workers("gunicorn shop.wsgi"), Some(1));
        assert_eq!(workers("gunicorn -c gunicorn.py shop.wsgi"), None);
        assert_eq!(workers("uvicorn app:app --workers 2"), Some(2));
        assert_eq!(workers("pm2-runtime -i max app.js"), None);
        assert_eq!(workers("node app.js"), None);
    }
}
