//! Numbers that nobody means in the unit that the product reads.

use super::table::{Sanity, table};
use crate::documents::url::DatabaseUrl;
use crate::model::runtime::server::Server;
use crate::model::runtime::setting::Setting;
use crate::model::runtime::{Profile, Runtime, Timeout, phrases};
use crate::source::{SourceId, Span};
use std::collections::HashSet;

/// From here on a bare number of seconds that ends in three zeros is one of milliseconds.
const LONG: f64 = 10_000.0;

/// A number that was probably written for another unit.
#[derive(Debug, Clone)]
pub struct Suspect {
    /// What it is about, logically.
    pub subject: String,
    /// The key, parameter or directive.
    pub name: String,
    /// As written.
    pub written: String,
    /// The unit that the product reads.
    pub unit: &'static str,
    /// The unit that was probably meant.
    pub meant: &'static str,
    /// What to write, where the number is kept.
    pub instead: String,
    /// What the product does instead of what is written, where it is known.
    pub certain: Option<&'static str>,
    /// Where it stands.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

impl Runtime {
    /// How many values are compared, and those that are suspect.
    pub fn suspects(&self) -> (usize, Vec<Suspect>) {
        let mut found = Found { seen: HashSet::new(), suspects: Vec::new(), compared: 0 };
        for view in self.views() {
            let format = view.application.format.name();
            for entry in view.entries() {
                let rows = table().sanity.iter().filter(|row| row.formats.iter().any(|one| one == format));
                let Some(row) = rows.into_iter().find(|row| row.names.iter().any(|end| entry.name.ends_with(end.as_str())))
                else {
                    continue;
                };
                if let Some(said) = view.said(entry).known() {
                    let subject = format!("{}/{}", view.application.subject(), entry.key);
                    found.number(subject, &entry.key, &said.text, row, said.span, view.use_for());
                }
            }
        }
        for (service, variable, said) in self.services.iter().flat_map(|service| {
            service
                .environment
                .iter()
                .filter_map(move |(variable, said)| Some((service, variable, said.value.known_with_origin()?)))
        }) {
            let name = super::squash(variable);
            let rows =
                table().sanity.iter().filter(|row| row.formats.iter().any(|one| one == "spring") && name.starts_with("spring"));
            if let Some(row) = rows.into_iter().find(|row| row.names.iter().any(|end| name.ends_with(end.as_str()))) {
                let subject = format!("service {}/{variable}", service.name);
                found.number(subject, variable, said.0, row, said.1.span().unwrap_or(service.span), service.profile);
            }
        }
        for one in &self.uses {
            let use_for = self.profile_of_use(one).unwrap_or(Profile::Unknown);
            found.url(&one.url, &one.key, one.key_span, use_for);
        }
        for pool in &self.pools {
            if let Some(url) = &pool.url {
                found.url(url, &pool.name, pool.span, pool.use_for);
            }
        }
        for server in &self.servers {
            found.server(server);
        }
        for setting in self.settings() {
            found.seconds_of_setting(setting.subject(), setting.setting(), setting.profile());
        }
        for route in self.routes.iter().filter(|route| route.module != "tcp") {
            let Some(gateway) = self.gateways.get(route.gateway) else { continue };
            for (kind, wait) in [("connect", &route.waits.connect), ("read", &route.waits.read), ("send", &route.waits.send)] {
                let Some((timeout, span)) = wait.known().zip(wait.span()) else { continue };
                let name = phrases::said(gateway, route, kind, &[]).unwrap_or_else(|| format!("{}_{kind}_timeout", route.module));
                if counts_seconds(timeout) {
                    found.seconds(format!("{}/{name}", route.name), &name, &timeout.written, span, gateway.profile);
                }
            }
        }
        (found.compared, found.suspects)
    }
}

/// Whether it is written as a number alone, and counts seconds.
fn counts_seconds(timeout: &Timeout) -> bool {
    let number = timeout.written.trim().parse::<u64>();
    number.is_ok_and(|number| timeout.after.is_some_and(|after| after.as_secs() == number))
}

struct Found {
    /// Where a key begins, and what it is called: the same one is read by several ways.
    seen: HashSet<(SourceId, u32, String)>,
    suspects: Vec<Suspect>,
    compared: usize,
}

impl Found {
    /// A number without a unit, against a row of the table; 0 means something of its own.
    fn number(&mut self, subject: String, name: &str, text: &str, row: &Sanity, span: Span, use_for: Profile) {
        let written = text.trim();
        let Ok(number) = written.parse::<f64>() else { return };
        self.compared += 1;
        let is_suspect =
            number > 0.0 && (row.below.is_some_and(|below| number < below) || row.from.is_some_and(|from| number >= from));
        if is_suspect && self.seen.insert((span.source, span.start, name.to_owned())) {
            let instead = match row.meant {
                "s" if row.unit == "ms" => format!("{}", number * 1000.0),
                _ => format!("{}", number / 1000.0),
            };
            let (unit, meant, certain) = (row.unit, row.meant, row.certain);
            let (name, written) = (name.to_owned(), written.to_owned());
            self.suspects.push(Suspect { subject, name, written, unit, meant, instead, certain, span, use_for });
        }
    }

    /// What a server is told, against the rows for sessions of its system.
    fn server(&mut self, server: &Server) {
        for row in table().sanity.iter().filter(|row| row.system.as_deref() == Some(server.product) && row.driver.is_none()) {
            for told in server.told.iter().filter(|told| row.names.contains(&told.name)) {
                let subject = format!("{}/{}", server.subject(), told.name);
                self.number(subject, &told.name, &told.value, row, told.span, server.use_for);
            }
        }
    }

    fn url(&mut self, url: &DatabaseUrl, key: &str, span: Span, use_for: Profile) {
        for row in table().sanity.iter().filter(|row| row.system.as_deref() == Some(url.system)) {
            if row.driver.is_some() && row.driver != url.driver {
                continue;
            }
            for name in &row.names {
                if let Some(value) = url.session_setting(name) {
                    self.number(format!("{name} in {key}"), name, &value, row, span, use_for);
                }
            }
        }
    }

    /// A limit that a product reads in seconds.
    fn seconds(&mut self, subject: String, name: &str, written: &str, span: Span, use_for: Profile) {
        let Ok(number) = written.trim().parse::<f64>() else { return };
        self.compared += 1;
        if number >= LONG && number % 1000.0 == 0.0 && self.seen.insert((span.source, span.start, name.to_owned())) {
            let instead = format!("{}", number / 1000.0);
            let (name, written) = (name.to_owned(), written.trim().to_owned());
            self.suspects.push(Suspect { subject, name, written, unit: "s", meant: "ms", instead, certain: None, span, use_for });
        }
    }

    fn seconds_of_setting(&mut self, subject: String, setting: &Setting, use_for: Profile) {
        let Some((timeout, span)) = setting.timeout.known().zip(setting.timeout.span()) else { return };
        if counts_seconds(timeout) {
            self.seconds(subject, &setting.name, &timeout.written, span, use_for);
        }
    }
}
