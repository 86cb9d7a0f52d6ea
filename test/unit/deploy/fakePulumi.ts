/**
 * A Pulumi whose backend is the real one's files: `up` makes resources, `destroy` takes them away, and east's import is
 * pending after its first `up`. `$CONTROL/fail-<stack>` makes it fail, `$CONTROL/refuse-<stack>` makes it refuse once,
 * `$CONTROL/slow` makes it run until it is asked to stop, `$CONTROL/pending-forever` keeps the import pending,
 * `$CONTROL/in-quarantine` does so by order of east, and `$CONTROL/quarantine-over` does so once, because east's
 * quarantine ends in the same run. It destroys what is imported only where that is allowed, or with
 * `$CONTROL/nobody-imports`.
 */
export const fakePulumi = `#!/bin/sh
echo "$*" >> "$CONTROL/calls"
stacks="\${PULUMI_BACKEND_URL#file://}/.pulumi/stacks/mesh-federation"
mkdir -p "$stacks"
while [ $# -gt 0 ]; do case "$1" in --stack) stack=$2; shift ;; init) init=$2 ;; esac; words="$words $1"; shift; done
state() { echo '{"checkpoint":{"latest":{"resources":['$2']}}}' > "$stacks/$1.json"; }
case "$words" in
  " stack init"*) state "$init" ;;
  " stack output"*)
    pending= quarantine=
    if [ "$stack" = east ]; then
      [ -e "$CONTROL/asked" ] || pending='{"name":"httpbin","from":"west","reason":"stack west is not up"}'
      [ ! -e "$CONTROL/pending-forever" ] ||
        pending='{"name":"httpbin","from":"west","reason":"west does not export it"}'
      bad='{"name":"httpbin","from":"west","reason":"west is bad","cause":"quarantine"}'
      [ ! -e "$CONTROL/in-quarantine" ] || { pending=$bad; quarantine='{"mesh":"west","trustDomains":[]}'; }
      [ ! -e "$CONTROL/quarantine-over" ] || [ -e "$CONTROL/asked" ] || pending=$bad
      touch "$CONTROL/asked"
    fi
    echo '{"federation":{"pendingImports":['"$pending"'],"quarantine":['"$quarantine"']}}' ;;
  " up"*)
    if [ -e "$CONTROL/fail-$stack" ]; then
      printf 'Diagnostics:\\n  error: no room for %s\\n\\nResources:\\n    1 unchanged\\n' "$stack"
      exit 1
    fi
    if rm "$CONTROL/refuse-$stack" 2>/dev/null; then
      echo '{"code":"imports-mismatch","subject":"mesh","problem":"p","remedy":"r","details":[]}' \\
        > "$MESH_FEDERATION_ERROR_FILE"
      exit 1
    fi
    if [ -e "$CONTROL/slow" ]; then exec node -e '
      const fs = require("fs"), say = (line) => fs.appendFileSync(process.env.CONTROL + "/calls", line + "\\n");
      process.on("SIGINT", () => {
        say("asked to stop");
        setTimeout(() => { say("stopped"); process.exit(1); }, 300);
      });
      setTimeout(() => process.exit(1), 30000);
      fs.writeFileSync(process.env.CONTROL + "/slow-now", "");'
    fi
    if grep -q '"r"' "$stacks/$stack.json"; then printf 'Resources:\\n    3 unchanged\\n'
    else printf 'Resources:\\n    + 3 created\\n'; fi
    state "$stack" '"r"' ;;
  " destroy"*)
    [ "$MESH_FEDERATION_ALLOW_BREAKING" = 1 ] || [ -e "$CONTROL/nobody-imports" ] || exit 1
    state "$stack"; printf 'Resources:\\n    - 3 deleted\\n' ;;
esac
`;
