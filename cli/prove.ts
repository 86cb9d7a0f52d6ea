import type { ProvenImport, ProvingMesh } from "../federation/imports/proofTriggers.ts";
import { endWith, failWith } from "./arguments.ts";
import { edgesOf } from "../verify/edge.ts";
import { Cluster } from "../kube/cluster.ts";
import { ProbePods } from "../kube/probePods.ts";
import { diagnosis, table } from "../verify/report/table.ts";
import { longestWait, verifyEdges } from "../verify/verifyEdges.ts";

/** Milliseconds that an import may take to answer after it was made. */
const patience = 45_000;

/** Run by the component TrafficProof: calls an import, and fails with the diagnosis where it does not answer. */
async function main(): Promise<number> {
  const { PROOF: proof, PROOF_KUBECONFIG: kubeconfig } = process.env;
  if (!proof || !kubeconfig)
    throw new Error(
      "PROOF and PROOF_KUBECONFIG are not set; this program is run by the component TrafficProof. To verify imports by hand: npm run verify",
    );
  const { mesh, spec, context, probeImage } = JSON.parse(proof) as {
    mesh: ProvingMesh;
    spec: ProvenImport;
    context?: string;
    probeImage?: string;
  };
  const { called: edges } = edgesOf({ mesh, imports: [spec] }, mesh.stack, new Map(), undefined);
  const access = { own: new Cluster(kubeconfig, context), peers: new Map(), contracts: new Map(), issuers: {} };
  const tasks = edges.map((edge) => ({ edge, access }));
  const pods = probeImage ? new ProbePods(longestWait(tasks.length, patience) / 1000, probeImage) : undefined;
  const results = await verifyEdges(
    tasks,
    patience,
    pods && ((given, client) => pods.podUnlessRunning(given.own, client)),
  ).finally(() => pods?.remove());
  const failed = results.filter((r) => !r.good);
  process.stdout.write(
    failed.length === 0
      ? table(results, [], [], false)
      : failed
          .flatMap((r) => [`import "${spec.name}" of mesh "${mesh.name}" does not answer`, ...diagnosis(r)])
          .join("\n"),
  );
  return failed.length === 0 ? 0 : 1;
}

main().then(endWith, failWith);
