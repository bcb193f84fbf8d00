//! One group of files to migration sets: tool, dialects, order, directions.

use super::Read;
use super::dialect::{self, Verdict};
use super::file_name::{self, Direction};
use super::folders::{Group, Member, Shape, Surroundings, split};
use super::sections;
use super::tools::{Layout, Named, Need, Order, Tool, table};
use crate::discover::{Artifact, Kind, Migration, MigrationSet};
use crate::model::Settings;
use crate::sql::Dialect;
use std::collections::BTreeMap;

/// How many files of a group are looked into for markers and for the vote about the dialect.
const SAMPLE: usize = 16;

/// What became of a group.
pub(super) enum Built {
    /// Migrations.
    Sets(Vec<MigrationSet>, Vec<Artifact>),
    /// Migrations that are not read, for this reason.
    NotRead(String),
    /// Numbered files that are something else.
    NoMigrations,
}

/// The tool and the evidence for it.
struct Recognised {
    tool: Option<&'static Tool>,
    why: String,
}

pub(super) fn build(group: &Group, around: &Surroundings, read: Read, settings: &Settings) -> Built {
    let settings = &*settings.at(group.folder);
    let sample = sample(group, read);
    let texts: Vec<&str> = sample.iter().map(|(_, text)| text.as_str()).collect();
    if let Some(word) = dialect::not_read(group.folder) {
        return Built::NotRead(format!("{word} SQL is not supported ({} files)", group.members.len()));
    }
    let recognised = recognise(group, around, &sample, read, settings);
    if recognised.tool.is_none() && !looks_like_migrations(group, &texts) {
        return Built::NoMigrations;
    }
    let verdict = shared_dialect(group, around, &texts, read, settings);
    if verdict.named.0 == Dialect::ClickHouse {
        let count = group.members.len();
        return Built::NotRead(format!("ClickHouse SQL is not supported ({count} files; {})", verdict.why));
    }
    let id = recognised.tool.map_or("unknown", |tool| tool.id.as_str());
    let migration = |member: &Member| Artifact {
        path: member.path.to_owned(),
        kind: Kind::Migration,
        evidence: match recognised.tool {
            Some(_) => format!("{id}: {}", recognised.why),
            None => recognised.why.clone(),
        },
    };
    let artifacts = group.members.iter().map(migration).collect();
    let mut sets = Vec::new();
    for (named, why) in dialects(group, &verdict, settings) {
        let chosen = choose(group, &named);
        if !chosen.iter().any(|member| member.name.direction != Direction::Down) {
            continue;
        }
        let order = recognised.tool.map_or(Order::Integer, |tool| tool.order);
        sets.push(MigrationSet {
            folder: group.folder.to_owned(),
            tool: id.to_owned(),
            dialect: named.0,
            variant: named.1.clone(),
            evidence: vec![
                format!("tool {id}: {}", recognised.why),
                format!("dialect {}: {why}", named.1.as_deref().unwrap_or(named.0.name())),
            ],
            migrations: migrations(chosen, order, recognised.tool, around, read, settings),
            foreign_steps: around.foreign_steps(group.folder),
        });
    }
    Built::Sets(sets, artifacts)
}

/// Forward files spread over the group, with their texts.
fn sample(group: &Group, read: Read) -> Vec<(String, String)> {
    let forward: Vec<&Member> = group.members.iter().filter(|one| one.name.direction != Direction::Down).collect();
    let step = forward.len().div_ceil(SAMPLE).max(1);
    forward.iter().step_by(step).filter_map(|one| Some((one.path.to_owned(), read(one.path)?))).collect()
}

fn recognise(group: &Group, around: &Surroundings, sample: &[(String, String)], read: Read, settings: &Settings) -> Recognised {
    if let Some(id) = &settings.migration_tool
        && let Some(tool) = table().tool.iter().find(|tool| tool.id == *id)
    {
        return Recognised { tool: Some(tool), why: "the configuration says so".into() };
    }
    for tool in &table().tool {
        if (tool.layout == Layout::Folder) != (group.shape == Shape::Folders) {
            continue;
        }
        if let Some(why) = evidence(tool, group, around, sample, read) {
            return Recognised { tool: Some(tool), why };
        }
    }
    Recognised { tool: None, why: format!("{} numbered files, tool not recognised", group.members.len()) }
}

/// Why a group is this tool's.
fn evidence(tool: &Tool, group: &Group, around: &Surroundings, sample: &[(String, String)], read: Read) -> Option<String> {
    if tool.layout == Layout::Folder {
        let up = tool.up.as_ref()?;
        let named = group.members.iter().any(|one| split(one.path).1 == up);
        return named.then(|| format!("a folder with `{up}` for each migration"));
    }
    if let Some(prefix) = &tool.prefix {
        let all = group.members.iter().all(|one| one.name.prefix.is_some_and(|letter| prefix.contains(letter)));
        let wanted = tool.manifest.is_empty() || manifest(tool, group, around, read).is_some();
        let example = group.members.first().filter(|_| all && wanted)?;
        return Some(format!("names like `{}`", split(example.path).1));
    }
    let has_pairs = || group.members.iter().any(|one| one.name.direction != Direction::Unsaid);
    let has_dialects = || group.members.iter().any(|one| one.name.dialect.is_some() || one.name.autocommit);
    if let Some(need) = tool.needs.first() {
        return match need {
            Need::Pairs => has_pairs().then(|| "pairs of `.up.sql` and `.down.sql`".to_owned()),
            Need::DialectNames => has_dialects().then(|| "file names that carry a dialect or `.autocommit`".to_owned()),
        };
    }
    if let Some(end) = &tool.folder_ends
        && (group.folder == end || group.folder.ends_with(&format!("/{end}")))
    {
        return Some(format!("the folder `{end}`"));
    }
    if let Some(found) = tool.beside.iter().find_map(|name| around.nearest_beside(group.folder, name)) {
        return Some(format!("`{found}`"));
    }
    if let Some(found) = manifest(tool, group, around, read) {
        return Some(found);
    }
    for (path, text) in sample {
        let starts = |line: &str| {
            let line = line.trim_start_matches('\u{feff}').trim_start();
            let at_start = |sign: &&String| line.get(..sign.len()).is_some_and(|head| head.eq_ignore_ascii_case(sign));
            tool.signs.iter().find(|sign| at_start(sign) || line.ends_with(sign.as_str()))
        };
        if let Some(sign) = text.lines().find_map(starts) {
            return Some(format!("`{sign}` in `{}`", split(path).1));
        }
    }
    None
}

fn manifest(tool: &Tool, group: &Group, around: &Surroundings, read: Read) -> Option<String> {
    tool.manifest.iter().filter_map(|row| row.split_once(": ")).find_map(|(file, word)| {
        let path = around.nearest(group.folder, file)?;
        read(&path)?.contains(word).then(|| format!("`{word}` in `{path}`"))
    })
}

/// Numbered files of an unknown tool are migrations when they change tables and their folder is not one that states a schema.
fn looks_like_migrations(group: &Group, texts: &[&str]) -> bool {
    let last = split(group.folder).1.to_ascii_lowercase();
    if group.shape == Shape::Files && table().state_folders.contains(&last) {
        return false;
    }
    let mut versions: Vec<_> = group
        .members
        .iter()
        .map(|one| (&one.inner_numbers, &one.name.numbers, one.name.direction as u8, &one.name.dialect))
        .collect();
    versions.sort();
    let repeated = versions.windows(2).filter(|pair| pair.first() == pair.last()).count();
    let changes = |text: &&str| {
        let words = ["create table", "alter table", "create index", "create unique index"];
        let starts =
            |line: &str| words.iter().any(|one| line.get(..one.len()).is_some_and(|head| head.eq_ignore_ascii_case(one)));
        text.lines().any(starts)
    };
    repeated * 4 <= group.members.len() && texts.iter().any(changes)
}

/// The dialect of the files whose names do not say one.
fn shared_dialect(group: &Group, around: &Surroundings, texts: &[&str], read: Read, settings: &Settings) -> Verdict {
    if let Some(dialect) = settings.dialect {
        return Verdict { named: (dialect, None), why: "the configuration says so".into() };
    }
    let hint = ["migration_lock.toml", "meta/_journal.json"].iter().find_map(|name| {
        let path = around.nearest_beside(group.folder, name)?;
        dialect::by_hint(&path, &read(&path)?)
    });
    hint.or_else(|| dialect::by_folder(group.folder)).unwrap_or_else(|| dialect::by_vote(texts))
}

/// The dialects of a group: one, or those that the names tell apart.
fn dialects(group: &Group, shared: &Verdict, settings: &Settings) -> Vec<(Named, String)> {
    let mut named: Vec<Named> = group.members.iter().filter_map(|one| one.name.dialect.clone()).collect();
    named.sort();
    named.dedup();
    if let Some(wanted) = settings.dialect {
        named.retain(|(dialect, _)| *dialect == wanted);
    }
    if named.is_empty() {
        return vec![(shared.named.clone(), shared.why.clone())];
    }
    named.into_iter().map(|one| (one, "a part of the file names".to_owned())).collect()
}

/// The files of one dialect: per version and direction its own where there is one, else the one that names none.
fn choose<'a, 'g>(group: &'g Group<'a>, named: &Named) -> Vec<&'g Member<'a>> {
    let key = |one: &Member| (one.inner.map(str::to_owned), one.name.version.clone(), one.name.direction == Direction::Down);
    let own: std::collections::HashSet<_> =
        group.members.iter().filter(|one| one.name.dialect.as_ref() == Some(named)).map(key).collect();
    let fits = |one: &&Member| match &one.name.dialect {
        Some(dialect) => dialect == named,
        None => !own.contains(&key(one)),
    };
    group.members.iter().filter(fits).collect()
}

/// What a migration is sorted by: class (repeatables last), numbers, text.
type Rank = (u8, Vec<u128>, String);

fn rank(member: &Member, order: Order) -> Rank {
    let name = member.inner.unwrap_or_else(|| split(member.path).1);
    match order {
        _ if member.name.prefix == Some('R') => (1, Vec::new(), member.name.version.clone()),
        Order::Name => (0, Vec::new(), trimmed(name)),
        Order::Undashed => (0, Vec::new(), member.name.version.replace('-', "")),
        Order::Integer | Order::Dotted => {
            let numbers = member.inner_numbers.iter().chain(&member.name.numbers).copied().collect();
            (0, numbers, trimmed(split(member.path).1))
        }
    }
}

/// A name without direction and dialect, so that both directions of a migration have one rank.
fn trimmed(name: &str) -> String {
    let stem = name.strip_suffix(".sql").unwrap_or(name);
    let mut stem = stem;
    while let Some((head, tail)) = stem.rsplit_once('.') {
        if !matches!(tail, "up" | "down" | "autocommit") && table().dialect(tail).is_none() {
            break;
        }
        stem = head;
    }
    stem.to_owned()
}

fn migrations(
    chosen: Vec<&Member>,
    order: Order,
    tool: Option<&'static Tool>,
    around: &Surroundings,
    read: Read,
    settings: &Settings,
) -> Vec<Migration> {
    let mut steps: BTreeMap<Rank, (Vec<&Member>, Vec<&Member>)> = BTreeMap::new();
    for member in chosen {
        // Undo scripts and baselines of prefixed tools are no steps forward.
        let down = member.name.direction == Direction::Down
            || (member.name.prefix == Some('U') && tool.is_some_and(|tool| tool.id == "flyway"));
        let (forward, backward) = steps.entry(rank(member, order)).or_default();
        if down { backward.push(member) } else { forward.push(member) }
    }
    let mut list = Vec::new();
    for (forward, backward) in steps.into_values() {
        for member in forward {
            list.push(migration(member, backward.first().copied(), tool, around, read, settings));
        }
    }
    list
}

fn migration(
    member: &Member,
    down: Option<&Member>,
    tool: Option<&'static Tool>,
    around: &Surroundings,
    read: Read,
    settings: &Settings,
) -> Migration {
    let looks_inside = |tool: &Tool| {
        let sectioned = tool.layout == Layout::File && tool.up.is_some();
        sectioned || tool.off_line.is_some() || tool.off_start.is_some() || tool.off_option.is_some()
    };
    let text = tool.filter(|tool| looks_inside(tool)).and_then(|_| read(member.path));
    let sections = match (tool, &text) {
        (Some(tool), Some(text)) if tool.layout == Layout::File => sections::find(text, tool),
        _ => sections::Sections::default(),
    };
    let beside = tool.and_then(|tool| tool.off_file.as_ref()).and_then(|file| file.split_once(": ")).and_then(|(name, _)| {
        let (folder, file) = split(member.path);
        let name = name.replace('*', file);
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        around.has(&path).then(|| read(&path)).flatten()
    });
    let evidence = sections::Evidence { text: text.as_deref(), sections: &sections, autocommit: member.name.autocommit, beside };
    let transaction = sections::transaction(tool, &evidence, settings);
    Migration {
        path: member.path.to_owned(),
        down: down.map(|down| down.path.to_owned()),
        version: file_name::shown_version(member.name.version.as_str(), member.inner),
        up: sections.up,
        down_section: sections.down,
        transaction,
    }
}
