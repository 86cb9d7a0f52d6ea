import { KubeClient } from "../../../kube/kubeClient.ts";
import { readMeshTrust } from "../../../kube/meshTrust.ts";

// Prints the trust of a mesh as JSON. Kubernetes' client library for commands in pods does not load inside Jest.
const [kubeconfig, options] = process.argv.slice(2);
const found = await readMeshTrust(new KubeClient(kubeconfig!), { mesh: "west", ...JSON.parse(options!) });
process.stdout.write(JSON.stringify(found));
