//! How much memory a large dump takes, in proportion to its text: statements must not be held as a whole.

use backend_lint::engine::{self, Options};
use backend_lint::files::Memory;
use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts the bytes that are held, and the most that ever were.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on unchanged to the allocator of the system; the rest only counts.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST.fetch_max(held, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many bytes a check takes at most beyond the files themselves.
fn most(path: &str, text: String) -> usize {
    let mut files = Memory::new();
    files.insert(path, text);
    let before = HELD.load(Relaxed);
    MOST.store(before, Relaxed);
    let outcome = engine::check(&files, None, None, &Options::default()).expect("there is no configuration");
    assert_eq!(outcome.model.schema.databases.len(), 1, "{path} is read");
    assert!(!outcome.model.schema.databases[0].tables.is_empty(), "{path} has tables");
    MOST.load(Relaxed) - before
}

/// A dump with its rows as statements.
fn rows(count: usize) -> String {
    let mut text = "CREATE TABLE public.orders (id bigint NOT NULL, note text);\n".to_owned();
    for at in 0..count {
        let _ = writeln!(text, "INSERT INTO public.orders (id, note) VALUES ({at}, 'a note; it''s number {at}');");
    }
    text
}

/// A dump of tables as `pg_dump` writes them.
fn tables(count: usize) -> String {
    let mut text = String::new();
    for at in 0..count {
        let _ = writeln!(
            text,
            "--\n-- Name: t{at}; Type: TABLE; Schema: public; Owner: -\n--\n\nCREATE TABLE public.t{at} (\n    id bigint NOT NULL,\n    \
             owner_id bigint,\n    name text DEFAULT ''::text NOT NULL\n);\nCOMMENT ON TABLE public.t{at} IS 'table {at}';\n\
             CREATE SEQUENCE public.t{at}_id_seq;\nALTER SEQUENCE public.t{at}_id_seq OWNED BY public.t{at}.id;"
        );
    }
    for at in 0..count {
        let _ = writeln!(
            text,
            "ALTER TABLE ONLY public.t{at} ADD CONSTRAINT t{at}_pkey PRIMARY KEY (id);\nCREATE INDEX t{at}_owner ON public.t{at} \
             USING btree (owner_id);\nALTER TABLE ONLY public.t{at} ADD CONSTRAINT t{at}_fk FOREIGN KEY (owner_id) REFERENCES \
             public.t0(id);\nALTER TABLE public.t{at} OWNER TO app;"
        );
    }
    text
}

/// One test, since the counts are those of the whole process.
#[test]
fn large_dumps_take_memory_in_proportion_to_their_text() {
    for count in [20_000, 40_000] {
        let text = rows(count);
        let (length, most) = (text.len(), most("db/structure.sql", text));
        assert!(most < 4 * length, "{most} bytes for {length} of rows");
    }
    for count in [2_500, 5_000] {
        let text = tables(count);
        let (length, most) = (text.len(), most("db/structure.sql", text));
        assert!(most < 9 * length, "{most} bytes for {length} of tables");
    }
    // As a migration it is judged once more, to count what judging all would find, and every step of that is kept.
    for count in [20_000, 40_000] {
        let text = rows(count);
        let (length, most) = (text.len(), most("migrations/000001_init.up.sql", text));
        assert!(most < 20 * length, "{most} bytes for {length} of rows in a migration");
    }
}
