#!/bin/sh
# Makes sure that the KinD cluster $CLUSTER exists as $IDENTITY says, from the configuration on stdin.
#
# A mark in .federation/clusters says whose a cluster is and whether it is whole: `creating IDENTITY` before it is made,
# `ready IDENTITY NODE` when it is, NODE being the id of its control plane's container. So a half-made or outdated
# cluster of ours is made anew, a whole one is adopted, and a cluster that has our name but no mark, or another node
# than the mark says, is somebody else's and is never touched.
set -eu
: "${CLUSTER:?}" "${IDENTITY:?}"
mark=.federation/clusters/$CLUSTER
config=$(cat)
mkdir -p .federation/clusters
# KinD insists on merging into a kubeconfig file; the real one is read as a secret later.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export KUBECONFIG="$scratch/kubeconfig"

say() { echo "kind cluster $CLUSTER: $*" >&2; }
node() { docker inspect --format '{{.Id}}' "$CLUSTER-control-plane" 2>/dev/null || true; }
# In one step: a mark that was cut short would make the cluster somebody else's.
write_mark() { echo "$*" > "$mark.new"; mv "$mark.new" "$mark"; }

if ! clusters=$(kind get clusters 2>"$scratch/error"); then
  say "cannot list clusters: $(cat "$scratch/error")"
  say "is the docker engine running, and may you use it? (\`docker info\` tells)"
  exit 1
fi

if echo "$clusters" | grep -qxF -- "$CLUSTER"; then
  read -r state identity id 2>/dev/null < "$mark" || state=
  [ "$state" != ready ] || [ "$id" = "$(node)" ] || state=
  case "$state" in
    ready)
      if [ "$identity" != "$IDENTITY" ]; then
        say "ours, but made to another configuration; making it anew"
      elif sh "${0%/*}/wake.sh" "$CLUSTER" >/dev/null 2>&1 && kind export kubeconfig --name "$CLUSTER" --kubeconfig "$KUBECONFIG" >/dev/null 2>&1; then
        say "already there, adopted"
        exit 0
      else
        say "ours, but it does not answer; making it anew"
      fi ;;
    creating) say "ours, but half-made; making it anew" ;;
    *)
      say "a cluster of this name exists and was not made by this project's clone; it is left alone"
      say "delete it (\`kind delete cluster --name $CLUSTER\`), or give the mesh another name (mesh.cluster)"
      exit 1 ;;
  esac
  kind delete cluster --name "$CLUSTER" >&2
fi

write_mark creating "$IDENTITY"
echo "$config" | kind create cluster --name "$CLUSTER" --config - --wait 0s >&2
write_mark ready "$IDENTITY" "$(node)"
