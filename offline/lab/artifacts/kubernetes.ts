import { linkSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../../../tools/artifact.ts";
import { goArtifact } from "../../builds/goArtifact.ts";
import { VERSIONS } from "../images/names.ts";
import { goFolder } from "./goModule.ts";

const source = goFolder("kubernetes");

/**
 * The version that the programs state. kubeadm compares its own with the images', kubectl with the server's.
 * Variables: https://github.com/kubernetes/kubernetes/blob/v1.34.4/hack/lib/version.sh
 */
const [major, minor] = VERSIONS.kubernetes.split(".") as [string, string];
const stamps = Object.fromEntries(
  ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((variables) => [
    [`${variables}.gitVersion`, `v${VERSIONS.kubernetes}`],
    [`${variables}.gitMajor`, major],
    [`${variables}.gitMinor`, minor],
    [`${variables}.gitTreeState`, "clean"],
  ]),
);

const program = (name: string) => ({ package: `k8s.io/kubernetes/cmd/${name}` });

/** The API server, on its own because tests of plugins need nothing else of Kubernetes. */
export const apiServer = goArtifact({
  name: "kube-apiserver",
  module: source,
  programs: [program("kube-apiserver")],
  stamps,
  expectedSeconds: 240,
});

const others = goArtifact({
  name: "kubernetes",
  module: source,
  // kubelet first: its packages are most of the others', so that the log shows where the time goes.
  programs: ["kubelet", "kubeadm", "kubectl", "kube-controller-manager", "kube-scheduler", "kube-proxy"].map(program),
  stamps,
  expectedSeconds: 420,
});

/** Every program of Kubernetes that a node and its control plane run. */
export const kubernetes: Artifact = {
  ...others,
  needs: [apiServer],
  async build(context) {
    await others.build(context);
    linkSync(join(context.dirOf(apiServer), "kube-apiserver"), join(context.dir, "kube-apiserver"));
  },
};
