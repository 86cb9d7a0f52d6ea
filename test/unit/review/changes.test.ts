import fc from "fast-check";
import { releaseSources } from "../../../federation/config/versions.ts";
import { changesBetween, type PlannedRevision } from "../../../review/changes/changes.ts";
import { planRevision } from "../../../review/revision/planRevision.ts";
import { changeCases } from "./changeCases.ts";
import {
  contractsOf,
  diff,
  example,
  exported,
  imported,
  mesh,
  planned,
  revisionOf,
  type Stacks,
} from "./federation.ts";
import { plainSecretsOf } from "../../../review/revision/revision.ts";

/** The example with one thing changed. */
function changed(change: (stacks: Stacks) => unknown, before: (stacks: Stacks) => unknown = () => undefined): string[] {
  const [old, now] = [example(), example()];
  before(old);
  change(now);
  return diff(old, now);
}

describe("the changes", () => {
  test.each(changeCases)("$what", ({ before, change, says }) => {
    expect(changed(change, before)).toEqual(says);
  });

  test("of managed charts have version and values", () => {
    const managed = (version: string, cpu: string): Stacks => ({
      west: {
        mesh: { slot: 1 },
        cluster: { provider: "kind", podSubnet: "10.10.0.0/16", serviceSubnet: "10.20.0.0/16" },
        istio: { provider: "managed", version, values: { pilot: { cpu } } },
      },
    });
    expect(diff(managed("1.30.1", "1"), managed("1.31.0", "2"))).toEqual([
      "~ mesh west: Istio 1.30.1 -> 1.31.0",
      '~ stack west: istio.values.pilot.cpu "1" -> "2"',
    ]);
  });

  test("of an address in a contract file are reported at the file", () => {
    const stacks = (address: string): PlannedRevision => {
      const contract = contractsOf({
        west: mesh("west", { gateway: { provider: "existing", addresses: [address] } }),
      })[0]!;
      const revision = {
        ...revisionOf({ east: mesh("east", { peers: { west: { file: "west.json" } } }) }),
        contractFiles: new Map([["west.json", contract]]),
      };
      return { revision, federation: planRevision(revision, new Map(), releaseSources) };
    };
    expect(changesBetween(stacks("192.0.2.10"), stacks("192.0.2.11")).map((c) => `${c.sign} ${c.text}`)).toEqual([
      '~ contract of mesh west in west.json: gateways[0].address "192.0.2.10" -> "192.0.2.11"',
    ]);
    expect(changesBetween(stacks("192.0.2.10"), stacks("192.0.2.10"))).toEqual([]);
  });
});

describe("the changes of secrets", () => {
  test("show that a secret changed, and nothing else", () => {
    const [before, after] = [
      planned(example(), [], { east: { kubeconfig: "a" } }),
      planned(example(), [], { east: { kubeconfig: "b" } }),
    ];
    expect(changesBetween(before, after)).toEqual([{ sign: "~", text: "stack east: secret kubeconfig changed" }]);
  });

  test.each([
    {
      where: "of a key of the stack",
      set: (raw: Record<string, any>, value: string) => (raw["kubeconfig"] = value),
      says: "kubeconfig",
    },
    {
      where: "below a secret key",
      set: (raw: Record<string, any>, value: string) => (raw["istio"].values = { credentials: { chain: [value] } }),
      says: "istio.values.credentials.chain[0]",
    },
    ...["apiToken", "password", "private_key", "caKey", "ca-key.pem", "tls.key", "dbPassphrase"].map((key) => ({
      where: `of ${key} in free values`,
      set: (raw: Record<string, any>, value: string) => (raw["istio"].values = { pilot: { [key]: value } }),
      says: `istio.values.pilot.${key}`,
    })),
    {
      where: "of a named entry",
      set: (raw: Record<string, any>, value: string) => (raw["istio"].values = { env: [{ name: "API_TOKEN", value }] }),
      says: "istio.values.env[API_TOKEN].value",
    },
    {
      where: "in JSON text",
      set: (raw: Record<string, any>, value: string) => (raw["ca"] = JSON.stringify({ token: value })),
      says: "ca",
    },
    {
      where: "in a URL",
      set: (raw: Record<string, any>, value: string) =>
        (raw["istio"].chartRepository = `https://me:${value}@charts.example`),
      says: "istio.chartRepository",
    },
  ])("hide both values of a plain secret $where", ({ set, says }) => {
    const stacks = (value: string): Stacks => {
      const all = example();
      set(all["west"]!, value);
      return all;
    };
    const [old, now] = ["pw1", "pw-two-of-some-length"];
    expect(plainSecretsOf(planned(stacks(now)).revision).some((s) => s.includes(now))).toBe(true);
    // The mesh itself may be wrong with such a key; what is told of the stack's settings is not.
    expect(diff(stacks(old), stacks(now)).filter((l) => l.includes("stack west") && !l.includes(".name "))).toEqual([
      `~ stack west: ${says} changed (value hidden)`,
    ]);
    expect(diff(example(), stacks(now)).filter((l) => l.includes("stack west") && !l.includes(".name "))).toEqual([
      `~ stack west: ${says} new (value hidden)`,
    ]);
    expect(diff(stacks(old), example()).filter((l) => l.includes("stack west") && !l.includes(".name "))).toEqual([
      `~ stack west: ${says} removed (value hidden)`,
    ]);
  });

  test("show path and name of a secret", () => {
    const stacks = (path: string): Stacks => ({
      west: mesh("west", { cluster: { provider: "existing", kubeconfigPath: path } }),
    });
    expect(diff(stacks("a"), stacks("b"))).toEqual(['~ stack west: cluster.kubeconfigPath "a" -> "b"']);
  });
});

describe("the comparison of stacks", () => {
  test("leaves out an invalid stack and compares the others", () => {
    const after = example();
    after["west"]!["exports"][0].ports[0].number = 70000;
    after["east"]!["imports"] = [];
    const head = planned(after);
    expect(changesBetween(planned(example()), head).map((c) => c.sign + c.text)).toEqual([
      "-east no longer imports httpbin/httpbin:8000 from west",
    ]);
    expect(head.federation.failed).toMatchObject([{ stack: "west" }]);
  });

  test("has opposite signs in the opposite direction", () => {
    const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 });
    const federation = (exports: string[], imports: string[]): Stacks => ({
      east: mesh("east", { imports: imports.map((n) => imported(n)) }),
      west: mesh("west", { exports: exports.map((n) => exported(n)) }),
    });
    fc.assert(
      fc.property(names, names, (one, two) => {
        const signs = (lines: string[]) =>
          lines
            .map((l) => l[0])
            .sort()
            .join("");
        const [there, back] = [
          diff(federation(one, one), federation(two, two)),
          diff(federation(two, two), federation(one, one)),
        ];
        expect(signs(there)).toBe(signs(back.map((l) => ({ "+": "-", "-": "+" })[l[0]!]!)));
        expect(there.length).toBe(
          2 * (one.filter((n) => !two.includes(n)).length + two.filter((n) => !one.includes(n)).length),
        );
      }),
    );
  });
});
