// A GitHub runner, as far as configure-aws-credentials sees one: the action's inputs, the files it writes to, and the
// service that gives a job its OIDC token. Prints what the action wrote as JSON.
//
// node github_runner.cjs ACTION '{"inputs": {…}, "environment": {…}, "subject": "repo:…"}'
const crypto = require("node:crypto");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { spawn } = require("node:child_process");

const issuer = "https://token.actions.githubusercontent.com";
const [action, job] = [process.argv[2], JSON.parse(process.argv[3])];
const home = fs.mkdtempSync(path.join(process.env.HOME, "runner-"));
const file = (name) => {
  const at = path.join(home, name);
  fs.writeFileSync(at, "");
  return at;
};

const { privateKey, publicKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function token(audience) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: audience, sub: job.subject, iat: now, nbf: now, exp: now + 300 };
  const signed = `${part({ alg: "RS256", typ: "JWT", kid: "runner" })}.${part(claims)}`;
  return `${signed}.${crypto.sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
}

// Values stand between a delimiter's two lines: NAME<<DELIMITER, value, DELIMITER.
function written(at) {
  const values = {};
  for (const [, name, , value] of fs.readFileSync(at, "utf8").matchAll(/^(.+?)<<(.+)\n([^]*?)\n\2$/gm)) {
    values[name] = value;
  }
  return values;
}

async function main() {
  const environment = {
    PATH: process.env.PATH,
    HOME: home,
    AWS_ENDPOINT_URL: process.env.AWS_ENDPOINT_URL,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SHARED_CREDENTIALS_FILE: path.join(home, "no-credentials"),
    AWS_CONFIG_FILE: path.join(home, "no-config"),
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION: "credentials",
    GITHUB_ACTOR: "octocat",
    GITHUB_REF: "refs/heads/main",
    GITHUB_REPOSITORY: "acme/site",
    GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
    GITHUB_WORKFLOW: "deploy",
    GITHUB_WORKSPACE: home,
    GITHUB_ENV: file("env"),
    GITHUB_OUTPUT: file("output"),
    ...job.environment,
  };
  const inputs = { "aws-region": "us-east-1", audience: "sts.amazonaws.com", "disable-retry": "true", ...job.inputs };
  for (const [name, value] of Object.entries(inputs)) {
    environment[`INPUT_${name.toUpperCase()}`] = value;
  }

  const tokens = http.createServer((request, response) => {
    const audience = new URL(request.url, "http://runner").searchParams.get("audience");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ value: token(audience) }));
  });
  await new Promise((listening) => tokens.listen(0, "127.0.0.1", listening));
  if (job.subject) {
    environment.ACTIONS_ID_TOKEN_REQUEST_URL = `http://127.0.0.1:${tokens.address().port}/token?version=1`;
    environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN = "of-this-job";
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: "runner", alg: "RS256", use: "sig" };
    await fetch(`${process.env.AWS_ENDPOINT_URL}/_rolecall/jwks?issuer=${encodeURIComponent(issuer)}`, {
      method: "PUT",
      body: JSON.stringify({ keys: [jwk] }),
    });
  }

  const step = spawn(process.execPath, [path.join(action, "dist/index.js")], { env: environment, cwd: home });
  let output = "";
  step.stdout.on("data", (text) => (output += text));
  step.stderr.on("data", (text) => (output += text));
  const status = await new Promise((ended) => step.on("close", ended));
  tokens.close();
  console.log(JSON.stringify({ status, output, env: written(environment.GITHUB_ENV), outputs: written(environment.GITHUB_OUTPUT) }));
}

main();
