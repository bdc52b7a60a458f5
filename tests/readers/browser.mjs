// Uses the HTML report in a real browser, as a person would: `node browser.mjs BROWSER REPORT SCREENSHOTS`.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { check, load } from "./modules.mjs";

const { chromium } = load("playwright-core");
const [executablePath, report, screenshots] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

/** The page in a window of its own; nothing may be fetched and nothing may go wrong. */
async function opened(width, height, colorScheme, hash = "") {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  page.on("pageerror", (error) => check(false, `the page's script fails: ${error.message}`));
  page.on("console", (message) => check(message.type() !== "error", `the console says: ${message.text()}`));
  page.on("request", (request) => check(request.url().startsWith("file:"), `the page loads ${request.url()}`));
  await page.goto(pathToFileURL(resolve(report)).href + hash);
  return page;
}

const shown = (page) => page.locator(".test:visible").count();

for (const [name, width, height] of [["desktop", 1280, 900], ["phone", 390, 844]]) {
  const papers = [];
  for (const scheme of ["light", "dark"]) {
    const page = await opened(width, height, scheme);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(wider <= 0, `${name}, ${scheme}: the page is ${wider} px wider than the window`);
    papers.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    const drawings = await page.locator(".test[open] svg:visible").count();
    const tests = await page.locator(".test[open]").count();
    check(drawings === tests, `${name}: ${drawings} diagrams in ${tests} open tests`);
    await page.screenshot({ path: join(screenshots, `${name}-${scheme}.png`) });
    await page.context().close();
  }
  check(papers[0] !== papers[1], `${name}: dark looks like light: ${papers}`);
}

const page = await opened(1280, 900, "light");
const all = await shown(page);
const outcomes = await page.locator(".test").evaluateAll((tests) => tests.map((test) => test.dataset.outcome));
const order = ["error", "fail", "skip", "pass"];
const sorted = [...outcomes].sort((one, other) => order.indexOf(one) - order.indexOf(other));
check(outcomes.join() === sorted.join(), `the worst come first, not ${outcomes}`);
check(outcomes.includes("pass") && outcomes.some((outcome) => outcome !== "pass"), `outcomes: ${outcomes}`);
const open = await page.locator(".test[open]").evaluateAll((tests) => tests.map((test) => test.dataset.outcome));
check(open.length > 0 && !open.includes("pass"), `open at first: ${open}`);
check(await page.locator(".test[open] .reason").first().isVisible(), "a failed test shows its reason at once");
check(await page.locator(".test[open] mark").first().isVisible(), "the deciding statement is marked");

await page.fill("#words", "external ID");
const found = await shown(page);
check(found > 0 && found < all, `${found} of ${all} tests have the words`);
await page.fill("#words", "no test has such words");
check((await shown(page)) === 0, "no test is shown");
check(await page.locator("#none").isVisible(), "the page says that nothing matches");
await page.fill("#words", "");
check((await shown(page)) === all, "an empty filter shows all");

await page.locator(".chip.pass").click();
check((await page.locator(".test.pass:visible").count()) === 0, "tests that passed are hidden");
check((await shown(page)) > 0, "the others are shown");
await page.locator(".chip.pass input").focus();
await page.keyboard.press("Space");
check((await shown(page)) === all, "the keyboard brings them back");

const passed = page.locator(".test.pass").first();
await passed.locator("summary").click();
check(await passed.locator(".steps").isVisible(), "a click opens a test");
await page.locator("#all").click();
check((await page.locator(".test[open]").count()) === all, "a click opens all");
const name = await passed.getAttribute("id");
const linked = await opened(1280, 900, "light", `#${encodeURIComponent(name)}`);
check(await linked.locator(".test.pass[open]").first().isVisible(), `a link to ${name} opens it`);

await browser.close();
console.log(`${all} tests, ${outcomes.length - outcomes.filter((outcome) => outcome === "pass").length} of them not passed`);
