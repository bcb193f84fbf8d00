//! `stats import`: how many rows the tables of a database have, from a file that its own tools wrote, as `[context.tables]`. Nothing is connected
//! to.

use super::arguments::{StatsCommand, StatsImportArguments};
use super::{End, Trouble, terminal};
use crate::engine::config;
use crate::report::{count, printable};
use csv::{ReaderBuilder, StringRecord};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Read;

/// The columns that say how many rows a table has, as the catalogs of the servers call them.
const ROWS: [&str; 3] = ["n_live_tup", "reltuples", "table_rows"];

/// The columns that name it.
const NAMES: [&str; 2] = ["relname", "table_name"];

/// The columns that name its schema.
const SCHEMAS: [&str; 3] = ["schemaname", "nspname", "table_schema"];

/// Schemas that are the server's own.
const OF_SERVERS: [&str; 6] = ["pg_catalog", "pg_toast", "information_schema", "mysql", "performance_schema", "sys"];

/// What is written where a number is not known.
const UNKNOWN: [&str; 4] = ["", "NULL", "\\N", "-1"];

/// What stands between the values of a line.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// How a file is made that can be read.
pub(super) const HOW: &str = "PostgreSQL: psql --csv -c 'SELECT schemaname, relname, n_live_tup FROM pg_stat_user_tables'; \
                              MySQL: mysql --batch -e 'SELECT table_schema, table_name, table_rows FROM information_schema.tables'";

pub(super) fn run(command: &StatsCommand) -> Result<End, Trouble> {
    let StatsCommand::Import(StatsImportArguments { file }) = command;
    let name = file.to_string_lossy().into_owned();
    let mut bytes = Vec::new();
    let read = match name.as_str() {
        "-" => std::io::stdin().read_to_end(&mut bytes).map(drop),
        _ => std::fs::read(file).map(|read| bytes = read),
    };
    read.map_err(|error| Trouble::new(format!("{name}: {error}")))?;
    let found = tables(&bytes).map_err(|(line, what)| Trouble::new(format!("{name}:{line}: {what}")))?;
    if found.unknown > 0 {
        let tables = count(found.unknown, "table");
        terminal::say(
            "note",
            &format!("{name}: of {tables} the rows are not known there (partitioned, or not counted yet); ANALYZE counts them"),
        );
    }
    terminal::write(&text(&found.rows, &name), false)?;
    Ok(End::Clean)
}

/// What a file says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    /// Rows by schema and table.
    rows: BTreeMap<(String, String), u64>,
    /// Of so many tables it does not say them.
    unknown: usize,
}

/// Reads a file; or which line is wrong, and why.
fn tables(bytes: &[u8]) -> Result<Found, (u64, String)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let often = |separator: &u8| head.iter().filter(|byte| *byte == separator).count();
    let separator = SEPARATORS.into_iter().rev().max_by_key(often).unwrap_or(b',');
    let mut reader = ReaderBuilder::new().delimiter(separator).trim(csv::Trim::All).from_reader(bytes);
    let unreadable = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        (line, format!("no line of a CSV file: {error}; {HOW}"))
    };
    let header: Vec<String> = reader.headers().map_err(unreadable)?.iter().map(str::to_ascii_lowercase).collect();
    let place = |names: &[&str]| names.iter().find_map(|name| header.iter().position(|one| one == name));
    let needed = |names: &[&str]| {
        let said = names.join("` or `");
        place(names).ok_or_else(|| (1, format!("no column `{said}` in the first line; {HOW}")))
    };
    let (name, rows, schema) = (needed(&NAMES)?, needed(&ROWS)?, place(&SCHEMAS));
    let mut found = Found::default();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(1, csv::Position::line);
        let schema = schema.and_then(|at| record.get(at)).unwrap_or_default();
        let table = record.get(name).filter(|name| !name.is_empty());
        let table = table.ok_or_else(|| (line, "a table without a name; take the line out".to_owned()))?;
        if OF_SERVERS.contains(&schema.to_ascii_lowercase().as_str()) {
            continue;
        }
        match number(&record, rows).map_err(|written| {
            let column = header.get(rows).map_or("", String::as_str);
            (line, format!("`{}` in `{column}` is no number of rows; write a whole number, or nothing", printable(&written)))
        })? {
            // Of two partitions or views of one name the larger one tells how large the table may be.
            Some(rows) => {
                let held = found.rows.entry((schema.to_owned(), table.to_owned())).or_default();
                *held = rows.max(*held);
            }
            None => found.unknown += 1,
        }
    }
    if found.rows.is_empty() {
        let why = "the file says of no table how many rows it has";
        return Err((1, format!("{why}: run ANALYZE, and then print it again; {HOW}")));
    }
    Ok(found)
}

/// A number of rows; `None` where it is not known, and what is written where it is no number. Estimates may have a fraction or an exponent.
fn number(record: &StringRecord, at: usize) -> Result<Option<u64>, String> {
    let written = record.get(at).unwrap_or_default();
    if UNKNOWN.contains(&written.to_ascii_uppercase().as_str()) {
        return Ok(None);
    }
    let number: Option<f64> = written.parse().ok().filter(|number: &f64| number.is_finite() && (0.0..1e18).contains(number));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "its bounds were looked at")]
    // PostgreSQL counts no row of a partitioned table, and none after its statistics were reset: 0 says nothing.
    number.map(|number| Some(number as u64).filter(|rows| *rows > 0)).ok_or_else(|| written.to_owned())
}

/// `[context.tables]` of the configuration, by name. A table is called by its schema too where another schema has one of its name.
fn text(rows: &BTreeMap<(String, String), u64>, file: &str) -> String {
    let called = |(schema, table): &(String, String)| {
        let twins = rows.keys().filter(|(_, other)| other == table).count();
        if twins > 1 && !schema.is_empty() { format!("{schema}.{table}") } else { table.clone() }
    };
    let sorted: BTreeMap<String, u64> = rows.iter().map(|(key, rows)| (called(key), *rows)).collect();
    let mut out = format!("# {}, from {}\n", count(sorted.len(), "table"), printable(file));
    for (table, rows) in sorted {
        let _ = write!(out, "\n[context.tables.{}]\nrows = {}\n", config::bare(&table), parted(rows));
    }
    out
}

/// A number with its digits in threes: `50_000_000`.
fn parted(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, (u64, String)> {
        tables(text.as_bytes()).map(|found| self::text(&found.rows, "f.csv"))
    }

    #[test]
    fn catalogs_of_both_servers_are_read_by_the_names_of_their_columns() {
        let postgres = "schemaname,relname,n_live_tup\npublic,orders,50000000\npublic,\"Odd name\",7\npg_catalog,pg_class,400\n";
        let expected =
            "# 2 tables, from f.csv\n\n[context.tables.\"Odd name\"]\nrows = 7\n\n[context.tables.orders]\nrows = 50_000_000\n";
        assert_eq!(read(postgres).as_deref(), Ok(expected));
        let mysql = "\u{feff}TABLE_SCHEMA\tTABLE_NAME\tTABLE_ROWS\r\nshop\torders\t1200\r\nshop\tall_orders\tNULL\r\n";
        assert_eq!(read(mysql).as_deref(), Ok("# 1 table, from f.csv\n\n[context.tables.orders]\nrows = 1_200\n"));
        let estimate = "relname;reltuples\norders;1.2e+06\nnever_counted;-1\n";
        let found = tables(estimate.as_bytes()).map(|found| (found.rows.into_values().collect::<Vec<_>>(), found.unknown));
        assert_eq!(found, Ok((vec![1_200_000], 1)));
        let partitioned = "relname,reltuples\nevents,0\nevents_2026,9000\nreset,0.0\n";
        let found = tables(partitioned.as_bytes()).map(|found| (found.rows.into_values().collect::<Vec<_>>(), found.unknown));
        assert_eq!(found, Ok((vec![9000], 2)), "0 rows say nothing");
    }

    #[test]
    fn a_name_of_several_lines_is_a_key_of_one() {
        let text = read("relname,n_live_tup\n\"odd\n\"\"name\"\"\\x\t\",7\n").unwrap_or_default();
        let read: Result<toml::Table, _> = toml::from_str(&text);
        let names =
            read.map(|read| read["context"]["tables"].as_table().map(|tables| tables.keys().cloned().collect::<Vec<_>>()));
        assert_eq!(names, Ok(Some(vec!["odd\n\"name\"\\x".to_owned()])), "{text}");
    }

    #[test]
    fn twins_in_two_schemas_are_called_by_both_names() {
        let text = read("schemaname,relname,n_live_tup\na,orders,1\nb,orders,2\nb,lines,3\n").unwrap_or_default();
        for line in ["[context.tables.\"a.orders\"]", "[context.tables.\"b.orders\"]", "[context.tables.lines]"] {
            assert!(text.contains(line), "no {line} in {text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let wrong =
            |text: &str| read(text).err().map(|(line, what)| (line, what.split(';').next().unwrap_or_default().to_owned()));
        let said = |line: u64, what: &str| Some((line, what.to_owned()));
        assert_eq!(wrong("relname,size\n"), said(1, "no column `n_live_tup` or `reltuples` or `table_rows` in the first line"));
        assert_eq!(wrong(""), said(1, "no column `relname` or `table_name` in the first line"));
        assert_eq!(wrong("relname,n_live_tup\norders,1\nlines,many\n"), said(3, "`many` in `n_live_tup` is no number of rows"));
        assert_eq!(wrong("relname,n_live_tup\n,1\n"), said(2, "a table without a name"));
        assert_eq!(wrong("relname,n_live_tup\norders,0\n").map(|(line, _)| line), Some(1));
        assert_eq!(wrong("relname,n_live_tup\norders\n").map(|(line, _)| line), Some(2));
    }
}
