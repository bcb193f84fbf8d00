//! Stores and stated timeouts, as rules ask for them.

use super::Runtime;
use super::database::{DatabaseUse, Store};
use super::profile::Profile;
use super::setting::Setting;
use super::tables::Bounds;
use super::timeout::Timeout;
use super::view::ServiceRef;
use crate::fact::Fact;
use crate::source::Span;
use std::collections::HashSet;

/// A PostgreSQL server with those who use it.
#[derive(Debug, Clone, Copy)]
pub struct StoreRef<'r> {
    runtime: &'r Runtime,
    store: &'r Store,
}

/// A stated timeout with its owner.
#[derive(Debug, Clone, Copy)]
pub struct SettingRef<'r> {
    runtime: &'r Runtime,
    setting: &'r Setting,
}

impl Runtime {
    /// Every PostgreSQL server.
    pub fn stores(&self) -> impl Iterator<Item = StoreRef<'_>> {
        self.stores.iter().map(|store| StoreRef { runtime: self, store })
    }

    /// Every timeout that is stated for a service or a database. Services that share a block (an anchor, `extends`, one
    /// `.env`) state the same thing at the same place: it comes once, for the first of them.
    pub fn settings(&self) -> impl Iterator<Item = SettingRef<'_>> {
        let mut seen = HashSet::new();
        let mut is_new =
            move |setting: &Setting| setting.timeout.span().is_none_or(|span| seen.insert((span, setting.name.clone())));
        self.settings.iter().filter(move |setting| is_new(setting)).map(|setting| SettingRef { runtime: self, setting })
    }

    /// Whether a connection, or a variable of a service, names a setting of the database session.
    pub fn mentions_session_setting(&self, name: &str) -> bool {
        let in_variables = |service: &super::service::Service| {
            service.environment.iter().any(|(key, variable)| {
                let text = variable.value.known().or(variable.partly.as_ref());
                key.eq_ignore_ascii_case(name) || text.is_some_and(|text| text.contains(name))
            })
        };
        self.uses.iter().any(|one| one.url.session_setting(name).is_some()) || self.services.iter().any(in_variables)
    }

    /// Whether nothing that was read bounds a statement on a store. Migrations (`ALTER ROLE ... SET`) are not asked here.
    pub fn statement_timeout_missing(&self, store: StoreRef<'_>) -> bool {
        store.statement_timeout().known_absent()
    }
}

impl<'r> StoreRef<'r> {
    /// `store db`.
    pub fn subject(self) -> String {
        format!("store {}", self.store.name)
    }

    /// The name by which it is reached.
    pub fn name(self) -> &'r str {
        &self.store.name
    }

    /// Where it, or the first variable that names it, stands.
    pub fn span(self) -> Span {
        self.store.span
    }

    /// The compose service that is the server.
    pub fn service(self) -> Option<ServiceRef<'r>> {
        self.runtime.service(self.store.service?)
    }

    /// The services that use it, each once, in order.
    pub fn clients(self) -> Vec<ServiceRef<'r>> {
        let mut found: Vec<usize> = self.uses().filter_map(|one| one.service).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|index| self.runtime.service(index)).collect()
    }

    fn uses(self) -> impl Iterator<Item = &'r DatabaseUse> {
        self.store.clients.iter().filter_map(|at| self.runtime.uses.get(*at))
    }

    /// For which kind of use it is made.
    pub fn profile(self) -> Profile {
        match self.service() {
            Some(service) => service.profile(),
            None => self.uses().find_map(|one| self.runtime.profile_of_use(one)).unwrap_or(Profile::Unknown),
        }
    }

    /// What to type so that statements end: on the server where it is a service, else in the URL.
    pub fn statement_timeout_help(self) -> String {
        match self.service().map(|service| &service.service().command) {
            Some(Fact::Absent) => "command: [\"postgres\", \"-c\", \"statement_timeout=30s\"]".into(),
            Some(_) => "add to its command: -c statement_timeout=30s".into(),
            None => "add to the URL: options=-c%20statement_timeout%3D30000".into(),
        }
    }

    /// How long a statement may run, as far as configuration says it: the server's own setting, else that of any client.
    /// Absent only if nobody who speaks to it sets or could set one in what was read. Settings of roles and of the code
    /// are not seen here.
    pub fn statement_timeout(self) -> Fact<Timeout> {
        if !self.store.server_limit.known_absent() {
            return self.store.server_limit.clone();
        }
        for one in self.uses() {
            if one.url.session_setting("statement_timeout").is_some() {
                let set = self
                    .runtime
                    .settings
                    .iter()
                    .find(|setting| setting.bounds == Bounds::Statement && setting.timeout.span() == Some(one.key_span));
                return set.map_or_else(
                    || Fact::not_read("the URL sets a value that could not be read", vec![one.key_span]),
                    |setting| setting.timeout.clone(),
                );
            }
        }
        let unknown = |why: String, span: Span| Fact::not_read(why, vec![span]);
        if self.store.clients.is_empty() {
            return unknown("nobody is seen to use it".into(), self.store.span);
        }
        let doubts = self.clients().into_iter().filter_map(|client| self.runtime.doubts.get(client.service().project)?.as_ref());
        let loose = self.runtime.loose_doubt.as_ref();
        if let Some((why, span)) = doubts.chain(loose).next() {
            return unknown(why.clone(), *span);
        }
        Fact::Absent
    }
}

impl<'r> SettingRef<'r> {
    /// `service api/gunicorn --timeout`; the file for a variable that no service reads.
    pub fn subject(self) -> String {
        match self.service() {
            Some(service) => format!("{}/{}", service.subject(), self.setting.name),
            None => format!("variable {}", self.setting.name),
        }
    }

    /// The service that it is stated for.
    pub fn service(self) -> Option<ServiceRef<'r>> {
        self.runtime.service(self.setting.service?)
    }

    /// The setting as its files say it.
    pub fn setting(self) -> &'r Setting {
        self.setting
    }

    /// Its name in backticks, and that of the variable that holds it.
    pub fn quoted_name(self) -> String {
        match self.setting.name.split_once(" in ") {
            Some((name, variable)) => format!("`{name}` in `{variable}`"),
            None => format!("`{}`", self.setting.name),
        }
    }

    /// Whether it is known to be without end.
    pub fn is_never(self) -> bool {
        self.setting.timeout.known().is_some_and(Timeout::is_never)
    }

    /// Whether a known product reads it, so that what 0 means is known.
    pub fn is_of_product(self) -> bool {
        self.setting.is_of_product
    }

    /// What it bounds, as the start of a sentence: `a request may run`.
    pub fn what_may_last(self) -> &'static str {
        self.setting.bounds.what_may_last()
    }

    /// Where it is written; a default is written nowhere.
    pub fn span(self) -> Option<Span> {
        self.setting.timeout.span()
    }

    /// For which kind of use it is made.
    pub fn profile(self) -> Profile {
        match self.service() {
            Some(service) => service.profile(),
            None => self.span().map_or(Profile::Unknown, |span| self.runtime.profile_of_source(span.source)),
        }
    }
}
