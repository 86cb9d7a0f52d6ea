#!/bin/sh
# Creates the KinD cluster $CLUSTER from the configuration on stdin, or adopts it when it exists as $IDENTITY requires.
# $START_NODES is the text of start.sh.
#
# A mark in the directory $MARKS records who created a cluster and whether it is complete: `creating IDENTITY` before it is
# created, `ready IDENTITY NODE` afterwards, where NODE is the container id of its control plane. A marked cluster is
# adopted when it is complete, and recreated when it is incomplete or has another identity. A cluster without a mark, or
# with another node than the mark, was created otherwise and is never touched.
set -eu
: "${CLUSTER:?}" "${IDENTITY:?}" "${START_NODES:?}"
marks=${MARKS:-${XDG_STATE_HOME:-${HOME:?}/.local/state}/mesh-federation/clusters}
mark=$marks/$CLUSTER
config=$(cat)
mkdir -p "$marks"
# KinD always merges into a kubeconfig file; the provider reads the kubeconfig later, as a secret.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export KUBECONFIG="$scratch/kubeconfig"

log() { echo "kind cluster $CLUSTER: $*" >&2; }
node() { docker inspect --format '{{.Id}}' "$CLUSTER-control-plane" 2>/dev/null || true; }
# Atomic: a truncated mark would disown the cluster.
write_mark() { echo "$*" > "$mark.new"; mv "$mark.new" "$mark"; }

if ! clusters=$(kind get clusters 2>"$scratch/error"); then
  log "cannot list clusters: $(cat "$scratch/error")"
  log "Start the docker engine, or get permission to use it. \`docker info\` shows which."
  exit 1
fi

if echo "$clusters" | grep -qxF -- "$CLUSTER"; then
  read -r state identity id 2>/dev/null < "$mark" || state=
  [ "$state" != ready ] || [ "$id" = "$(node)" ] || state=
  case "$state" in
    ready)
      if [ "$identity" != "$IDENTITY" ]; then
        log "it has another configuration; recreating it"
      elif sh -c "$START_NODES" start-nodes "$marks" "$CLUSTER" >/dev/null 2>&1 &&
        kind export kubeconfig --name "$CLUSTER" --kubeconfig "$KUBECONFIG" >/dev/null 2>&1; then
        log "adopted"
        exit 0
      else
        log "its API server does not answer; recreating it"
      fi ;;
    creating) log "it is incomplete; recreating it" ;;
    *)
      log "a cluster of this name exists that this program did not create. It was not changed."
      log "Delete it with \`kind delete cluster --name $CLUSTER\`, or choose another cluster name (mesh.cluster)."
      exit 1 ;;
  esac
  kind delete cluster --name "$CLUSTER" >&2
fi

write_mark creating "$IDENTITY"
echo "$config" | kind create cluster --name "$CLUSTER" --config - --wait 0s >&2
write_mark ready "$IDENTITY" "$(node)"
