import { renderComment } from "../../../review/report/comment.ts";
import { changesBetween } from "../../../review/changes/changes.ts";
import { countsOf, readPreview } from "../../../review/preview/previewReport.ts";
import { mesh, planned, type Stacks } from "./federation.ts";

const stacks = (version: string, cpu: string): Stacks => ({
  west: mesh("west", { istio: { provider: "managed", version, values: { pilot: { cpu } } }, exports: [] }),
});
const urn = (type: string, name: string): string => `urn:pulumi:west::mesh-federation::${type}::${name}`;

/**
 * What `pulumi preview --json --show-sames` prints of the chart's upgrade: the CRDs as a release, istiod object by
 * object.
 */
function preview(): string {
  const step = (
    op: string,
    type: string,
    name: string,
    old: object | undefined,
    now: object | undefined,
    detailedDiff: object | null = null,
  ) => ({
    op,
    urn: urn(type, name),
    detailedDiff,
    ...(old ? { oldState: { type, inputs: old } } : {}),
    ...(now ? { newState: { type, inputs: now } } : {}),
  });
  const release = (version: string) => ({
    chart: "base",
    version,
    values: { defaultRevision: "default" },
    timeout: 300,
  });
  const deployment = (tag: string) => ({
    kind: "Deployment",
    spec: { template: { spec: { containers: [{ name: "discovery", image: `istio/pilot:${tag}` }] } } },
  });
  return JSON.stringify({
    changeSummary: { same: 1, update: 2, create: 1 },
    steps: [
      step("same", "mesh-federation:mesh:IstioInstall", "istio", {}, {}),
      step(
        "read",
        "pulumi:pulumi:StackReference",
        "organization/mesh-federation/trust",
        { name: "organization/mesh-federation/trust" },
        { name: "organization/mesh-federation/trust" },
      ),
      step("update", "kubernetes:helm.sh/v3:Release", "istio-base", release("1.30.1"), release("1.31.0"), {
        version: { kind: "update" },
      }),
      step(
        "update",
        "kubernetes:apps/v1:Deployment",
        "istio-istiod:istio-system/istiod",
        deployment("1.30.1"),
        deployment("1.31.0"),
        { "spec.template.spec.containers[0].image": { kind: "update" } },
      ),
      step("create", "kubernetes:v1:ConfigMap", "istio-istiod:istio-system/values", undefined, { kind: "ConfigMap" }),
    ],
    diagnostics: [{ severity: "warning", message: 'warning: the gateway of mesh "west" may get another address\n' }],
  });
}

describe("the comment of a chart upgrade", () => {
  test("has exactly the changed versions, values and objects", () => {
    const report = readPreview(preview());
    const comment = renderComment({
      trust: [],
      changes: changesBetween(planned(stacks("1.30.1", "1")), planned(stacks("1.31.0", "2"))),
      invalidStacks: [],
      failed: [],
      warnings: [],
      violations: [],
      advisories: [],
      policyCoverage: { policies: 7, stacks: ["west"], notEvaluated: [] },
      order: { steps: ["west"], unfinished: [], blocked: [] },
      previews: [
        {
          stack: "west",
          state: "previewed",
          counts: countsOf(report),
          touched: report.touched,
          notes: report.warnings,
        },
      ],
    });
    expect(comment).toBe(`<!-- mesh-federation review -->
## Federation review

### What changes

\`\`\`diff
~ mesh west: Istio 1.30.1 -> 1.31.0
~ stack west: istio.values.pilot.cpu "1" -> "2"
\`\`\`

### Checks passed

Ran: contract checks, 7 policies on west.

### Previews

| stack | resources |
|---|---|
| west | 1 to create, 2 to update, 1 unchanged |

- **west**: the gateway of mesh "west" may get another address

<details>
<summary>Pulumi diff, resources touched: 3</summary>

\`\`\`diff
# west
~ kubernetes:helm.sh/v3:Release istio-base
    version "1.30.1" -> "1.31.0"
~ kubernetes:apps/v1:Deployment istio-istiod:istio-system/istiod
    spec.template.spec.containers[0].image "istio/pilot:1.30.1" -> "istio/pilot:1.31.0"
+ kubernetes:v1:ConfigMap istio-istiod:istio-system/values
\`\`\`

</details>
`);
  });
});
