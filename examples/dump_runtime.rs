use backend_lint::{
    discover,
    files::disk::Disk,
    model::{self, Settings},
    source::Sources,
};
fn main() {
    let root = std::env::args().nth(1).unwrap();
    let files = Disk::new(&root);
    let settings = Settings { threads: 1, ..Settings::default() };
    let discovery = discover::find(&files, &settings);
    let mut sources = Sources::default();
    let mut workspace = model::Workspace::new(&files, &mut sources, 1);
    let runtime = model::runtime::read(&mut workspace, &discovery, &settings);
    let unread = workspace.finish();
    println!("{}", serde_json::to_string_pretty(&model::runtime::to_json(&runtime, &sources)).unwrap());
    for one in unread {
        eprintln!("unread {one:?}");
    }
    for setting in runtime.settings() {
        eprintln!("setting {} {:?}", setting.subject(), setting.setting().timeout);
    }
    for store in runtime.stores() {
        eprintln!("store {} {:?} {:?}", store.name(), store.profile(), store.statement_timeout());
    }
    for route in runtime.routes() {
        eprintln!(
            "route {} {} {:?} {:?} {:?} targets {}",
            sources.path(route.span.source),
            route.name,
            route.hosts,
            route.read,
            route.streaming,
            route.targets.len()
        );
    }
}
