import fc from "fast-check";
import { releaseSources } from "../../../federation/config/versions.ts";
import { changesBetween, type PlannedRevision } from "../../../review/changes/changes.ts";
import { planRevision } from "../../../review/revision/planRevision.ts";
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
const service = (s: Stacks) => s["west"]!["exports"][0];

test.each<{ what: string; before?: (stacks: Stacks) => unknown; change: (stacks: Stacks) => unknown; says: string[] }>([
  { what: "nothing", change: () => undefined, says: [] },
  {
    what: "an export and its import",
    change: (s) => (s["west"]!["exports"].push(exported("cart")), s["east"]!["imports"].push(imported("cart"))),
    says: [
      "+ west exports httpbin/cart:8000 under cart.mesh.global to east, callers sleep/sleep",
      "+ east imports httpbin/cart:8000 from west, callers sleep/sleep, visible to sleep",
    ],
  },
  {
    what: "an import goes",
    change: (s) => (s["east"]!["imports"] = []),
    says: ["- east no longer imports httpbin/httpbin:8000 from west"],
  },
  {
    what: "callers narrowed",
    before: (s) => service(s).callers.push("shop/cart"),
    change: (s) => (service(s).callers = ["sleep/sleep"]),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: callers (narrowed) - shop/cart (imported by " +
        "east)",
    ],
  },
  {
    what: "callers widened",
    change: (s) => service(s).callers.push("shop/cart"),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: callers (widened) + shop/cart (imported by east)",
    ],
  },
  {
    what: "meshes narrowed",
    change: (s) => (service(s).to = []),
    says: ["~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: to (narrowed) - east (imported by east)"],
  },
  {
    what: "callers replaced",
    change: (s) => (service(s).callers = ["sleep/other"]),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: callers (changed) + sleep/other, - " +
        "sleep/sleep (imported by east)",
    ],
  },
  {
    what: "callers opened to everybody",
    change: (s) => (service(s).callers = []),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: callers (widened): callers sleep/sleep -> " +
        "callers: any identity of east (imported by east)",
    ],
  },
  {
    what: "a port more, another less",
    change: (s) => (service(s).ports = [{ name: "grpc", number: 9000, protocol: "GRPC" }]),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: ports + 9000 (grpc, GRPC), - 8000 (http, " +
        "HTTP) (imported by east)",
    ],
  },
  {
    what: "another service account",
    change: (s) => service(s).serviceAccounts.push("httpbin-v2"),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: identities that importers pin + " +
        "spiffe://cluster.local/ns/httpbin/sa/httpbin-v2 (imported by east)",
    ],
  },
  {
    what: "an export renamed, its import not",
    change: (s) => (service(s).name = "web"),
    says: ["~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: name httpbin -> web (imported by east)"],
  },
  {
    what: "an import that names another export than there is",
    change: (s) => (s["east"]!["imports"][0].name = "web"),
    says: [
      "+ east imports web from west, visible to sleep (its checks fail)",
      "- east no longer imports httpbin/httpbin:8000 from west",
    ],
  },
  {
    what: "renamed on both sides",
    change: (s) => ((service(s).name = "web"), (s["east"]!["imports"][0].name = "web")),
    says: [
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: name httpbin -> web (imported by east)",
      "~ east imports httpbin/httpbin:8000 from west: name at the exporter httpbin -> web",
    ],
  },
  {
    what: "called by another name, seen by more",
    change: (s) => Object.assign(s["east"]!["imports"][0], { as: "bin.east", visibleTo: ["sleep", "shop"] }),
    says: ["~ east imports httpbin/httpbin:8000 from west: called as its own host -> bin.east; visible to + shop"],
  },
  {
    what: "gateway address",
    change: (s) => (s["west"]!["gateway"].addresses = ["192.0.2.11"]),
    says: ["~ mesh west: gateway 192.0.2.10:15443 -> 192.0.2.11:15443, used by east for httpbin"],
  },
  {
    what: "Istio version",
    change: (s) => (s["west"]!["istio"].version = "1.31.0"),
    says: ["~ mesh west: Istio 1.30.1 -> 1.31.0"],
  },
  {
    what: "trust domain",
    change: (s) => (
      (s["west"]!["mesh"].trustDomain = "west.example"),
      (s["west"]!["mesh"].acceptedTrustDomains = ["cluster.local"])
    ),
    says: [
      "~ mesh west: trust domain cluster.local -> west.example",
      "~ mesh west: accepts callers of trust domains + cluster.local",
      "~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: identities that importers pin + " +
        "spiffe://west.example/ns/httpbin/sa/httpbin, - spiffe://cluster.local/ns/httpbin/sa/httpbin (imported by " +
        "east)",
    ],
  },
  {
    what: "a new mesh",
    change: (s) => (s["north"] = mesh("north")),
    says: ["+ mesh north: network network-north, trust domain cluster.local, Istio 1.30.1, gateway 192.0.2.20:15443"],
  },
  {
    what: "an entry put before the others of a list",
    before: (s) => (s["west"]!["allowBreaking"] = ["b", "c"]),
    change: (s) => (s["west"]!["allowBreaking"] = ["a", "b"]),
    says: ["~ stack west: allowBreaking + a, - c"],
  },
  {
    what: "a list in another order, which may mean something",
    before: (s) => (s["west"]!["allowBreaking"] = ["a", "b"]),
    change: (s) => (s["west"]!["allowBreaking"] = ["b", "a"]),
    says: ["~ stack west: allowBreaking in another order"],
  },
  {
    what: "a subset with labels put before another",
    before: (s) => (service(s).subsets = [{ name: "v2", labels: { version: "2" } }]),
    change: (s) =>
      (service(s).subsets = [
        { name: "v1", labels: { version: "1" } },
        { name: "v2", labels: { version: "2" } },
      ]),
    says: [
      '~ west exports httpbin/httpbin:8000 under httpbin.mesh.global: subsets + v1; subsetLabels[v1].labels.version "1" (new) (imported by east)',
    ],
  },
  {
    what: "any other key",
    change: (s) => (s["east"]!["requireImports"] = true),
    says: ["~ stack east: requireImports true (new)"],
  },
])("$what", ({ before, change, says }) => {
  expect(changed(change, before)).toEqual(says);
});

test("an upgrade of managed charts: version and values", () => {
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

test("another address in a contract that was handed over as a file is told at the file", () => {
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

test("a secret tells that it changed, and nothing else", () => {
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
    set: (raw: Record<string, any>, value: string) => (raw["caMaterial"] = { chain: [value] }),
    says: "caMaterial.chain[0]",
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
])("a plain secret $where is said to change, and neither of its values is shown", ({ set, says }) => {
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

test("where a secret is, and what it is called, is no secret", () => {
  const stacks = (path: string): Stacks => ({
    west: mesh("west", { cluster: { provider: "existing", kubeconfigPath: path } }),
  });
  expect(diff(stacks("a"), stacks("b"))).toEqual(['~ stack west: cluster.kubeconfigPath "a" -> "b"']);
});

test("an invalid stack is neither added nor removed, and the others are compared", () => {
  const after = example();
  after["west"]!["exports"][0].ports[0].number = 70000;
  after["east"]!["imports"] = [];
  const head = planned(after);
  expect(changesBetween(planned(example()), head).map((c) => c.sign + c.text)).toEqual([
    "-east no longer imports httpbin/httpbin:8000 from west",
  ]);
  expect(head.federation.failed).toMatchObject([{ stack: "west" }]);
});

test("what is undone is told with the signs turned round", () => {
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
