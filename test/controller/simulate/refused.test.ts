import { describe, expect, it } from 'vitest'
import { planAdmitted } from '#controller/changes/admitted-plan.ts'
import type { AskedAdmission } from '#controller/changes/admitting.ts'
import { askRules } from '#controller/changes/plan-admission.ts'
import type { DaemonSet, JsonObject, PodSpec } from '#kube/types.ts'
import { noClasses } from '../../helpers/snapshot.ts'
import { current, daemonSet, node, now, play, podOn } from './scene.ts'

/*
 * A controller that is refused a pod comes back with an error, and with it goes no further: the rolling update waits until
 * every missing pod is there.
 */

/** Only as many pods as `hard` may be there, of which `used` are. */
const quota = (hard: number, used: number): JsonObject => ({
  metadata: { name: 'q', namespace: 'n' },
  spec: { hard: { pods: String(hard) } },
  status: { hard: { pods: String(hard) }, used: { pods: String(used) } },
})

const asked = (of: DaemonSet, resourceQuotas: JsonObject[] = []): AskedAdmission => {
  const objects = { ...noClasses, resourceQuotas }
  return { asked: askRules(of, objects), objects }
}

const noClass: PodSpec = { priorityClassName: 'none' }
const refusal = 'pods "fluentd-" is forbidden: no PriorityClass with name none was found'
const names = (count: number) => Array.from({ length: count }, (_, at) => `n${at + 1}`)

/** The plan beside the play of the same update on three nodes, `pods` of which have an old pod. */
function update(of: DaemonSet, admission: AskedAdmission, old = 3) {
  const nodes = names(3).map((name) => node(name))
  const pods = names(old).map((name) => podOn(name))
  const daemonSets = old === 0 ? [] : [current]
  const { end, waves } = play({ daemonSet: of, nodes, pods, current: daemonSets[0], admission })
  const plan = planAdmitted({ daemonSet: of, nodes, pods, daemonSets, now }, admission)
  return { end, waves, admission: plan.admission, outcomes: plan.present.outcomes }
}

describe('pods that are refused', () => {
  it('a new DaemonSet gets none', () => {
    const of = daemonSet(1, 0, {}, noClass)
    const { admission, end, outcomes, waves } = update(of, asked(of), 0)
    expect(outcomes).toEqual({ refused: 3 })
    expect(admission).toMatchObject({ wanted: 3, letIn: 0, message: refusal })
    expect(admission.old).toBeUndefined()
    expect(waves).toEqual([])
    expect(end).toMatchObject({
      state: 'stuck',
      message: `new pods are not admitted: ${refusal} (0 of 3 updated, 0 available)`,
      counters: { current: 0 },
    })
    expect(end.holds).toHaveLength(3)
  })

  it.each([
    [1, 1],
    [2, 2],
    ['100%', 3],
  ])('an update in place with maxUnavailable %s loses %i pods', (maxUnavailable, lost) => {
    const of = daemonSet(maxUnavailable, 0, {}, noClass)
    const { admission, end, outcomes, waves } = update(of, asked(of))
    expect(admission).toMatchObject({ letIn: 0, old: { lost, kept: 3 - lost } })
    expect(outcomes).toEqual({ refused: 3 })
    expect(end).toMatchObject({ state: 'stuck', counters: { current: 3 - lost, updated: 0 } })
    expect(end.holds.map(({ cause }) => cause)).toEqual(Array(lost).fill('refused'))
    expect(waves.map(({ endSeconds, nodes }) => [endSeconds, nodes.length])).toEqual([[null, lost]])
  })

  it('with surge every old pod stays', () => {
    const of = daemonSet(0, 1, {}, noClass)
    const { admission, end } = update(of, asked(of))
    expect(admission).toMatchObject({ letIn: 0, old: { lost: 0, kept: 3 } })
    expect(end).toMatchObject({ state: 'stuck', counters: { available: 3 }, holds: [] })
    expect(end.message).toContain(refusal)
  })

  it('a node without a pod keeps the update from its start', () => {
    const of = daemonSet(1, 0, {}, noClass)
    const { admission } = update(of, asked(of), 2)
    expect(admission).toMatchObject({ wanted: 3, letIn: 0, old: { lost: 0, kept: 2 } })
  })
})

describe('a quota', () => {
  const of = daemonSet(1)
  it('lets in as many new pods as it has room for', () => {
    const { admission, end, outcomes } = update(of, asked(of, [quota(2, 0)]), 0)
    expect(admission).toMatchObject({ wanted: 3, letIn: 2 })
    expect(outcomes).toEqual({ 'maybe-refused': 3 })
    expect(end).toMatchObject({ state: 'stuck', counters: { updated: 2, available: 2 } })
  })

  it('that is full of old pods does for an update in place', () => {
    const { admission, end, outcomes } = update(of, asked(of, [quota(3, 3)]))
    expect(admission).toMatchObject({ allowed: true, letIn: 3 })
    expect(outcomes).toEqual({ replace: 3 })
    expect(end.state).toBe('done')
  })

  it('that is full leaves no room for a surge, one place lets all through', () => {
    const surge = daemonSet(0, 1)
    const full = update(surge, asked(surge, [quota(3, 3)]))
    expect(full.admission).toMatchObject({ letIn: 0, old: { lost: 0, kept: 3 } })
    expect(full.end.state).toBe('stuck')
    const roomy = update(surge, asked(surge, [quota(4, 3)]))
    expect(roomy.admission).toMatchObject({ allowed: true, letIn: 3 })
    expect(roomy.end.state).toBe('done')
  })

  it('lets a pod in once one that leaves is gone', () => {
    const picky = daemonSet(1, 0, {}, { nodeSelector: { to: 'here' } })
    const here = { ...node('n2'), metadata: { name: 'n2', labels: { to: 'here' } } }
    const scene = { nodes: [node('n1'), here], pods: [podOn('n1')], current }
    const admission = asked(picky, [quota(1, 1)])
    const { end } = play({ ...scene, daemonSet: picky, admission })
    expect(end).toMatchObject({ state: 'done', counters: { desired: 1, updated: 1, misscheduled: 0 } })
    const plan = planAdmitted({ ...scene, daemonSet: picky, daemonSets: [current], now }, admission)
    expect(plan.admission).toMatchObject({ allowed: true, wanted: 1, letIn: 1 })
  })

  it('stops an update whose pods ask for more', () => {
    const more = daemonSet(
      1,
      0,
      {},
      {
        containers: [{ name: 'c', image: 'i:2', resources: { requests: { cpu: '2' } } }],
      },
    )
    const cpu = (amount: string) => ({ 'requests.cpu': amount })
    const tight = { ...quota(9, 0), spec: { hard: cpu('3') }, status: { hard: cpu('3'), used: cpu('0') } }
    const { admission, end } = update(more, asked(more, [tight]))
    expect(admission).toMatchObject({ wanted: 3, letIn: 1, old: { lost: 1, kept: 1 } })
    expect(end).toMatchObject({ state: 'stuck', counters: { updated: 1, available: 2 } })
    expect(end.message).toContain('exceeded quota: q, requested: requests.cpu=2, used: requests.cpu=2')
  })
})
