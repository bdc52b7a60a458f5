// Reads TAP with npm's tap-parser, strictly: `node tap.mjs FILE PASSED FAILED`.
import { readFileSync } from "node:fs";
import { check, load } from "./modules.mjs";

const { Parser } = load("tap-parser");
const [file, passed, failed] = process.argv.slice(2);
const text = readFileSync(file, "utf8");

const parser = new Parser({ strict: true });
let steps = 0;
let unreadable = [];
parser.on("child", (child) => child.on("assert", () => (steps += 1)));
parser.on("extra", (line) => unreadable.push(line));
parser.end(text);
const results = parser.results;

check(unreadable.length === 0, `no TAP: ${unreadable.join("")}`);
check(results.plan.start === 1 && results.plan.end === results.count, `the plan is ${JSON.stringify(results.plan)}`);
check(results.version === undefined || results.version === 14, `the version is ${results.version}`);
const tapErrors = results.failures.filter((failure) => failure.tapError);
check(tapErrors.length === 0, `TAP errors: ${JSON.stringify(tapErrors)}`);
check(
  results.count - results.fail === Number(passed) && results.fail === Number(failed),
  `read ${results.count - results.fail} passed and ${results.fail} failed`,
);
check(steps > results.count, `read ${steps} steps`);
console.log(`${results.count} tests, ${steps} steps`);
