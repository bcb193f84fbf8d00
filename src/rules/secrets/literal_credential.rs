//! A secret that stands in a configuration file as it is.

use super::report;
use crate::diagnostic::Diagnostic;
use crate::model::runtime::secret::{Credential, Form, Holder};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("secrets/literal-credential", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    (0..runtime.possible_secrets()).for_each(|_| context.consider());
    let found = runtime.credentials(Form::Literal).filter_map(|file| {
        let message = |key: &str| format!("the value of `{key}` stands in the file");
        let first = file.first()?;
        let key = &first.key;
        let label = "everybody who can read the repository, and its history, has it";
        let help = match first.holder {
            _ if is_of_chart(&file.path) => "nothing here, and the name of a Secret that the installation has".to_owned(),
            Holder::Terraform => in_terraform(first),
            Holder::Template => in_template(first),
            Holder::Container => format!("Secrets: [{{ Name: {key}, ValueFrom: ARN }}]  # of the container"),
            Holder::Workload => format!("take it from a Secret: valueFrom: {{ secretKeyRef: {{ name: NAME, key: {key} }} }}"),
            Holder::Appsettings => format!("\"\" here, and the value in the environment: {}", key.replace('.', "__")),
            Holder::Interpolated => format!("take it from outside: ${{{}}}", variable(key)),
            _ => "nothing here: a variable of the environment, or a file that is not in the repository".to_owned(),
        };
        report(file, |one| message(&one.key), label, help)
    });
    found.collect()
}

/// A variable of Terraform in its place; one that is a variable already must not name its value, nor another variable.
fn in_terraform(one: &Credential) -> String {
    if let Some(name) = &one.default_of {
        return format!("no `default`, and `sensitive = true`; its value in TF_VAR_{name}");
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let key = match one.key.chars().all(is_plain) && !one.key.starts_with(|c: char| c.is_ascii_digit()) {
        true => one.key.clone(),
        false => format!("\"{}\"", one.key),
    };
    let name = variable(&one.key).to_ascii_lowercase();
    format!("{key} = var.{name}  # `sensitive = true`; its value in TF_VAR_{name}")
}

/// What the cloud looks up when it deploys; a parameter must have no value in the template.
fn in_template(one: &Credential) -> String {
    match &one.default_of {
        Some(name) => format!("no `Default` for `{name}`, and `NoEcho: true`"),
        None => format!("{}: '{{{{resolve:secretsmanager:...}}}}'", one.key),
    }
}

/// Whether a file is called as the values of a chart are, in which variables mean nothing.
fn is_of_chart(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("");
    name.starts_with("values") && (name.ends_with(".yaml") || name.ends_with(".yml"))
}

/// `SPRING_DATASOURCE_PASSWORD` for `spring.datasource.password`.
fn variable(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}
