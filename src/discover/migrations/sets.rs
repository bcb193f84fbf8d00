//! One group of files to migration sets: tool, dialects, order, directions.

use super::dialect::{self, Verdict};
use super::file_name::Direction;
use super::folders::{Group, Member, Shape, Surroundings, split};
use super::steps;
use super::tools::{Layout, Named, Need, Order, Tool, table};
use super::{Read, SAMPLE};
use crate::discover::{Artifact, Kind, MigrationSet};
use crate::model::Settings;
use crate::sql::Dialect;

/// What became of a group.
pub(super) enum Built {
    /// Migrations, and the files of the group that are never applied with the reason.
    Sets(Vec<MigrationSet>, Vec<Artifact>, Vec<(String, String)>),
    /// Migrations that are not read, for this reason.
    NotRead(String),
    /// Migrations of a store of another kind, which are not read, for this reason.
    OtherStore(String),
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
        return Built::OtherStore(format!("ClickHouse SQL is not supported ({count} files; {})", verdict.why));
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
    let order = recognised.tool.map_or(Order::Integer, |tool| tool.order);
    let mut maker = steps::Maker::new(recognised.tool, order, group, around, settings);
    maker.read_journal(read);
    let mut sets = Vec::new();
    for (named, why) in dialects(group, &verdict, settings) {
        let chosen = choose(group, &named);
        if !chosen.iter().any(|member| member.name.direction != Direction::Down) {
            continue;
        }
        sets.push(MigrationSet {
            folder: group.folder.to_owned(),
            tool: id.to_owned(),
            dialect: named.0,
            variant: named.1.clone(),
            way_out: recognised.tool.and_then(|tool| way_out(tool, group, &chosen, &named, around)),
            evidence: vec![
                format!("tool {id}: {}", recognised.why),
                format!("dialect {}: {why}", named.1.as_deref().unwrap_or(named.0.name())),
                format!("order {}", maker.order().words()),
            ],
            migrations: maker.migrations(chosen, named.0, read),
            together: recognised.tool.is_some_and(|tool| tool.together),
            repeats: recognised.tool.and_then(|tool| tool.repeats.clone()),
            holds_lock: None,
            late_files_run: None,
            foreign_keys_off: None,
            foreign_steps: around.foreign_steps(group.folder),
        });
    }
    let left_out = maker.left_out();
    let counts = |member: &&Member| !left_out.iter().any(|(path, _)| path == member.path);
    let artifacts = group.members.iter().filter(counts).map(migration).collect();
    Built::Sets(sets, artifacts, left_out)
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
        let fits = match tool.layout {
            Layout::File => group.shape == Shape::Files,
            Layout::Folder => group.shape == Shape::Folders,
            Layout::Plan => false,
        };
        if !fits {
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
    let folder_ends = |end: &String| group.folder == end || group.folder.ends_with(&format!("/{end}"));
    if tool.layout == Layout::Folder {
        let up = tool.up.as_ref()?;
        group.members.iter().find(|one| split(one.path).1 == up)?;
        if let Some(name) = &tool.inside {
            let found = group.members.iter().map(|one| format!("{}/{name}", split(one.path).0)).find(|path| around.has(path));
            return found.map(|path| format!("`{path}`"));
        }
        if tool.manifest.is_empty() {
            return Some(format!("a folder with `{up}` for each migration"));
        }
        let folder = tool.folder_ends.as_ref().filter(|end| folder_ends(end)).map(|end| format!("the folder `{end}`"));
        return manifest(tool, group, around, read).or(folder);
    }
    if let Some(prefix) = &tool.prefix {
        let all = group.members.iter().all(|one| one.name.prefix.is_some_and(|letter| prefix.contains(letter)));
        let wanted = tool.manifest.is_empty() || manifest(tool, group, around, read).is_some();
        let example = group.members.first().filter(|_| all && wanted)?;
        return Some(format!("names like `{}`", split(example.path).1));
    }
    let beside = || {
        let found = tool.beside.iter().find_map(|name| around.nearest_beside(group.folder, name))?;
        Some(format!("`{found}`"))
    };
    let has_pairs = || group.members.iter().any(|one| one.name.direction != Direction::Unsaid);
    // `V0001.First.up.sql` is no name of any tool that wants pairs.
    let begin_with_digits = || group.members.iter().all(|one| split(one.path).1.starts_with(|c: char| c.is_ascii_digit()));
    let has_dialects = || group.members.iter().any(|one| one.name.dialect.is_some() || one.name.autocommit);
    if let Some(need) = tool.needs.first() {
        return match need {
            Need::NoPairs if has_pairs() => None,
            Need::NoPairs => beside(),
            Need::Pairs => (has_pairs() && begin_with_digits()).then(|| "pairs of `.up.sql` and `.down.sql`".to_owned()),
            Need::DialectNames => has_dialects().then(|| "file names that carry a dialect or `.autocommit`".to_owned()),
        };
    }
    if let Some(end) = tool.folder_ends.as_ref().filter(|end| folder_ends(end)) {
        return Some(format!("the folder `{end}`"));
    }
    if let Some(found) = beside() {
        return Some(found);
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

/// How a file of the set is kept out of a transaction, for people.
fn way_out(tool: &Tool, group: &Group, chosen: &[&Member], named: &Named, around: &Surroundings) -> Option<String> {
    let mut hint = tool.off_hint.clone()?;
    if let Some(word) = &tool.off_name {
        let own = |one: &&Member| one.name.dialect.as_ref() == Some(named);
        let forward = |one: &&&Member| one.name.direction != Direction::Down;
        let known = group.members.iter().any(|one| split(one.path).1.contains(word.as_str()));
        let like =
            chosen.iter().filter(forward).find(|one| own(one)).or_else(|| chosen.iter().find(forward)).filter(|_| known)?;
        hint = hint.replace("{ending}", &ending_with(split(like.path).1, word));
    }
    let is_sure = tool.sure_beside.is_empty() || tool.sure_beside.iter().any(|name| around.nearest(group.folder, name).is_some());
    match &tool.unsure_hint {
        Some(more) if !is_sure => Some(hint + more),
        _ => Some(hint),
    }
}

/// What a name ends in after its title, with a word put before direction and kind: `.postgres.autocommit.up.sql`.
fn ending_with(name: &str, word: &str) -> String {
    let ending = name.find('.').and_then(|dot| name.get(dot..)).unwrap_or(".sql").replace(word, "");
    let head = ending.strip_suffix(".up.sql").or_else(|| ending.strip_suffix(".sql")).unwrap_or("");
    format!("{head}{word}{}", ending.get(head.len()..).unwrap_or(".sql"))
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
    let said = hint.or_else(|| dialect::by_folder(group.folder));
    said.or_else(|| dialect::voted_with(texts, around.driver(group.folder, read))).unwrap_or_else(dialect::usual)
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
