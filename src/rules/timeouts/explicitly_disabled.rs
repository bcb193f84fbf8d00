//! A timeout that is written as zero or infinite.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::runtime::patience::EndlessWait;
use crate::model::runtime::pool::EndlessPoolWait;
use crate::model::runtime::wait::InstantTimeout;
use crate::model::runtime::{Profile, SettingRef};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("timeouts/explicitly-disabled", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let mut found = Vec::new();
    for setting in runtime.settings() {
        context.consider();
        if setting.is_never() && setting.setting().on_purpose.is_none() {
            found.extend(never(setting));
        }
    }
    for instant in runtime.instant_timeouts() {
        context.consider();
        found.push(rehearsed(at_once(&instant), runtime.gateway_profile(instant.route)));
    }
    for endless in runtime.endless_waits() {
        context.consider();
        found.push(rehearsed(endless_wait(context, &endless), endless.gateway.profile));
    }
    for endless in runtime.endless_pool_waits() {
        context.consider();
        found.push(rehearsed(endless_pool_wait(&endless), endless.use_for));
    }
    found
}

fn endless_pool_wait(endless: &EndlessPoolWait) -> Diagnostic {
    let message = format!("who asks `{}` for a connection may wait for ever", endless.name);
    Diagnostic::new(format!("{}/wait", endless.subject), message)
        .at(endless.span, "0 means no limit here")
        .help(endless.instead)
        .evidence("wait for a connection")
}

fn endless_wait(context: &Context, endless: &EndlessWait<'_>) -> Diagnostic {
    let (name, written, route) = (&endless.name, endless.written, endless.route);
    let diagnostic = Diagnostic::new(
        format!("{}/{name}", route.name),
        format!("`{name}: {written}` of `{}` is no limit: {} waits for ever", route.name, endless.gateway.product),
    )
    .at(endless.span, "0 means no limit here")
    .help(endless.instead.clone().unwrap_or_else(|| format!("{name}: 5s")))
    .evidence(name.clone());
    match context.head.operations_behind(route).iter().any(|api| !api.operations.is_empty()) {
        true => diagnostic,
        // Streams are passed on with such a limit too, and nothing says what stands behind.
        false => diagnostic.at_most(Severity::Info, "what stands behind it may stream"),
    }
}

fn never(setting: SettingRef<'_>) -> Option<Diagnostic> {
    let (said, span) = (setting.setting(), setting.span()?);
    let mut diagnostic =
        Diagnostic::new(setting.subject(), format!("{} is 0: {} for ever", setting.quoted_name(), setting.what_may_last()))
            .at(span, "0 means no limit here")
            .help(said.instead.clone())
            .evidence(said.name.clone());
    if let Some(why) = &said.weaker {
        diagnostic = diagnostic.at_most(Severity::Info, why.clone());
    }
    if !setting.is_of_product() {
        diagnostic = diagnostic.sure_at_most(Confidence::Medium, "what 0 means is the application's to say");
    }
    Some(rehearsed(diagnostic, setting.profile()))
}

fn at_once(instant: &InstantTimeout<'_>) -> Diagnostic {
    let (directive, written) = (&instant.directive, instant.written);
    Diagnostic::new(instant.subject(), format!("`{directive} {written}` is no \"never\": nginx gives up at once"))
        .at(instant.span, "an answer that is not there yet becomes a 504")
        .context(instant.route.pass_span, "in force here")
        .help(format!("{directive} 60s;"))
        .evidence(directive.clone())
}

fn rehearsed(diagnostic: Diagnostic, profile: Profile) -> Diagnostic {
    match profile.is_rehearsal() {
        true => diagnostic.at_most(Severity::Info, format!("its profile is {}", profile.name())),
        false => diagnostic,
    }
}
