#!/bin/bash
# First process of the engine's process namespace: runs containerd and dockerd, reaps what they leave to it, and ends
# when one of them does. With it ends everything in the namespace, containers too: the kernel sees to that.
# usage: init.sh RUN_FOLDER ENGINE_FOLDER
set -eu
run=$1 engine=$2

# Shims put their sockets here, whoever's they are; this hides them from a containerd of the machine, and its from us.
mkdir -p /run/containerd
mount -t tmpfs tmpfs /run/containerd

containerd --config "$engine/containerd.toml" &
for _ in $(seq 200); do
  [ ! -S "$run/containerd.sock" ] || break
  sleep 0.05
done
dockerd --config-file "$engine/dockerd.json" &
wait -n || true
