exec 2>&1
set -v
# What would this DaemonSet do on the six nodes here?
kds plan -f docs/waves-agent.yaml
# Apply it, and follow it to the end.
kds apply -f docs/waves-agent.yaml --wait 2>/dev/null | tail -n 1

# A new image: one node first, the others only when that one stays available.
kds rollout waves ds/agent --set-image agent=registry.example.com/agent:1.1 --canary 1 --waves 100% --bake 1s

# And back.
kds rollout undo ds/agent --wait 2>/dev/null | tail -n 1
kds rollout history ds/agent
