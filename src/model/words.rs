//! Names as word lists, so that `lineItems`, `line_items` and `LineItem` are one thing.

mod regulated;
mod snake;

pub use regulated::{
    CardName, card_name, is_audit, is_card_number, is_card_secret, is_inside, is_transformed, speaks_of_cards,
    speaks_of_other_cards, speaks_of_paying,
};
pub use snake::snake;

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

struct Inflections {
    irregular: HashMap<String, String>,
    singular: HashSet<String>,
    before: HashSet<String>,
    after: HashSet<String>,
    scopes: HashSet<String>,
    growing: HashSet<String>,
    wrappers: HashSet<String>,
    part_marks: HashSet<String>,
    audit: HashSet<String>,
    audit_verbs: HashSet<String>,
    audit_marks: HashSet<String>,
    card_secrets: HashSet<String>,
    card_doubtful: HashSet<String>,
    card_signs: HashSet<String>,
    card_of_cards: HashSet<String>,
    card_paying: HashSet<String>,
    card_others: HashSet<String>,
    card_numbers: HashSet<String>,
    insides: HashSet<String>,
    sorts: HashSet<String>,
    transformed: HashSet<String>,
    soft_delete: HashSet<String>,
    common: HashSet<String>,
    money: HashSet<String>,
    moments: HashSet<String>,
    bookkeeping: HashSet<String>,
    transitions: HashSet<String>,
    verbs: HashSet<String>,
    joints: HashSet<String>,
    initialisms: HashSet<String>,
    caches: HashSet<String>,
    request_keys: HashSet<String>,
    creating: HashSet<String>,
    row_versions: HashSet<String>,
    secrets: HashSet<String>,
    sometimes_secret: HashSet<String>,
    internal: HashSet<String>,
    tenants: HashSet<String>,
    outboxes: HashSet<String>,
    sent_marks: HashSet<String>,
    inboxes: HashSet<String>,
    message_numbers: HashSet<String>,
    shown_parts: HashSet<String>,
    filters: HashSet<String>,
    ranges: HashSet<String>,
    since: HashSet<String>,
    table_marks: HashSet<String>,
}

fn inflections() -> &'static Inflections {
    static TABLE: OnceLock<Inflections> = OnceLock::new();
    TABLE.get_or_init(|| {
        let table: toml::Table = include_str!("../../data/names.toml").parse().unwrap_or_default();
        let irregular = table.get("irregular").and_then(|value| value.as_table()).into_iter().flatten();
        let irregular = irregular.filter_map(|(plural, one)| Some((plural.clone(), one.as_str()?.to_owned()))).collect();
        let list = |group: &str, key: &str| -> HashSet<String> {
            let words =
                table.get(group).and_then(|value| value.get(key)).and_then(|value| value.as_array()).into_iter().flatten();
            words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
        };
        Inflections {
            irregular,
            singular: list("singular", "words"),
            before: list("carried", "before"),
            after: list("carried", "after"),
            scopes: list("scopes", "columns"),
            growing: list("growing", "words"),
            wrappers: list("wrappers", "properties"),
            part_marks: list("parts", "marks"),
            audit: list("audit", "columns"),
            audit_verbs: list("audit", "verbs"),
            audit_marks: list("audit", "marks"),
            card_secrets: list("cards", "secrets"),
            card_doubtful: list("cards", "doubtful"),
            card_signs: list("cards", "signs"),
            card_of_cards: list("cards", "of_cards"),
            card_paying: list("cards", "paying"),
            card_others: list("cards", "others"),
            card_numbers: list("cards", "numbers"),
            insides: list("insides", "properties"),
            sorts: list("sorts", "parameters"),
            transformed: list("transformed", "parts"),
            soft_delete: list("soft_delete", "columns"),
            common: list("common", "words"),
            money: list("money", "words"),
            moments: list("moments", "words"),
            bookkeeping: list("bookkeeping", "tables"),
            transitions: list("transition", "marks"),
            verbs: list("operations", "verbs"),
            joints: list("operations", "joints"),
            initialisms: list("initialisms", "words"),
            caches: list("caches", "words"),
            request_keys: list("request_keys", "columns"),
            creating: list("operations", "creating"),
            row_versions: list("row_versions", "columns"),
            secrets: list("secrets", "columns"),
            sometimes_secret: list("secrets", "sometimes"),
            internal: list("internal", "columns"),
            tenants: list("tenants", "columns"),
            outboxes: list("outbox", "words"),
            sent_marks: list("outbox", "marks"),
            inboxes: list("inbox", "tables"),
            message_numbers: list("inbox", "numbers"),
            shown_parts: list("secrets", "shown"),
            filters: list("filters", "heads"),
            ranges: list("filters", "ranges"),
            since: list("filters", "moments"),
            table_marks: list("tables", "marks"),
        }
    })
}

/// The singular of one English word in lower case.
pub fn singular(word: &str) -> String {
    let table = inflections();
    if let Some(one) = table.irregular.get(word) {
        return one.clone();
    }
    if table.singular.contains(word) || word.len() < 4 || !word.ends_with('s') || word.ends_with("ss") {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    word[..word.len() - 1].to_owned()
}

/// A name in snake case with its last word in the singular: the name of one row or one resource.
pub fn noun(name: &str) -> String {
    let snake = snake(name);
    match snake.rsplit_once('_') {
        Some((head, last)) => format!("{head}_{}", singular(last)),
        None => singular(&snake),
    }
}

/// A noun without the words that API and table names carry for other reasons: `CreateOrderRequest` and `order_dto` are `order`.
pub fn bare_noun(name: &str) -> String {
    bare_nouns(name).pop().unwrap_or_default()
}

/// The nouns that a name may say, the most words first: `order_item_request`, `order_item` and `order` for `CreateOrderItemRequest`.
pub fn bare_nouns(name: &str) -> Vec<String> {
    let table = inflections();
    let snake = snake(name);
    let mut words: Vec<&str> = snake.split('_').collect();
    while words.len() > 1 && table.before.contains(words[0]) {
        words.remove(0);
    }
    let mut found = vec![noun(&words.join("_"))];
    while words.len() > 1 && words.last().is_some_and(|last| table.after.contains(*last)) {
        words.pop();
        found.push(noun(&words.join("_")));
    }
    found
}

/// The name of a table in snake case without what says no more than that it is one: `order` for `tbl_order` and `order_tbl`.
pub fn without_table_mark(snake: &str) -> &str {
    let marks = &inflections().table_marks;
    let head = snake.split_once('_').filter(|(mark, rest)| marks.contains(*mark) && !rest.is_empty()).map(|(_, rest)| rest);
    let tail = || snake.rsplit_once('_').filter(|(rest, mark)| marks.contains(*mark) && !rest.is_empty()).map(|(rest, _)| rest);
    head.or_else(tail).unwrap_or(snake)
}

/// Whether a word before a name says that it filters: `filter[status]`.
pub fn is_filter(head: &str) -> bool {
    inflections().filters.contains(&head.to_ascii_lowercase())
}

/// The columns of which a filter may ask for one side, in snake case: `price` for `min_price`, `created` and `created_at` for
/// `createdAfter` and `created[gte]`; none where its name has no such word.
pub fn ranged(name: &str) -> Vec<String> {
    let table = inflections();
    let snake = snake(name);
    let tail = snake.rsplit_once('_').filter(|(_, word)| table.ranges.contains(*word));
    let head = || snake.split_once('_').filter(|(word, _)| table.ranges.contains(*word)).map(|(word, rest)| (rest, word));
    let Some((column, word)) = tail.or_else(head) else { return Vec::new() };
    let mut found = vec![column.to_owned()];
    if table.since.contains(word) {
        found.extend(["at", "on", "date", "time"].map(|ending| format!("{column}_{ending}")));
    }
    found
}

/// What the name of an operation or query says that one thing is: `order` for `listOrders`, `orders.list`, `GetOrderByID`. `None`
/// where it is nothing but verbs.
pub fn spoken_noun(name: &str) -> Option<String> {
    let table = inflections();
    let of_part = |part: &str| {
        let snake = snake(part);
        let words: Vec<&str> = snake.split('_').filter(|word| !word.is_empty()).collect();
        let end = words.iter().skip(1).position(|word| table.joints.contains(*word)).map_or(words.len(), |at| at + 1);
        let says_nothing = |word: &&&str| table.verbs.contains(**word) || version(word).is_some_and(|version| version == ***word);
        let start = words.iter().take(end).take_while(says_nothing).count();
        let kept = words.get(start..end)?;
        let tail = kept.iter().rev().take_while(says_nothing).count();
        let kept = kept.get(..kept.len() - tail)?;
        (!kept.is_empty()).then(|| noun(&kept.join("_")))
    };
    name.rsplit(['.', ':', '/', '#']).find_map(of_part)
}

/// Whether a text holds a word as a whole, upper and lower case alike.
pub fn mentions(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    !word.is_empty()
        && text.match_indices(word.as_str()).any(|(at, _)| {
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let after = text.get(at + word.len()..).and_then(|tail| tail.chars().next());
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
}

/// Whether one name of a column says what the other says in other or more words: `name` and `full_name`, `status` and
/// `status_v2`. Words that half of all columns carry (`id`, `at`) say nothing.
pub fn is_rewording(a: &str, b: &str) -> bool {
    let telling = |name: &str| -> HashSet<String> {
        let snake = snake(name);
        snake.split('_').map(singular).filter(|word| !word.is_empty() && !inflections().common.contains(word)).collect()
    };
    let (a, b) = (telling(a), telling(b));
    !a.is_empty() && !b.is_empty() && (a.is_subset(&b) || b.is_subset(&a))
}

/// Whether a property holds the thing itself (`data`, `items`) and so names nothing.
pub fn is_wrapper(property: &str) -> bool {
    inflections().wrappers.contains(&property.to_ascii_lowercase())
}

/// A name without the last word that says that it is a part of something: `shipping` for `shippingAddress`.
pub fn without_part_mark(name: &str) -> Option<String> {
    let name = snake(name);
    let (head, last) = name.rsplit_once('_')?;
    inflections().part_marks.contains(last).then(|| head.to_owned())
}

/// A name without the version at its end: `sessions` for `sessions_v1`.
pub fn without_version(name: &str) -> &str {
    let head = name.rsplit_once("_v").filter(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    head.map_or(name, |(head, _)| head)
}

/// Whether a query parameter, folded to lower case letters and digits, chooses an order.
pub fn is_sort(folded: &str) -> bool {
    inflections().sorts.contains(folded)
}

/// Whether a table's rows grow with use, by the last word of its name.
pub fn is_growing(table: &str) -> bool {
    let noun = noun(table);
    let last = noun.rsplit('_').next().unwrap_or(&noun);
    inflections().growing.contains(last)
}

/// Whether a column says whose row it is, so that every request narrows the rows by it without saying so.
pub fn is_scope(column: &str) -> bool {
    inflections().scopes.contains(&snake(column))
}

/// Whether a column marks rows as deleted, so that nobody deletes them: `deleted_at`, `isDeleted`.
pub fn is_soft_delete(column: &str) -> bool {
    inflections().soft_delete.contains(&snake(column))
}

/// Whether a word beside a name marks what was put aside, or is half made, while a change goes on: `old`, `new`.
pub fn is_transition(mark: &str) -> bool {
    inflections().transitions.contains(mark)
}

/// Whether a column holds an amount of money, by the last words of its name: `unit_price`, `totalAmount`.
pub fn is_money(column: &str) -> bool {
    let snake = snake(column);
    let last = snake.rsplit('_').next().unwrap_or(&snake);
    inflections().money.contains(last) || inflections().money.iter().any(|words| words.contains('_') && snake.ends_with(words))
}

/// Whether a column holds a moment, by the last word of its name: `created_at`, `birth_date`.
pub fn is_moment(column: &str) -> bool {
    let snake = snake(column);
    snake.rsplit('_').next().is_some_and(|last| inflections().moments.contains(last))
}

/// Whether a table is one in which a migration tool notes what has run.
pub fn is_bookkeeping(table: &str) -> bool {
    inflections().bookkeeping.contains(&table.to_ascii_lowercase())
}

/// Whether a table, in snake case, is an outbox by its name.
pub fn is_outbox(snake: &str) -> bool {
    snake.split('_').any(|word| inflections().outboxes.contains(word))
}

/// Whether a table, in snake case, is by its name one in which a consumer notes what it has handled.
pub fn is_inbox(snake: &str) -> bool {
    let known = &inflections().inboxes;
    snake.split('_').any(|word| known.contains(word))
        || known.iter().any(|name| name.contains('_') && snake.ends_with(name.as_str()))
}

/// Whether a column of an inbox, in snake case, says which message it was.
pub fn is_message_number(snake: &str) -> bool {
    inflections().message_numbers.contains(snake)
}

/// Whether a column of an outbox, in snake case, says that a row is sent.
pub fn is_sent_mark(snake: &str) -> bool {
    inflections().sent_marks.contains(snake)
}

/// Whether a name or image is that of a cache.
pub fn is_cache(name: &str) -> bool {
    let snake = snake(name);
    snake.split('_').any(|word| inflections().caches.contains(word))
}

/// Whether a column, in snake case, keeps keys by which repeated requests are recognised.
pub fn is_request_key(snake: &str) -> bool {
    inflections().request_keys.contains(snake)
}

/// Whether the name of an operation says that it creates something.
pub fn says_create(name: &str) -> bool {
    let last = name.rsplit(['.', ':', '/', '#']).next().unwrap_or(name);
    snake(last).split('_').next().is_some_and(|word| inflections().creating.contains(word))
}

/// Whether a column tells one state of its row from the one before.
pub fn is_row_version(column: &str) -> bool {
    inflections().row_versions.contains(&snake(column))
}

/// Whether a column holds what nobody may read: `Some(true)` for certain, `Some(false)` where some APIs show it once on purpose.
pub fn is_secret(column: &str) -> Option<bool> {
    let snake = snake(column);
    let ends = |list: &HashSet<String>| list.iter().any(|word| snake == *word || snake.ends_with(&format!("_{word}")));
    if ends(&inflections().secrets) {
        return Some(true);
    }
    ends(&inflections().sometimes_secret).then_some(false)
}

/// Whether a column says which customer a row belongs to, where several share the tables.
pub fn is_tenant(column: &str) -> bool {
    inflections().tenants.contains(&snake(column))
}

/// Whether a column is the part of a secret that people are shown: its last letters, a mask, a name for it.
pub fn is_shown_part(column: &str) -> bool {
    snake(column).split('_').any(|word| inflections().shown_parts.contains(word))
}

/// Whether a column is there for the service alone.
pub fn is_internal(column: &str) -> bool {
    inflections().internal.contains(&snake(column))
}

/// The version that a name carries at its front or end: `v1` of `V1WorkflowRun` and `order_v2`.
pub fn version(name: &str) -> Option<String> {
    let snake = snake(name);
    let is_version = |word: &&str| word.len() >= 2 && word.starts_with('v') && word[1..].bytes().all(|b| b.is_ascii_digit());
    let mut ends = [snake.split('_').next(), snake.rsplit('_').next()].into_iter().flatten();
    ends.find(is_version).map(str::to_owned)
}

/// Whether one letter more, less, other or exchanged makes one of the other.
pub fn differs_by_one(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let head = short.iter().zip(long).take_while(|(one, other)| one == other).count();
    let tail = short.iter().rev().zip(long.iter().rev()).take_while(|(one, other)| one == other).count();
    match long.len() - short.len() {
        0 => {
            head + tail + 1 >= long.len()
                || (head + tail + 2 == long.len()
                    && short.get(head) == long.get(head + 1)
                    && short.get(head + 1) == long.get(head))
        }
        1 => head + tail >= short.len(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        for name in ["customerId", "CustomerID", "customer-id", "customer_id", "Customer Id"] {
            assert_eq!(snake(name), "customer_id");
        }
        assert_eq!(snake("HTTPServer2Name"), "http_server2_name");
        assert_eq!(snake("[]"), "");
    }

    #[test]
    fn nouns_are_singular() {
        for (many, one) in [
            ("orders", "order"),
            ("Categories", "category"),
            ("line_items", "line_item"),
            ("addresses", "address"),
            ("status", "status"),
            ("boxes", "box"),
            ("people", "person"),
            ("ids", "ids"),
        ] {
            assert_eq!(noun(many), one);
        }
        assert_eq!(bare_noun("CreateOrderRequest"), "order");
        assert_eq!(bare_noun("OwnerFields"), "owner");
        assert_eq!(bare_noun("Request"), "request");
        assert_eq!(bare_nouns("CreateOrderItemRequest"), ["order_item_request", "order_item", "order"]);
        assert_eq!((without_table_mark("tbl_order"), without_table_mark("orders_tbl")), ("order", "orders"));
        assert_eq!((without_table_mark("tbl"), without_table_mark("order_t_item")), ("tbl", "order_t_item"));
    }

    #[test]
    fn ranges_are_those_of_a_column() {
        for (name, columns) in [
            ("minPrice", vec!["price"]),
            ("price_max", vec!["price"]),
            ("created[gte]", vec!["created", "created_at", "created_on", "created_date", "created_time"]),
            ("createdAfter", vec!["created", "created_at", "created_on", "created_date", "created_time"]),
            ("price", vec![]),
            ("minutes", vec![]),
        ] {
            assert_eq!(ranged(name), columns, "{name}");
        }
    }

    #[test]
    fn names_of_operations_say_what_they_are_about() {
        for (name, said) in [
            ("listOrders", Some("order")),
            ("GetOrderByID", Some("order")),
            ("orders.list", Some("order")),
            ("Orders_List", Some("order")),
            ("identities.getIdentity", Some("identity")),
            ("orders:batchCreate", Some("order")),
            ("v1.application.list", Some("application")),
            ("list", None),
        ] {
            assert_eq!(spoken_noun(name).as_deref(), said, "{name}");
        }
    }
}
