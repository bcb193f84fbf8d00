//! How fast SQL is split and read: `cargo bench --bench sql`.

use backend_lint::source::SourceId;
use backend_lint::sql::{self, Dialect};
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// Migrations as people write them, about 4 MB.
fn migrations() -> String {
    let one = "-- +goose Up\nCREATE TABLE orders (\n    id bigserial PRIMARY KEY,\n    customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE,\n    status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'paid')),\n    created_at timestamptz NOT NULL DEFAULT now()\n);\n\nCREATE INDEX CONCURRENTLY IF NOT EXISTS orders_customer_id_idx ON orders (customer_id) WHERE status = 'new';\nALTER TABLE orders ADD COLUMN note varchar(200), ALTER COLUMN status SET NOT NULL;\nCREATE FUNCTION touch() RETURNS trigger AS $$\nBEGIN\n    NEW.updated_at = now();\n    RETURN NEW;\nEND;\n$$ LANGUAGE plpgsql;\n\n";
    one.repeat(6_000)
}

/// A dump: rows of `INSERT`, about 4 MB.
fn dump() -> String {
    "INSERT INTO orders (id, status, note) VALUES (1, 'new', 'it''s a note; with marks'), (2, 'paid', NULL);\n".repeat(40_000)
}

#[divan::bench(args = [("migrations", migrations()), ("dump", dump())].map(|(name, text)| Input { name, text }), sample_count = 20)]
fn split(bencher: divan::Bencher, input: &Input) {
    let text = input.text.as_str();
    bencher.counter(BytesCount::of_str(text)).bench(|| sql::split(divan::black_box(text), Dialect::Postgres));
}

#[divan::bench(args = [("migrations", migrations()), ("dump", dump())].map(|(name, text)| Input { name, text }), sample_count = 20)]
fn read(bencher: divan::Bencher, input: &Input) {
    let text = input.text.as_str();
    bencher.counter(BytesCount::of_str(text)).bench(|| sql::read(SourceId(0), divan::black_box(text), None, Dialect::Postgres));
}

/// A text under a short name.
struct Input {
    name: &'static str,
    text: String,
}

impl std::fmt::Display for Input {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}
