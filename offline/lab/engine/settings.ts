import { join } from "node:path";
import type { Place } from "../place.ts";

/** Where the lab's default OCI runtime stands: beside the engine's data, so that a cleared cache breaks no cluster. */
export function runtimeOf(place: Place): string {
  return join(place.engine, "bounded");
}

/** Control group below which all containers of the engine run. */
export function controlGroup(place: Place): string {
  return `/${place.id}`;
}

/**
 * dockerd's settings. They stand in a file of ours, or the machine's own /etc/docker/daemon.json would apply.
 * Keys: https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file
 */
export function dockerdSettings(place: Place): Record<string, unknown> {
  return {
    hosts: [`unix://${place.socket}`],
    containerd: join(place.run, "containerd.sock"), // without it dockerd takes the machine's, if there is one
    "data-root": place.data,
    "exec-root": join(place.run, "exec"),
    pidfile: join(place.run, "docker.pid"),
    "storage-driver": "overlay2",
    features: { "containerd-snapshotter": false }, // the node image is stored for overlay2
    runtimes: { bounded: { path: runtimeOf(place) } },
    "default-runtime": "bounded",
    "exec-opts": ["native.cgroupdriver=cgroupfs"], // the groups must be where `cgroup-parent` says, systemd or not
    "cgroup-parent": controlGroup(place),
    bridge: "none", // kind makes a network of its own
    "shutdown-timeout": 5,
  };
}

/** containerd's settings (TOML): no CRI, everything in the lab's folders. */
export function containerdSettings(place: Place): string {
  return `version = 2
root = ${JSON.stringify(join(place.data, "containerd"))}
state = ${JSON.stringify(join(place.run, "containerd"))}
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = ${JSON.stringify(join(place.run, "containerd.sock"))}
`;
}
