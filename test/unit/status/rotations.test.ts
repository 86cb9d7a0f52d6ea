import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { numberedCa, rotationOf } from "../../../status/rotations.ts";
import { contract, mesh } from "./statusFixtures.ts";

const hour = 3_600_000;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "status-"));
  mkdirSync(join(root, "stacks"));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (stack: string, keys: object) => {
  const config = Object.fromEntries(Object.entries(keys).map(([key, value]) => [`mesh-federation:${key}`, value]));
  writeFileSync(join(root, "stacks", `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
};
const west = { stack: "west", contract: undefined };

describe("the rotation of a mesh", () => {
  test("is the phase in its stack file", () => {
    write("west", { ca: { provider: "own", root: 2 }, rotation: { next: 5, phase: "switch" } });
    expect(rotationOf(west, root)).toBe("phase switch, from root 2 to root 5");
    write("west", { ca: { provider: "own", root: 5 } });
    expect(rotationOf(west, root)).toBeUndefined();
  });

  test.each([
    { uses: ["active", "next"], phase: "phase add, by its contract" },
    { uses: ["retiring", "active"], phase: "phase switch, by its contract" },
    { uses: ["active"], phase: undefined },
  ] as const)("of another project is what its roots are for: $uses", ({ uses, phase }) => {
    // A file of the same name is another mesh's.
    write("west", { ca: { provider: "own" }, rotation: { next: 5, phase: "remove" } });
    const plain = contract({ mesh: mesh("west") });
    const published = { ...plain, mesh: { ...plain.mesh, roots: uses.map((use) => ({ use, sha256: "", pem: "" })) } };
    expect(rotationOf({ stack: "west", foreign: true, contract: published }, root)).toBe(phase);
  });
});

describe("the CA of a mesh", () => {
  test.each([
    { what: "of its own", ca: { provider: "own" }, found: { earlyRenewal: 720 * hour } },
    { what: "of its own", ca: { provider: "own", earlyRenewalHours: 48 }, found: { earlyRenewal: 48 * hour } },
    { what: "of the trust stack", ca: undefined, found: { earlyRenewal: 72 * hour } },
    { what: "of another trust stack", ca: { provider: "shared", stack: "ca" }, found: { earlyRenewal: 24 * hour } },
    {
      what: "of a trust stack elsewhere",
      ca: { provider: "shared", stack: "org/trust/prod" },
      found: { earlyRenewal: undefined },
    },
    { what: "that somebody else signs", ca: { provider: "signed", certificateFile: "ca.pem" }, found: undefined },
  ])("is renewed as its owner says: $what, $ca", ({ ca, found }) => {
    write("west", { ...(ca ? { ca } : {}) });
    write("trust", { role: "trust", root: { earlyRenewalHours: 72 } });
    write("ca", { role: "trust", root: { earlyRenewalHours: 24 } });
    expect(numberedCa({ stack: "west" }, root)).toEqual(found);
  });

  test("is unknown without a stack file", () => expect(numberedCa({ stack: "west" }, root)).toBeUndefined());
});
