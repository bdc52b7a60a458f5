// Packages from the folder that `tests/readers/install` made.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

export const folder = resolve(process.env.ROLECALL_READERS);
export const load = createRequire(join(folder, "package.json"));

/** Fails with a sentence. */
export function check(holds, sentence) {
  if (!holds) {
    console.error(sentence);
    process.exit(1);
  }
}
