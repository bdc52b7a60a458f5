// Reads annotations as GitHub's runner does, and has GitHub's own @actions/core write them again: the same characters.
//
// GitHub Actions, workflow commands: `::error file={name},line={line},col={col},title={title}::{message}`.
import { readFileSync } from "node:fs";
import { check, load } from "./modules.mjs";

const { issueCommand } = load("@actions/core/lib/command.js");
const [file, expected] = process.argv.slice(2);
const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
check(lines.length === Number(expected), `read ${lines.length} annotations`);

const unescaped = (text) => text.replace(/%0D/g, "\r").replace(/%0A/g, "\n").replace(/%3A/g, ":").replace(/%2C/g, ",").replace(/%25/g, "%");
for (const line of lines) {
  const read = /^::(error|warning|notice) ([^:]*)::(.*)$/.exec(line);
  check(read, `no annotation: ${line}`);
  const properties = Object.fromEntries(read[2].split(",").map((pair) => pair.split("=").map(unescaped)));
  check(properties.file && properties.title, `it has no file or title: ${line}`);
  let written = "";
  const write = process.stdout.write;
  process.stdout.write = (text) => ((written += text), true);
  issueCommand(read[1], properties, unescaped(read[3]));
  process.stdout.write = write;
  check(written.trimEnd() === line, `@actions/core writes\n${written}for\n${line}`);
}
console.log(`${lines.length} annotations`);
