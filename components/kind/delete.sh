#!/bin/sh
# Deletes the KinD cluster $CLUSTER, if it is there and this clone made it; see create.sh for the mark.
set -eu
: "${CLUSTER:?}"
mark=.federation/clusters/$CLUSTER
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
export KUBECONFIG="$scratch/kubeconfig"
if [ -e "$mark" ]; then
  kind delete cluster --name "$CLUSTER" >&2
  rm -f "$mark"
elif kind get clusters 2>/dev/null | grep -qx -- "$CLUSTER"; then
  echo "kind cluster $CLUSTER: not made by this project's clone; left alone" >&2
fi
