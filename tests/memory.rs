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

    // What grows in place is not held twice.
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        HELD.fetch_sub(layout.size(), Relaxed);
        let held = HELD.fetch_add(size, Relaxed) + size;
        MOST.fetch_max(held, Relaxed);
        unsafe { System.realloc(place, layout, size) }
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

/// A dump of tables as `pg_dump` writes them: 5 columns, 4 indexes, a check and a reference each, in 19 statements.
fn tables(count: usize) -> String {
    let mut text = "SET statement_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\n".to_owned();
    let mut put = |part: String| text.push_str(&part);
    let head = |name: &str, kind: &str| format!("--\n-- Name: {name}; Type: {kind}; Schema: public; Owner: -\n--\n\n");
    for at in 0..count {
        let t = format!("shop_{at}");
        put(head(&t, "TABLE"));
        put(format!(
            "CREATE TABLE public.{t} (\n    id bigint NOT NULL,\n    owner_id bigint NOT NULL,\n    \
             name character varying(255) DEFAULT ''::character varying NOT NULL,\n    state text DEFAULT 'open'::text NOT NULL,\n    \
             created_at timestamp with time zone DEFAULT now() NOT NULL,\n    \
             CONSTRAINT {t}_state CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])))\n);\n"
        ));
        put(format!("ALTER TABLE public.{t} OWNER TO app;\nCOMMENT ON TABLE public.{t} IS 'Table number {at} of the shop.';\n"));
        for column in ["owner_id", "name", "state"] {
            put(format!("COMMENT ON COLUMN public.{t}.{column} IS 'The {column} of table {at}';\n"));
        }
        put(head(&format!("{t}_id_seq"), "SEQUENCE"));
        put(format!(
            "CREATE SEQUENCE public.{t}_id_seq\n    START WITH 1\n    INCREMENT BY 1\n    NO MINVALUE\n    NO MAXVALUE\n    \
             CACHE 1;\nALTER TABLE public.{t}_id_seq OWNER TO app;\nALTER SEQUENCE public.{t}_id_seq OWNED BY public.{t}.id;\n"
        ));
    }
    for at in 0..count {
        put(format!(
            "ALTER TABLE ONLY public.shop_{at} ALTER COLUMN id SET DEFAULT nextval('public.shop_{at}_id_seq'::regclass);\n"
        ));
    }
    for at in 0..count {
        let t = format!("shop_{at}");
        put(head(&format!("{t} {t}_pkey"), "CONSTRAINT"));
        put(format!(
            "ALTER TABLE ONLY public.{t}\n    ADD CONSTRAINT {t}_pkey PRIMARY KEY (id);\n\
             ALTER TABLE ONLY public.{t}\n    ADD CONSTRAINT {t}_name_key UNIQUE (owner_id, name);\n"
        ));
    }
    for at in 0..count {
        let t = format!("shop_{at}");
        put(head(&format!("{t}_created"), "INDEX"));
        put(format!(
            "CREATE INDEX {t}_created ON public.{t} USING btree (created_at DESC);\n\
             CREATE INDEX {t}_open ON public.{t} USING btree (owner_id, state) WHERE (state = 'open'::text);\n"
        ));
    }
    for at in 0..count {
        let t = format!("shop_{at}");
        put(format!(
            "ALTER TABLE ONLY public.{t}\n    ADD CONSTRAINT {t}_owner_fk FOREIGN KEY (owner_id) REFERENCES public.shop_{}(id) ON \
             DELETE CASCADE;\nALTER TABLE public.{t} CLUSTER ON {t}_created;\nGRANT SELECT ON TABLE public.{t} TO reader;\n\
             GRANT ALL ON SEQUENCE public.{t}_id_seq TO app;\n",
            at / 2
        ));
    }
    text
}

/// One test, since the counts are those of the whole process. `DUMP_TO=FOLDER cargo test --test memory` writes the largest dump of
/// tables, as a schema file and as a migration, for measuring a whole run: `/usr/bin/time -v backend-lint FOLDER/schema`.
#[test]
fn large_dumps_take_memory_in_proportion_to_their_text() {
    if let Ok(folder) = std::env::var("DUMP_TO") {
        for path in ["schema/db/structure.sql", "migration/migrations/000001_init.up.sql"] {
            let path = std::path::Path::new(&folder).join(path);
            std::fs::create_dir_all(path.parent().expect("the path has folders")).expect("the folder is made");
            std::fs::write(path, tables(5_000)).expect("the dump is written");
        }
    }
    // The tables of data and the pages of the rules are read once in a process, whatever it checks.
    most("db/structure.sql", rows(1));
    let small = |what: &str, text: String, path: &str, times: usize| {
        let (length, most) = (text.len(), most(path, text));
        println!("{what}: {most} bytes for {length}, {:.2} times", most as f64 / length as f64);
        assert!(most * 100 < times * length, "{most} bytes for {length} of {what}: {}", most * 100 / length);
    };
    for count in [20_000, 40_000] {
        small("rows", rows(count), "db/structure.sql", 205);
    }
    for count in [2_500, 5_000] {
        small("tables", tables(count), "db/structure.sql", 205);
    }
    // As a migration it is judged once more, to count what judging all would find, and every step of that is kept.
    for count in [20_000, 40_000] {
        small("rows in a migration", rows(count), "migrations/000001_init.up.sql", 1_080);
    }
    for count in [2_500, 5_000] {
        small("tables in a migration", tables(count), "migrations/000001_init.up.sql", 1_280);
    }
}
