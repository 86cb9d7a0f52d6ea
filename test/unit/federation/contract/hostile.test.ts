import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { contractOfPeer, type FederationContract } from "../../../../federation/contract/contract.ts";
import { contractSchema } from "../../../../federation/contract/schema.ts";
import { UserError } from "../../../../federation/errors/userError.ts";
import { importDestinationRule, importServiceEntry } from "../../../../federation/imports/importObjects.ts";
import { resolveImports } from "../../../../federation/imports/resolveImports.ts";
import { rootFingerprints } from "../../../../federation/trust/caMaterial.ts";
import { makeRoot } from "../../../support/pki.ts";
import { anExport, anImport, contract, identity, peersOf } from "../fixtures.ts";
import { hostileTexts, hostileValues } from "./hostileValues.ts";

const anAccount = { namespace: "sleep", serviceAccount: "sleep" };
const valid: FederationContract = contract(
  "west",
  [anExport({ to: ["east"], callers: ["sleep/sleep"], selector: { app: "a" }, callersApplyTo: "everyone" })],
  {
    imports: [
      {
        name: "cart",
        id: "east-cart",
        from: "east",
        host: "cart.shop.svc.cluster.local",
        namespace: "shop",
        visibleTo: ["shop"],
        ports: [{ name: "http", number: 80, protocol: "HTTP" }],
        client: { ...anAccount, app: "sleep" },
        probe: { http: { kind: "http", method: "GET", path: "/", expect: [200] } },
        gateways: [{ mesh: "east", address: "192.0.2.1", port: 15443, network: "n", locality: "r/z" }],
      },
    ],
    quarantine: [{ mesh: "north", trustDomains: ["north.local"] }],
    pendingImports: [{ name: "x", from: "east", reason: "east is not up", cause: "quarantine" }],
  },
);

/** Every place of a contract that holds a value, as a path. */
function places(node: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof node !== "object" || node === null) return [path];
  return [path, ...Object.entries(node).flatMap(([key, value]) => places(value, [...path, key]))];
}

function withValue(path: (string | number)[], value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(valid)) as any;
  const parent = path.slice(0, -1).reduce((node, key) => node[key], copy);
  if (path.length === 0) return value;
  parent[path.at(-1)!] = value;
  return copy;
}

/** Control characters, and what reorders or hides text in a terminal. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u;

/** Reads a contract and uses it as an importer does: it is refused by a UserError, or what comes of it is harmless. */
function use(given: unknown): "refused" | "used" {
  try {
    const read = contractOfPeer(given, "west");
    const { imports } = resolveImports([anImport()], peersOf(read), identity("east"));
    const made = JSON.stringify(imports.flatMap((spec) => [importServiceEntry(spec), importDestinationRule(spec)]));
    expect(made).not.toMatch(unprintable);
    for (const { host, subjectAltNames, ports } of imports) {
      expect(host).toMatch(/^[a-z0-9][-a-z0-9.]*\.svc\.cluster\.local$/);
      expect(subjectAltNames.length).toBeGreaterThan(0);
      for (const id of subjectAltNames) expect(id.startsWith(`spiffe://${read.mesh.trustDomain}/`)).toBe(true);
      for (const { number } of ports) expect(number > 0 && number < 65536).toBe(true);
    }
    return "used";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message.replaceAll("\n", "")).not.toMatch(unprintable);
    expect(error.message.length).toBeLessThan(20_000);
    return "refused";
  }
}

describe("an unchanged contract", () => {
  test("is accepted", () => {
    expect(use(valid)).toBe("used");
  });
});

describe("a hostile contract", () => {
  const all = places(valid);

  test("is refused or harmless with any hostile value at any place", () => {
    let refused = 0;
    for (const path of all)
      for (const value of [...hostileTexts, ...hostileValues]) if (use(withValue(path, value)) === "refused") refused++;
    expect(all.length * hostileTexts.length).toBeGreaterThan(1000);
    expect(refused).toBeGreaterThan(all.length * hostileTexts.length * 0.8);
  });

  test("is refused or harmless with several values of any kind", () => {
    const value = fc.oneof(
      fc.constantFrom(...hostileTexts),
      fc.constantFrom(...hostileValues),
      fc.string(),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...all), value), { minLength: 1, maxLength: 3 }), (edits) => {
        let given: unknown = valid;
        for (const [path, put] of edits) {
          try {
            const copy = withValue(path, put);
            given = given === valid ? copy : { ...(given as object), ...(copy as object) };
          } catch {
            // An edit before has removed the place.
          }
        }
        use(given);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["host", "metadata.google.internal"],
    ["host", "kubernetes.default.svc.cluster.local"],
    ["host", "istiod.istio-system.svc.cluster.local"],
  ])("cannot take %s %s", (key, value) => {
    const [service = "", namespace = ""] = value.split(".");
    const given = { ...valid, exports: [{ ...valid.exports[0], [key]: value, namespace, service }] };
    expect(use(given)).toBe("refused");
  });

  test.each(["127.0.0.1", "169.254.169.254", "0.0.0.0", "::1", "::ffff:127.0.0.1", "fe80::1", "localhost", "ff02::1"])(
    "cannot have its gateway at %s",
    (address) => {
      expect(use({ ...valid, gateways: [{ address, port: 15443 }] })).toBe("refused");
    },
  );

  test("cannot leave its identities out, or name another mesh's", () => {
    for (const subjectAltNames of [[], ["spiffe://other.example/ns/a/sa/b"], ["httpbin"]])
      expect(use({ ...valid, exports: [{ ...valid.exports[0], subjectAltNames }] })).toBe("refused");
  });

  test("cannot put anything around a certificate", async () => {
    const [{ certPem: pem }, other] = [await makeRoot("west root", { kind: "ec" }), await makeRoot("other")];
    const sha256 = rootFingerprints(pem)[0]!;
    const takes = (text: string) =>
      [{ roots: [{ sha256, pem: text, use: "active" }] }, { ca: { pem: text } }].map(
        (trust) => contractSchema.safeParse({ ...valid, mesh: { ...valid.mesh, ...trust } }).success,
      );
    const second = other.certPem.replaceAll(" CERTIFICATE", " X509 CERTIFICATE");
    const broken = "-----BEGIN X509 CERTIFICATE-----\nAAAA\n-----END X509 CERTIFICATE-----\n";
    for (const text of [second + pem, pem + second, broken + pem, `text\n${pem}`, ` ${pem}`, `\ufeff${pem}`, pem + pem])
      expect([text, ...takes(text)]).toEqual([text, false, false]);
    for (const text of [pem, pem.trim(), `\n\n${pem}\n`, pem.replaceAll("\n", "\r\n")]) {
      expect(takes(text)).toEqual([true, true]);
      expect(() => new X509Certificate(text)).not.toThrow();
    }
  });

  test("cannot add ports that the import does not name", () => {
    const ports = [...valid.exports[0]!.ports, { name: "https", number: 443, protocol: "HTTPS" as const }];
    const read = contractOfPeer({ ...valid, exports: [{ ...valid.exports[0], ports }] }, "west");
    const resolve = (spec: Record<string, unknown>) =>
      resolveImports([anImport(spec)], peersOf(read), identity("east")).imports[0]!;
    expect(resolve({ ports: [{ number: 8000 }] }).ports.map((p) => p.number)).toEqual([8000]);
    expect(resolve({}).ports.map((p) => p.number)).toEqual([8000, 443]);
  });
});

describe("an IPv6 address in a contract", () => {
  test("is read in canonical form", () => {
    const read = contractOfPeer({ ...valid, gateways: [{ address: "2001:DB8:0:0::1", port: 15443 }] }, "west");
    expect(read.gateways).toEqual([{ address: "2001:db8::1", port: 15443 }]);
  });
});
