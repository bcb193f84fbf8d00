//! Where the properties of joined objects are stored: in a column of their name or, within an object that has no row of its own, in
//! one of both names (`address_street` for `address.street`).

use super::view::table_refs;
use super::{EntityLink, entities, tables};
use crate::diagnostic::Confidence;
use crate::model::Model;
use crate::model::api::{Pin, Property};
use crate::model::schema::{DroppedColumn, MigrationRef, TableRef};
use crate::model::words;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How deep objects within an object are looked at.
const DEEPEST: usize = 3;

/// Where a property of a joined object is stored.
#[derive(Debug, Clone)]
pub(super) struct FieldPlace {
    /// The objects that hold it, from the outside: the position of each among the properties of the one around it.
    pub(super) holders: Vec<usize>,
    /// Its position among the properties of the object.
    property: usize,
    /// Table among those of the link, and position of the column there.
    pub(super) columns: Vec<(usize, usize)>,
    /// Whether the columns are called just so.
    pub(super) same_name: bool,
    /// The column that it was and that is no more, folded.
    pub(super) dropped: Option<String>,
}

/// A property with what the objects around it say of it.
#[derive(Debug, Clone)]
pub(super) struct Held<'m> {
    /// The property; one within an object that may be left out or null counts as one that may be left out.
    pub(super) property: Property<'m>,
    /// The names of the objects that hold it, from the outside.
    pub(super) holders: Vec<&'m str>,
    /// Whether clients do not send it.
    pub(super) read_only: bool,
    /// Whether clients do not receive it.
    pub(super) write_only: bool,
}

impl FieldPlace {
    /// The property itself, given those of the object that the place is of.
    pub(super) fn held<'m>(&self, properties: &[Property<'m>]) -> Option<Held<'m>> {
        let (holders, inner) = holders(properties, &self.holders)?;
        let mut property = inner.as_deref().unwrap_or(properties).get(self.property).copied()?;
        let is_read_only = |one: &Property| one.schema.core().is_read_only() || one.schema.is_read_only();
        let is_write_only = |one: &Property| one.schema.core().is_write_only() || one.schema.is_write_only();
        let is_there = holders.iter().all(|holder| holder.required && !holder.schema.may_be_null());
        let read_only = is_read_only(&property) || holders.iter().any(is_read_only);
        let write_only = is_write_only(&property) || holders.iter().any(is_write_only);
        property.required &= is_there;
        Some(Held { property, holders: holders.iter().map(|holder| holder.name).collect(), read_only, write_only })
    }
}

/// An object within an object whose properties are columns of the same table.
pub(super) struct Part<'m> {
    /// The names of the objects that lead to it, its own the last.
    pub(super) path: Vec<&'m str>,
    /// Whether clients must send it.
    pub(super) is_required: bool,
    /// Its properties.
    pub(super) properties: Vec<Property<'m>>,
}

/// The objects within an object of which at least two properties have a column in its table.
pub(super) fn parts<'m>(properties: &[Property<'m>], places: &[FieldPlace]) -> Vec<Part<'m>> {
    let mut counts: BTreeMap<&[usize], usize> = BTreeMap::new();
    places.iter().filter(|place| !place.holders.is_empty()).for_each(|place| *counts.entry(&place.holders).or_default() += 1);
    let several = counts.into_iter().filter(|(_, count)| *count > 1);
    let part = |(positions, _): (&[usize], usize)| {
        let (around, inner) = holders(properties, positions)?;
        let is_sent = |one: &Property| one.required && !one.schema.is_read_only();
        Some(Part {
            path: around.iter().map(|one| one.name).collect(),
            is_required: around.iter().all(is_sent),
            properties: inner?,
        })
    };
    several.filter_map(part).collect()
}

/// The objects within an object that lead to a place, and the properties of the innermost.
type Within<'m> = (Vec<Property<'m>>, Option<Vec<Property<'m>>>);

fn holders<'m>(properties: &[Property<'m>], positions: &[usize]) -> Option<Within<'m>> {
    let mut inner: Option<Vec<Property>> = None;
    let mut found = Vec::new();
    for at in positions {
        let holder = inner.as_deref().unwrap_or(properties).get(*at).copied()?;
        found.push(holder);
        inner = Some(holder.schema.properties());
    }
    Some((found, inner))
}

impl Model {
    /// The properties of each joined object that are (or were) columns; looked for once.
    pub(super) fn fields(&self) -> &[Vec<FieldPlace>] {
        self.links.fields.get_or_init(|| {
            let sure = self.links.entities.iter().filter(|link| link.confidence >= Confidence::Medium);
            let rows: BTreeSet<Pin> = sure.map(|link| link.pin).collect();
            self.links.entities.iter().map(|link| self.fields_of(link, &rows)).collect()
        })
    }

    /// `rows`: the objects that are rows of a table.
    fn fields_of(&self, link: &EntityLink, rows: &BTreeSet<Pin>) -> Vec<FieldPlace> {
        let schema = self.api.schema(link.pin).filter(|_| link.confidence >= Confidence::Medium);
        let Some(schema) = schema else { return Vec::new() };
        let tables = table_refs(&self.schema, &link.tables);
        let properties = schema.properties();
        let names: HashSet<String> = properties.iter().map(|property| tables::fold(property.name)).collect();
        let named: Vec<NamedColumns> = tables.iter().map(|table| NamedColumns::new(table, &names)).collect();
        let mut found = Vec::new();
        for (number, property) in properties.iter().enumerate() {
            if !entities::is_scalar(property.schema) || !property.schema.is_known() {
                continue;
            }
            let wanted = tables::fold(property.name);
            let places = named.iter().enumerate();
            let places: Vec<(usize, (usize, bool))> =
                places.filter_map(|(table, columns)| Some((table, columns.storing(&wanted)?))).collect();
            let same_name = places.iter().all(|(_, (_, same_name))| *same_name);
            // A column of a name that says as much may be what serves it now.
            let is_gone = places.is_empty() && !named.iter().any(|columns| columns.names_row(&wanted));
            let is_dropped = is_gone && !self.dropped(&tables, &wanted).is_empty();
            let mut columns: Vec<(usize, usize)> = places.into_iter().map(|(table, (column, _))| (table, column)).collect();
            // A column of another name may be another thing: one that was dropped, or another property.
            let is_taken = |(table, column): &(usize, usize)| {
                tables
                    .get(*table)
                    .and_then(|table| table.table().columns.get(*column))
                    .is_some_and(|column| names.contains(&tables::fold(&column.name)))
            };
            if !same_name && (is_dropped || columns.iter().any(is_taken)) {
                columns.clear();
            }
            if !columns.is_empty() || is_dropped {
                let dropped = is_dropped.then_some(wanted);
                found.push(FieldPlace { holders: Vec::new(), property: number, columns, same_name, dropped });
            }
        }
        let within = Flattened { model: self, tables: &tables, named: &named, names: &names, rows };
        within.collect(&properties, "", &[], &mut found);
        found
    }

    /// The drops of a column, by its folded name, from these tables, with the migrations that did it.
    pub(super) fn dropped<'m>(
        &'m self,
        tables: &[TableRef<'m>],
        wanted: &str,
    ) -> Vec<(TableRef<'m>, &'m DroppedColumn, MigrationRef<'m>)> {
        let of_table = |table: &TableRef<'m>| {
            let gone = table.table().dropped_columns.iter().rev().find(|gone| tables::fold(&gone.column.name) == wanted)?;
            let migration = self.schema.migration_in(table.database_number(), gone.migration)?;
            Some((*table, gone, migration))
        };
        tables.iter().filter_map(of_table).collect()
    }
}

/// What is known while the objects within an object are looked through.
struct Flattened<'f, 'm> {
    model: &'m Model,
    tables: &'f [TableRef<'m>],
    named: &'f [NamedColumns],
    /// Folded names of the properties of the object itself.
    names: &'f HashSet<String>,
    rows: &'f BTreeSet<Pin>,
}

impl Flattened<'_, '_> {
    /// The properties of objects within, whose columns carry both names; `head` is how the names of columns begin.
    fn collect(&self, properties: &[Property], head: &str, holders: &[usize], found: &mut Vec<FieldPlace>) {
        for (number, holder) in properties.iter().enumerate() {
            let short = words::without_part_mark(holder.name).map(|name| format!("{head}{}", tables::fold(&name)));
            let head = format!("{head}{}", tables::fold(holder.name));
            let is_part = |head: &String| self.is_part(holder, head);
            if !is_part(&head) || !short.iter().all(is_part) {
                continue;
            }
            let inner = holder.schema.properties();
            let holders = [holders, &[number]].concat();
            let scalars: Vec<(usize, &Property)> =
                inner.iter().enumerate().filter(|(_, one)| entities::is_scalar(one.schema) && one.schema.is_known()).collect();
            let mut own: Vec<FieldPlace> = Vec::new();
            for (property, one) in &scalars {
                let name = tables::fold(one.name);
                let mut begins = std::iter::once(&head).chain(&short);
                own.extend(begins.find_map(|begin| self.place(&format!("{begin}{name}"), &holders, *property)));
            }
            // One of many may be a coincidence of names.
            let is_sure = own.len() > 1 || own.len() == scalars.len();
            found.extend(own.into_iter().map(|place| FieldPlace { same_name: is_sure, ..place }));
            if holders.len() < DEEPEST {
                self.collect(&inner, &head, &holders, found);
            }
        }
    }

    fn place(&self, wanted: &str, holders: &[usize], property: usize) -> Option<FieldPlace> {
        let at = |(table, columns): (usize, &NamedColumns)| Some((table, *columns.by_name.get(wanted)?));
        let columns: Vec<(usize, usize)> = self.named.iter().enumerate().filter_map(at).collect();
        let is_dropped = columns.is_empty() && !self.model.dropped(self.tables, wanted).is_empty();
        let is_found = !self.names.contains(wanted) && (is_dropped || !columns.is_empty());
        let dropped = is_dropped.then(|| wanted.to_owned());
        is_found.then(|| FieldPlace { holders: holders.to_vec(), property, columns, same_name: true, dropped })
    }

    /// Whether an object within has no row of its own, nor a column that holds it as a whole. `name` is folded.
    fn is_part(&self, holder: &Property, name: &str) -> bool {
        let core = holder.schema.core();
        let is_object = core.is_object() && core.is_known() && !core.is_array() && !core.has_alternatives();
        let key = format!("{name}id");
        let elsewhere = |columns: &NamedColumns| columns.by_name.contains_key(name) || columns.by_name.contains_key(&key);
        let is_row = self.rows.contains(&core.pin()) || !self.model.dropped(self.tables, &key).is_empty();
        is_object && !words::is_wrapper(holder.name) && !is_row && !self.named.iter().any(elsewhere)
    }
}

/// The columns of a table by folded name.
struct NamedColumns {
    noun: String,
    by_name: HashMap<String, usize>,
}

impl NamedColumns {
    /// `asked`: the folded names of the properties of the object. A column that one of these asks for by its field is no other one's.
    fn new(table: &TableRef, asked: &HashSet<String>) -> NamedColumns {
        let mut by_name = HashMap::new();
        // What the application calls a column comes first: a property `name` is its field `name`, though another column be called so.
        for (number, column) in table.columns().enumerate().filter(|_| table.spoken().is_some()) {
            if let Some(field) = column.field_name() {
                by_name.entry(tables::fold(field)).or_insert(number);
            }
        }
        for (number, column) in table.columns().enumerate() {
            if !column.field_name().is_some_and(|field| asked.contains(&tables::fold(field))) {
                by_name.entry(tables::fold(&column.name)).or_insert(number);
            }
        }
        NamedColumns { noun: tables::fold(&tables::noun(&table.name.name)), by_name }
    }

    /// Whether a property, by its folded name, says which row it is: `client_id` of a client is its `id`. Where it is sent, it asks for
    /// the row and is not stored.
    fn names_row(&self, wanted: &str) -> bool {
        let row = wanted.strip_suffix("id").filter(|row| row.len() > 2 && self.noun.ends_with(row));
        row.is_some() && self.by_name.contains_key("id")
    }

    /// The column that stores a property, by its folded name, and whether it is called just so. Else it is one named after the row
    /// (`roles.role` for `name`), or one whose name says more or less in the usual way: `order_number` for `number`, `is_active` for
    /// `active`.
    fn storing(&self, wanted: &str) -> Option<(usize, bool)> {
        let named = |name: &str| self.by_name.get(name).copied();
        let own = || if wanted == "name" { named(&self.noun) } else { None };
        if let Some(column) = named(wanted).or_else(own) {
            return Some((column, true));
        }
        let longer = [format!("{}{wanted}", self.noun), format!("is{wanted}")];
        let heads = [self.noun.as_str(), "is"];
        let shorter = heads.iter().filter_map(|head| wanted.strip_prefix(head)).filter(|rest| rest.len() > 2);
        let other = longer.iter().map(String::as_str).chain(shorter).find_map(named)?;
        (wanted != "id").then_some((other, false))
    }
}
