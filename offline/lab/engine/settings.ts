import { join } from "node:path";
import type { LabPaths } from "../paths.ts";

/** Path of the lab's default OCI runtime: next to the engine's data, so that clusters survive a cleared cache. */
export function runtimePath(paths: LabPaths): string {
  return join(paths.engine, "bounded");
}

/** Control group below which all containers of the engine run. */
export function controlGroup(paths: LabPaths): string {
  return `/${paths.id}`;
}

/**
 * dockerd's settings. They are in a file of their own, or the machine's /etc/docker/daemon.json would apply.
 * Keys: https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file
 */
export function dockerdSettings(paths: LabPaths): Record<string, unknown> {
  return {
    hosts: [`unix://${paths.socket}`],
    containerd: join(paths.run, "containerd.sock"), // without it, dockerd uses the machine's, if one runs
    "data-root": paths.data,
    "exec-root": join(paths.run, "exec"),
    pidfile: join(paths.run, "docker.pid"),
    "storage-driver": "overlay2",
    features: { "containerd-snapshotter": false }, // the node image is stored for overlay2
    runtimes: { bounded: { path: runtimePath(paths) } },
    "default-runtime": "bounded",
    "exec-opts": ["native.cgroupdriver=cgroupfs"], // so that `cgroup-parent` applies, with systemd or without
    "cgroup-parent": controlGroup(paths),
    bridge: "none", // kind has a network of its own
    "shutdown-timeout": 5,
  };
}

/** containerd's settings (TOML): no CRI, everything in the lab's folders. */
export function containerdSettings(paths: LabPaths): string {
  return `version = 2
root = ${JSON.stringify(join(paths.data, "containerd"))}
state = ${JSON.stringify(join(paths.run, "containerd"))}
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = ${JSON.stringify(join(paths.run, "containerd.sock"))}
`;
}
