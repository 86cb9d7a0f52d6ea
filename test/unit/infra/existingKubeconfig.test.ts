import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { named } from "../components/graph.ts";
import { committed, run } from "./meshStack.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({
  readLiveCluster: async () => ({ services: [], rules: [], entries: [], accounts: new Map(), unread: [] }),
}));

beforeEach(() => void jest.spyOn(console, "warn").mockImplementation(() => undefined));

describe("the kubeconfig of an existing cluster", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  const path = join(folder, "config");
  afterAll(() => rmSync(folder, { recursive: true }));
  const onExisting = (cluster: Record<string, unknown>) =>
    run("east", {
      config: {
        ...committed("east"),
        "mesh-federation:loadBalancer": {},
        "mesh-federation:cluster": { provider: "existing", ...cluster },
      },
    });
  const user = (user: string): void =>
    writeFileSync(
      path,
      `apiVersion: v1\nkind: Config\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, ` +
        `cluster: {server: https://192.0.2.1:6443}}]\nusers: [{name: u, user: ${user}}]\n`,
    );

  test.each([
    { name: "none is given", user: "{}", cluster: {}, says: /cluster\.kubeconfigPath: it is not set/ },
    {
      name: "its file is not there",
      user: "{}",
      cluster: { kubeconfigPath: join(folder, "gone") },
      says: /cluster\.kubeconfigPath: ".*gone" cannot be read \(ENOENT\)\. Give a readable/,
    },
    {
      name: "its path is a folder",
      user: "{}",
      cluster: { kubeconfigPath: folder },
      says: /cannot be read \(EISDIR\)/,
    },
    {
      name: "the context is not in it",
      user: "{}",
      cluster: { kubeconfigPath: path, context: "b" },
      says: /no context "b"\. .*: a\. \[kubeconfig-context-missing\]/,
    },
    { name: "it has no current context", user: "{}", cluster: { kubeconfigPath: path }, says: /no current-context/ },
    {
      name: "its credential program is not there",
      user: "{exec: {command: no-such-login}}",
      cluster: { kubeconfigPath: path, context: "a" },
      says: /program "no-such-login", which is not on this machine's PATH/,
    },
  ])("$name: refused before anything is registered", async ({ user: given, cluster, says }) => {
    user(given);
    await expect(onExisting(cluster)).rejects.toThrow(says);
  });

  test("as a secret: refused in the same words, before anything is registered", async () => {
    const config = {
      ...committed("east"),
      "mesh-federation:loadBalancer": {},
      "mesh-federation:cluster": { provider: "existing", context: "b" },
      "mesh-federation:kubeconfig": "contexts: [{name: a, context: {cluster: SECRET}}]",
    };
    const refused = run("east", { config, secretKeys: ["mesh-federation:kubeconfig"] });
    await expect(refused).rejects.toThrow(/no context "b"\. .*: a\. \[kubeconfig-context-missing\]/);
    await expect(refused).rejects.not.toThrow(/SECRET/);
  });

  test("a file beside it is found from any folder, and must be there", async () => {
    user("{tokenFile: token}");
    await expect(onExisting({ kubeconfigPath: path, context: "a" })).rejects.toThrow(
      `"${join(folder, "token")}", which this machine cannot read`,
    );
    writeFileSync(join(folder, "token"), "SECRET");
    const { kubeconfig } = named(await onExisting({ kubeconfigPath: path, context: "a" }), "east-k8s").inputs;
    expect(JSON.stringify(kubeconfig)).toContain(join(folder, "token"));
  });

  test("a credential program on the PATH is taken", async () => {
    user("{exec: {command: sh}}");
    expect(named(await onExisting({ kubeconfigPath: path, context: "a" }), "east-k8s").inputs.context).toBe("a");
  });
});
