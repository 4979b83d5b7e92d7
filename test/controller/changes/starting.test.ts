import { describe, expect, it } from 'vitest'
import type { Pod } from '#kube/types.ts'
import { image, manifest, node, plan, pod } from '../../helpers/snapshot.ts'

const surge = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } }
/** A pod of somebody else. */
const foreign: Pod = {
  metadata: { name: 'x', namespace: 'o' },
  spec: { nodeName: 'n1', ...image('x') },
  status: { phase: 'Running' },
}

describe('a plan', () => {
  it('has others evicted for a pod beside an old one that is not ready, as the scheduler does not wait for that to go', () => {
    const nodes = [node('n1', { status: { allocatable: { cpu: '4', pods: '2' } } })]
    const old = pod('n1', { status: { phase: 'Running' } })
    const lower = { ...foreign, spec: { ...foreign.spec, priority: -10 } }
    const result = plan({ daemonSet: manifest(image('i:2'), surge), nodes, pods: [old, lower] })
    expect(result.changes).toMatchObject([
      { change: 'replace', fit: { fits: false, evicts: [{ name: 'x' }], reasons: ['Too many pods'] } },
    ])
  })

  it('sees that admission sends pods to some nodes only, as a RuntimeClass does', () => {
    const nodes = [node('n1', {}, { pool: 'a' }), node('n2', {}, { pool: 'b' }), node('n3')]
    const admittedSpec = { ...image('i:1'), nodeSelector: { pool: 'a' } }
    const { changes, kinds } = plan({ daemonSets: [], nodes, admittedSpec })
    expect(kinds).toEqual({ n1: 'gain', n2: 'unplaceable', n3: 'unplaceable' })
    expect(changes[1]).toMatchObject({
      reason: 'the pod asks for nodes with label pool=a',
      fit: {
        reasons: ["node(s) didn't match Pod's node affinity/selector"],
        preemption: ['Preemption is not helpful for scheduling'],
      },
    })
  })
})
