import type { ErrorCode } from "../federation/errors/catalogue/index.ts";
import { UserError } from "../federation/errors/userError.ts";
import type { ImportWithClient, VerifyingMesh } from "../federation/imports/verificationTriggers.ts";
import { KubeClient } from "../kube/kubeClient.ts";
import { edgesOf } from "./edge.ts";
import { ProbePods } from "./gather/probePods.ts";
import { hostNotices } from "./hostReach.ts";
import { diagnosis } from "./report/diagnosis.ts";
import { table } from "./report/table.ts";
import { longestWait, verifyEdges } from "./verifyEdges.ts";

/** Milliseconds that an import may take to answer after it was created. */
const wait = 45_000;

/** Variables with the arguments and the kubeconfig of {@link verifyImport}. */
export const importVariable = "VERIFY_IMPORT";
export const kubeconfigVariable = "VERIFY_KUBECONFIG";

/** The arguments in `VERIFY_IMPORT`, as JSON. */
interface ImportArguments {
  mesh: VerifyingMesh;
  spec: ImportWithClient;
  /** Context of the kubeconfig; default its current one. */
  context?: string;
  /** Image of a pod that calls where the client has no running pod. Without it, only running pods call. */
  probeImage?: string;
}

/** Verifies one import with the importing mesh's credentials alone, and prints the result. Returns the exit code. */
export async function verifyImport(environment: NodeJS.ProcessEnv): Promise<number> {
  const { mesh, spec, context, probeImage, kubeconfig } = readEnvironment(environment);
  const { withClient } = edgesOf({ mesh, imports: [spec] }, mesh.stack, new Map(), undefined);
  const access = { own: new KubeClient(kubeconfig, context), peers: new Map(), contracts: new Map(), issuers: {} };
  const tasks = withClient.map((edge) => ({ edge, access }));
  const pods = probeImage ? new ProbePods(longestWait(tasks.length, wait) / 1000, probeImage) : undefined;
  const edges = await verifyEdges(
    tasks,
    wait,
    pods && ((given, client) => pods.podUnlessRunning(given.own, client)),
  ).finally(() => pods?.remove());
  const failures = edges.filter((e) => !e.passed);
  const code: ErrorCode = "import-not-answering";
  const failed = `import "${spec.name}" of mesh "${mesh.name}" does not answer [${code}]`;
  process.stdout.write(
    failures.length === 0
      ? table(
          { edges, negativeChecks: [], unreachable: [], notCalled: [], pending: [], notes: hostNotices(edges) },
          false,
        )
      : [failed, ...failures.flatMap((e) => diagnosis(e))].join("\n"),
  );
  return failures.length === 0 ? 0 : 1;
}

function readEnvironment(environment: NodeJS.ProcessEnv): ImportArguments & { kubeconfig: string } {
  const { [importVariable]: given, [kubeconfigVariable]: kubeconfig } = environment;
  if (given && kubeconfig) return { ...(JSON.parse(given) as ImportArguments), kubeconfig };
  throw new UserError("verify-import-environment", {
    subject: "cli/verifyImport.ts",
    problem: `${importVariable} and ${kubeconfigVariable} are not set`,
    remedy: "Run `npm run verify` to verify imports; `pulumi up` runs this program",
  });
}
