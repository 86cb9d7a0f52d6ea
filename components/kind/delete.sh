#!/bin/sh
# Deletes the KinD cluster $CLUSTER when it exists and has a mark in the directory $MARKS; create.sh describes marks.
set -eu
: "${CLUSTER:?}"
marks=${MARKS:-${XDG_STATE_HOME:-${HOME:?}/.local/state}/mesh-federation/clusters}
mark=$marks/$CLUSTER
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export KUBECONFIG="$scratch/kubeconfig"

log() { echo "kind cluster $CLUSTER: $*" >&2; }

if ! clusters=$(kind get clusters 2>"$scratch/error"); then
  log "cannot list clusters: $(cat "$scratch/error")"
  log "Nothing was deleted. Start the docker engine and run the same command again."
  exit 1
fi
read -r state _ id 2>/dev/null < "$mark" || state=
if echo "$clusters" | grep -qxF -- "$CLUSTER"; then
  node=$(docker inspect --format '{{.Id}}' "$CLUSTER-control-plane" 2>/dev/null || true)
  if [ "$state" = creating ] || { [ "$state" = ready ] && [ "$id" = "$node" ]; }; then
    kind delete cluster --name "$CLUSTER" >&2
  else
    log "this program did not create it; it was not deleted"
  fi
fi
rm -f "$mark"
