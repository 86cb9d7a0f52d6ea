#!/bin/sh
# Starts the nodes of whole clusters of this clone that stand still, as after a restart of the docker engine or of the
# machine, and waits until their API servers answer. Prints `woken CLUSTER` for those, and `gone CLUSTER` for those whose
# node somebody removed. See create.sh for the marks.
# usage: wake.sh [CLUSTER...]   (all by default)
set -eu
patience=${PATIENCE:-120} # seconds
marks=.federation/clusters
# Names of clusters are RFC 1123 labels: no blank, and no dot as in a mark that was being written.
[ "$#" -gt 0 ] || set -- $(ls "$marks" 2>/dev/null | grep -vF . || true)
for cluster; do
  read -r state _ id < "$marks/$cluster" || continue
  [ "$state" = ready ] && [ -n "$id" ] || continue
  running=$(docker inspect --format '{{.State.Running}}' "$id" 2>/dev/null) ||
    case "$(docker inspect --format '{{.Id}}' "$id" 2>&1)" in *[Nn]"o such "*) echo "gone $cluster" ;; esac
  [ "$running" = false ] || continue
  docker start "$id" >/dev/null
  waited=0
  until docker exec "$id" kubectl --kubeconfig=/etc/kubernetes/admin.conf --request-timeout=5s get --raw=/readyz >/dev/null 2>&1; do
    if [ "$waited" -ge "$patience" ]; then
      echo "kind cluster $cluster: its API server does not answer, $patience s after its node was started again; \`npm run down\` and \`npm run up\` make it anew" >&2
      exit 1
    fi
    waited=$((waited + 1))
    sleep 1
  done
  echo "woken $cluster"
done
