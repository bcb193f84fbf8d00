//! The files of a shop: its document, in either version of the format, and its tables.

use super::Part;
use super::ways::{Server, Way};

fn cased(name: &str, camel: bool) -> String {
    if !camel {
        return name.to_owned();
    }
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| {
        let (head, tail) = part.split_at(part.len().min(1));
        all + &head.to_uppercase() + tail
    })
}

/// What an operation takes and gives.
#[derive(Default)]
struct Operation<'o> {
    method: &'o str,
    id: &'o str,
    parameters: Vec<String>,
    body: Option<&'o str>,
    /// Status and schema of the answer.
    answer: (&'o str, &'o str),
    /// Another status that it may answer with.
    other: &'o str,
}

fn operation(way: &Way, said: Operation) -> String {
    let is_old = way.openapi == "2.0";
    let mut parameters = said.parameters;
    let content = |schema: &str| format!("\"content\": {{\"application/json\": {{\"schema\": {schema}}}}}");
    let (status, schema) = said.answer;
    let (answer, body) = match is_old {
        true => {
            parameters.extend(said.body.map(|schema| format!("{{\"name\": \"body\", \"in\": \"body\", \"schema\": {schema}}}")));
            (format!("\"schema\": {schema}"), String::new())
        }
        false => {
            let body = said.body.map(|schema| format!("\"requestBody\": {{{}}}, ", content(schema)));
            (content(schema), body.unwrap_or_default())
        }
    };
    let other = match said.other {
        "" => String::new(),
        status => format!(", \"{status}\": {{\"description\": \"no\"}}"),
    };
    format!(
        "\"{}\": {{\"operationId\": \"{}\", \"parameters\": [{}], {body}\"responses\": {{\"{status}\": {{\"description\": \"ok\", {answer}}}{other}}}}}",
        said.method,
        said.id,
        parameters.join(", ")
    )
}

/// A parameter as its version of the format says it: in the old one without a `schema`.
fn parameter(way: &Way, said: &str) -> String {
    match (way.openapi == "2.0", said.split_once("\"schema\": {")) {
        (true, Some((head, schema))) => format!("{head}{}", schema.strip_suffix('}').unwrap_or(schema)),
        _ => said.to_owned(),
    }
}

/// What holds an object, or a list of them.
fn wrapped(way: &Way, schema: &str, is_list: bool) -> String {
    let inner = match way.wrapper {
        "attributes" => {
            format!("{{\"type\": \"object\", \"properties\": {{\"type\": {{\"type\": \"string\"}}, \"attributes\": {schema}}}}}")
        }
        _ => schema.to_owned(),
    };
    let listed = if is_list { format!("{{\"type\": \"array\", \"items\": {inner}}}") } else { inner };
    let holder = match way.wrapper {
        "" => return listed,
        "attributes" => "data",
        wrapper => wrapper,
    };
    format!("{{\"type\": \"object\", \"properties\": {{\"{holder}\": {listed}}}}}")
}

/// The document as JSON, which YAML holds too.
pub fn document(way: &Way, part: &Part) -> String {
    let mut fields: Vec<(String, &str)> = ["number", "status", "currency"]
        .iter()
        .map(|name| (cased(name, way.camel), r#"{"type": "string", "maxLength": 10}"#))
        .collect();
    fields.extend(part.field.map(|(name, schema)| (cased(name, way.camel), schema)));
    let properties: Vec<String> = fields.iter().map(|(name, schema)| format!("\"{name}\": {schema}")).collect();
    let required = match part.field.filter(|_| part.required) {
        Some((name, _)) => format!("\"required\": [\"{}\"], ", cased(name, way.camel)),
        None => String::new(),
    };
    let is_old = way.openapi == "2.0";
    let holder = if is_old { "definitions" } else { "components/schemas" };
    let reference = format!("{{\"$ref\": \"#/{holder}/{}\"}}", way.component);
    let (one, list) = (wrapped(way, &reference, false), wrapped(way, &reference, true));
    let in_path = |name: &str| {
        let said =
            format!("{{\"name\": \"{name}\", \"in\": \"path\", \"required\": true, \"schema\": {{\"type\": \"integer\"}}}}");
        parameter(way, &said)
    };
    let mut always: Vec<String> = way.path.split('{').skip(1).filter_map(|part| part.split('}').next()).map(in_path).collect();
    let said = (!part.parameter.is_empty()).then(|| parameter(way, part.parameter));
    let is_header = part.parameter.contains("header");
    let with = |own: &[String], more: bool| [own, &said.clone().into_iter().filter(|_| more).collect::<Vec<_>>()].concat();
    let get = Operation {
        method: "get",
        id: "listOrders",
        parameters: with(&always, !is_header),
        answer: ("200", &list),
        ..Operation::default()
    };
    let post = Operation {
        method: "post",
        id: "createOrder",
        parameters: with(&always, is_header),
        body: Some(&one),
        answer: ("201", &one),
        other: part.response,
    };
    let (get, post) = (operation(way, get), operation(way, post));
    always.push(in_path("id"));
    let put = Operation {
        method: "put",
        id: "updateOrder",
        parameters: with(&always, is_header),
        body: Some(&one),
        answer: ("200", &one),
        other: "",
    };
    let put = operation(way, put);
    let schemas =
        format!("{{\"{}\": {{\"type\": \"object\", {required}\"properties\": {{{}}}}}}}", way.component, properties.join(", "));
    let (head, schemas) = match is_old {
        true => ("\"swagger\": \"2.0\"".to_owned(), format!("\"definitions\": {schemas}")),
        false => (format!("\"openapi\": \"{}\"", way.openapi), format!("\"components\": {{\"schemas\": {schemas}}}")),
    };
    format!(
        "{{{head}, \"info\": {{\"title\": \"Shop\", \"version\": \"1\"}}, \"paths\": {{\"{}\": {{{get}, {post}}}, \"{}/{{id}}\": {{{put}}}}}, {schemas}}}\n",
        way.path, way.path
    )
}

/// The statements that make the table.
pub fn tables(way: &Way, part: &Part) -> String {
    let column = |(postgres, mysql): (&str, &str)| {
        format!(",\n    {}", if way.server == Server::MySql { mysql } else { postgres }.to_owned())
    };
    let extra = part.columns.map(column).unwrap_or_default();
    let (id, end) = match way.server {
        Server::MySql => ("id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY", ") ENGINE=InnoDB"),
        Server::Postgres => ("id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", ")"),
        Server::Sqlite => ("id INTEGER PRIMARY KEY AUTOINCREMENT", ")"),
    };
    let columns = "number varchar(10) NOT NULL,\n    status varchar(10) NOT NULL,\n    currency varchar(10) NOT NULL";
    let statement = part.statement.replace("TABLE", way.table);
    format!("CREATE TABLE {} (\n    {id},\n    {columns}{extra}\n{end};\n{statement}\n", way.table)
}
