//! Which table an object of the API is stored in, and how sure we are. Two independent signals make a high confidence.

use super::tables::{LogicalTable, Tables};
use crate::diagnostic::Confidence;
use std::collections::BTreeSet;

/// What is known of an object of the API before it is joined.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// What its component name may say that one object is, the most words first: `order_item_request`, `order_item`, `order` for
    /// `CreateOrderItemRequest`.
    pub components: Vec<String>,
    /// The version that its component name carries: `v1` for `V1Order`.
    pub version: Option<String>,
    /// What the paths of the operations that use it say: `order` for `/orders/{id}`.
    pub resources: BTreeSet<String>,
    /// What the properties that hold it inside other objects say: `line_item` for `lineItems`.
    pub holders: BTreeSet<String>,
    /// Folded names of its scalar properties.
    pub properties: BTreeSet<String>,
    /// Folded names that columns would have which hold the scalars of objects within it: `addressstreet` for `address.street`.
    pub within: BTreeSet<String>,
}

/// A table that an object is stored in.
#[derive(Debug, Clone)]
pub struct Bound<'t> {
    /// The table.
    pub table: &'t LogicalTable,
    /// How sure we are.
    pub confidence: Confidence,
    /// The signals in words: "path segment `orders`; 5 of 6 properties are columns".
    pub why: String,
    agreeing: usize,
    named_by: usize,
}

impl Profile {
    /// What its component name says in view of the tables: the most words that a table is called, else the fewest.
    fn component(&self, tables: &Tables) -> Option<&String> {
        let known = self.components.iter().find(|noun| tables.named(noun).next().is_some());
        known.or(self.components.last())
    }
}

/// The tables that an object may be stored in, the likeliest first.
pub fn bindings<'t>(profile: &Profile, tables: &'t Tables) -> Vec<Bound<'t>> {
    let component = profile.component(tables);
    let nouns: BTreeSet<&String> = component.into_iter().chain(&profile.resources).chain(&profile.holders).collect();
    let judged = |table, longer| judge(profile, component, table, longer);
    let named = nouns.iter().flat_map(|noun| tables.named(noun)).filter_map(|table| judged(table, false));
    let longer = nouns.iter().flat_map(|noun| tables.ending_in(noun)).filter_map(|table| judged(table, true));
    let mut found: Vec<Bound<'t>> = named.chain(longer).collect();
    // Where tables carry versions too, an object of one version is not stored in a table of another.
    let elsewhere = profile.version.as_ref().filter(|version| tables.has_version(version));
    found.retain(|bound| elsewhere.is_none_or(|version| bound.table.version.as_ref() == Some(version)));
    found.sort_by_key(|bound| std::cmp::Reverse(rank(bound)));
    found
}

/// The best of the tables; `None` where there is none, or the signals are split between two.
pub fn best(found: Vec<Bound<'_>>) -> Option<Bound<'_>> {
    let best = found.first()?.clone();
    let others = found.iter().filter(|other| other.table.tables != best.table.tables);
    let split = others.into_iter().any(|second| rank(second) == rank(&best));
    (!split).then_some(best)
}

fn rank(bound: &Bound) -> (Confidence, usize, usize) {
    (bound.confidence, bound.named_by, bound.agreeing)
}

/// `longer`: the name of the table may have words before the noun (`billing_invoices`), which has to be made up for by columns.
fn judge<'t>(profile: &Profile, component: Option<&String>, table: &'t LogicalTable, longer: bool) -> Option<Bound<'t>> {
    let says = |noun: &String| match longer {
        true => table.noun.strip_suffix(noun.as_str()).is_some_and(|head| head.ends_with('_')),
        false => table.is_called(noun),
    };
    let by_component = component.is_some_and(says);
    let by_path = profile.resources.iter().any(says);
    let by_holder = !by_path && profile.holders.iter().any(says);
    // `id` and the usual time stamps stand in every table and prove nothing.
    let telling = |name: &&String| !matches!(name.as_str(), "id" | "createdat" | "updatedat" | "deletedat");
    // Objects within it stand in columns of its table or elsewhere: they can only speak for it.
    let own = profile.properties.iter().filter(telling).filter(|name| table.columns.contains(*name)).count();
    let within = profile.within.difference(&profile.properties).filter(|name| table.columns.contains(*name)).count();
    let within = if own > 0 || within > 1 { within } else { 0 };
    let agreeing = own + within;
    let telling_properties = profile.properties.iter().filter(telling).count() + within;
    let strong = agreeing >= 3 && agreeing * 10 >= telling_properties * 6;
    let all_of_few = telling_properties >= 1 && agreeing == telling_properties;
    let some = agreeing >= 2 && agreeing * 10 >= telling_properties * 4;
    let named_by = usize::from(by_component) + usize::from(by_path || by_holder);
    let confidence = match (named_by, strong, some || all_of_few) {
        (0, _, _) => return None,
        (_, false, _) if longer => return None,
        (names, true, _) if longer => {
            if names == 2 && agreeing >= 5 {
                Confidence::High
            } else {
                Confidence::Medium
            }
        }
        (_, true, _) | (2, _, true) => Confidence::High,
        (_, _, true) => Confidence::Medium,
        _ if own > 0 => Confidence::Low,
        _ => return None,
    };
    let mut why = Vec::new();
    if by_component {
        why.push("schema name".to_owned());
    }
    if by_path {
        why.push("path segment".to_owned());
    }
    if by_holder {
        why.push("property name".to_owned());
    }
    let nouns = component.into_iter().chain(&profile.resources).chain(&profile.holders);
    why.extend(nouns.filter_map(|noun| table.said(noun)).next());
    why.push(format!("{agreeing} of {telling_properties} properties are columns"));
    Some(Bound { table, confidence, why: why.join(", "), agreeing, named_by })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::links::tables::TableKey;
    use crate::model::schema::TableName;

    fn table(noun: &str, columns: &[&str]) -> LogicalTable {
        let name = TableName { schema: None, name: noun.into() };
        let columns = columns.iter().map(|one| (*one).to_owned()).collect();
        LogicalTable { noun: noun.into(), model: None, version: None, tables: vec![TableKey { database: 0, name }], columns }
    }

    fn profile(component: Option<&str>, resource: &str, properties: &[&str]) -> Profile {
        Profile {
            components: component.map(str::to_owned).into_iter().collect(),
            version: None,
            resources: BTreeSet::from([resource.to_owned()]),
            holders: BTreeSet::new(),
            properties: properties.iter().map(|one| (*one).to_owned()).collect(),
            within: BTreeSet::new(),
        }
    }

    #[test]
    fn two_signals_are_needed_to_be_sure() {
        let orders = table("order", &["id", "total", "status", "currency"]);
        let judge = |profile: Profile| judge(&profile, profile.components.first(), &orders, false).map(|bound| bound.confidence);
        let sure = judge(profile(Some("order"), "order", &["total", "status", "currency"]));
        assert_eq!(sure, Some(Confidence::High));
        let name_only = judge(profile(Some("order"), "basket", &["x", "y", "z", "total"]));
        assert_eq!(name_only, Some(Confidence::Low));
        assert!(judge(profile(Some("cart"), "basket", &["total", "status", "currency"])).is_none());
        assert!(judge(profile(Some("order"), "order", &["x", "y"])).is_none());
    }
}
