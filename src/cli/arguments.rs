//! What can be typed.

use crate::diagnostic::{Confidence, Severity};
use crate::engine::Migrations;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;

/// Reads a repository as a senior backend engineer would: OpenAPI, SQL migrations and service configuration, joined.
#[derive(Parser)]
#[command(name = "backend-lint", version, args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) check: CheckArguments,
}

const EXIT_CODES: &str = "Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage, configuration, git or internal error, \
                          3 no artifacts found.";

#[derive(Subcommand)]
pub(super) enum Command {
    /// Find problems (the default command)
    #[command(after_help = EXIT_CODES)]
    Check(Box<CheckArguments>),
    /// Say what a rule means: why, bad and good, when to ignore it
    Explain(ExplainArguments),
    /// List the rules
    Rules(RulesArguments),
    /// Say what was found, as what kind, by which evidence, and what was skipped and why
    Files(FilesArguments),
    /// Keep old findings out of reports until they change
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Show the model and its joins: tables, operations, services, links
    Model(ModelArguments),
    /// Say why an operation or a table was joined to what it was, and what would change that
    Why(WhyArguments),
    /// Write a commented backend-lint.toml for this repository
    Init(InitArguments),
    /// Show the configuration that is in effect, or its JSON Schema
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Say what [context] changes here, key by key
    Context(ContextArguments),
    /// Read what a database knows of the size of its tables
    #[command(subcommand)]
    Stats(StatsCommand),
    /// Print completions for a shell
    Completions(CompletionsArguments),
    /// Print the manual page, or that of a command
    Man(ManArguments),
}

#[derive(Args)]
pub(super) struct CheckArguments {
    /// A folder to check, or files and folders of the current one to report on [default: .]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    pub(super) format: Format,
    /// Write the report to a file too; repeatable
    #[arg(long = "output", value_name = "FORMAT=FILE")]
    pub(super) outputs: Vec<Output>,
    /// The lowest severity that makes the exit code 1 [default: as [check] says, or error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    /// Hide findings that are less severe [default: as [check] says, or warning; info with --select or --fail-on info]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) min_severity: Option<SeverityWord>,
    /// Hide findings that are less sure [default: as [check] says, or medium]
    #[arg(long, value_enum, value_name = "CONFIDENCE")]
    pub(super) min_confidence: Option<ConfidenceWord>,
    /// Report only what touches these services; `backend-lint files` lists them
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub(super) service: Vec<String>,
    /// Run only these rules or groups; turns on what is off
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    pub(super) select: Vec<String>,
    /// Do not run these rules or groups
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    pub(super) ignore: Vec<String>,
    /// Which migrations are judged for what they do to a live database
    #[arg(long, value_enum, default_value_t = MigrationsWord::Auto, value_name = "WHICH")]
    pub(super) migrations: MigrationsWord,
    /// Report only what the change since this revision brought: `main`, `HEAD~1`, an id, or `auto` for the base that is found
    #[arg(long, value_name = "REF", conflicts_with = "staged")]
    pub(super) since: Option<String>,
    /// Report only what the staged change brought: the index is read, and compared with HEAD
    #[arg(long)]
    pub(super) staged: bool,
    /// Report only what is new since an earlier `model --format json`, which this file holds: for projects without git
    ///
    /// Pending are the migrations that the model does not have, or that run something else by now. A finding that the model has is
    /// old wherever it stands. Where an edited migration differs is not known, and rules that ask the base itself (`needs: base`)
    /// are not run. Print the model with the same version, configuration and folder.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["since", "staged"])]
    pub(super) base_model: Option<PathBuf>,
    /// Leave out the findings of this baseline instead of those of the backend-lint.baseline files
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Exit with 1 where an entry of the baseline stands for nothing any more
    #[arg(long)]
    pub(super) fail_on_stale: bool,
    #[command(flatten)]
    pub(super) reading: ReadingArguments,
    /// When to use colours and links
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
    /// Exit with 0 although there are findings
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// Exit with 0 although there is nothing to check
    #[arg(long)]
    pub(super) allow_empty: bool,
    /// Count the findings of each rule
    #[arg(long)]
    pub(super) statistics: bool,
}

/// How a repository is read; the same for every command that reads one.
#[derive(Args)]
pub(super) struct ReadingArguments {
    /// Read this configuration instead of the backend-lint.toml files
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long)]
    pub(super) no_config: bool,
    /// How many threads may read
    #[arg(long, hide = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: Option<u16>,
}

#[derive(Args)]
pub(super) struct ExplainArguments {
    /// The rule, `group/problem`
    #[arg(value_name = "RULE")]
    pub(super) rule: String,
}

#[derive(Args)]
pub(super) struct RulesArguments {
    /// How to print them
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub(super) format: ListFormat,
}

#[derive(Args)]
pub(super) struct FilesArguments {
    /// The folder
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub(super) format: ListFormat,
    #[command(flatten)]
    pub(super) reading: ReadingArguments,
}

#[derive(Subcommand)]
pub(super) enum BaselineCommand {
    /// Write down all that is found now, one file for each folder with a configuration
    Write(BaselineArguments),
    /// Say which entries stand for nothing any more; exit code 1 where there are any
    Check(BaselineArguments),
    /// Take those entries out
    Prune(BaselineArguments),
}

#[derive(Args)]
pub(super) struct BaselineArguments {
    /// The folder
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Which migrations are judged for what they do to a live database
    #[arg(long, value_enum, default_value_t = MigrationsWord::Auto, value_name = "WHICH")]
    pub(super) migrations: MigrationsWord,
    #[command(flatten)]
    pub(super) reading: ReadingArguments,
}

#[derive(Args)]
pub(super) struct ModelArguments {
    /// The folder
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub(super) format: ListFormat,
    #[command(flatten)]
    pub(super) reading: ReadingArguments,
}

#[derive(Args)]
pub(super) struct WhyArguments {
    /// An operation ("GET /orders"), an object of the API (`Order`), a table (`orders`), a service (`api`), or a rule
    #[arg(value_name = "TARGET")]
    pub(super) target: String,
    /// The folder
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) reading: ReadingArguments,
}

#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Show the configuration in effect for a path
    Show(ConfigShowArguments),
    /// Print the JSON Schema of backend-lint.toml, for editors
    Schema,
}

#[derive(Args)]
pub(super) struct ConfigShowArguments {
    /// A file or folder
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Say of each value which file and line, preset or default it comes from; lists every rule
    #[arg(long)]
    pub(super) origin: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub(super) format: ListFormat,
    #[command(flatten)]
    pub(super) reading: ReadingArguments,
}

#[derive(Args)]
pub(super) struct ContextArguments {
    /// A file or folder
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) reading: ReadingArguments,
}

#[derive(Args)]
pub(super) struct InitArguments {
    /// The folder
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Write over a backend-lint.toml that is there
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Subcommand)]
pub(super) enum StatsCommand {
    /// Print a CSV file of a database's statistics as [context.tables] of backend-lint.toml
    ///
    /// Read are the columns of PostgreSQL's pg_stat_user_tables (schemaname, relname, n_live_tup) and pg_class (relname, reltuples), and of MySQL's
    /// information_schema.tables (TABLE_SCHEMA, TABLE_NAME, TABLE_ROWS), by their names in the first line; commas, tabs, semicolons or bars may
    /// stand between them. Nothing is connected to, and nothing is written: put what is printed into backend-lint.toml.
    #[command(after_long_help = super::stats::HOW)]
    Import(StatsImportArguments),
}

#[derive(Args)]
pub(super) struct StatsImportArguments {
    /// The file; `-` for what comes in
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
}

#[derive(Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Args)]
pub(super) struct ManArguments {
    /// The command, or two words for a command of a command; the program itself without it
    #[arg(value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Findings with the lines that prove them
    Pretty,
    /// One line a finding
    Concise,
    /// The JSON contract, version 1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// One JSON object a line
    Ndjson,
    /// GitLab Code Quality
    Gitlab,
    /// JUnit XML: a test case a finding
    Junit,
    /// Checkstyle XML
    Checkstyle,
    /// Reviewdog's rdjson
    Rdjson,
    /// A comment for a pull request
    Markdown,
    /// Sentences, for screen readers
    Narrated,
}

/// The forms of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// A report that goes to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) file: PathBuf,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Output, String> {
        let forms = || {
            let names: Vec<String> = Format::value_variants()
                .iter()
                .filter_map(|one| one.to_possible_value())
                .map(|one| one.get_name().to_owned())
                .collect();
            names.join(", ")
        };
        let (format, file) = text.split_once('=').ok_or("expected FORMAT=FILE, for example sarif=backend-lint.sarif")?;
        let format = Format::from_str(format, false).map_err(|_| format!("unknown format `{format}`; one of {}", forms()))?;
        if file.is_empty() {
            return Err("the name of the file is missing after `=`".into());
        }
        Ok(Output { format, file: file.into() })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    /// The lowest severity that fails; `None` where none does.
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Info => Some(Severity::Info),
            FailOn::Never => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SeverityWord {
    Error,
    Warning,
    Info,
}

impl From<SeverityWord> for Severity {
    fn from(word: SeverityWord) -> Severity {
        match word {
            SeverityWord::Error => Severity::Error,
            SeverityWord::Warning => Severity::Warning,
            SeverityWord::Info => Severity::Info,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfidenceWord {
    High,
    Medium,
    Low,
}

impl From<ConfidenceWord> for Confidence {
    fn from(word: ConfidenceWord) -> Confidence {
        match word {
            ConfidenceWord::High => Confidence::High,
            ConfidenceWord::Medium => Confidence::Medium,
            ConfidenceWord::Low => Confidence::Low,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MigrationsWord {
    /// Pending ones where there is a base, none otherwise
    Auto,
    /// Those that are new or changed against the base
    Pending,
    /// All
    All,
}

impl From<MigrationsWord> for Migrations {
    fn from(word: MigrationsWord) -> Migrations {
        match word {
            MigrationsWord::Auto => Migrations::Auto,
            MigrationsWord::Pending => Migrations::Pending,
            MigrationsWord::All => Migrations::All,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal that wants them (NO_COLOR, CLICOLOR_FORCE and TERM decide)
    Auto,
    Always,
    Never,
}
