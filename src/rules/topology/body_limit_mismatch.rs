//! A gateway that refuses bodies which the API documents.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::passages::Passage;
use crate::model::links::uploads::Upload;
use crate::rules::passages::{by_place, joined, rehearsed};
use crate::rules::spread::over;
use crate::rules::{Context, Rule, rule};
use crate::source::Span;

pub(super) const RULE: Rule = rule!("topology/body-limit-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let passages = context.head.passages();
    let mut found = Vec::new();
    let place = |passage: &Passage| Some(passage.route.body_limit.span().unwrap_or(passage.route.pass_span));
    for (span, group) in by_place(&passages, place) {
        let Some((limit, origin)) = group.first().and_then(|passage| passage.route.body_limit.known_with_origin()) else {
            continue;
        };
        let uploads: Vec<(&Passage, Upload)> =
            group.iter().flat_map(|passage| passage.uploads().into_iter().map(move |upload| (*passage, upload))).collect();
        uploads.iter().for_each(|_| context.consider());
        let refused = |(_, upload): &(&Passage, Upload)| match upload.largest {
            Some(largest) => largest > *limit,
            // Without a size only nginx's own megabyte is sure to be too small for files.
            None => origin.is_default(),
        };
        let refused: Vec<(&Passage, Upload)> = uploads.into_iter().filter(refused).collect();
        let Some((passage, upload)) = refused.first() else {
            found.extend(group.first().and_then(|first| of_application(context, first, span, *limit, origin.is_default())));
            continue;
        };
        let (size, operation) = (shown(*limit), upload.operation.subject());
        let message = format!("`{}` refuses bodies over {size}, and `{operation}` takes {}", passage.short_name(), takes(upload));
        let label = match origin.is_default() {
            true => format!("no limit is written: {} takes {size}", passage.gateway.product),
            false => "the client gets 413 above it".to_owned(),
        };
        let wanted = upload.largest.unwrap_or(20 << 20).div_ceil(1 << 20) + 1;
        let fill = [("megabytes", wanted.to_string()), ("bytes", (wanted << 20).to_string())];
        let mut diagnostic = Diagnostic::new(format!("{}/body limit", passage.subject()), message)
            .at(span, label)
            .cause(upload.span, "the body")
            .help(passage.phrase("body", &fill).unwrap_or_else(|| format!("{wanted} MB")))
            .evidence("body limit");
        if origin.is_default() || upload.largest.is_none() {
            diagnostic = diagnostic.at_most(Severity::Warning, "one side is not written");
        }
        let diagnostic =
            over(joined(diagnostic, passage), refused.iter().skip(1).map(|(_, one)| (one.span, one.operation.subject())));
        found.push(rehearsed(diagnostic, passage.profile()));
    }
    found
}

/// A gateway that refuses what the application behind it is told to take.
fn of_application(context: &Context, passage: &Passage<'_>, span: Span, limit: u64, is_default: bool) -> Option<Diagnostic> {
    let bound = context.head.runtime.body_bound(passage.route)?;
    context.consider();
    let (size, wanted) = (shown(limit), bound.bytes.div_ceil(1 << 20));
    let message =
        format!("`{}` refuses bodies over {size}, and what stands behind it takes {}", passage.short_name(), shown(bound.bytes));
    let label = match is_default {
        true => format!("no limit is written: {} takes {size}", passage.gateway.product),
        false => "the client gets 413 above it".to_owned(),
    };
    let fill = [("megabytes", wanted.to_string()), ("bytes", (wanted << 20).to_string())];
    let diagnostic = Diagnostic::new(format!("{}/body limit", passage.subject()), message)
        .at(span, label)
        .cause(bound.span, format!("`{}`", bound.key))
        .help(passage.phrase("body", &fill).unwrap_or_else(|| format!("{wanted} MB")))
        .evidence("body limit of the application")
        .at_most(Severity::Warning, "nobody is seen to send so much");
    let diagnostic = match context.head.runtime.is_run_by_nobody(passage.route) {
        true => diagnostic.at_most(Severity::Info, "no service is seen to run the gateway"),
        false => diagnostic,
    };
    (bound.bytes > limit).then(|| rehearsed(diagnostic, passage.profile()))
}

fn takes(upload: &Upload<'_>) -> String {
    upload.largest.map_or("files".to_owned(), |largest| format!("up to {}", shown(largest)))
}

fn shown(bytes: u64) -> String {
    // One digit after the point, where it is not zero.
    let in_units = |unit: u64, name: &str| {
        let tenths = bytes / unit * 10 + bytes % unit * 10 / unit;
        match tenths % 10 {
            0 => format!("{} {name}", tenths / 10),
            rest => format!("{}.{rest} {name}", tenths / 10),
        }
    };
    match bytes {
        1_048_576.. => in_units(1 << 20, "MB"),
        1_024.. => in_units(1 << 10, "kB"),
        _ => format!("{bytes} bytes"),
    }
}
