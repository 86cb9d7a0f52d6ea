import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { makeLeaf, makeRoot } from "../../support/pki.ts";

/** What to read. */
interface Wanted {
  url: string;
  request?: { headers: Record<string, string> };
}
/** What came of one read. */
interface Read {
  contract?: unknown;
  code?: string;
  message?: string;
  milliseconds: number;
}

const limit = 1_000_000;
const contract = { version: 1, mesh: { name: "west" } };
const good = JSON.stringify(contract);
/** JSON of so many bytes. */
const sized = (bytes: number): string => JSON.stringify("x".repeat(bytes - 2));
const chunk = Buffer.alloc(64 * 1024, " ");

/** What the server has done, by path: `lasted` is how long until the answer ended or the client went away, in ms. */
interface Seen {
  sent: number;
  lasted?: number;
}
const seen = new Map<string, Seen>();

/** Writes chunks as fast as the client takes them, until it goes away. */
function endless(response: ServerResponse, sent: (bytes: number) => void, piece: Buffer = chunk): void {
  const more = (): void => {
    if (response.destroyed) return;
    sent(piece.length);
    if (response.write(piece)) setImmediate(more);
    else response.once("drain", more);
  };
  more();
}

type Answer = (response: ServerResponse, sent: (bytes: number) => void) => void;
const answers: Record<string, Answer> = {
  "/good": (response) => response.end(response.req.headers.authorization === "Bearer hidden" ? good : "{}"),
  "/largest": (response) => response.end(sized(limit)),
  "/moved": (response) => response.writeHead(302, { location: "/target" }).end(),
  "/moved-with-body": (response, sent) => endless(response.writeHead(302, { location: "/target" }), sent),
  "/target": (response) => response.end(good),
  "/never": (response) => response.end(good),
  "/plain": (response) => response.end(good),
  "/larger": (response) => response.end(sized(limit + 1)),
  "/endless": endless,
  // A hundred times as much as its bytes on the wire.
  "/unpacked": (response) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(sized(50 * limit)));
  },
  "/silent": () => undefined,
  "/drips": (response) => {
    const drip = setInterval(() => response.write(" "), 100);
    response.once("close", () => clearInterval(drip));
  },
  "/drips-long": (response, sent) => answers["/drips"]!(response, sent),
  "/cut": (response) => {
    response.writeHead(200, { "content-length": "100" }).write(good);
    setTimeout(() => response.destroy(), 50);
  },
  "/page": (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>Please sign in</html>"),
  "/missing": (response, sent) => endless(response.writeHead(404), sent),
};

/** Paths that are read as they are. */
const asked = Object.keys(answers).filter((path) => !["/target", "/never", "/plain", "/drips-long"].includes(path));

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url!, "https://localhost").pathname;
  const started = Date.now();
  const entry: Seen = { sent: 0 };
  seen.set(path, entry);
  response.once("close", () => (entry.lasted = Date.now() - started)).on("error", () => undefined);
  answers[path]!(response, (bytes) => (entry.sent += bytes));
}

const servers: Server[] = [];
async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "localhost", done));
  return (server.address() as AddressInfo).port;
}

/** Runs the program that reads, which must end by itself. */
function readAll(urls: Wanted[], ca: string, ...options: string[]): Promise<Read[]> {
  const program = join(__dirname, "support", "readContracts.ts");
  const settings = { env: { ...process.env, NODE_EXTRA_CA_CERTS: ca }, timeout: 50_000 };
  return new Promise((done, failed) =>
    execFile(process.execPath, [...options, program, JSON.stringify(urls)], settings, (error, stdout, stderr) =>
      error ? failed(new Error(`${error.message}\n${stderr}`)) : done(JSON.parse(stdout) as Read[]),
    ),
  );
}

let folder: string;
let read: Record<string, Read>;
let port: number;
let plainPort: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mesh-federation-contract-url-"));
  const ca = await makeRoot("own", { kind: "ec" });
  const file = join(folder, "ca.pem");
  writeFileSync(file, ca.certPem);
  const secure = async (leaf: { keyPem: string; chainPem: string }): Promise<number> =>
    listen(createServer({ key: leaf.keyPem, cert: leaf.chainPem }, answer));
  port = await secure(await makeLeaf({ ca, dnsNames: ["localhost"] }));
  const foreign = await secure(
    await makeLeaf({ ca: await makeRoot("foreign", { kind: "ec" }), dnsNames: ["localhost"] }),
  );
  const misnamed = await secure(await makeLeaf({ ca, dnsNames: ["west.example"] }));
  plainPort = await listen(createPlainServer(answer));
  const at = (path: string) => ({ url: `https://localhost:${port}${path}` });
  const urls: Record<string, Wanted> = {
    ...Object.fromEntries(asked.map((path) => [path, at(path)])),
    "/good": { ...at("/good?key=hidden"), request: { headers: { Authorization: "Bearer hidden" } } },
    "/page": at("/page?key=hidden"),
    loopback: { url: `http://localhost:${plainPort}/plain` },
    plain: { url: "http://west.example/contract.json" },
    "plain, by a name that begins as a loopback address": { url: `http://127.0.0.1.west.example/contract.json` },
    file: { url: "file:///etc/hostname" },
    "no URL": { url: "west hidden" },
    foreign: { url: `https://localhost:${foreign}/good` },
    misnamed: { url: `https://localhost:${misnamed}/good` },
    credentials: { url: `https://someone:hidden@localhost:${port}/never` },
    "plain credentials": { url: "http://someone:hidden@west.example/" },
    "header that HTTP does not allow": { ...at("/never"), request: { headers: { Authorization: "hidden\nhidden" } } },
  };
  // A time limit must hold although the collector takes what nothing but the request refers to.
  const dripping = readAll([at("/drips-long")], file, "--expose-gc");
  const all = await readAll(Object.values(urls), file);
  read = Object.fromEntries(Object.keys(urls).map((name, i) => [name, all[i]!]));
  [read["/drips-long"]] = (await dripping) as [Read];
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a contract is read, with the headers that the caller gives", () => {
  expect(read["/good"]).toMatchObject({ contract });
  expect(read["loopback"]).toMatchObject({ contract });
});

test("a contract may have as many bytes as the limit says", () => {
  expect(read["/largest"]!.contract).toHaveLength(limit - 2);
});

test.each(["/moved", "/moved-with-body"])("a redirect (%s) is refused, and nothing is asked of its target", (path) => {
  expect(read[path]).toMatchObject({ code: "contract-url-unreadable" });
  expect(seen.has("/target")).toBe(false);
});

test.each(["/larger", "/unpacked"])("an answer of more than the limit (%s) is refused", (path) => {
  expect(read[path]!.code).toBe("contract-url-unreadable");
  expect(read[path]!.message).toContain(String(limit));
});

test.each(["/endless", "/missing", "/moved-with-body"])("an answer without an end (%s) is not read on", (path) => {
  expect(read[path]!.code).toBe("contract-url-unreadable");
  expect(seen.get(path)!.lasted).toBeLessThan(8000);
  // What the client takes, and what the two machines' buffers hold.
  expect(seen.get(path)!.sent).toBeLessThan(16 * limit);
});

test.each(["/silent", "/drips", "/drips-long"])(
  "a server that does not come to an end (%s) meets the time limit",
  (path) => {
    expect(read[path]!.code).toBe("contract-url-unreadable");
    expect(read[path]!.milliseconds).toBeGreaterThan(9_000);
    expect(read[path]!.milliseconds).toBeLessThan(15_000);
    expect(read[path]!.message).toMatch(/\b10 s\b/);
    expect(read[path]!.message).not.toContain(String(limit));
  },
);

test("an answer that breaks off is refused as that", () => {
  expect(read["/cut"]).toMatchObject({ code: "contract-url-unreadable" });
  expect(read["/cut"]!.message).not.toContain(String(limit));
});

test.each(["plain", "plain, by a name that begins as a loopback address", "file", "no URL"])(
  "what is not https (%s) is refused",
  (name) => {
    expect(read[name]!.code).toBe("contract-url-unreadable");
    expect(read[name]!.message).toContain("https://");
  },
);

test("a certificate of another CA, or for another name, is refused", () => {
  expect(read["foreign"]!.code).toBe("contract-url-unreadable");
  expect(read["foreign"]!.message).toContain("SELF_SIGNED_CERT_IN_CHAIN");
  expect(read["misnamed"]!.message).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
});

test("another content is refused, with the URL and what is allowed, and is not quoted", () => {
  expect(read["/page"]!.code).toBe("contract-url-unreadable");
  expect(read["/page"]!.message).toContain(`https://localhost:${port}/page`);
  expect(read["/page"]!.message).toContain("JSON");
  expect(read["/page"]!.message).not.toContain("sign in");
});

test.each(["credentials", "plain credentials"])("a URL with %s is refused before anything is asked", (name) => {
  expect(read[name]!.code).toBe("contract-url-unreadable");
  expect(read[name]!.message).toContain("`headers`");
  expect(seen.has("/never")).toBe(false);
});

test("no error shows a secret", () => {
  expect(Object.values(read).filter(({ message }) => message?.includes("hidden"))).toEqual([]);
});

test("no connection stays open", async () => {
  await new Promise((done) => setTimeout(done, 100));
  expect([...seen].filter(([, { lasted }]) => lasted === undefined)).toEqual([]);
});
