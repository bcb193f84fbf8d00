use backend_lint::sql::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let d = match a[1].as_str() {
        "mysql" => Dialect::MySql,
        "sqlite" => Dialect::Sqlite,
        _ => Dialect::Postgres,
    };
    for f in &a[2..] {
        let t = std::fs::read_to_string(f).unwrap();
        let s = read(backend_lint::source::SourceId(0), &t, None, d);
        for p in &s.problems {
            println!("{f}: PROBLEM {p:?}");
        }
        for st in s.statements {
            let bad = !matches!(st.understanding, Understanding::Full | Understanding::NoEffect);
            if std::env::var("BAD").is_ok() && !bad {
                continue;
            }
            println!(
                "{f}: {:?} maybe={} block={} head={:?}\n    {}",
                st.understanding,
                st.maybe,
                st.block.is_some(),
                &t[st.head.range()],
                &t[st.span.range()].chars().take(300).collect::<String>().replace('\n', "\n    ")
            );
            if std::env::var("OPS").is_ok() {
                for o in &st.ops {
                    println!("      {:?}", o);
                }
            }
        }
    }
}
