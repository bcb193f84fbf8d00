//! A commit's tree as files: what it lists, reads, refuses and compares.

use super::beside::Random;
use super::support::Scratch;
use backend_lint::files::Files;
use backend_lint::files::disk::Disk;
use backend_lint::files::git::{Checkout, GitTree, Repository};
use std::path::Path;

fn tree(folder: &Path, commit: &str) -> GitTree {
    let repository = Repository::discover(folder).unwrap().unwrap();
    repository.tree(repository.commit(commit).unwrap()).unwrap()
}

fn paths(tree: &GitTree) -> Vec<String> {
    tree.list().iter().map(str::to_owned).collect()
}

#[test]
fn a_tree_is_that_of_its_commit_and_not_of_the_disk() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let first = work.write("db/1.sql", "SELECT 1;\n").write("db/2.sql", "SELECT 2;\n").write("a.yaml", "a: 1\n").commit();
    work.git(&["rm", "-q", "db/2.sql"]);
    let second = work.write("db/1.sql", "SELECT 3;\n").write("b.yaml", "b: 1\n").commit();
    work.git(&["gc", "-q", "--aggressive", "--prune=now"]);

    let old = tree(&work.0, &first);
    assert_eq!(paths(&old), ["a.yaml", "db/1.sql", "db/2.sql"]);
    assert_eq!(old.read("db/1.sql").unwrap(), b"SELECT 1;\n");
    assert_eq!(tree(&work.0, &second).read("db/1.sql").unwrap(), b"SELECT 3;\n");
    assert!(old.exists("db/2.sql") && !old.exists("db") && !old.exists("b.yaml") && !old.exists("") && !old.exists("db/1.sql/x"));
    for missing in ["b.yaml", "db", "../shop/a.yaml", "/a.yaml", ""] {
        assert!(old.read(missing).is_err(), "{missing}");
    }
    assert!(old.same("db/1.sql", b"SELECT 1;\n"));
    assert!(old.same("db/1.sql", b"SELECT 1;\r\n"), "line ends are folded");
    assert!(!old.same("db/1.sql", b"SELECT 3;\n") && !old.same("b.yaml", b"b: 1\n"));
}

#[test]
fn a_folder_of_the_repository_is_a_root_of_its_own() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let first = work.write("a.yaml", "a: 1\n").commit();
    let second = work.write("svc/api/db/1.sql", "SELECT 1;\n").commit();
    let folder = work.0.join("svc/api");
    assert_eq!(paths(&tree(&folder, &second)), ["db/1.sql"]);
    assert_eq!(tree(&folder, &second).read("db/1.sql").unwrap(), b"SELECT 1;\n");
    assert!(tree(&folder, &second).read("../../a.yaml").is_err());
    assert!(paths(&tree(&folder, &first)).is_empty(), "the commit does not have the folder yet");
    assert!(!tree(&folder, &first).exists("db/1.sql"));
}

#[test]
#[cfg(unix)]
fn links_and_submodules_are_not_followed() {
    let scratch = Scratch::new();
    let inner = scratch.repository("inner");
    inner.write("x.sql", "SELECT 1;\n").commit();
    let work = scratch.repository("shop");
    std::os::unix::fs::symlink("/etc/passwd", work.0.join("link.yaml")).unwrap();
    let url = inner.0.display().to_string();
    work.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "sub"]);
    let commit = work.write("a.yaml", "a: 1\n").commit();
    let tree = tree(&work.0, &commit);
    assert_eq!(paths(&tree), [".gitmodules", "a.yaml"]);
    assert!(tree.read("link.yaml").is_err() && tree.read("sub/x.sql").is_err() && !tree.exists("link.yaml"));
    let repository = Repository::discover(&work.0).unwrap().unwrap();
    let listing = backend_lint::files::disk::Disk::new(&work.0).list();
    assert_eq!(repository.is_dirty(&listing), Ok(false), "a submodule's files are not untracked ones");
}

#[test]
fn threads_may_read_at_once() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    for number in 0..40 {
        work.write(&format!("d{}/{number}.sql", number % 4), format!("SELECT {number};\n"));
    }
    let commit = work.commit();
    let tree = tree(&work.0, &commit);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in 0..40 {
                    let path = format!("d{}/{number}.sql", number % 4);
                    assert_eq!(tree.read(&path).unwrap(), format!("SELECT {number};\n").as_bytes());
                }
            });
        }
    });
    assert_eq!(paths(&tree).len(), 40);
}

/// What the index lists is only a help: untracked and removed files make the listing what a walk of the disk finds; and what git
/// tracks, `.gitignore` does not take out.
#[test]
fn a_working_tree_is_listed_as_the_disk_holds_it() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.write("a.yaml", "a")
        .write("a/b.sql", "b")
        .write("a.b/c.go", "c")
        .write("z/.env", "z")
        .write("z/gone.sql", "g")
        .write("é/x.md", "x");
    work.write("kept/by-index.log", "log").commit();
    let list = |folder: &Path| {
        let repository = Repository::discover(folder).unwrap().unwrap();
        let beside: Vec<String> = Checkout::new(folder, Some(&repository)).list().iter().map(str::to_owned).collect();
        let alone: Vec<String> = Disk::new(folder).list().iter().map(str::to_owned).collect();
        let untracked: Vec<&String> = beside.iter().filter(|path| *path != "kept/by-index.log" || alone.contains(path)).collect();
        assert_eq!(untracked, alone.iter().collect::<Vec<_>>(), "{}", folder.display());
        beside
    };
    let first = list(&work.0);
    assert_eq!(first, ["a.b/c.go", "a.yaml", "a/b.sql", "kept/by-index.log", "z/.env", "z/gone.sql", "é/x.md"]);
    std::fs::remove_file(work.0.join("z/gone.sql")).unwrap();
    work.write(".gitignore", "*.log\n").write("a/0-new.sql", "n").write("zz/new.yaml", "n").write("a/x.log", "l");
    let second = list(&work.0);
    let kept = "kept/by-index.log";
    assert_eq!(second, [".gitignore", "a.b/c.go", "a.yaml", "a/0-new.sql", "a/b.sql", kept, "z/.env", "zz/new.yaml", "é/x.md"]);
    assert_eq!(list(&work.0.join("a")), ["0-new.sql", "b.sql"]);
    work.git(&["rm", "-q", "--cached", "a.yaml"]);
    assert_eq!(list(&work.0), second, "what the index does not have is there all the same");
}

#[test]
#[cfg(unix)]
fn what_is_staged_is_found_between_what_is_no_file() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.write("b.yaml", "old").write("d/1.sql", "old").commit();
    work.git(&["checkout", "-q", "-b", "other"]);
    work.write("b.yaml", "other").commit();
    work.git(&["checkout", "-q", "main"]);
    work.write("b.yaml", "ours")
        .write("d/main.go", "code")
        .write("d/2.sql", "2")
        .write("z.json", "z")
        .write("a.yaml", "a")
        .commit();
    assert!(!work.tries(&["merge", "-q", "other"]), "a conflict");
    for link in ["a0.yaml", "d/11.sql", "d/zz.go"] {
        std::os::unix::fs::symlink("a.yaml", work.0.join(link)).unwrap();
        work.git(&["add", link]);
    }
    work.write("d/0.sql", "announced").git(&["add", "-N", "d/0.sql"]);
    let repository = Repository::discover(&work.0).unwrap().unwrap();
    let index = repository.index().unwrap();
    let files = [("a.yaml", "a"), ("d/1.sql", "old"), ("d/2.sql", "2"), ("d/main.go", "code"), ("z.json", "z")];
    let others = ["a0.yaml", "b.yaml", "d/0.sql", "d/11.sql", "d/zz.go", "d", "", "z.jso", "zz", "d/3.sql", "d/main.g"];
    // Before the listing is made, and by what it has noted.
    for _ in 0..2 {
        files.iter().for_each(|(path, text)| assert_eq!(index.read(path).unwrap(), text.as_bytes(), "{path}"));
        others.iter().for_each(|path| assert!(index.read(path).is_err() && !index.exists(path), "{path}"));
        assert!(index.list().iter().eq(files.map(|(path, _)| path)));
    }
    assert_eq!(index.refused(), [("b.yaml".to_owned(), "its merge conflict is not resolved".to_owned())]);
}

#[test]
fn a_working_tree_lists_what_git_says() {
    const FOLDERS: [&str; 6] = ["", "a/", "a/b/", "a/b.c/", "build/", "build/x/"];
    const NAMES: [&str; 5] = ["1.sql", "2.sql", "b", "x.log", "é.yaml"];
    const RULES: [&str; 7] = ["*.log\n", "build/\n", "/a/b\n", "*.sql\n!1.sql\n", "b/\n", "x\n", "*\n"];
    let scratch = Scratch::new();
    for round in 0..40u64 {
        let mut random = Random::new(round);
        let work = scratch.repository(&format!("shop{round}"));
        let some = |random: &mut Random, most: usize, every: usize| {
            let all = FOLDERS.iter().take(most).flat_map(|folder| NAMES.map(|name| format!("{folder}{name}")));
            // A file and a folder cannot have one name.
            all.filter(|path| !["a/b", "build/x"].contains(&path.as_str()) && random.below(every) == 0).collect::<Vec<_>>()
        };
        some(&mut random, 6, 2).iter().for_each(|path| _ = work.write(path, path));
        for folder in ["", "a/", "build/"] {
            if random.below(2) == 0 {
                work.write(&format!("{folder}.gitignore"), RULES[random.below(RULES.len())]);
            }
        }
        if random.below(8) > 0 {
            work.git(&["add", "-f", "-A"]);
        }
        let folders = 1 + random.below(6);
        some(&mut random, folders, 3).iter().for_each(|path| _ = std::fs::remove_file(work.0.join(path)));
        some(&mut random, 6, 3).iter().for_each(|path| _ = work.write(path, "new"));
        let said = work.git(&["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]);
        let mut wanted: Vec<&str> = said.split('\0').filter(|path| !path.is_empty() && work.0.join(path).is_file()).collect();
        wanted.sort_unstable();
        for top in ["", "a"] {
            let folder = work.0.join(top);
            if !folder.is_dir() {
                continue;
            }
            let repository = Repository::discover(&folder).unwrap().unwrap();
            let below = if top.is_empty() { String::new() } else { format!("{top}/") };
            let wanted: Vec<&str> = wanted.iter().filter_map(|path| path.strip_prefix(&below)).collect();
            let listing = Checkout::new(&folder, Some(&repository)).list();
            assert_eq!(listing.iter().collect::<Vec<_>>(), wanted, "round {round}, {top}");
        }
    }
}

#[test]
fn a_staged_file_is_found_after_any_other() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let path = |number: usize| format!("{}/{number:03}.sql", number / 7);
    (0..90).step_by(2).for_each(|number| _ = work.write(&path(number), "SELECT 1;\n"));
    work.commit();
    let repository = Repository::discover(&work.0).unwrap().unwrap();
    let index = repository.index().unwrap();
    let is_there = |number: usize| index.exists(&path(number)) == (number < 90 && number.is_multiple_of(2));
    for (first, second) in (0..95).flat_map(|first| (0..95).map(move |second| (first, second))) {
        assert!(is_there(first) && is_there(second), "{second} after {first}");
    }
}

#[test]
fn a_tracked_file_counts_whatever_gitignore_says() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    work.write(".gitignore", "*.sql\ngen/\n").write("db/1.sql", "").write("gen/api.yaml", "").write("node_modules/x.yaml", "");
    work.git(&["add", "-f", "-A"]);
    work.write("db/2.sql", "").write("gen/b.yaml", "").write("new/c.yaml", "").write("gen/sub/d.yaml", "");
    let repository = Repository::discover(&work.0).unwrap().unwrap();
    let list = || Checkout::new(&work.0, Some(&repository)).list().iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(list(), [".gitignore", "db/1.sql", "gen/api.yaml", "new/c.yaml"]);
    work.git(&["init", "-q", "gen"]);
    assert_eq!(list(), [".gitignore", "db/1.sql", "new/c.yaml"], "it belongs to the repository within");
}
