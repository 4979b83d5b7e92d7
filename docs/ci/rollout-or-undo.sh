#!/usr/bin/env bash
# Applies a DaemonSet, waits for its roll-out, and goes back to the revision before when the release is at fault.
#   rollout-or-undo.sh MANIFEST NAME [NAMESPACE] [TIMEOUT]
# Exit codes: 0 rolled out; 1 failed and undone; 2 held up by nodes, not by the release: nothing was undone; other codes:
# kubectl apply failed, or kds could not look.
set -euo pipefail

manifest=$1
name=$2
namespace=${3:-default}
timeout=${4:-10m}

kubectl apply --namespace "$namespace" -f "$manifest"

if kds rollout status "ds/$name" --namespace "$namespace" --timeout "$timeout"; then
    exit 0
fi

# Not in time. Is it the release, or the nodes?
why=0
kds rollout status "ds/$name" --namespace "$namespace" --watch=false --detailed-exitcode >/dev/null 2>&1 || why=$?
case $why in
0)
    exit 0
    ;;
2 | 3)
    echo "$name: going back to the revision before" >&2
    kds rollout undo "ds/$name" --namespace "$namespace"
    kds rollout status "ds/$name" --namespace "$namespace" --timeout "$timeout"
    exit 1
    ;;
4)
    echo "$name: held up by nodes alone, the release is not at fault; look at the nodes named above" >&2
    exit 2
    ;;
*)
    exit "$why"
    ;;
esac
