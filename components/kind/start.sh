#!/bin/sh
# Starts the stopped nodes of complete clusters, as after a restart of the docker engine or the machine, and waits until
# their API servers answer. Prints `started CLUSTER` for each, and `gone CLUSTER` for a cluster whose node was removed.
# usage: start.sh MARKS [CLUSTER...]   (default: every cluster with a mark in the directory MARKS; create.sh describes marks)
set -eu
timeout=${TIMEOUT:-120} # seconds
marks=${1:?}
shift
# Cluster names are RFC 1123 labels: without spaces, and without the dot of a mark that is being written.
[ "$#" -gt 0 ] || set -- $(ls "$marks" 2>/dev/null | grep -vF . || true)
for cluster; do
  read -r state _ id < "$marks/$cluster" || continue
  [ "$state" = ready ] && [ -n "$id" ] || continue
  running=$(docker inspect --format '{{.State.Running}}' "$id" 2>/dev/null) ||
    case "$(docker inspect --format '{{.Id}}' "$id" 2>&1)" in *[Nn]"o such "*) echo "gone $cluster" ;; esac
  [ "$running" = false ] || continue
  docker start "$id" >/dev/null
  workers=$(docker ps -aq --filter "label=io.x-k8s.kind.cluster=$cluster" --filter "label=io.x-k8s.kind.role=worker")
  [ -z "$workers" ] || docker start $workers >/dev/null
  waited=0
  until docker exec "$id" kubectl --kubeconfig=/etc/kubernetes/admin.conf --request-timeout=5s get --raw=/readyz >/dev/null 2>&1; do
    if [ "$waited" -ge "$timeout" ]; then
      echo "kind cluster $cluster: its API server does not answer $timeout s after its node was started. Recreate it with \`npm run down\` and \`npm run up\`." >&2
      exit 1
    fi
    waited=$((waited + 1))
    sleep 1
  done
  echo "started $cluster"
done
