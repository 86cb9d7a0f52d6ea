#!/bin/sh
# Makes sure that the KinD cluster $CLUSTER exists as $IDENTITY says, from the configuration on stdin.
#
# A mark in .federation/clusters says whose a cluster is and whether it is whole: it is written before the cluster is
# made and changed when it is ready. So a half-made or outdated cluster of ours is made anew, a whole one is adopted,
# and a cluster that has our name but no mark is somebody else's and is never touched.
set -eu
: "${CLUSTER:?}" "${IDENTITY:?}"
mark=.federation/clusters/$CLUSTER
config=$(cat)
mkdir -p .federation/clusters
# KinD insists on merging into a kubeconfig file; the real one is read as a secret later.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
export KUBECONFIG="$scratch/kubeconfig"

say() { echo "kind cluster $CLUSTER: $*" >&2; }

if ! clusters=$(kind get clusters 2>"$scratch/error"); then
  say "cannot list clusters: $(cat "$scratch/error")"
  say "is the docker engine running, and may you use it? (\`docker info\` tells)"
  exit 1
fi

if echo "$clusters" | grep -qx -- "$CLUSTER"; then
  case "$(cat "$mark" 2>/dev/null || true)" in
    "ready $IDENTITY")
      if kind export kubeconfig --name "$CLUSTER" --kubeconfig "$KUBECONFIG" >/dev/null 2>&1; then
        say "already there, adopted"
        exit 0
      fi
      say "ours, but it does not answer; making it anew" ;;
    "ready "*) say "ours, but made to another configuration; making it anew" ;;
    "creating "*) say "ours, but half-made; making it anew" ;;
    *)
      say "a cluster of this name exists and was not made by this project's clone; it is left alone"
      say "delete it (\`kind delete cluster --name $CLUSTER\`), or give the mesh another name (mesh.cluster)"
      exit 1 ;;
  esac
  kind delete cluster --name "$CLUSTER" >&2
fi

echo "creating $IDENTITY" > "$mark"
echo "$config" | kind create cluster --name "$CLUSTER" --config - --wait 0s >&2
echo "ready $IDENTITY" > "$mark"
