#!/bin/bash
# Runs the tests inside of the container. /clone is the working tree, which stays as it is; /work is a volume: it keeps
# the tool cache between runs, and the lab's engine cannot have its data on a file system of layers, as the container's is.
set -euo pipefail
[ "${MESH_FEDERATION_TESTS_IN:-}" = here ] && [ -d /clone ] || { echo "error: npm test runs this inside of a container"; exit 2; }

# Control groups may get controllers only where no process is in the group above them.
groups=/sys/fs/cgroup
if [ -f "$groups/cgroup.controllers" ]; then
  mkdir -p "$groups/tests"
  while read -r pid; do echo "$pid" > "$groups/tests/cgroup.procs" || true; done < "$groups/cgroup.procs"
  for controller in $(cat "$groups/cgroup.controllers"); do echo "+$controller" > "$groups/cgroup.subtree_control"; done
elif [[ " $* " == *" e2e "* ]]; then
  # With version 1, the kubelets of two clusters in one container get in each other's way.
  echo "error: the e2e tests in a container need an engine with control groups version 2, and this one has version 1: run them on a machine with Debian, root and Go, or on an engine whose kernel has version 2 (docker info says which)"
  echo "Tests: 0 passed, 1 failed"
  exit 1
fi

export HOME=/work/home TMPDIR=/work/tmp
rm -rf /work/clone /work/tmp
mkdir -p /work/clone /work/tmp "$HOME"
tar -C /clone --exclude=./node_modules --exclude=./.federation -cf - . | tar -C /work/clone --no-same-owner -xf -
cd /work/clone
npm ci
exec node_modules/.bin/node test/run.ts "$@"
