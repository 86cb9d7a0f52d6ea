import * as pulumi from "@pulumi/pulumi";
import { ImportVerification } from "../../../components/importVerification.ts";
import type { ImportWithClient } from "../../../federation/imports/verificationTriggers.ts";
import { importsToVerify } from "../../../infra/verification.ts";
import { importWithClient as spec } from "../federation/fixtures.ts";
import { named, record } from "./graph.ts";

const prove = (more: Partial<ImportWithClient> = {}, kubeconfig = "KUBECONFIG", probeImage?: string) =>
  record(
    () =>
      void new ImportVerification("verify", {
        mesh: "east",
        stack: "east",
        trustDomain: "cluster.local",
        imported: { ...spec, ...more },
        command: "node verify.ts",
        kubeconfig: pulumi.secret(kubeconfig),
        probeImage,
      }),
  );

describe("the verifyOnUp command", () => {
  test("has the triggers of its import and does nothing on update", async () => {
    const { inputs } = named(await prove(), "verify-call");
    expect([inputs.create, inputs.update]).toEqual(["node verify.ts", "true"]);
    // The kubeconfig makes the environment secret, as a whole.
    expect(JSON.parse(inputs.environment.value.VERIFY_IMPORT)).toEqual({
      mesh: { name: "east", stack: "east", trustDomain: "cluster.local" },
      spec,
    });
    // Whether a pod is brought is of the environment, so it proves nothing anew.
    const brought = named(await prove({}, "KUBECONFIG", "image"), "verify-call").inputs;
    expect([JSON.parse(brought.environment.value.VERIFY_IMPORT).probeImage, brought.triggers]).toEqual([
      "image",
      inputs.triggers,
    ]);
    expect(JSON.stringify(inputs.triggers)).not.toContain("KUBECONFIG");
    expect(named(await prove({}, "another"), "verify-call").inputs.triggers).toEqual(inputs.triggers);
    expect(named(await prove({ host: "c.d" }), "verify-call").inputs.triggers).not.toEqual(inputs.triggers);
  });
});

const { client, ...without } = spec;

const resolved = { ...without, id: "west-httpbin" };

const config = (more: object) =>
  ({
    verifyOnUp: false,
    samples: ["sleep"],
    imports: [{ name: "httpbin", from: "west" }],
    ...more,
  }) as unknown as Parameters<typeof importsToVerify>[0];

describe("verifyOnUp", () => {
  test.each([
    { what: "nothing by default", more: {}, proven: 0 },
    { what: "all with the mesh's key", more: { verifyOnUp: true }, proven: 1 },
    {
      what: "one with its own key",
      more: { imports: [{ name: "httpbin", from: "west", verifyOnUp: true }] },
      proven: 1,
    },
    {
      what: "one from a pod that is brought where none runs",
      more: { imports: [{ name: "httpbin", from: "west", verifyOnUp: "probe-pod" }] },
      proven: 1,
      probePod: true,
    },
    {
      what: "all but one that says no",
      more: { verifyOnUp: true, imports: [{ name: "httpbin", from: "west", verifyOnUp: false }] },
      proven: 0,
    },
  ])("covers $what", ({ more, proven, probePod = false }) => {
    expect(importsToVerify(config(more), [resolved]).map((p) => p.probePod)).toEqual(Array(proven).fill(probePod));
  });

  test("uses the sample client as the default and needs a client", () => {
    expect(importsToVerify(config({ verifyOnUp: true }), [resolved])[0]!.spec.client).toEqual(client);
    const unreachable: [Record<string, unknown>, typeof resolved][] = [
      [{ verifyOnUp: true }, { ...resolved, visibleTo: ["shop"] }],
      [{ verifyOnUp: true, samples: [] }, resolved],
    ];
    for (const [settings, spec] of unreachable)
      expect(thrownBy(() => importsToVerify(config(settings), [spec]))).toMatchObject({
        code: "import-client-missing",
        subject: 'import "httpbin"',
      });
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
