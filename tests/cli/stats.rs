//! `stats import`: what a database's own tools print, as configuration.

use crate::repository::Repository;
use std::io::Write;
use std::process::Stdio;

const STATISTICS: &str = "schemaname,relname,n_live_tup\npublic,orders,50000000\npublic,customers,1200\n";

#[test]
fn what_is_printed_is_configuration_that_holds() {
    let repository = Repository::new(&[("statistics.csv", STATISTICS)]);
    let run = repository.run(&["stats", "import", "statistics.csv"]);
    let expected = "# 2 tables, from statistics.csv\n\n[context.tables.customers]\nrows = 1_200\n\n[context.tables.orders]\nrows = 50_000_000\n";
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(0), expected, ""));
    repository.write("backend-lint.toml", &run.out);
    let context = repository.run(&["context"]);
    assert!(context.out.contains("    orders = 50000000 (backend-lint.toml)"), "{}", context.out);
}

#[test]
fn what_comes_in_is_read_too() {
    let repository = Repository::new(&[]);
    let mut command = repository.command(&["stats", "import", "-"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    let mut input = child.stdin.take().expect("an input");
    input.write_all(b"TABLE_NAME\tTABLE_ROWS\norders\t7\nall_orders\tNULL\n").expect("it is read");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "# 1 table, from -\n\n[context.tables.orders]\nrows = 7\n");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("note: -: of 1 table the rows are not known there (partitioned, or not counted yet); ANALYZE counts them"),
        "{said}"
    );
}

#[test]
fn errors_name_the_file_the_line_the_cause_and_the_remedy() {
    let repository = Repository::new(&[("a.csv", "relname,size\norders,1\n"), ("b.csv", "relname,n_live_tup\norders,many\n")]);
    let how = "psql --csv -c 'SELECT schemaname, relname, n_live_tup FROM pg_stat_user_tables'";
    repository
        .run(&["stats", "import", "a.csv"])
        .refused("a.csv:1: no column `n_live_tup` or `reltuples` or `table_rows` in the first line");
    repository.run(&["stats", "import", "a.csv"]).refused(how);
    repository
        .run(&["stats", "import", "b.csv"])
        .refused("b.csv:2: `many` in `n_live_tup` is no number of rows; write a whole number");
    repository.run(&["stats", "import", "none.csv"]).refused("none.csv: No such file");
}
