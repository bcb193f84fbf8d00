#!/usr/bin/env node
// Runs the binary of the package for this platform; npm installs the one that fits (`os` and `cpu` of optional dependencies).
"use strict";

const { spawnSync } = require("node:child_process");

const name = `@backend-lint/${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "backend-lint.exe" : "backend-lint";

let binary;
try {
  binary = require.resolve(`${name}/${file}`);
} catch {
  console.error(
    `backend-lint: the package ${name} is not installed. It is an optional dependency: install without ` +
      "`--omit=optional` or `--no-optional`; where there is no such package, `cargo install backend-lint` builds the binary.",
  );
  process.exit(2);
}

const run = spawnSync(binary, process.argv.slice(2), { stdio: "inherit", windowsHide: true });
if (run.error) {
  console.error(`backend-lint: ${binary}: ${run.error.message}`);
  process.exit(2);
}
// A shell says 128 and the number of the signal; 2 is our code for whatever went wrong.
process.exit(run.status ?? 2);
