import { readFileSync } from "node:fs";
import { certRequest } from "../../../../plugins/tls/certRequest.ts";
import { diffOf } from "../../../../plugins/tls/diff.ts";
import { locallySignedCert } from "../../../../plugins/tls/locallySignedCert.ts";
import { privateKey } from "../../../../plugins/tls/privateKey.ts";
import { selfSignedCert } from "../../../../plugins/tls/selfSignedCert.ts";
import { made, textOf, types } from "./support.ts";

/** Names that the SDK declares for a class: its outputs, and its arguments with whether each can be left out. */
function declared(file: string, name: string): { outputs: string[]; args: Record<string, boolean> } {
  const text = readFileSync(require.resolve(`@pulumi/tls/${file}.d.ts`), "utf8");
  const between = (start: string) => text.slice(text.indexOf(start)).split("\n}")[0]!;
  return {
    outputs: [...between(`export declare class ${name} `).matchAll(/^    readonly (\w+): pulumi\.Output/gm)]
      .map(([, property]) => property!)
      .sort(),
    args: Object.fromEntries(
      [...between(`export interface ${name}Args `).matchAll(/^    (\w+)(\??): /gm)].map(([, property, optional]) => [
        property!,
        optional === "?",
      ]),
    ),
  };
}

describe("the tls stand-in", () => {
  test.each([
    { file: "privateKey", name: "PrivateKey", kind: privateKey },
    { file: "selfSignedCert", name: "SelfSignedCert", kind: selfSignedCert },
    { file: "certRequest", name: "CertRequest", kind: certRequest },
    { file: "locallySignedCert", name: "LocallySignedCert", kind: locallySignedCert },
  ])("$name has the inputs and outputs of the SDK", ({ file, name, kind }) => {
    const { outputs, args } = declared(file, name);
    expect(outputs.length).toBeGreaterThan(8);
    expect([...Object.keys(kind.inputs), ...Object.keys(kind.outputs)].sort()).toEqual(outputs);
    expect(Object.fromEntries(Object.entries(kind.inputs).map(([input, { required }]) => [input, !required]))).toEqual(
      args,
    );
  });

  test("replaces a certificate of zero hours with every up", async () => {
    const { privateKeyPem } = await made(types.key, { algorithm: "ED25519" });
    const inputs = {
      privateKeyPem,
      allowedUses: [],
      validityPeriodHours: 0,
      dnsNames: ["a.example"],
      ipAddresses: ["10.0.0.1", "fd00::1"],
      uris: ["spiffe://cluster.local/ns/a/sa/b"],
    };
    const state = await made(types.root, inputs);
    expect(state["validityEndTime"]).toBe(state["validityStartTime"]);
    expect(diffOf(selfSignedCert, state, inputs)).toMatchObject({ changes: true, replaces: ["readyForRenewal"] });
    expect(textOf(state["certPem"])).toMatch(
      /DNS:a\.example, IP Address:10\.0\.0\.1, IP Address:FD00:0:0:0:0:0:0:1, URI:spiffe:\/\/cluster\.local\/ns\/a\/sa\/b/,
    );
  });
});
