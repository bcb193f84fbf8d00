//! From the command line to the engine.

use super::Trouble;
use super::arguments::ReadingArguments;
use super::target::Target;
use crate::engine::{self, ConfigChoice, Options, Outcome, Snapshot};
use std::collections::BTreeMap;
use std::time::SystemTime;

/// Options that say how to read; the rest as by default.
pub(super) fn options(reading: &ReadingArguments) -> Result<Options, Trouble> {
    let config = match &reading.config {
        _ if reading.no_config => ConfigChoice::Nothing,
        None => ConfigChoice::Found,
        Some(file) => {
            let text = std::fs::read_to_string(file);
            let text = text.map_err(|error| Trouble::new(format!("--config {}: {error}", file.display())))?;
            ConfigChoice::Text(file.to_string_lossy().into_owned(), text)
        }
    };
    Ok(options_of(config, reading.threads))
}

/// Options for a configuration; the rest as by default.
pub(super) fn options_of(config: ConfigChoice, threads: Option<u16>) -> Options {
    let threads = threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    Options { config, threads, today: today(), ..Options::default() }
}

/// The day in UTC as (year, month, day), by which suppressions expire. `None` where the clock stands before 1970.
fn today() -> Option<(i32, u32, u32)> {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    date(i64::try_from(seconds / 86_400).ok()?)
}

/// The Gregorian date of a day, counted from 1970-01-01. Years start in March, so that the leap day is the last of its year.
fn date(days: i64) -> Option<(i32, u32, u32)> {
    let from_march_of_0 = days + 719_468;
    let (era, day) = (from_march_of_0.div_euclid(146_097), from_march_of_0.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    Some((i32::try_from(era * 400 + year + next_year).ok()?, u32::try_from(month).ok()?, u32::try_from(day_of_month).ok()?))
}

/// Runs the engine on what is on disk.
pub(super) fn run(target: &Target, options: &Options) -> Result<Outcome, Trouble> {
    engine::run(&target.root, &environment(), options).map_err(|failure| Trouble(failure.0))
}

/// What a later run needs to tell what is new.
pub(super) fn snapshot(target: &Target, options: &Options) -> Result<Snapshot, Trouble> {
    engine::snapshot(&target.root, &environment(), options).map_err(|failure| Trouble(failure.0))
}

/// The variables in which pipelines name the base and git its repository. What is not UTF-8 names none.
fn environment() -> BTreeMap<String, String> {
    let variables = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut variables: BTreeMap<String, String> = variables.collect();
    // Git's own are relative to the current folder, which the engine does not know.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        let full = variables.get(name).and_then(|path| std::path::absolute(path).ok()?.into_os_string().into_string().ok());
        variables.extend(full.map(|path| (name.to_owned(), path)));
    }
    variables
}

/// What is said where there is nothing to check.
pub(super) fn nothing_found(target: &Target) -> String {
    format!(
        "nothing to check in `{}`: looked for OpenAPI documents (`openapi:` or `swagger:` at the top), SQL migrations, schema and query \
         files, docker-compose files, nginx configuration and .env files; an [[artifact]] in backend-lint.toml names others",
        target.root.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        assert_eq!(date(0), Some((1970, 1, 1)));
        assert_eq!(date(11_016), Some((2000, 2, 29)));
        assert_eq!(date(11_017), Some((2000, 3, 1)));
        assert_eq!(date(20_818), Some((2026, 12, 31)));
        assert_eq!(date(47_540), Some((2100, 2, 28)));
        assert_eq!(date(47_541), Some((2100, 3, 1)));
    }
}
