#!/bin/bash
# Runs the tests in the container. /clone is the working tree, read-only. /work is a volume: it keeps the tool cache
# between runs, and the lab's engine cannot store its data on the container's overlay file system.
set -euo pipefail
[ "${MESH_FEDERATION_TESTS_IN:-}" = here ] && [ -d /clone ] || { echo "error: npm test runs this script in a container"; exit 2; }

# A control group can delegate controllers only if it has no process itself.
groups=/sys/fs/cgroup
if [ -f "$groups/cgroup.controllers" ]; then
  mkdir -p "$groups/tests"
  while read -r pid; do echo "$pid" > "$groups/tests/cgroup.procs" || true; done < "$groups/cgroup.procs"
  for controller in $(cat "$groups/cgroup.controllers"); do echo "+$controller" > "$groups/cgroup.subtree_control"; done
elif [[ " $* " == *" e2e "* ]]; then
  # With version 1, the kubelets of two clusters in one container conflict.
  echo "error: the e2e tests need control groups version 2 in a container, and this Docker engine has version 1 (docker info). Run them on a machine with Debian, root and Go, or on an engine with version 2."
  echo "Tests: 0 passed, 1 failed"
  exit 1
fi

export HOME=/work/home TMPDIR=/work/tmp
rm -rf /work/clone /work/tmp
mkdir -p /work/clone /work/tmp "$HOME"
tar -C /clone --exclude=./node_modules --exclude=./.federation -cf - . | tar -C /work/clone --no-same-owner -xf -
cd /work/clone
npm ci
# As in an npm script: the Node.js of `npm ci` where it has one, else the image's.
PATH="$PWD/node_modules/.bin:$PATH" exec node -r ./tools/checkNode.cjs test/run.ts "$@"
