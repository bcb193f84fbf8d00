//! `init`: writes a commented `backend-lint.toml` from what is found. What is active in it changes nothing; prose stands behind `# `,
//! what can be uncommented behind `#`.

use super::arguments::InitArguments;
use super::target::Target;
use super::{End, Trouble, destination, run, terminal};
use crate::diagnostic::{Finding, Severity};
use crate::discover::{Kind, MigrationSet, servers};
use crate::engine::config::presets;
use crate::engine::{BaselineChoice, ConfigChoice, Options, Outcome};
use crate::report::{count, printable};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The file.
const NAME: &str = "backend-lint.toml";

/// How many lines name what was found: each kind of file has one, and most repositories have few folders of migrations.
const LINES: usize = 12;

/// How many files, rules or services are named where there may be many.
const NAMED: usize = 3;

pub(super) fn run(arguments: &InitArguments) -> Result<End, Trouble> {
    let target = Target::new(std::slice::from_ref(&arguments.path))?;
    let file = target.root.join(NAME);
    let hidden = target.root.join(format!(".{NAME}"));
    for known in [&file, &hidden] {
        if known.symlink_metadata().is_ok() && (!arguments.force || *known == hidden) {
            let remedy = if *known == hidden { "take it away first" } else { "--force writes over it" };
            return Err(Trouble::new(format!("{}: is there already; {remedy}", known.display())));
        }
    }
    let options = run::options_of(ConfigChoice::Nothing, None);
    let today = options.today;
    let outcome = run::run(&target, &Options { baseline: BaselineChoice::Nothing, ..options })?;
    if outcome.discovery.artifacts.is_empty() && outcome.report.unread.is_empty() {
        return Ok(End::Nothing(run::nothing_found(&target)));
    }
    destination::write(&file, &text(&outcome, today.map(|(year, ..)| year)))?;
    let mut said = format!("{NAME} written: {}\n", found(&outcome).join("; "));
    let findings = outcome.report.findings.len();
    if findings > 0 {
        let _ = writeln!(
            said,
            "{} today: `backend-lint` shows all, `backend-lint baseline write` leaves out what is there until it changes",
            count(findings, "finding")
        );
    }
    terminal::write(&said, false)?;
    Ok(End::Clean)
}

/// What was found, a phrase each.
fn found(outcome: &Outcome) -> Vec<String> {
    let nouns = [
        (Kind::OpenApi, "OpenAPI document"),
        (Kind::Schema, "schema file"),
        (Kind::Queries, "query file"),
        (Kind::Compose, "compose file"),
        (Kind::Nginx, "nginx file"),
        (Kind::Env, ".env file"),
        (Kind::Kubernetes, "Kubernetes manifest"),
        (Kind::Spring, "Spring settings file"),
    ];
    let mut phrases = Vec::new();
    for (kind, noun) in nouns {
        let of_kind = outcome.discovery.artifacts.iter().filter(|artifact| artifact.kind == kind);
        let paths: Vec<&str> = of_kind.map(|artifact| artifact.path.as_str()).collect();
        if !paths.is_empty() {
            phrases.push(format!("{}{}", count(paths.len(), noun), place(&paths)));
        }
    }
    // A folder with files for several databases is a set for each of them.
    let mut folders: BTreeMap<(&str, &str), (usize, Vec<&str>)> = BTreeMap::new();
    for set in &outcome.discovery.migration_sets {
        let (most, dialects) = folders.entry((folder(set), set.tool.as_str())).or_default();
        *most = (*most).max(set.migrations.len() + set.foreign_steps.len());
        dialects.push(set.variant.as_deref().unwrap_or(set.dialect.name()));
    }
    for ((folder, tool), (number, mut dialects)) in folders {
        dialects.sort_unstable();
        dialects.dedup();
        let tool = if tool == "unknown" { "tool not known" } else { tool };
        phrases.push(format!("{} in {} ({tool}; {})", count(number, "migration"), printable(folder), dialects.join(", ")));
    }
    let rest = phrases.len().saturating_sub(LINES);
    phrases.truncate(LINES);
    if rest > 0 {
        phrases.push(format!("and {rest} more folders of migrations"));
    }
    phrases
}

/// Where some files are: their names, or the folder that holds them all.
fn place(paths: &[&str]) -> String {
    if paths.len() <= NAMED {
        return format!(": {}", some(paths));
    }
    let first = paths.first().copied().unwrap_or("");
    let holds = |folder: &&str| paths.iter().all(|path| path.strip_prefix(*folder).is_some_and(|rest| rest.starts_with('/')));
    let shared = first.rmatch_indices('/').filter_map(|(at, _)| first.get(..at)).find(holds);
    shared.map_or_else(|| format!(": {}", some(paths)), |folder| format!(" in {}", printable(folder)))
}

fn folder(set: &MigrationSet) -> &str {
    if set.folder.is_empty() { "." } else { &set.folder }
}

/// The first of some names, and how many there are more.
fn some(names: &[&str]) -> String {
    let shown: Vec<_> = names.iter().take(NAMED).map(|name| printable(name)).collect();
    let rest = names.len().saturating_sub(NAMED);
    if rest > 0 { format!("{} and {rest} more", shown.join(", ")) } else { shown.join(", ") }
}

/// A text in quotes, as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The whole file.
fn text(outcome: &Outcome, year: Option<i32>) -> String {
    let mut out = String::from(
        "# Configuration of backend-lint. Everything works without it: what starts with `#` and no space can be uncommented, and shows how\n\
         # this repository is read by itself. A file of this name in a folder below refines this one for that folder.\n\
         # `backend-lint config show --origin` says what is in effect, `backend-lint explain RULE` what a rule means.\n\n\
         # Found; `backend-lint files` lists every file with its evidence and what was skipped:\n",
    );
    for phrase in found(outcome) {
        let _ = writeln!(out, "#   {phrase}");
    }
    let findings = &outcome.report.findings;
    if !findings.is_empty() {
        let number = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let (errors, warnings) = (count(number(Severity::Error), "error"), count(number(Severity::Warning), "warning"));
        let _ = writeln!(
            out,
            "# They have {errors} and {warnings} today. `backend-lint baseline write` leaves out what is there until it changes."
        );
    }
    out.push_str("\n# What to start from; everything else in this file stands above it:\n");
    for (name, about) in presets::all() {
        let _ = writeln!(out, "#   {name:<9} {about}");
    }
    out.push_str(
        "#preset = \"adoption\"\n\n\
         # What is shown, and from which severity on the exit code is 1 (never: 0 whatever is found).\n\
         #[check]\n#fail_on = \"error\"\n#min_severity = \"warning\"\n#min_confidence = \"medium\"\n\n\
         # The severity of a rule or a group: error, warning, info, off; on turns on a rule that is off by default.\n[rules]\n",
    );
    rules(&mut out, findings);
    out.push_str(
        "\n# Other severities for some paths, operations (\"GET /orders/*\") or tables (\"audit_*\").\n\
         #[[override]]\n#paths = [\"legacy/**\"]\n#rules = { \"indexes\" = \"info\" }\n",
    );
    allow(&mut out, findings, year);
    api(&mut out, outcome);
    migrations(&mut out, outcome);
    services(&mut out, outcome);
    out.push_str(
        "\n# What detection cannot know; stands above .gitignore, so that a document that the build writes can be judged.\n# Kinds: ",
    );
    out.push_str(&Kind::ALL.map(Kind::name).join(", "));
    out.push_str(".\n#[[artifact]]\n#path = \"build/openapi.json\"\n#kind = \"openapi\"\n");
    out.push_str(
        "\n# The table that an operation reads, where no name tells it; false forbids a link (`backend-lint model` shows them).\n\
         #[links]\n#\"GET /orders\" = \"public.orders\"\n",
    );
    out
}

/// The rules that say most today, or an example.
fn rules(out: &mut String, findings: &[Finding]) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    findings.iter().for_each(|finding| *counts.entry(&finding.rule).or_default() += 1);
    let mut ranked: Vec<(&str, usize)> = counts.into_iter().collect();
    ranked.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    if ranked.is_empty() {
        out.push_str("#\"queries/select-star\" = \"warning\"\n");
    }
    for (rule, number) in ranked.iter().take(NAMED) {
        let _ = writeln!(out, "#{} = \"info\"  # {} today", quoted(rule), count(*number, "finding"));
    }
}

fn allow(out: &mut String, findings: &[Finding], year: Option<i32>) {
    let first = findings.first();
    let rule = first.map_or("indexes/foreign-key-without-index", |finding| &finding.rule);
    let target = first.map_or("public.audit_log.actor_id", |finding| &finding.diagnostic.subject);
    let _ = write!(
        out,
        "\n# One finding that is right as it is: the form for migrations that ran, for generated and for JSON files. In other files a comment\n\
         # does the same for one place: backend-lint: allow(RULE) reason=\"...\"\n\
         #[[allow]]\n#rule = {}\n#target = {}\n#reason = \"why it is right as it is\"\n",
        quoted(rule),
        quoted(target)
    );
    if let Some(year) = year {
        let _ = writeln!(out, "#until = {}-12-31", year + 1);
    }
}

fn api(out: &mut String, outcome: &Outcome) {
    if outcome.model.api.documents().next().is_some() {
        out.push_str(
            "\n# What every operation has to look like; without it a document is held against what it mostly does (`backend-lint model`).\n\
             #[api]\n#errors = \"problem-details\"\n#pagination = \"cursor\"\n#casing = { paths = \"kebab-case\", properties = \"snake_case\" }\n\
             #idempotency = \"Idempotency-Key\"\n",
        );
    }
}

fn migrations(out: &mut String, outcome: &Outcome) {
    let sets = &outcome.discovery.migration_sets;
    let Some(first) = sets.first() else { return };
    out.push_str("\n# How migrations are run, as it was detected. `after`: nothing up to that version is ever judged.\n");
    let others = sets.iter().filter(|set| (&set.tool, set.dialect) != (&first.tool, first.dialect));
    let others: Vec<String> = others.map(|set| format!("{} ({}, {})", folder(set), set.tool, set.dialect.name())).collect();
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().map(String::as_str).collect();
        let _ = writeln!(
            out,
            "# What is written here speaks of every folder below, of {} too, until a {NAME} there says otherwise.",
            some(&names)
        );
    }
    out.push_str("#[migrations]\n");
    if first.tool != "unknown" {
        let _ = writeln!(out, "#tool = {}", quoted(&first.tool));
    }
    let _ = writeln!(out, "#dialect = {}", quoted(first.dialect.name()));
    if let Some(last) = first.migrations.last().filter(|last| sets.len() == 1 && !last.version.is_empty()) {
        let _ = writeln!(out, "#after = {}", quoted(&last.version));
    }
    let mut versions: BTreeMap<&str, (u32, String)> = BTreeMap::new();
    for set in sets {
        if let Some((major, why)) = servers::of(&outcome.discovery.servers, set.dialect, set.variant.as_deref(), &set.folder) {
            versions.entry(set.dialect.name()).or_insert((major, why));
        }
    }
    out.push_str("\n# The versions that run in production: what a statement locks or rewrites depends on them.\n#[versions]\n");
    for (product, (major, why)) in &versions {
        let _ = writeln!(out, "#{product} = \"{major}\"  # as {}", printable(why));
    }
    if versions.is_empty() {
        let _ = writeln!(out, "#{} = \"16\"", first.dialect.name());
    }
}

fn services(out: &mut String, outcome: &Outcome) {
    let boundaries: Vec<_> = outcome.model.boundaries.iter().collect();
    if boundaries.len() < 2 {
        return;
    }
    let _ = writeln!(
        out,
        "\n# {} found by themselves, which findings are grouped by; `--service NAME` reports on one. Name what is wrong or missing.",
        count(boundaries.len(), "service")
    );
    for one in &boundaries {
        let artifacts: Vec<String> = one.artifacts.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
        let _ = writeln!(out, "#   {}: {} ({})", printable(&one.name), printable(&one.evidence), artifacts.join(", "));
    }
    let path = boundaries.first().and_then(|one| one.paths.first()).map_or("", String::as_str);
    let _ = writeln!(out, "#[services.example]\n#path = {}", quoted(path));
}
