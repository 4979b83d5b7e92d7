import { describe, expect, it } from 'vitest'
import type { Node, PodSpec } from '#kube/types.ts'
import { aimOfPod, placementFilter } from '#scheduler/placement-filters.ts'
import { PodInfo } from '#scheduler/pod-info.ts'

const node = (spec: Node['spec'] = {}, labels: Record<string, string> = {}): Node => ({
  metadata: { name: 'n', labels },
  spec,
})
const taint = (effect: string) => ({ taints: [{ key: 'k', value: 'v', effect }] })

/** Why the pod is kept off the node, in the scheduler's words. */
function refused(spec: PodSpec, on: Node) {
  const pod = new PodInfo({ spec }, [])
  return placementFilter(pod).refusal(on, [])
}

describe('what no pod`s leaving would change', () => {
  it.each<[string, PodSpec, Node, string | undefined]>([
    ['nothing', {}, node(), undefined],
    ['a cordon', {}, node({ unschedulable: true }), 'node(s) were unschedulable'],
    [
      'a cordon that is tolerated',
      { tolerations: [{ operator: 'Exists' }] },
      node({ unschedulable: true }),
      undefined,
    ],
    ['a taint', {}, node(taint('NoSchedule')), 'node(s) had untolerated taint {k: v}'],
    ['a taint that evicts, too', {}, node(taint('NoExecute')), 'node(s) had untolerated taint {k: v}'],
    ['a taint that only asks', {}, node(taint('PreferNoSchedule')), undefined],
    [
      'a taint that is tolerated',
      { tolerations: [{ key: 'k', operator: 'Exists' }] },
      node(taint('NoSchedule')),
      undefined,
    ],
    [
      'a cordon before a taint',
      {},
      node({ unschedulable: true, ...taint('NoSchedule') }),
      'node(s) were unschedulable',
    ],
  ])('%s', (_, spec, on, reason) => {
    expect(refused(spec, on)).toEqual(reason && { reasons: [reason], unresolvable: true })
  })

  it('is what counts for the spread over domains, too', () => {
    const aim = aimOfPod(new PodInfo({ spec: { nodeSelector: { a: 'b' } } }, []), true)
    expect(aim.pinned).toBe(true)
    expect([node({}, { a: 'b' }), node()].map((one) => aim.selects(one))).toEqual([true, false])
    const effects = ['NoSchedule', 'NoExecute', 'PreferNoSchedule']
    expect(effects.map((effect) => aim.tolerates(node(taint(effect))))).toEqual([false, false, true])
    expect(aim.tolerates({})).toBe(true)
  })
})
