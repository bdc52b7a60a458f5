// Asks the YAML language server what it finds in scenario files: `node yaml.mjs FILE…`, a line of JSON for each.
//
// What an editor does: open the file, wait for diagnostics. The schema is the one that the file's first line names.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { folder } from "./modules.mjs";

const files = process.argv.slice(2).map((file) => resolve(file));
const path = join(folder, "node_modules/yaml-language-server/bin/yaml-language-server");
const server = spawn(process.execPath, [path, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });

const send = (message) => {
  const text = JSON.stringify({ jsonrpc: "2.0", ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
};

const settings = { yaml: { validate: true, schemaStore: { enable: false }, format: { enable: false } } };
const open = (uri, text) => ({ textDocument: { uri, languageId: "yaml", version: 1, text } });
const waiting = new Map(files.map((file) => [pathToFileURL(file).href, file]));

const received = (message) => {
  if (message.id === 1) {
    send({ method: "initialized", params: {} });
    send({ method: "workspace/didChangeConfiguration", params: { settings } });
    for (const [uri, file] of waiting) {
      send({ method: "textDocument/didOpen", params: open(uri, readFileSync(file, "utf8")) });
    }
  } else if (message.method === "workspace/configuration") {
    const wanted = message.params.items.map((item) => settings[item.section] ?? {});
    send({ id: message.id, result: wanted });
  } else if (message.method === "textDocument/publishDiagnostics" && waiting.has(message.params.uri)) {
    const { uri, diagnostics } = message.params;
    const found = diagnostics.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
    console.log(JSON.stringify({ file: waiting.get(uri), found }));
    waiting.delete(uri);
    if (waiting.size === 0) {
      server.kill();
      process.exit(0);
    }
  } else if (message.id !== undefined && message.method) {
    send({ id: message.id, result: null });
  }
};

let buffer = Buffer.alloc(0);
server.stdout.on("data", (chunk) => {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const head = buffer.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, head))[1]);
    if (buffer.length < head + 4 + length) return;
    const text = buffer.subarray(head + 4, head + 4 + length).toString();
    buffer = buffer.subarray(head + 4 + length);
    received(JSON.parse(text));
  }
});

const root = pathToFileURL(process.cwd()).href;
send({
  id: 1,
  method: "initialize",
  params: {
    processId: process.pid,
    rootUri: root,
    capabilities: { workspace: { configuration: true }, textDocument: { publishDiagnostics: {} } },
    workspaceFolders: [{ uri: root, name: "rolecall" }],
  },
});
