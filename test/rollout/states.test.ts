import { describe, expect, it } from 'vitest'
import * as resources from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'
import { readStates } from '#rollout/states.ts'
import { MemoryCluster, refusedWith } from '../helpers/memory-cluster.ts'

const daemonSet: DaemonSet = {
  metadata: { name: 'agent', namespace: 'n', uid: 'ds', generation: 1 },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [] } },
  },
  status: { observedGeneration: 1 },
}
const failed = (message: string) => ({
  metadata: { name: 'e', namespace: 'n' },
  involvedObject: { kind: 'DaemonSet', name: 'agent', namespace: 'n', uid: 'ds' },
  reason: 'FailedCreate',
  message: `Error creating: pods "agent-" is forbidden: ${message}`,
  count: 9,
})
const noAccount = 'error looking up service account n/agent: serviceaccount "agent" not found'

describe('pods that were refused for want of an object', () => {
  const stateAfter = async (message: string, change: (cluster: MemoryCluster) => void) => {
    const cluster = new MemoryCluster()
    cluster.put(resources.nodes, { metadata: { name: 'n1' } })
    cluster.put(resources.events, failed(message))
    change(cluster)
    const { signal } = new AbortController()
    const [state] = await readStates(cluster, [daemonSet], { now: 0, signal })
    return { state, reads: cluster.calls.filter((call) => call.includes('get')) }
  }
  const kept = { side: 'admission', cause: 'service-account', stuck: true }

  it.each([
    ['a ServiceAccount', noAccount, resources.serviceAccounts, 'agent'],
    ['a PriorityClass', 'no PriorityClass with name high was found', resources.priorityClasses, 'high'],
    ['a RuntimeClass', 'pod rejected: RuntimeClass "gvisor" not found', resources.runtimeClasses, 'gvisor'],
  ])('wait for the controller alone once it is there: %s', async (_, message, resource, name) => {
    const { state } = await stateAfter(message, (cluster) =>
      cluster.put(resource, { metadata: { name, ...(resource.namespaced && { namespace: 'n' }) } }),
    )
    expect(state?.holds).toMatchObject([{ side: 'admission', stuck: false, next: [{ kind: 'wait' }] }])
    expect(state?.holds[0]?.sentence).toBe(
      `the API server refused new pods (9 times): ${message}; it is there by now, and the controller tries again within 17 minutes of its last try`,
    )
    expect(state?.health).toBe('moving')
    expect(state?.finishes.can).toBe(true)
  })

  it('are told as refused while it is not there, or nobody may look', async () => {
    expect((await stateAfter(noAccount, () => {})).state?.holds).toMatchObject([kept])
    const { state } = await stateAfter(noAccount, (cluster) => {
      cluster.put(resources.serviceAccounts, { metadata: { name: 'agent', namespace: 'n' } })
      cluster.before = (call, { kind }) => {
        if (call === 'get' && kind === 'ServiceAccount') throw refusedWith(403, 'Forbidden', 'no')
      }
    })
    expect(state?.holds).toMatchObject([kept])
  })

  it('are not looked after where nothing is missing', async () => {
    const { reads, state } = await stateAfter('exceeded quota: small, requested: pods=1', () => {})
    expect(state?.holds).toMatchObject([{ cause: 'quota' }])
    expect(reads).toEqual(['get namespaces n'])
  })
})
