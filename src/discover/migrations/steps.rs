//! The files of one dialect to steps: their order, which go back, which are never applied, and how each runs.

use super::file_name::{self, Direction};
use super::folders::{Group, Member, Surroundings, split};
use super::tools::{Layout, Order, Tool, table};
use super::{Read, ignored, sections};
use crate::discover::{Migration, Role};
use crate::model::Settings;
use crate::sql::Dialect;
use std::collections::{BTreeMap, HashMap};

/// What a migration is sorted by: class (repeatables last), numbers, text.
type Rank = (u8, Vec<u128>, String);

/// Makes the steps of a group.
pub(super) struct Maker<'a> {
    tool: Option<&'static Tool>,
    order: Order,
    /// The place of each file in `meta/_journal.json`, by its name without ending.
    journal: HashMap<String, u128>,
    folder: &'a str,
    around: &'a Surroundings<'a>,
    settings: &'a Settings,
    left_out: BTreeMap<String, String>,
}

impl<'a> Maker<'a> {
    /// A maker for the files of a group of this tool.
    pub fn new(
        tool: Option<&'static Tool>,
        order: Order,
        group: &'a Group,
        around: &'a Surroundings<'a>,
        settings: &'a Settings,
    ) -> Maker<'a> {
        Maker { tool, order, journal: HashMap::new(), folder: group.folder, around, settings, left_out: BTreeMap::new() }
    }

    /// Reads the journal where the order is there; the numbers of the names order the files where it cannot be read.
    pub fn read_journal(&mut self, read: Read) {
        if self.order != Order::Journal {
            return;
        }
        let text = self.around.nearest_beside(self.folder, "meta/_journal.json").and_then(|path| read(&path));
        let document: Option<serde_json::Value> = text.and_then(|text| serde_json::from_str(&text).ok());
        let entries = document.as_ref().and_then(|document| document.get("entries")?.as_array()).into_iter().flatten();
        let tags = entries.filter_map(|entry| entry.get("tag")?.as_str().map(str::to_owned));
        self.journal = tags.zip(0..).collect();
        if self.journal.is_empty() {
            self.order = Order::Integer;
        }
    }

    /// The order that is followed.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Files that the tool never applies, with the reason, sorted.
    pub fn left_out(self) -> Vec<(String, String)> {
        self.left_out.into_iter().collect()
    }

    fn is_flyway(&self) -> bool {
        self.tool.is_some_and(|tool| tool.id == "flyway")
    }

    fn role(&self, member: &Member) -> Role {
        match member.name.prefix {
            Some('R') => Role::Repeatable,
            Some('B') if self.is_flyway() => Role::Baseline,
            _ => Role::Versioned,
        }
    }

    /// Undo scripts of Flyway are no steps forward.
    fn goes_back(&self, member: &Member) -> bool {
        member.name.direction == Direction::Down || (member.name.prefix == Some('U') && self.is_flyway())
    }

    fn rank(&self, member: &Member) -> Option<Rank> {
        let file = split(member.path).1;
        let name = member.inner.unwrap_or(file);
        if member.name.prefix == Some('R') {
            return Some((1, Vec::new(), member.name.version.clone()));
        }
        // Where a folder is the migration, its files are called alike.
        let alike = matches!(file, "up.sql" | "down.sql" | "migration.sql");
        let rank = match self.order {
            Order::Name | Order::Plan => (0, Vec::new(), trimmed(name)),
            Order::Undashed => (0, Vec::new(), member.name.version.replace('-', "")),
            Order::Integer => (0, numbers(member), trimmed(if alike { name } else { file })),
            // `U1__x.sql` takes back `V1__x.sql`.
            Order::Dotted => {
                let text = trimmed(file);
                let letter = member.name.prefix.map_or(0, char::len_utf8);
                (0, significant(numbers(member)), text.get(letter..).unwrap_or("").to_owned())
            }
            Order::Journal => {
                let tag = file.strip_suffix(".sql").unwrap_or(file);
                (0, vec![*self.journal.get(tag)?], String::new())
            }
        };
        Some(rank)
    }

    /// What the tool knows a migration by, where that is its version.
    fn key(&self, member: &Member) -> Option<(Vec<u128>, String)> {
        self.tool?.repeats.as_ref()?;
        match self.order {
            Order::Integer => Some((numbers(member), String::new())),
            Order::Dotted => Some((significant(numbers(member)), String::new())),
            Order::Undashed => Some((Vec::new(), member.name.version.replace('-', ""))),
            Order::Name | Order::Journal | Order::Plan => None,
        }
    }

    /// The steps, in the order of application.
    pub fn migrations(&mut self, mut chosen: Vec<&Member>, dialect: Dialect, read: Read) -> Vec<Migration> {
        self.leave_out_replaced(&mut chosen);
        let mut steps: BTreeMap<Rank, (Vec<&Member>, Vec<&Member>)> = BTreeMap::new();
        for member in chosen {
            let Some(rank) = self.rank(member) else {
                let why = "`meta/_journal.json` does not name it, so drizzle never applies it";
                self.left_out.insert(member.path.to_owned(), why.to_owned());
                continue;
            };
            let (forward, backward) = steps.entry(rank).or_default();
            if self.goes_back(member) { backward.push(member) } else { forward.push(member) }
        }
        let mut list: Vec<Migration> = Vec::new();
        let mut seen: HashMap<(Vec<u128>, String), String> = HashMap::new();
        for (forward, backward) in steps.into_values() {
            for member in forward {
                let mut step = self.migration(member, backward.first().copied(), dialect, read);
                if let Some(key) = self.key(member).filter(|_| step.role == Role::Versioned) {
                    step.repeats = seen.get(&key).cloned();
                    seen.entry(key).or_insert_with(|| step.path.clone());
                }
                list.push(step);
            }
        }
        list
    }

    /// On an empty database Flyway begins with the newest baseline: what is below it is never applied there, and on the others
    /// it made the same.
    fn leave_out_replaced(&mut self, chosen: &mut Vec<&Member>) {
        let version = |member: &&Member| significant(numbers(member));
        let baselines = chosen.iter().filter(|member| self.role(member) == Role::Baseline && !self.goes_back(member));
        let Some(newest) = baselines.max_by_key(|member| version(member)).copied() else { return };
        let replaced = |member: &&Member| {
            self.role(member) != Role::Repeatable && member.path != newest.path && version(member) <= version(&newest)
        };
        let (gone, kept): (Vec<&Member>, Vec<&Member>) = chosen.iter().copied().partition(|member| replaced(member));
        let why = format!("replaced by `{}`", split(newest.path).1);
        self.left_out.extend(gone.into_iter().map(|member| (member.path.to_owned(), why.clone())));
        *chosen = kept;
    }

    fn migration(&self, member: &Member, down: Option<&Member>, dialect: Dialect, read: Read) -> Migration {
        let looks_inside = |tool: &&Tool| {
            let sectioned = tool.layout == Layout::File && tool.up.is_some();
            sectioned
                || tool.off_line.is_some()
                || tool.off_start.is_some()
                || tool.off_option.is_some()
                || tool.off_head.is_some()
        };
        // A file may say that it is not what the configuration says of all.
        let is_looked_into = self.tool.is_some_and(|tool| looks_inside(&tool)) || self.settings.transaction == Some(true);
        let text = if is_looked_into { read(member.path) } else { None };
        let sections = match (self.tool, &text) {
            (Some(tool), Some(text)) if tool.layout == Layout::File => sections::find(text, tool),
            _ => sections::Sections::default(),
        };
        let evidence = sections::Evidence {
            text: text.as_deref(),
            sections: &sections,
            autocommit: member.name.autocommit,
            beside: self.beside(member, read),
            dialect,
        };
        let transaction = sections::transaction(self.tool, &evidence, self.settings);
        let ignored = self.tool.zip(text.as_deref()).and_then(|(tool, text)| ignored::find(tool, text, &sections, &transaction));
        Migration {
            path: member.path.to_owned(),
            down: down.map(|down| down.path.to_owned()),
            version: file_name::shown_version(member.name.version.as_str(), member.inner),
            up: sections.up.first().cloned(),
            down_sections: sections.down,
            transaction,
            role: self.role(member),
            pieces: if sections.up.len() > 1 { sections.up } else { Vec::new() },
            repeats: None,
            ignored,
        }
    }

    /// The text of the tool's own file beside a migration.
    fn beside(&self, member: &Member, read: Read) -> Option<String> {
        let (name, _) = self.tool?.off_file.as_ref()?.split_once(": ")?;
        let (folder, file) = split(member.path);
        let name = name.replace('*', file);
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        self.around.has(&path).then(|| read(&path)).flatten()
    }
}

fn numbers(member: &Member) -> Vec<u128> {
    member.inner_numbers.iter().chain(&member.name.numbers).copied().collect()
}

/// `1.0` is the version `1`.
fn significant(mut numbers: Vec<u128>) -> Vec<u128> {
    while numbers.len() > 1 && numbers.last() == Some(&0) {
        numbers.pop();
    }
    numbers
}

/// A name without direction and dialect, so that both directions of a migration have one rank.
fn trimmed(name: &str) -> String {
    let mut stem = name.strip_suffix(".sql").unwrap_or(name);
    while let Some((head, tail)) = stem.rsplit_once('.') {
        if !matches!(tail, "up" | "down" | "autocommit") && table().dialect(tail).is_none() {
            break;
        }
        stem = head;
    }
    stem.to_owned()
}
