//! At which ports the server of a service listens, as its command line or the file of its settings says it.

use super::ServiceRef;
use super::compose::words;
use super::upstream::Heard;
use crate::fact::{Fact, Origin};
use crate::source::Span;

/// Servers, and the flags that say where they listen: an address with a port, or a port alone.
/// <https://docs.gunicorn.org/en/stable/settings.html#bind>, <https://www.uvicorn.org/settings/#socket-binding>,
/// <https://hypercorn.readthedocs.io/en/latest/how_to_guides/configuring.html>, <https://github.com/django/daphne#running>
const SERVERS: [(&str, &[&str]); 4] =
    [("gunicorn", &["-b", "--bind"]), ("uvicorn", &["--port"]), ("hypercorn", &["-b", "--bind"]), ("daphne", &["-p", "--port"])];

impl ServiceRef<'_> {
    /// The ports at which its server listens; unknown where it is not said, or where the command starts other programs beside it.
    pub fn listens_at(self) -> Fact<Vec<u16>> {
        let said = self.service();
        let unknown = || Fact::not_read("no known server says it", vec![said.span]);
        let parts = [&said.entrypoint, &said.command];
        if parts.iter().any(|part| part.unknown().is_some()) {
            return unknown();
        }
        let line: Vec<String> = parts.iter().filter_map(|part| part.known()).flatten().cloned().collect();
        let origin = parts.iter().rev().find_map(|part| part.span()).map_or(Origin::Explicit(said.span), Origin::Explicit);
        let Some((name, flags, arguments)) =
            SERVERS.iter().find_map(|(name, flags)| Some((*name, *flags, words::arguments_of(&line, name)?)))
        else {
            return unknown();
        };
        if line.iter().any(|word| word == "&") {
            return unknown();
        }
        let (texts, origin) = match all_of(arguments, flags) {
            texts if !texts.is_empty() => (texts, origin),
            _ if name != "gunicorn" || !said.environment.get("GUNICORN_CMD_ARGS").known_absent() => return unknown(),
            _ => match said.server_file.get("bind") {
                Fact::Known(text, origin) => (vec![text], origin),
                _ => return unknown(),
            },
        };
        // Who listens for the container alone has something in front of it there.
        let is_inner = |text: &String| ["127.", "localhost", "[::1]"].iter().any(|own| text.starts_with(own));
        if texts.iter().chain(&all_of(arguments, &["--host"])).any(is_inner) {
            return unknown();
        }
        let ports: Option<Vec<u16>> = texts.iter().map(|text| port(text)).collect();
        ports.map_or_else(unknown, |ports| Fact::Known(ports, origin))
    }
}

impl ServiceRef<'_> {
    /// Where it listens as its own health check shows, where it lists that port, and nothing of it speaks of the one that is asked for.
    pub(super) fn seems_to_listen_at(self, asked: u16) -> Option<(Vec<u16>, Span, Heard)> {
        let said = self.service();
        let (check, origin) = said.healthcheck.known_with_origin()?;
        let port = check.own_port()?;
        let is_listed = said.ports.iter().any(|one| one.container == port) && said.ports.iter().all(|one| one.container != asked);
        let is_known = said.product().is_none() && said.environment.open().is_none();
        let asked = asked.to_string();
        let names = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits == asked);
        let words = [&said.entrypoint, &said.command].into_iter().filter_map(|part| part.known()).flatten();
        let values = said.environment.iter().filter_map(|(_, variable)| variable.value.known().or(variable.partly.as_ref()));
        let is_named = words.chain(values).any(|text| names(text)) || check.test.iter().any(|text| names(text));
        (is_listed && is_known && !is_named).then_some((vec![port], origin.span()?, Heard::Checked))
    }
}

/// A health check in a container that asks a port at which the server of the container does not listen.
#[derive(Debug, Clone)]
pub struct StrayCheck<'r> {
    /// The port that it asks.
    pub port: u16,
    /// The path.
    pub path: &'r str,
    /// Where the check stands.
    pub span: Span,
    /// Where the server listens.
    pub listens: Vec<u16>,
    /// Where that is written.
    pub listens_span: Span,
}

impl<'r> ServiceRef<'r> {
    /// Its health check, where that asks over HTTP for a port of the container at which its server is told not to listen.
    pub fn stray_check(self) -> Option<StrayCheck<'r>> {
        let (check, origin) = self.service().healthcheck.known_with_origin()?;
        let ((port, path), span) = (check.asked()?, origin.span()?);
        let heard = self.listens_at();
        let (listens, listens_span) = (heard.known()?.clone(), heard.span()?);
        (!listens.contains(&port)).then_some(StrayCheck { port, path, span, listens, listens_span })
    }
}

/// Every value of some flags.
fn all_of(arguments: &[String], flags: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, word) in arguments.iter().enumerate() {
        for flag in flags {
            let Some(rest) = word.strip_prefix(flag) else { continue };
            match rest.strip_prefix('=') {
                Some(value) => found.push(value.to_owned()),
                None if rest.is_empty() => found.extend(arguments.get(at + 1).cloned()),
                None if !flag.starts_with("--") => found.push(rest.to_owned()),
                None => {}
            }
        }
    }
    found
}

/// The port of `0.0.0.0:8000`, `[::]:8000`, `:8000` or `8000`.
fn port(text: &str) -> Option<u16> {
    text.trim().rsplit(':').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_addresses() {
        assert_eq!(
            (port("0.0.0.0:8000"), port("[::]:80"), port(":9000"), port("8000")),
            (Some(8000), Some(80), Some(9000), Some(8000))
        );
        assert_eq!((port("unix:/run/app.sock"), port("${BIND}"), port("0.0.0.0:$PORT")), (None, None, None));
        let words: Vec<String> = "-b :80 --bind=:81 -b:82 --bind-x 9".split(' ').map(str::to_owned).collect();
        assert_eq!(all_of(&words, &["-b", "--bind"]), [":80", ":81", ":82"]);
    }
}
