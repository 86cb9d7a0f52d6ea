import { goArtifact } from "../../builds/goArtifact.ts";
import { goFolder } from "./goModule.ts";

/** The cluster's data store. */
export const etcd = goArtifact({
  name: "etcd",
  module: goFolder("etcd"),
  programs: [{ package: ".", output: "etcd" }],
  expectedSeconds: 45,
});

/** The cluster's name server, with the plugins that kubeadm's configuration names and no cloud's. */
export const coredns = goArtifact({
  name: "coredns",
  module: goFolder("coredns"),
  programs: [{ package: ".", output: "coredns" }],
  expectedSeconds: 90,
});

/** The programs that the pod network's configuration names (node/labnet). */
export const cni = goArtifact({
  name: "cni",
  module: goFolder("cni"),
  programs: ["ipam/host-local", "main/loopback", "main/ptp", "meta/portmap"].map((plugin) => ({
    package: `github.com/containernetworking/plugins/plugins/${plugin}`,
  })),
  expectedSeconds: 15,
});

/** The load balancer's two programs. */
export const metallb = goArtifact({
  name: "metallb",
  module: goFolder("metallb"),
  programs: ["controller", "speaker"].map((name) => ({ package: `go.universe.tf/metallb/${name}` })),
  expectedSeconds: 120,
});

/** The lab's own two programs: the OCI runtime `bounded`, and `pause`, the first process of every pod. */
export const node = goArtifact({
  name: "node-programs",
  module: goFolder("node"),
  programs: [{ package: "./bounded" }, { package: "./pause" }],
  expectedSeconds: 5,
});
