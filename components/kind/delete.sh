#!/bin/sh
# Deletes the KinD cluster $CLUSTER, if it is there and this clone made it; see create.sh for the mark.
set -eu
: "${CLUSTER:?}"
mark=.federation/clusters/$CLUSTER
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export KUBECONFIG="$scratch/kubeconfig"

say() { echo "kind cluster $CLUSTER: $*" >&2; }

if ! clusters=$(kind get clusters 2>"$scratch/error"); then
  say "cannot list clusters: $(cat "$scratch/error")"
  say "start the docker engine and run the same command again; nothing was deleted"
  exit 1
fi
read -r state _ id 2>/dev/null < "$mark" || state=
if echo "$clusters" | grep -qxF -- "$CLUSTER"; then
  node=$(docker inspect --format '{{.Id}}' "$CLUSTER-control-plane" 2>/dev/null || true)
  if [ "$state" = creating ] || { [ "$state" = ready ] && [ "$id" = "$node" ]; }; then
    kind delete cluster --name "$CLUSTER" >&2
  else
    say "not made by this project's clone; left alone"
  fi
fi
rm -f "$mark"
