import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exported, Federation, mesh, type StackConfig } from "./support/federation.ts";

const comments = join(import.meta.dirname, "comments");
/** What the two meshes are before each change, deployed and committed. */
const base = (): { east: StackConfig; west: StackConfig } => ({
  east: mesh("east", "192.0.2.20", ["west.example"], {
    imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }],
  }),
  west: mesh("west", "192.0.2.10", ["east.example"], {
    exports: [exported("httpbin", { callers: ["sleep/sleep", "shop/cart"] })],
  }),
});
const timeout = 240_000;
let federation: Federation;
const seconds: number[] = [];
/** Seconds of a preview of each stack, one after the other. */
let previews = 0;
const secrets: string[] = [];

beforeAll(async () => {
  federation = await Federation.start(process.env["MESH_FEDERATION_TEST_CHARTS"]!, base());
  // The second time, the first mesh knows what the other has published.
  federation.up("west", "east");
  federation.up("west");
  federation.commit("base");
  for (const stack of ["west", "east"])
    previews += (await federation.clone.must("pulumi", ["preview", "--stack", stack], {}, true)).seconds;
  secrets.push(...Object.values(federation.clusters).flatMap((c) => secretsOf(c.kubeconfig)));
}, timeout);

afterAll(async () => federation?.stop(), timeout);

/** Tokens and certificates of a kubeconfig; none may appear in anything that a review prints. */
function secretsOf(kubeconfig: string): string[] {
  const { users, clusters } = JSON.parse(kubeconfig);
  return [users[0].user.token, clusters[0].cluster["certificate-authority-data"]];
}

/** Reviews the working tree as it is now, and puts it back. */
async function review(args: string[] = [], env: Record<string, string> = {}) {
  const done = await federation.clone.run("review", ["--base", "HEAD", "--comment", "comment.md", ...args], env, true);
  const file = join(federation.clone.folder, "comment.md");
  const comment = existsSync(file) ? readFileSync(file, "utf8") : "";
  federation.clone.git("checkout", "--quiet", "--", "stacks");
  federation.clone.git("clean", "--quiet", "--force", "--", "stacks", "comment.md");
  for (const secret of secrets) expect(done.output.includes(secret) || comment.includes(secret)).toBe(false);
  return { ...done, comment };
}

/** Changes the stacks, reviews, and compares the comment with the committed one of that name. */
async function golden(
  name: string,
  code: number,
  change: (stacks: ReturnType<typeof base> & Record<string, StackConfig>) => void | Promise<void>,
) {
  const stacks: Record<string, StackConfig> = base();
  await change(stacks as ReturnType<typeof base>);
  for (const [stack, config] of Object.entries(stacks)) federation.write(stack, config);
  const done = await review();
  seconds.push(done.seconds);
  const file = join(comments, `${name}.md`);
  if (process.env["UPDATE_COMMENTS"]) {
    mkdirSync(comments, { recursive: true });
    writeFileSync(file, done.comment);
  }
  expect(done.comment).toBe(readFileSync(file, "utf8"));
  expect([name, done.code]).toEqual([name, code]);
}

test.each<[string, number, (stacks: ReturnType<typeof base> & Record<string, StackConfig>) => void]>([
  ["no-op", 0, () => undefined],
  [
    "add",
    0,
    ({ east, west }) =>
      void (
        west["exports"].push(exported("cart")),
        east["imports"].push({ name: "cart", from: "west", visibleTo: ["sleep"] })
      ),
  ],
  ["narrow", 0, ({ west }) => (west["exports"][0].callers = ["sleep/sleep"])],
  ["remove", 0, ({ east, west }) => void ((east["imports"] = []), (west["exports"] = []))],
  ["rename", 0, ({ east, west }) => (west["exports"][0].name = east["imports"][0].name = "web")],
  ["rename-import", 0, ({ east }) => (east["imports"][0].as = "bin.east")],
  ["rename-export", 1, ({ west }) => (west["exports"][0].name = "web")],
  [
    "new-mesh",
    0,
    (stacks) =>
      void (
        (stacks["north"] = mesh("north", "192.0.2.30", [], {
          imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }],
        })),
        stacks.west["exports"][0].to.push("north"),
        stacks.west["mesh"].acceptedTrustDomains.push("north.example")
      ),
  ],
  ["address", 0, ({ west }) => (west["gateway"].addresses = ["192.0.2.11"])],
  ["trust-domain", 0, ({ west }) => (west["mesh"].trustDomain = "mesh.example")],
  ["chart-upgrade", 0, ({ west }) => (west["istio"].version = "1.31.0")],
])("%s: the comment says exactly what changed", async (name, code, change) => golden(name, code, change), timeout);

test(
  "secret-rotation: the comment says exactly what changed, and shows neither value",
  async () => {
    const rotated = await federation.clusters.west.otherKubeconfig();
    secrets.push(...secretsOf(rotated));
    await golden("secret-rotation", 0, () => federation.setSecret("west", "kubeconfig", rotated));
  },
  timeout,
);

test(
  "a stack whose configuration is wrong is named, and the others are reviewed",
  async () => {
    const { east, west } = base();
    west["exports"][0].ports[0].number = 80000;
    federation.write("west", west);
    federation.write("east", { ...east, imports: [] });
    const { code, comment } = await review();
    expect(code).toBe(1);
    expect(comment).toContain("- **west**: exports.0.ports.0.number: must be 1 to 65535 (given: 80000)");
    expect(comment).toContain("| west | not previewed: its configuration is not valid, see the checks |");
    expect(comment).toContain("- east no longer imports");
    expect(comment).toContain("| east | 2 to delete, 3 unchanged |");
  },
  timeout,
);

test(
  "without a backend the graph and the checks are still there",
  async () => {
    const { west } = base();
    west["exports"][0].to = [];
    federation.write("west", west);
    const { code, comment } = await review([], { PULUMI_BACKEND_URL: "file:///nonexistent" });
    expect(code).toBe(1);
    expect(comment).toContain("to (narrowed) - east (imported by east)");
    expect(comment).toMatch(/\*\*east\*\*: import "httpbin": mesh "west" .*not to "east".*\[import-not-allowed\]/);
    expect(comment).toMatch(/\| east \| not previewed: the backend cannot be read: unable to open state directory/);
  },
  timeout,
);

test(
  "where there is to be no backend, as for a pull request that gets no secrets, the review is made all the same",
  async () => {
    const { comment } = await review([], { MESH_FEDERATION_BACKEND: "none" });
    expect(comment).toMatch(/\| east \| not previewed: no backend is given: MESH_FEDERATION_BACKEND is none/);
  },
  timeout,
);

test(
  "a backend that is down is told without the password in its URL",
  async () => {
    secrets.push("backend-password");
    const { comment } = await review([], { PULUMI_BACKEND_URL: "postgres://user:backend-password@127.0.0.1:1/states" });
    expect(comment).toMatch(
      /not previewed: the backend cannot be read: unable to open state database "postgres:\/\u200b\/user:\\\[secret\\\]@\u200b127\.0\.0\.1:1\/states"/,
    );
  },
  timeout,
);

test(
  "a violated policy fails the review of a real preview",
  async () => {
    const { west } = base();
    west["exports"][0].callers = [];
    federation.write("west", west);
    const { code, comment } = await review();
    expect(code).toBe(1);
    expect(comment).toMatch(
      /\*\*west\*\*: policy export-names-callers: Gateway istio-system\/export-httpbin exports httpbin\.httpbin\.svc\.cluster\.local to every caller/,
    );
  },
  timeout,
);

test(
  "drift names the imports that it breaks; without drift there is none",
  async () => {
    const drift = () => federation.clone.run("review", ["--drift"], {}, true);
    const clean = await drift();
    expect([clean.code, clean.output]).toEqual([0, expect.stringContaining("No compared stack has drift.")]);
    await federation.clusters.west.delete(
      "/apis/networking.istio.io/v1/namespaces/istio-system/gateways/export-httpbin",
    );
    await federation.clusters.east.patch(
      "/apis/networking.istio.io/v1/namespaces/sleep/serviceentries/import-west-httpbin",
      { spec: { subjectAltNames: ["spiffe://west.example/ns/x/sa/y"] } },
    );
    const found = await drift();
    const breaks = "- breaks: east imports httpbin from west";
    expect(found.code).toBe(1);
    expect(found.output).toMatch(
      new RegExp(`\\*\\*west\\*\\*: \\S+:Gateway export-httpbin-gateway is deleted\\n\\s+${breaks}`),
    );
    expect(found.output).toMatch(
      new RegExp(
        `\\*\\*east\\*\\*: \\S+:ServiceEntry import-west-httpbin-entry is changed\\n.*sa/httpbin" -> ` +
          `"spiffe:/\u200b/west.example/ns/x/sa/y"\\n\\s+${breaks}`,
      ),
    );
  },
  timeout,
);

test(
  "a cluster out of reach is named, and the rest is reviewed from configuration and state",
  async () => {
    await federation.clusters.west.stop();
    const { west } = base();
    west["exports"][0].callers = ["sleep/sleep"];
    federation.write("west", west);
    const { comment } = await review();
    expect(comment).toContain("callers (narrowed) - shop/cart");
    expect(comment).toMatch(
      /\| west \| not previewed: its cluster is unreachable|\*\*west\*\*: the cluster of mesh "west" cannot be read/,
    );
    expect(comment).toContain("| east | 5 unchanged |");
  },
  timeout,
);

test("a review of two stacks takes at most three times their previews", () => {
  // The median: one of the reviews may meet something else on the machine, half of them may not.
  const sorted = [...seconds].sort((a, b) => a - b);
  process.stderr.write(
    `previews took ${previews.toFixed(1)} s, reviews ${sorted.map((s) => s.toFixed(1)).join(", ")} s\n`,
  );
  expect(sorted.length).toBeGreaterThanOrEqual(10);
  expect(sorted[Math.floor(sorted.length / 2)]! / previews).toBeLessThanOrEqual(3);
});
