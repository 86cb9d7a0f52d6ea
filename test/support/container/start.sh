#!/bin/bash
# Runs the tests inside of the container. /clone is the working tree, which stays as it is; /work is a volume: it keeps
# the tool cache between runs, and the lab's engine cannot have its data on a file system of layers, as the container's is.
set -euo pipefail

# Control groups may get controllers only where no process is in the group above them.
groups=/sys/fs/cgroup
if [ -f "$groups/cgroup.controllers" ]; then
  mkdir -p "$groups/tests"
  while read -r pid; do echo "$pid" > "$groups/tests/cgroup.procs" || true; done < "$groups/cgroup.procs"
  for controller in $(cat "$groups/cgroup.controllers"); do echo "+$controller" > "$groups/cgroup.subtree_control"; done
fi

export HOME=/work/home TMPDIR=/work/tmp
rm -rf /work/clone /work/tmp
mkdir -p /work/clone /work/tmp "$HOME"
tar -C /clone --exclude=./node_modules --exclude=./.federation -cf - . | tar -C /work/clone --no-same-owner -xf -
cd /work/clone
npm ci
exec node_modules/.bin/node test/run.ts "$@"
