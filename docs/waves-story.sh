exec 2>&1
set -v
kds apply -f docs/waves-agent.yaml --wait 2>/dev/null | tail -n 1

# What would it be?
kds rollout waves ds/agent --set-image agent=registry.example.com/agent:1.1 --canary 1 --by zone --bake 10m --dry-run

# The new image goes to one node. A test of ours fails there, so kds takes that node back.
kds rollout waves ds/agent --set-image agent=registry.example.com/agent:1.1 --canary 1 --bake 1s --gate 'exit 3'

# Again: this time a failure is to wait for us.
kds rollout waves ds/agent --set-image agent=registry.example.com/agent:1.1 --canary 1 --waves 50%,100% \
  --bake 1s --gate 'test $KDS_WAVE -gt 1' --on-failure pause

# We have looked: the canary is fine, it was the test. Go on without it.
kds rollout waves promote ds/agent --gate=

# Nothing of the waves is left.
kds rollout waves status ds/agent
kds rollout history ds/agent
