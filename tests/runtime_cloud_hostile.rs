//! What nobody should write: the readers of clouds, brokers and alerts stay linear and never panic.

#[path = "support/memory.rs"]
mod memory;
#[path = "support/within.rs"]
mod within;

use backend_lint::documents::hcl;
use backend_lint::model::runtime::{self, Runtime, promql};
use backend_lint::source::SourceId;
use memory::read_runtime;
use proptest::prelude::*;
use std::fmt::Write;
use std::time::Duration;
use within::within;

fn read(files: &[(&str, String)]) -> (Runtime, usize) {
    let (runtime, sources, unread) = read_runtime(files);
    // The whole of it, so that every view runs.
    let _ = runtime::to_json(&runtime, &sources);
    let _ = (
        runtime.deliveries().count(),
        runtime.functions_that_outlast_apis(Duration::ZERO).0,
        runtime.functions_that_drop_events().0,
    );
    let _ = (runtime.rabbit_queues_without_dead_letters().0, runtime.hasty_pages().0, runtime.keeps_objectives());
    let _ = (runtime.telemetry_endpoints().len(), runtime.collectors().count(), runtime.topics().count());
    (runtime, unread.len())
}

fn refused(text: &str) {
    let file = hcl::parse(SourceId(0), text);
    assert_eq!((file.problems.len(), file.body.blocks.len()), (1, 0), "{}", &text[..40.min(text.len())]);
}

#[test]
fn deep_terraform_is_refused_in_words() {
    within(20, "deep texts", || {
        for (open, close) in [("(", ")"), ("[", "]"), ("{ a = ", " }"), ("\"${", "}\""), ("f(", ")"), ("[for a in ", " : a]")] {
            refused(&format!("a = {}1{}\n", open.repeat(100_000), close.repeat(100_000)));
            refused(&format!("a = {}1\n", open.repeat(100_000)));
        }
        refused(&"a {\n".repeat(100_000));
        for chain in ["!", "-", "1 + ", "1 == 1 ? 2 : "] {
            refused(&format!("a = {}1\n", chain.repeat(100_000)));
        }
        refused(&format!("a = \"{}\"\n", "%{ if a }".repeat(50_000)));
        refused(&format!("a = {{\n{}}}\n", "b = 1\n".repeat(100_000)));
    });
}

#[test]
fn forty_levels_fit_on_the_stack_of_a_thread() {
    let deep = |open: &str, close: &str| format!("a = {}1{}\n", open.repeat(38), close.repeat(38));
    let texts = [deep("(", ")"), deep("[", "]"), deep("f(", ")"), deep("{ a = ", " }"), deep("\"${", "}\"")];
    within(60, "forty levels", || {
        let work = move || texts.iter().for_each(|text| drop(hcl::parse(SourceId(0), text)));
        std::thread::spawn(work).join().expect("no overflow");
    });
}

#[test]
fn long_terraform_folders() {
    let mut text = String::from("locals {\n");
    (0..10_000).for_each(|at| writeln!(text, "  v{at} = local.v{}", at + 1).unwrap());
    text.push_str("}\n");
    for at in 0..3_000 {
        write!(
            text,
            "resource \"aws_sqs_queue\" \"q{at}\" {{\n  visibility_timeout_seconds = var.v{at}\n}}\nvariable \"v{at}\" {{\n  default = {at}\n}}\n\
             resource \"aws_lambda_function\" \"f{at}\" {{\n  timeout = {at}\n}}\nresource \"aws_lambda_event_source_mapping\" \"m{at}\" {{\n  \
             event_source_arn = aws_sqs_queue.q{at}.arn\n  function_name = aws_lambda_function.f{at}.arn\n}}\n"
        )
        .unwrap();
    }
    within(60, "3,000 queues and functions", || {
        let (runtime, unread) = read(&[("main.tf", text)]);
        assert_eq!((runtime.deliveries().count(), unread), (3_000, 0));
    });
}

#[test]
fn long_terraform_folders_of_containers() {
    let mut text = String::new();
    for at in 0..2_000 {
        write!(
            text,
            "resource \"aws_lb\" \"l{at}\" {{\n  idle_timeout = 30\n}}\nresource \"aws_lb_listener\" \"n{at}\" {{\n  load_balancer_arn = \
             aws_lb.l{at}.arn\n  default_action {{\n    target_group_arn = aws_lb_target_group.g{at}.arn\n  }}\n}}\nresource \
             \"aws_ecs_task_definition\" \"t{at}\" {{\n  container_definitions = jsonencode([{{ name = \"a\", image = \"a\", environment = [{{ \
             name = \"U\", value = \"postgres://${{aws_db_instance.d{at}.address}}/a\" }}] }}])\n}}\nresource \"aws_ecs_service\" \"s{at}\" {{\n  \
             task_definition = aws_ecs_task_definition.t{at}.arn\n  load_balancer {{\n    target_group_arn = \
             aws_lb_target_group.g{at}.arn\n    container_name = \"a\"\n  }}\n}}\nresource \"aws_db_instance\" \"d{at}\" {{\n  engine = \
             \"postgres\"\n}}\nresource \"aws_appautoscaling_target\" \"a{at}\" {{\n  resource_id = \
             \"service/${{aws_ecs_service.s{at}.name}}\"\n  max_capacity = 9\n}}\n"
        )
        .unwrap();
    }
    within(60, "2,000 services with all around them", || {
        let (runtime, unread) = read(&[("main.tf", text)]);
        assert_eq!((runtime.services().count(), runtime.edges().count(), unread), (4_000, 2_000, 0));
    });
}

#[test]
fn values_that_multiply() {
    let chart = "name: a\nversion: 1.0.0\n";
    let mut bomb = String::from("image: { repository: a }\nreplicaCount: 1\n");
    bomb.push_str("x0: &x0 { a: { b: { c: {} } } }\n");
    (1..60).for_each(|at| {
        writeln!(bomb, "x{at}: &x{at} {{ a: *x{0}, b: *x{0}, c: *x{0}, d: *x{0}, e: [*x{0}, *x{0}] }}", at - 1).unwrap()
    });
    within(30, "maps that multiply", || {
        let (runtime, _) = read(&[("c/Chart.yaml", chart.into()), ("c/values.yaml", bomb)]);
        assert_eq!(runtime.services().count(), 1);
    });
    let mut many = String::new();
    (0..20_000).for_each(|at| writeln!(many, "p{at}: {{ image: {{ repository: r{at} }}, replicaCount: {at} }}").unwrap());
    within(30, "20,000 parts", || {
        let (runtime, _) = read(&[("c/Chart.yaml", chart.into()), ("c/values.yaml", many)]);
        assert!(runtime.services().count() >= 500);
    });
}

#[test]
fn variables_that_nothing_sets_by_the_thousand() {
    let mut text = String::from("services:\n  a:\n    image: a\n    command: [");
    (0..20_000).for_each(|at| write!(text, "\"$V{}\", ", at % 1_900).unwrap());
    text.push_str("]\n    environment:\n");
    (0..20_000).for_each(|at| writeln!(text, "      E{at}: \"${{V{}}}\"", at % 1_900).unwrap());
    within(30, "40,000 uses", || {
        let (runtime, _) = read(&[("compose.yaml", text)]);
        assert_eq!(runtime.unset_variables().1.first().map(|one| one.all.len()), Some(1_900));
    });
}

#[test]
fn templates_that_go_in_circles_or_multiply() {
    let mut bomb = String::from("Transform: AWS::Serverless-2016-10-31\nx0: &x0 [a, a]\n");
    (1..40).for_each(|at| writeln!(bomb, "x{at}: &x{at} [*x{0}, *x{0}, *x{0}]", at - 1).unwrap());
    bomb.push_str(
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Environment:\n        Variables:\n          A: *x39\n",
    );
    within(20, "aliases that multiply", || assert_eq!(read(&[("template.yaml", bomb)]).0.functions().count(), 1));
    let circle = "service: a\nprovider: {name: aws}\ncustom: {a: '${self:custom.b}', b: '${self:custom.a}'}\nfunctions:\n  f:\n    timeout: \
                  ${self:custom.a}\n  g: ${file(serverless.yml):functions.g}\nresources:\n  - ${file(serverless.yml)}\n";
    within(20, "variables in circles", || assert_eq!(read(&[("serverless.yml", circle.into())]).0.functions().count(), 1));
    let mut many = String::from("service: a\nprovider: {name: aws}\nfunctions:\n");
    (0..20_000).for_each(|at| writeln!(many, "  f{at}: {{timeout: {}, events: [{{httpApi: '*'}}]}}", at % 900).unwrap());
    within(30, "20,000 functions", || assert_eq!(read(&[("serverless.yml", many)]).0.functions().count(), 20_000));
}

/// What tells a template from other files.
const VERSION: &str = "AWSTemplateFormatVersion: \"2010-09-09\"\n";

#[test]
fn calls_within_calls_that_multiply() {
    let task = |value: &str| {
        format!(
            "Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      ContainerDefinitions:\n        - Name: api\n          \
             Image: acme/api:1\n          Environment:\n            - Name: API_URL\n              Value: {value}\n  Api:\n    Type: \
             AWS::ECS::Service\n    Properties:\n      DesiredCount: 2\n      TaskDefinition: !Ref Task\n"
        )
    };
    let services = |text: String| read(&[("template.yaml", format!("{VERSION}{text}"))]).0.services().count();
    let nested = (0..7).fold("x".to_owned(), |inner, _| format!("!Sub [\"{}\", {{a: {inner}}}]", "${a}".repeat(40)));
    let text = task(&nested);
    within(20, "texts in texts", move || assert_eq!(services(text), 1));
    let uses = "${a}".repeat(20_000);
    let text = task(&format!("!Sub [\"{uses}\", {{a: !Sub [\"{uses}\", {{a: x}}]}}]"));
    within(20, "20,000 uses of 20,000", move || assert_eq!(services(text), 1));
    let mut aliases = String::from("x0: &x0 !Join [\"-\", [a, b]]\n");
    (1..8).for_each(|at| writeln!(aliases, "x{at}: &x{at} !Join [\"-\", [{}a]]", format!("*x{}, ", at - 1).repeat(60)).unwrap());
    let text = format!("{aliases}{}", task("*x7"));
    within(20, "lists in lists", move || assert_eq!(services(text), 1));
    let scaled = "  Scaled:\n    Type: AWS::ApplicationAutoScaling::ScalableTarget\n    Properties:\n      MaxCapacity: 9\n      ResourceId: *x7\n";
    let text = format!("{aliases}{}{scaled}", task("x"));
    within(20, "what is scaled", move || assert_eq!(services(text), 1));
}

#[test]
fn templates_of_many_services() {
    let mut text = format!("{VERSION}Resources:\n");
    for at in 0..5_000 {
        writeln!(
            text,
            "  T{at}: {{Type: 'AWS::ECS::TaskDefinition', Properties: {{ContainerDefinitions: [{{Name: a, Image: a}}]}}}}"
        )
        .unwrap();
        writeln!(text, "  S{at}: {{Type: 'AWS::ECS::Service', Properties: {{TaskDefinition: {{Ref: T{at}}}}}}}").unwrap();
        writeln!(
            text,
            "  A{at}: {{Type: 'AWS::ApplicationAutoScaling::ScalableTarget', Properties: {{MaxCapacity: 9, ResourceId: {{Ref: S{at}}}}}}}"
        )
        .unwrap();
    }
    within(60, "5,000 services", || assert_eq!(read(&[("template.yaml", text)]).0.services().count(), 5_000));
}

#[test]
fn properties_without_texts_that_multiply() {
    let list = "*p, ".repeat(8);
    let text =
        format!("{VERSION}Resources:\n  A:\n    Type: AWS::X::Y\n    Properties: &p\n      A: [{list}]\n      B: [{list}]\n");
    let mut deep = format!("{VERSION}x0: &x0 [[]]\n");
    (1..16).for_each(|at| writeln!(deep, "x{at}: &x{at} [{}]", format!("*x{}, ", at - 1).repeat(8)).unwrap());
    deep.push_str("Resources:\n  A:\n    Type: AWS::X::Y\n    Properties: {A: *x15}\n");
    within(20, "aliases without texts", || drop(read(&[("template.yaml", text), ("other/template.yaml", deep)])));
}

#[test]
fn large_brokers_and_rule_files() {
    let mut text = String::from("{\"vhosts\": [], \"queues\": [");
    (0..20_000).for_each(|at| write!(text, "{{\"name\": \"q{at}\"}},").unwrap());
    text.push_str("{\"name\": \"q\"}], \"policies\": [");
    (0..20_000).for_each(|at| {
        write!(text, "{{\"pattern\": \"^p{at}\", \"definition\": {{\"dead-letter-exchange\": \"x\"}}}},").unwrap()
    });
    text.push_str("{}]}");
    within(60, "20,000 queues and policies", || assert_eq!(read(&[("definitions.json", text)]).0.queues().count(), 20_001));
    let mut rules = String::from("groups:\n- rules:\n");
    (0..3_000).for_each(|at| writeln!(rules, "  - record: a:b{at}\n    expr: a:b{} + a:b{at}", at + 1).unwrap());
    (0..3_000).for_each(|_| rules.push_str("  - alert: A\n    expr: a:b0 > 1\n    labels: {severity: page}\n"));
    within(60, "recorded series in a chain", || assert_eq!(read(&[("rules.yml", rules)]).0.alerts().count(), 3_000));
    let long = "sum(rate(a{b=\"c\"}[5m])) by (d) / ".repeat(50_000);
    within(20, "a long expression", || drop(promql::features(&long)));
    within(20, "open braces", || drop(promql::features(&"a{b=\"".repeat(100_000))));
    within(20, "open quotes", || drop(promql::features(&"{'".repeat(100_000))));
}

proptest! {
    #[test]
    fn random_terraform_never_panics(text in "[a-z0-9{}\\[\\]()\"$%=!?:<\\-.,#/*\n é\\\\]{0,200}") {
        let _ = hcl::parse(SourceId(0), &text);
    }

    #[test]
    fn random_expressions_never_panic(text in "[a-z0-9{}\\[\\]()\"'`=!~>:,#/\n é\\\\]{0,200}") {
        let _ = promql::features(&text);
    }
}
