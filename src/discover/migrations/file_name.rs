//! What the name of a migration file or folder says: version, direction, dialect, transaction.

use super::tools::{Named, table};

/// Which way a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Said by the name.
    Up,
    /// Said by the name.
    Down,
    /// Not said: up, or both in one file.
    Unsaid,
}

/// A name with a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileName {
    /// `V`, `U`, `R`, `B`, in upper case, where the name starts with one and has two underscores after the version.
    pub prefix: Option<char>,
    /// The version as written; the title of a repeatable migration.
    pub version: String,
    /// Its parts as numbers.
    pub numbers: Vec<u128>,
    /// Which way it goes.
    pub direction: Direction,
    /// The dialect that it is for.
    pub dialect: Option<Named>,
    /// `.autocommit`.
    pub autocommit: bool,
}

/// Reads the name of an `.sql` file; `None` where it holds no version.
pub(super) fn read(name: &str) -> Option<FileName> {
    let stem = name.get(..name.len().checked_sub(4)?).filter(|_| name.to_ascii_lowercase().ends_with(".sql"))?;
    let (mut stem, mut direction, mut dialect, mut autocommit) = (stem, Direction::Unsaid, None, false);
    while let Some((head, tail)) = stem.rsplit_once('.') {
        match tail.to_ascii_lowercase().as_str() {
            "up" => direction = Direction::Up,
            "down" => direction = Direction::Down,
            "autocommit" => autocommit = true,
            word => match table().dialect(word) {
                Some(named) => dialect = Some(named),
                None => break,
            },
        }
        stem = head;
    }
    if direction == Direction::Unsaid {
        let lower = stem.to_ascii_lowercase();
        let ends = |words: &[&str]| words.iter().any(|word| lower.ends_with(word));
        if ends(&["_down", "-down", "_rollback", "_undo", ".undo", ".rollback"]) {
            direction = Direction::Down;
        } else if ends(&["_up", "-up"]) {
            direction = Direction::Up;
        }
    }
    let (prefix, version, numbers) = version(stem)?;
    Some(FileName { prefix, version, numbers, direction, dialect, autocommit })
}

/// The prefix letter, the version as written and its numbers.
fn version(stem: &str) -> Option<(Option<char>, String, Vec<u128>)> {
    let first = stem.chars().next()?;
    let letter = first.to_ascii_uppercase();
    let rest = stem.get(first.len_utf8()..)?;
    if matches!(letter, 'V' | 'U' | 'R' | 'B')
        && let Some((written, title)) = rest.split_once("__")
    {
        if letter == 'R' && written.is_empty() && !title.is_empty() {
            return Some((Some('R'), title.to_owned(), Vec::new()));
        }
        if let Some(numbers) = numbers(written, &['.', '_']) {
            return Some((Some(letter), written.to_owned(), numbers));
        }
    }
    let stem = if letter == 'V' { rest } else { stem };
    let written = leading_version(stem)?;
    Some((None, written.to_owned(), numbers(written, &['.', '-'])?))
}

/// The numbers between separators; `None` where a part is not a number.
pub(super) fn numbers(text: &str, separators: &[char]) -> Option<Vec<u128>> {
    text.split(separators).map(|part| part.parse::<u128>().ok()).collect()
}

/// The numbers at the head of the name of a migration in code (`2024_01_01_000000_x.php`, `Migration20240101.ts`); empty where there
/// are none.
pub(super) fn code_numbers(name: &str) -> Vec<u128> {
    let name = name.strip_prefix("Migration").unwrap_or(name);
    let groups = name.split(['_', '-', '.']).map_while(|part| part.parse::<u128>().ok());
    groups.collect()
}

/// The digits at the start, with further groups after `.` or `-`, up to a separator or the end.
fn leading_version(stem: &str) -> Option<&str> {
    let bytes = stem.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let ends = |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b'_' | b'-' | b'.' | b' '));
    let mut end = digits(0);
    if end == 0 || !ends(end) {
        return None;
    }
    while matches!(bytes.get(end), Some(b'.' | b'-')) {
        let more = digits(end + 1);
        if more == 0 || !ends(end + 1 + more) {
            break;
        }
        end += 1 + more;
    }
    stem.get(..end)
}

/// The numbers of a folder that is a version and nothing else: `0.22`, `v1.2.3`.
pub(super) fn version_folder(name: &str) -> Option<Vec<u128>> {
    let digits = name.strip_prefix(['v', 'V']).unwrap_or(name);
    if !digits.contains('.') {
        return None;
    }
    numbers(digits, &['.'])
}

/// The number of a folder that is one and nothing else: `7`, `v7`, `2024`.
pub(super) fn number_folder(name: &str) -> Option<u128> {
    let digits = name.strip_prefix(['v', 'V']).unwrap_or(name);
    digits.chars().all(|c| c.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// The version of a migration as people say it: that of the folder first where a folder is a version.
pub(super) fn shown_version(version: &str, inner: Option<&str>) -> String {
    match inner.filter(|inner| version_folder(inner).is_some() || number_folder(inner).is_some()) {
        Some(folder) => format!("{folder}/{version}"),
        None => version.to_owned(),
    }
}

/// Whether a folder's name starts with digits and goes on: one migration a folder.
pub(super) fn is_numbered_folder(name: &str) -> bool {
    leading_version(name).is_some_and(|version| version.len() < name.len())
}

/// Whether a file of another language is a step: `00012_backfill.go`.
pub(super) fn is_foreign_step(name: &str) -> bool {
    let Some((stem, end)) = name.rsplit_once('.') else { return false };
    let language = matches!(end, "go" | "ts" | "js" | "py" | "rb" | "php" | "java" | "kt" | "rs" | "cs");
    language && !stem.ends_with("_test") && !stem.ends_with(".test") && version(stem).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str) -> Option<(String, Vec<u128>, Direction)> {
        read(name).map(|name| (name.version, name.numbers, name.direction))
    }

    #[test]
    fn versions_are_read_as_the_tools_write_them() {
        assert_eq!(said("0002_1.7.0_schema.up.sql"), Some(("0002".into(), vec![2], Direction::Up)));
        assert_eq!(said("20250911070454.sql"), Some(("20250911070454".into(), vec![20250911070454], Direction::Unsaid)));
        assert_eq!(said("v2.10.12.sql"), Some(("2.10.12".into(), vec![2, 10, 12], Direction::Unsaid)));
        assert_eq!(said("V13.2__index.sql"), Some(("13.2".into(), vec![13, 2], Direction::Unsaid)));
        assert_eq!(said("V1_2__x.sql"), Some(("1_2".into(), vec![1, 2], Direction::Unsaid)));
        assert_eq!(said("R__views.sql"), Some(("views".into(), vec![], Direction::Unsaid)));
        assert_eq!(said("01__a.sql"), Some(("01".into(), vec![1], Direction::Unsaid)));
        assert_eq!(said("2023-01-02-name.down.sql"), Some(("2023-01-02".into(), vec![2023, 1, 2], Direction::Down)));
        assert_eq!(said("schema-v1.sql"), None);
        assert_eq!(said("2fa_users.sql"), None);
        assert_eq!(said("v1-core.sql"), Some(("1".into(), vec![1], Direction::Unsaid)));
        assert_eq!(said(".sql"), None);
        assert_eq!(said("sql"), None);
    }

    #[test]
    fn a_name_says_dialect_and_transaction() {
        let name = read("20200101000001_x.postgres.autocommit.up.sql");
        assert!(name.is_some_and(|name| name.autocommit
            && name.dialect == Some((crate::sql::Dialect::Postgres, None))
            && name.direction == Direction::Up));
        assert!(is_foreign_step("00012_backfill.go"));
        assert!(!is_foreign_step("00012_backfill_test.go"));
        assert!(!is_foreign_step("migrate.go"));
        assert_eq!(version_folder("0.22"), Some(vec![0, 22]));
        assert_eq!(version_folder("22"), None);
        assert!(is_numbered_folder("2017-09-23-110407_x"));
        assert!(!is_numbered_folder("20170923"));
    }
}
