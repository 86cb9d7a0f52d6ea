import { parseContract } from "../../../../federation/contract/contract.ts";
import { KubeClient } from "../../../../kube/kubeClient.ts";
import { checkQuarantines } from "../../../../verify/negativeChecks/checkQuarantine.ts";
import { quarantineCheck } from "../../../../verify/negativeChecks/registry.ts";

// Prints the results for the quarantines of the first of some contracts, whose cluster has this kubeconfig.
const [kubeconfig, given] = process.argv.slice(2);
const [own, ...others] = (JSON.parse(given!) as unknown[]).map((value) => parseContract(value, "x"));
const mesh = {
  ...{ name: own!.mesh.name, stack: own!.mesh.name, importsFrom: [], fallbackClient: undefined, problem: undefined },
  contract: own,
  cluster: new KubeClient(kubeconfig!),
};
const contracts = new Map([own!, ...others].map((contract) => [contract.mesh.name, contract]));
const results = await checkQuarantines(quarantineCheck, mesh, { contracts, callers: [] }, 0);
process.stdout.write(JSON.stringify(results));
