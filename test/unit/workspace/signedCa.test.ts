import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { meshProgram } from "../../../infra/mesh.ts";
import { makeRoot } from "../../support/pki.ts";
import { named, record } from "../components/graph.ts";
import { committed } from "../infra/meshStack.ts";
import { contract } from "../federation/fixtures.ts";
import { EngineClone } from "../support/engineClone.ts";
import { roots } from "../support/roots.ts";
import { trustMocks } from "../support/trust.ts";

jest.setTimeout(120_000);
jest.mock("../../../kube/liveCluster.ts", () => ({
  readLiveCluster: async () => ({ services: [], rules: [], entries: [], accounts: new Map(), unread: [] }),
}));

/** A Pulumi that has one stack, with the outputs in `$CONTROL/outputs.json`. */
const fakePulumi = `#!/bin/sh
case "$*" in "stack output"*) cat "$CONTROL/outputs.json" ;; esac
`;
const guide = readFileSync("docs/trust-signing.md", "utf8");
/** The text for OpenSSL that the guide gives. */
const extensions = /^```ini\n([\s\S]*?)^```$/m.exec(guide)![1]!;

let engine: EngineClone;
let dir: string;
let clone: string;
let warnings: string[];
const pki = trustMocks({ east: "east.example", west: "west.example" });

beforeAll(async () => {
  engine = await EngineClone.start(fakePulumi);
  ({ folder: dir, clone } = engine);
  writeStack({ provider: "signed", certificateFile: "certificates/east.pem" });
  const state = join(clone, ".federation", "state", ".pulumi", "stacks", "mesh-federation");
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, "east.json"), '{"checkpoint":{"latest":{"resources":[{}]}}}');
  await publish({});
});
afterAll(() => engine?.stop());
beforeEach(() => {
  warnings = [];
  jest.spyOn(console, "warn").mockImplementation((text) => void warnings.push(String(text)));
  rmSync(join(clone, "certificates"), { recursive: true, force: true });
});

const config = (ca: object): Record<string, unknown> => ({
  ...committed("east"),
  "mesh-federation:mesh": { name: "east", slot: 1, trustDomain: "east.example" },
  "mesh-federation:imports": [],
  "mesh-federation:ca": ca,
});
const writeStack = (ca: object): void =>
  writeFileSync(join(clone, "stacks", "Pulumi.east.yaml"), stringify({ config: config(ca) }));
const publish = async (more: object): Promise<void> =>
  writeFileSync(join(dir, "outputs.json"), JSON.stringify({ ...(await pki).requestsOf("east"), ...more }));

const ca = (...args: string[]) => engine.run("ca", ...args);

const constraint = (domain: string): string => `nameConstraints = critical, permitted;URI:${domain}\n`;

/** Writes the request of the mesh to the file in which `ca request` does. */
async function writeRequest(): Promise<void> {
  mkdirSync(join(clone, "certificates"));
  writeFileSync(request(), (await pki).requestsOf("east").certificateRequests[0]!.pem);
}

/** Signs the request with OpenSSL, as the guide says, under a root. */
async function sign(text = extensions): Promise<string> {
  const root = await makeRoot("Company Root");
  const file = (name: string, content: string): string => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
  const [ext, cert, key] = [file("ext", text), file("root.pem", root.certPem), file("root.key", root.keyPem)];
  const args = ["x509", "-req", "-in", request(), "-CA", cert, "-CAkey", key, "-set_serial", "7", "-sha256"];
  return execFileSync("openssl", [...args, "-days", "730", "-extfile", ext], { encoding: "utf8", stdio: "pipe" });
}

const request = () => join(clone, "certificates", "east.csr.pem");
const stored = () => join(clone, "certificates", "east.pem");

describe("a CA that another party signs", () => {
  test("goes from the request by OpenSSL to the preview", async () => {
    const asked = await ca("request", "--mesh", "east");
    expect(asked).toMatchObject({ code: 0, output: expect.stringContaining("permitted;URI:east.example") });
    // What the guide gives to AWS for the same trust domain.
    const der = /"Value": "([^"]+)"/.exec(guide)![1]!;
    expect(asked.output).toContain(der);
    expect(readFileSync(request(), "utf8")).toBe((await pki).requestsOf("east").certificateRequests[0]!.pem);

    const key = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
    writeFileSync(join(dir, "signed.pem"), `the CA:\n${await sign()}${key}`);
    const given = await ca(
      "certificate",
      "--mesh=east",
      `--file=${join(dir, "signed.pem")}`,
      `--file=${join(dir, "root.pem")}`,
    );
    expect(given).toEqual({ code: 0, output: expect.stringContaining("permitted URIs: east.example") });
    expect(given.output).not.toContain("warning");
    expect(readFileSync(stored(), "utf8").match(/^-----BEGIN .*$/gm)).toEqual(
      Array(2).fill("-----BEGIN CERTIFICATE-----"),
    );
    expect(derOf(stored()).includes(Buffer.from(der, "base64"))).toBe(true);

    const preview = await previewOfEast(stored());
    const { stringData } = named(preview, "istio-cacerts").inputs;
    expect(stringData.value["root-cert.pem"]).toBe(readFileSync(join(dir, "root.pem"), "utf8"));
    expect(warnings).toEqual([]);
  });

  test("waits before there is a certificate", async () => {
    const preview = await previewOfEast(stored());
    expect(preview.resources.map(({ name }) => name)).not.toContain("istio-cacerts");
    expect(preview.result).toHaveProperty("pendingCertificate");
  });

  test("warns of what a CA without a constraint can do, and of one that can sign CAs", async () => {
    await writeRequest();
    const loose = "basicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign, cRLSign\n";
    writeFileSync(join(dir, "signed.pem"), (await sign(loose)) + readFileSync(join(dir, "root.pem"), "utf8"));
    const { code, output } = await ca("certificate", "--mesh", "east", "--file", join(dir, "signed.pem"));
    expect(code).toBe(0);
    expect(output.match(/\[ca-certificate-unbound\]/g)).toHaveLength(2);
    await previewOfEast(stored());
    expect(warnings.join("\n").match(/\[ca-certificate-unbound\]/g)).toHaveLength(2);
  });

  test("is refused with every reason, and the file stays", async () => {
    await writeRequest();
    writeFileSync(stored(), "as it was");
    const other = "basicConstraints = CA:FALSE\nsubjectAltName = DNS:ca.example\n" + constraint("west.example");
    writeFileSync(join(dir, "other.pem"), await sign(other));
    const { code, output } = await ca("certificate", "--mesh", "east", "--file", join(dir, "other.pem"));
    expect(code).toBe(1);
    for (const reason of ["not-ca", "dns-names", "constraint-differs", "issuer-unknown"])
      expect(output).toContain(`[ca-certificate-${reason}]`);
    expect(readFileSync(stored(), "utf8")).toBe("as it was");
  });

  test("is refused where the roots would change more than one step at once", async () => {
    await writeRequest();
    writeFileSync(join(dir, "signed.pem"), await sign());
    const before = contract("east");
    await publish({ federation: { ...before, mesh: { ...before.mesh, roots: [roots[0]] } } });
    const args = ["--file", join(dir, "signed.pem"), "--file", join(dir, "root.pem")];
    const { code, output } = await ca("certificate", "--mesh", "east", ...args);
    expect([code, output]).toEqual([1, expect.stringContaining("[rotation-phase-skipped]")]);
    expect(existsSync(stored())).toBe(false);
    await publish({});
  });

  test("needs a mesh that takes one, and arguments that fit", async () => {
    expect(await ca("certificate", "--mesh", "east")).toMatchObject({ code: 2 });
    const west = await ca("certificate", "--mesh", "west", "--file", join(dir, "root.pem"));
    expect(west).toMatchObject({ code: 1, output: expect.stringContaining("[ca-not-signed-elsewhere]") });
    const unpublished = await ca("request", "--mesh", "west");
    expect(unpublished).toMatchObject({ code: 1, output: expect.stringContaining("[ca-request-unpublished]") });
  });
});

async function previewOfEast(certificateFile: string) {
  const { trust, requestsOf, stateOf } = await pki;
  return record(meshProgram, {
    preview: true,
    config: config({ provider: "signed", certificateFile }),
    invoke: (token, inputs) => {
      if (token !== "pulumi:pulumi:readStackOutputs") return {};
      return {
        outputs: inputs.name.endsWith("/trust") ? trust : inputs.name.endsWith("/east") ? requestsOf("east") : {},
      };
    },
    stateOf: (type, name) => {
      if (type.startsWith("tls:")) return stateOf(type, "east");
      return name.endsWith("-network") ? { stdout: "subnet 172.18.0.0/16\naddress 172.18.0.2/16\n" } : {};
    },
  });
}

/** The first certificate of a file, DER. */
function derOf(file: string): Buffer {
  return execFileSync("openssl", ["x509", "-in", file, "-outform", "DER"]);
}
