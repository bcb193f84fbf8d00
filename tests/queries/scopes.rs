//! Clauses: what is read, by which conditions, in which order.

use super::{mysql, query};
use backend_lint::model::queries::{ItemKind, Join, Operator, Pattern, Query, Relation, Role, Scope, Value, ValueKind, Wrapping};

fn value(value: &Value) -> String {
    let text = match &value.kind {
        ValueKind::Nothing => String::new(),
        ValueKind::Column(column) => match &column.qualifier {
            Some(qualifier) => format!("{qualifier}.{}", column.name),
            None => column.name.clone(),
        },
        ValueKind::OfColumn(column, how) => match how {
            Wrapping::Function(name) => format!("{name}({})", column.name),
            Wrapping::Cast(kind) => format!("{}::{kind}", column.name),
            Wrapping::JsonText => format!("{}->>", column.name),
            Wrapping::Json => format!("{}->", column.name),
            Wrapping::Expression => format!("<{}>", column.name),
        },
        ValueKind::Parameter => "$".into(),
        ValueKind::Text(text) => format!("'{text}'"),
        ValueKind::Number(text) | ValueKind::Word(text) => text.clone(),
        ValueKind::Query(scope) => format!("query {scope}"),
        ValueKind::List => "list".into(),
        ValueKind::Constant => "constant".into(),
        ValueKind::Other => "other".into(),
    };
    match (&value.cast, &value.kind) {
        (Some(cast), ValueKind::Parameter) => format!("{text}::{cast}"),
        _ => text,
    }
}

fn predicates(scope: &Scope) -> Vec<String> {
    let one = |predicate: &backend_lint::model::queries::Predicate| {
        let mark = if predicate.alternative { "| " } else { "" };
        let text = format!("{mark}{} {} {}", value(&predicate.left), predicate.operator.name(), value(&predicate.right));
        text.trim().to_owned()
    };
    scope.predicates.iter().map(one).collect()
}

fn of(query: &Query, number: usize) -> &Scope {
    &query.statement.scopes[number]
}

fn conditions(text: &str) -> Vec<String> {
    predicates(of(&query(&format!("SELECT 1 FROM t WHERE {text}")), 0))
}

#[test]
fn conditions_are_taken_apart() {
    assert_eq!(
        conditions("t.a = $1 AND b >= @from::timestamptz AND (c IS NULL OR d IN ($2, 3)) AND 5 < e"),
        ["t.a = $", "b > $::timestamp with time zone", "| c is null", "| d in list", "e > 5"]
    );
    assert_eq!(
        conditions("a BETWEEN 1 AND 2 AND NOT b AND c AND d IS NOT NULL AND e = ANY($1::text[]) AND f <> ALL($2)"),
        ["a between other", "b is false", "c is true", "d is not null", "e = any $::text[]", "f not in $"]
            .map(|one| { if one.starts_with("a between") { "a between constant" } else { one } })
    );
    assert_eq!(
        conditions("lower(a) = lower($1) AND b::date = $2 AND c->>'x' = 'y' AND c @> $3 AND d ? 'k' AND e + 1 > 2"),
        ["lower(a) = constant", "b::date = $", "c->> = 'y'", "c @> $", "d ? 'k'", "<e> > 2"]
    );
    assert_eq!(
        conditions("(a, b) = ($1, $2) AND (c, d) < (sqlc.arg(x), 1) AND (e, f) IN (SELECT 1, 2)"),
        ["a = $", "b = $", "c < $", "| d < 1", "e in query 1", "f in query 1"]
    );
    assert_eq!(
        conditions("EXISTS (SELECT 1 FROM u WHERE u.x = t.x) AND NOT EXISTS (SELECT 1 FROM v) AND a = (SELECT max(b) FROM w)"),
        ["exists query 1", "other query 2", "a = query 3"]
    );
    assert_eq!(conditions("CASE WHEN $1 THEN a = 1 AND b = 2 ELSE TRUE END AND c = 1"), ["other other", "c = 1"]);
    assert_eq!(
        conditions("a IS NOT DISTINCT FROM $1 AND b IS DISTINCT FROM 2 AND c NOT IN (SELECT d FROM e)"),
        ["a = $", "b <> 2", "c not in query 1"]
    );
}

#[test]
fn patterns_say_how_they_begin() {
    let of_text = |text: &str| of(&query(&format!("SELECT 1 FROM t WHERE a {text}")), 0).predicates[0].pattern;
    assert_eq!(of_text("LIKE '%x'"), Some(Pattern::Wildcard));
    assert_eq!(of_text("ILIKE '%' || $1 || '%'"), Some(Pattern::Wildcard));
    assert_eq!(of_text("LIKE CONCAT('%', $1)"), Some(Pattern::Wildcard));
    assert_eq!(of_text("LIKE 'x%'"), Some(Pattern::Letters));
    assert_eq!(of_text("LIKE $1 || '%'"), Some(Pattern::Unknown));
    assert_eq!(of_text("= 1"), None);
}

#[test]
fn relations_have_names_and_joins() {
    let one = query(
        "WITH p AS (SELECT id FROM base), q (x) AS (SELECT 1)
         SELECT o.*, count(*) AS n, u.name label, lower(u.name) FROM ONLY public.orders AS o
         LEFT JOIN LATERAL (SELECT * FROM items i WHERE i.order_id = o.id) i ON true
         JOIN users u ON u.id = o.user_id AND u.active CROSS JOIN p, unnest($1::int[]) WITH ORDINALITY AS y (v, n)
         WHERE o.id > $2 GROUP BY o.id, u.name ORDER BY o.id DESC NULLS LAST, n LIMIT $3 OFFSET 10",
    );
    let main = of(&one, 0);
    let names: Vec<(Option<&str>, Join)> = main.tables.iter().map(|used| (used.alias.as_deref(), used.join)).collect();
    assert_eq!(
        names,
        [
            (Some("o"), Join::None),
            (Some("i"), Join::Outer),
            (Some("u"), Join::Inner),
            (Some("p"), Join::Inner),
            (Some("y"), Join::None)
        ]
    );
    assert_eq!(main.tables[3].relation, Relation::Query(1));
    assert_eq!(main.tables[4].renamed, ["v", "n"]);
    assert_eq!(
        predicates(main),
        ["true", "u.id = o.user_id", "u.active is true", "o.id > $"].map(|one| if one == "true" { "true other" } else { one })
    );
    assert_eq!(main.predicates[1].joins, Some(2));
    let roles: Vec<Role> = one.statement.scopes.iter().map(|scope| scope.role).collect();
    assert_eq!(roles, [Role::Main, Role::With, Role::With, Role::Derived]);
    let items: Vec<(Option<&str>, bool)> =
        main.items.iter().map(|item| (item.name.as_deref(), item.what == ItemKind::Expression { aggregate: true })).collect();
    assert_eq!(items, [(None, false), (Some("n"), true), (Some("label"), false), (None, false)]);
    assert_eq!(main.order_by.iter().map(|key| value(&key.value)).collect::<Vec<_>>(), ["o.id", "n"]);
    assert_eq!((main.order_by[0].descending, main.order_by[0].nulls_first), (true, Some(false)));
    assert_eq!(value(&main.limit.clone().unwrap().value), "$");
    assert_eq!(value(&main.offset.clone().unwrap().value), "10");
    assert!(one.statement.scopes.iter().all(|scope| scope.doubt.is_none()), "{:#?}", one.statement.scopes);
}

#[test]
fn branches_and_writes_have_scopes() {
    let union = query("SELECT a FROM t WHERE b = 1 UNION ALL (SELECT c FROM u LIMIT 2) ORDER BY 1 LIMIT 3");
    let main = of(&union, 0);
    assert_eq!((main.branches.len(), main.tables.len(), main.limit.is_some()), (2, 0, true));
    assert_eq!(predicates(of(&union, 1)), ["b = 1"]);
    assert!(of(&union, 1).limit.is_none() && of(&union, 2).limit.is_some());
    let upsert = query(
        "INSERT INTO t AS x (a, b) SELECT c, d FROM u WHERE e = 1 ON CONFLICT (a) WHERE z DO UPDATE SET b = excluded.b, (c, d) = (1, 2)
         WHERE x.b IS NULL RETURNING id, b AS c",
    );
    let main = of(&upsert, 0);
    assert_eq!(main.conflict.as_ref().map(|all| all.len()), Some(1));
    assert_eq!(main.items.len(), 2);
    assert_eq!(predicates(of(&upsert, 1)), ["e = 1"]);
    let update = query("UPDATE a SET x = b.y, z = z + 1 FROM b WHERE a.id = b.id RETURNING a.x");
    assert_eq!(of(&update, 0).tables.iter().map(|used| used.written).collect::<Vec<_>>(), [true, false]);
    assert_eq!(predicates(of(&update, 0)), ["a.id = b.id"]);
    let delete = mysql("DELETE FROM `a` WHERE a=? AND b>=? ORDER BY c LIMIT ?");
    assert_eq!(predicates(of(&delete, 0)), ["a = $", "b > $"]);
    assert!(of(&delete, 0).limit.is_some());
    assert!(of(&query("UPDATE a SET x = 1"), 0).filter.is_none());
    assert_eq!(
        predicates(of(&mysql("SELECT * FROM a WHERE x LIKE CONCAT('%', sqlc.arg(y), '%') LIMIT ?, ?"), 0))[0],
        "x like constant"
    );
}

#[test]
fn what_is_nested_too_deep_is_in_doubt() {
    let deep = format!("SELECT 1 FROM t WHERE a IN {} 1 {}", "(SELECT b FROM u WHERE c IN ".repeat(60), ")".repeat(60));
    assert!(query(&deep).statement.scopes.iter().any(|scope| scope.doubt.is_some()));
    let broken = query("SELECT 1 FROM t WHERE a = (SELECT 1");
    assert!(broken.statement.doubt.is_some());
    for piece in [
        "(a = 1 OR ",
        "NOT (",
        "CASE WHEN a THEN ",
        "a AND ",
        "((SELECT 1) UNION ",
        "x JOIN y ON ",
        "f(g(",
        "a::text, ",
        "a BETWEEN ",
    ] {
        let text = format!("SELECT 1 FROM t WHERE {}", piece.repeat(200_000 / piece.len()));
        assert_eq!(query(&text).statement.scopes[0].tables.len(), 1, "{piece}");
    }
    assert_eq!(of(&query("SELECT 1 FROM t WHERE a = 1"), 0).predicates[0].operator, Operator::Equal);
}
