//! What a part of a statement reads by which conditions: one [`Scope`] for each `SELECT`, `INSERT`, `UPDATE` and `DELETE`,
//! with the names that are visible in it. Names are as written; which table has them says the schema.

use super::Verb;
use crate::source::Span;
use crate::sql::ObjectName;

/// A name of a column, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnName {
    /// The table or alias before the dot.
    pub qualifier: Option<String>,
    /// The name, folded as its dialect folds it.
    pub name: String,
    /// Where it is written, with its qualifier.
    pub span: Span,
}

/// The part of a statement that something is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clause {
    /// The list of `SELECT`.
    Items,
    /// `FROM`, arguments of functions there.
    From,
    /// `ON` or `USING` of a join.
    On,
    /// `WHERE`.
    Where,
    /// `GROUP BY`.
    GroupBy,
    /// `HAVING`.
    Having,
    /// `ORDER BY`.
    OrderBy,
    /// `LIMIT`, `OFFSET`, `WINDOW`, `VALUES` and all else that is read.
    Other,
    /// Columns that are written: the list of `INSERT`, what stands before `=` in `SET`.
    Written,
    /// What they are set to.
    Set,
    /// `ON CONFLICT (..)`.
    Conflict,
    /// `RETURNING`.
    Returning,
}

/// A place that names a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Which; `*` is all columns, of the table before the dot where one is written.
    pub column: ColumnName,
    /// Where in the statement.
    pub clause: Clause,
    /// Whether it can be nothing but a column: it has a qualifier, or it is the whole of an operand. A bare word within an
    /// expression may be a keyword.
    pub certain: bool,
}

/// What stands for rows in `FROM`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// A table or view.
    Table(ObjectName),
    /// A subquery or a part of `WITH`: number of its scope.
    Query(usize),
    /// A function, `VALUES`, or something that was not understood.
    Other,
}

/// How its rows are joined to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Join {
    /// It stands first, or after a comma.
    None,
    /// `JOIN`, `CROSS JOIN`.
    Inner,
    /// `LEFT`, `RIGHT`, `FULL`: rows without a partner stay.
    Outer,
}

/// Something that rows are read from or written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableUse {
    /// What it is.
    pub relation: Relation,
    /// What it is called here: its alias; the name of a part of `WITH` or of a function; `None` for the table's own name.
    pub alias: Option<String>,
    /// The names that are given to its columns, `AS x (a, b)`; empty where none are.
    pub renamed: Vec<String>,
    /// How it is joined.
    pub join: Join,
    /// Whether the statement writes to it.
    pub written: bool,
    /// Its name, or the brackets of its query, without the alias.
    pub span: Span,
}

/// An element of the list of `SELECT` or `RETURNING`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub what: ItemKind,
    /// What the result calls it: its alias, or the name of its column; `None` where the server makes a name.
    pub name: Option<String>,
    /// The whole element.
    pub span: Span,
}

/// What an element of a list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// `*`, `t.*`: all columns, of one table where it is named.
    Star(Option<String>),
    /// One column.
    Column(ColumnName),
    /// Anything else; whether it holds an aggregate (`count`, `sum`) outside of `OVER`.
    Expression {
        /// Whether it makes one row of many.
        aggregate: bool,
    },
}

/// What a condition asks of its left side.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`, `<=>`, `IS NOT DISTINCT FROM`.
    Equal,
    /// `<>`, `IS DISTINCT FROM`.
    NotEqual,
    /// `<`, `<=`.
    Less,
    /// `>`, `>=`.
    Greater,
    /// `BETWEEN`.
    Between,
    /// `IN (..)`.
    In,
    /// `NOT IN (..)`.
    NotIn,
    /// `= ANY(..)`: the right side holds many values.
    EqualsAny,
    /// `IS NULL`.
    IsNull,
    /// `IS NOT NULL`.
    IsNotNull,
    /// `LIKE`, `GLOB`.
    Like,
    /// `ILIKE`, which no plain index serves.
    ILike,
    /// `@>`
    Contains,
    /// `<@`
    ContainedBy,
    /// `&&`
    Overlaps,
    /// `?`, `?|`, `?&` of jsonb.
    HasKey,
    /// `@?`, `@@` of jsonb.
    PathMatches,
    /// The column alone is the condition, or with `IS TRUE`.
    IsTrue,
    /// `NOT column`, `IS FALSE`.
    IsFalse,
    /// `EXISTS (..)`.
    Exists,
    /// Anything else, with its negations.
    Other,
}

impl Operator {
    /// Whether it takes the rows with certain values of its left side, which an index finds at once.
    pub fn is_equality(&self) -> bool {
        matches!(
            self,
            Operator::Equal | Operator::In | Operator::EqualsAny | Operator::IsNull | Operator::IsTrue | Operator::IsFalse
        )
    }

    /// Whether it takes the rows between bounds, which are neighbours in an index.
    pub fn is_range(&self) -> bool {
        matches!(self, Operator::Less | Operator::Greater | Operator::Between)
    }

    /// The same with its sides exchanged.
    pub(super) fn flipped(&self) -> Operator {
        match self {
            Operator::Less => Operator::Greater,
            Operator::Greater => Operator::Less,
            Operator::Contains => Operator::ContainedBy,
            Operator::ContainedBy => Operator::Contains,
            other => other.clone(),
        }
    }

    /// The name that is printed.
    pub fn name(&self) -> &'static str {
        match self {
            Operator::Equal => "=",
            Operator::NotEqual => "<>",
            Operator::Less => "<",
            Operator::Greater => ">",
            Operator::Between => "between",
            Operator::In => "in",
            Operator::NotIn => "not in",
            Operator::EqualsAny => "= any",
            Operator::IsNull => "is null",
            Operator::IsNotNull => "is not null",
            Operator::Like => "like",
            Operator::ILike => "ilike",
            Operator::Contains => "@>",
            Operator::ContainedBy => "<@",
            Operator::Overlaps => "&&",
            Operator::HasKey => "?",
            Operator::PathMatches => "@?",
            Operator::IsTrue => "is true",
            Operator::IsFalse => "is false",
            Operator::Exists => "exists",
            Operator::Other => "other",
        }
    }
}

/// What is done to a column before it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Wrapping {
    /// A function of this name, in lower case.
    Function(String),
    /// A cast to this type, as `ColumnType` spells it.
    Cast(String),
    /// `->>`, `#>>`: a text within jsonb.
    JsonText,
    /// `->`, `#>`: a value within jsonb.
    Json,
    /// Arithmetic, `||`, `COLLATE`, `AT TIME ZONE`.
    Expression,
}

/// One side of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// The type that it is cast to at last, as `ColumnType` spells it.
    pub cast: Option<String>,
    /// The text without blanks, brackets, quotes and qualifiers, in lower case: what an index over an expression is compared with.
    pub plain: String,
    /// The text with the qualifiers of its columns left out.
    pub written: String,
    /// Where it stands; an empty place where there is nothing (`IS NULL`).
    pub span: Span,
}

/// What one side of a condition is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueKind {
    /// Nothing: `IS NULL` has no right side.
    Nothing,
    /// A column by itself.
    Column(ColumnName),
    /// An expression over one column and else nothing but literals and parameters.
    OfColumn(ColumnName, Wrapping),
    /// A parameter of the application.
    Parameter,
    /// A text literal.
    Text(String),
    /// A number.
    Number(String),
    /// `NULL`, `TRUE`, `FALSE`.
    Word(String),
    /// A subquery: number of its scope.
    Query(usize),
    /// A list of values in brackets, without columns.
    List,
    /// An expression without columns, as `now() - interval '1 day'`.
    Constant,
    /// An expression over several columns, or one that was not understood.
    Other,
}

impl Value {
    /// The column that it is, by itself.
    pub fn column(&self) -> Option<&ColumnName> {
        match &self.kind {
            ValueKind::Column(column) => Some(column),
            _ => None,
        }
    }

    /// Whether it is the same for every row of the scope's tables.
    pub fn is_constant(&self) -> bool {
        !matches!(self.kind, ValueKind::Column(_) | ValueKind::OfColumn(..) | ValueKind::Other | ValueKind::Query(_))
    }
}

/// How a pattern of `LIKE` begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// With a wildcard, for certain: `'%x'`, `'%' || $1`.
    Wildcard,
    /// With letters, for certain.
    Letters,
    /// The application says how.
    Unknown,
}

/// A condition that is joined with the others by `AND`, or stands within one that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predicate {
    /// The side that is a column where one is.
    pub left: Value,
    /// What is asked.
    pub operator: Operator,
    /// The other side.
    pub right: Value,
    /// Where it is written.
    pub clause: Clause,
    /// Whether it stands under `OR`, `NOT` or `CASE`, so that rows for which it is not true may be taken.
    pub alternative: bool,
    /// How the pattern begins, of `LIKE` and `ILIKE`.
    pub pattern: Option<Pattern>,
    /// Number of the relation whose `ON` it stands in.
    pub joins: Option<usize>,
    /// The whole condition.
    pub span: Span,
}

/// A key of `ORDER BY` or `GROUP BY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What it sorts by.
    pub value: Value,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST` (true) or `NULLS LAST` (false), where written.
    pub nulls_first: Option<bool>,
}

/// A bound of the number of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The number, a parameter or an expression.
    pub value: Value,
    /// With its keyword.
    pub span: Span,
}

/// Where a scope stands in its statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The statement itself.
    Main,
    /// A part of `WITH`.
    With,
    /// A subquery in `FROM`.
    Derived,
    /// The argument of `EXISTS`.
    Exists,
    /// A subquery within an expression.
    Expression,
    /// A branch of `UNION`, `INTERSECT` or `EXCEPT`.
    Branch,
    /// The rows of `INSERT .. SELECT`.
    Source,
}

/// One `SELECT`, `INSERT`, `UPDATE` or `DELETE` of a statement.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Where it stands.
    pub role: Role,
    /// Number of the scope around it.
    pub parent: Option<usize>,
    /// What it does.
    pub verb: Verb,
    /// All of it.
    pub span: Span,
    /// `DISTINCT`, `DISTINCT ON`.
    pub distinct: bool,
    /// The list of `SELECT` or `RETURNING`, in order.
    pub items: Vec<Item>,
    /// What rows are read from and written to, in order.
    pub tables: Vec<TableUse>,
    /// Its conditions in `WHERE` and `ON`.
    pub predicates: Vec<Predicate>,
    /// `WHERE`, where it is written.
    pub filter: Option<Span>,
    /// The columns that it names itself; those of its subqueries are theirs.
    pub mentions: Vec<Mention>,
    /// `GROUP BY`.
    pub group_by: Vec<Key>,
    /// `ORDER BY`.
    pub order_by: Vec<Key>,
    /// The whole of `ORDER BY`.
    pub order_span: Option<Span>,
    /// `LIMIT`, `FETCH FIRST`.
    pub limit: Option<Bound>,
    /// `OFFSET`.
    pub offset: Option<Bound>,
    /// `FOR UPDATE`, `FOR SHARE`.
    pub locks_rows: bool,
    /// The scopes that `UNION` and its like put together; such a scope has no tables itself.
    pub branches: Vec<usize>,
    /// The columns of `ON CONFLICT (..)`, where it has that form.
    pub conflict: Option<Vec<ColumnName>>,
    /// What was not understood of it, where something was not.
    pub doubt: Option<&'static str>,
}

impl Scope {
    /// An empty scope.
    pub(super) fn new(role: Role, parent: Option<usize>, verb: Verb, span: Span) -> Scope {
        Scope {
            role,
            parent,
            verb,
            span,
            distinct: false,
            items: Vec::new(),
            tables: Vec::new(),
            predicates: Vec::new(),
            filter: None,
            mentions: Vec::new(),
            group_by: Vec::new(),
            order_by: Vec::new(),
            order_span: None,
            limit: None,
            offset: None,
            locks_rows: false,
            branches: Vec::new(),
            conflict: None,
            doubt: None,
        }
    }

    /// Whether it makes one row of many: `count(*)`, `GROUP BY`.
    pub fn aggregates(&self) -> bool {
        !self.group_by.is_empty() || self.items.iter().any(|item| item.what == ItemKind::Expression { aggregate: true })
    }
}
