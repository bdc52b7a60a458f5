// The AWS SDK for JavaScript, unmodified, against a served mock: each function is a flow that a test of its own runs.
// The keys of the world's users are profiles; the endpoint comes from AWS_ENDPOINT_URL.
const assert = require("node:assert");
const crypto = require("node:crypto");
const { Readable } = require("node:stream");
const { GetCallerIdentityCommand, STSClient } = require("@aws-sdk/client-sts");
const s3 = require("@aws-sdk/client-s3");
const { fromIni, fromTemporaryCredentials, fromWebToken } = require("@aws-sdk/credential-providers");
const { Upload } = require("@aws-sdk/lib-storage");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");

const role = (name) => `arn:aws:iam::123456789012:role/${name}`;
const refused = (promise, name, text) =>
  assert.rejects(promise, (error) => {
    assert.strictEqual(error.name, name);
    assert.ok(error.message.includes(text), error.message);
    return true;
  });
const arn = async (credentials) => (await new STSClient({ credentials }).send(new GetCallerIdentityCommand({}))).Arn;
const assumed = (name, parameters = {}) =>
  fromTemporaryCredentials({
    masterCredentials: fromIni({ profile: "deployer" }),
    params: { RoleArn: role(name), RoleSessionName: "javascript", ...parameters },
  });

const flows = {
  async fromTemporaryCredentials() {
    assert.ok((await arn(assumed("Deploy"))).endsWith(":assumed-role/Deploy/javascript"));
    await refused(arn(assumed("Monitoring", { ExternalId: "customer-4711" })), "AccessDenied", "sts:AssumeRole");
    assert.ok(await arn(assumed("Monitoring", { ExternalId: "Customer-4711" })));
  },

  async fromIni() {
    assert.ok((await arn(fromIni({ profile: "monitor" }))).includes(":assumed-role/Monitoring/"));
    await refused(arn(fromIni({ profile: "mistaken" })), "AccessDenied", `on resource: ${role("Monitoring")}`);
  },

  // The issuer's key is made here, and told to the mock as GitHub's would be found at its issuer.
  async fromWebToken() {
    const issuer = "https://token.actions.githubusercontent.com";
    const { privateKey, publicKey } = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: "test", alg: "ES256", use: "sig" };
    const published = await fetch(`${process.env.AWS_ENDPOINT_URL}/_rolecall/jwks?issuer=${encodeURIComponent(issuer)}`, {
      method: "PUT",
      body: JSON.stringify({ keys: [jwk] }),
    });
    assert.strictEqual(published.status, 204);
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = (sub) => {
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: issuer, aud: "sts.amazonaws.com", sub, iat: now, nbf: now, exp: now + 300 };
      const signed = `${part({ alg: "ES256", typ: "JWT", kid: "test" })}.${part(claims)}`;
      const signature = crypto.sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return `${signed}.${signature.toString("base64url")}`;
    };
    const withToken = (sub) =>
      fromWebToken({ roleArn: role("FromGitHub"), roleSessionName: "javascript", webIdentityToken: token(sub) });
    assert.ok((await arn(withToken("repo:acme/site:ref:refs/heads/main"))).includes(":assumed-role/FromGitHub/"));
    await refused(
      arn(withToken("repo:acme/site:pull_request")),
      "AccessDenied",
      "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    );
  },

  async storage() {
    const client = new s3.S3Client({ credentials: assumed("Deploy"), forcePathStyle: true });
    const at = { Bucket: "acme-site", Key: "assets/large.bin" };
    const large = crypto.randomBytes(12 << 20);
    await new Upload({ client, params: { ...at, Body: Readable.from([large]) } }).done();
    const read = await client.send(new s3.GetObjectCommand(at));
    assert.ok(large.equals(Buffer.from(await read.Body.transformToByteArray())));

    const url = await getSignedUrl(client, new s3.GetObjectCommand({ ...at, Range: "bytes=0-3" }));
    assert.strictEqual((await fetch(url, { headers: { range: "bytes=0-3" } })).status, 206);

    await client.send(new s3.DeleteObjectsCommand({ Bucket: at.Bucket, Delete: { Objects: [{ Key: at.Key }] } }));
    await refused(client.send(new s3.HeadObjectCommand(at)), "NotFound", "");

    const reader = new s3.S3Client({ credentials: fromIni({ profile: "monitor" }), forcePathStyle: true });
    await refused(
      reader.send(new s3.PutObjectCommand({ ...at, Body: "x" })),
      "AccessDenied",
      "because no identity-based policy allows the s3:PutObject action",
    );
  },
};

flows[process.argv[2]]().then(
  () => console.log(`${process.argv[2]}: as it should be`),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
