exec 2>&1
set -v
kds apply -f docs/waves-agent.yaml --wait 2>/dev/null | tail -n 1
kds rollout waves ds/agent --set-image agent=agent:1.1 --canary 1 --bake 1s --gate 'exit 3'
kds rollout waves ds/agent --set-image agent=agent:1.1 --canary 1 --waves 50%,100% --bake 1s \
  --gate 'test $KDS_WAVE -gt 1' --on-failure pause
kds rollout waves promote ds/agent --gate=
