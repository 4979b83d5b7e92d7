import fc from 'fast-check'
import { expect, it } from 'vitest'
import { planChanges } from '#controller/changes/plan-changes.ts'
import type { DaemonSet } from '#kube/types.ts'
import { explain, prepareDaemonSet } from '#placement/placement.ts'
import { runs } from '../../helpers/random-cases.ts'
import { clusterOf, scenario, start } from '../any-world.ts'

/** Over the other pods: those of lower priority are evicted. */
const important = (one: DaemonSet): DaemonSet => ({
  ...one,
  spec: {
    ...one.spec,
    template: {
      ...one.spec?.template,
      spec: { ...one.spec?.template?.spec, priorityClassName: 'system-node-critical' },
    },
  },
})

it('plans over the same lists of nodes and pods are those over lists of their own, node by node', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const world = clusterOf(given)
      const known = { now: start, daemonSets: [world.current], revisions: world.revisions }
      const several = ([1, 2, 3] as const).flatMap((next) => {
        const { next: one } = clusterOf({ ...given, next })
        return [one, important(one), { ...one, metadata: { name: 'b', namespace: 'other' } }]
      })
      for (const daemonSet of [...several, ...several.toReversed()]) {
        const plan = planChanges({ ...known, daemonSet, nodes: world.nodes, pods: world.pods })
        const alone = { nodes: [...world.nodes], pods: structuredClone(world.pods) }
        expect(plan).toEqual(planChanges({ ...known, ...alone, daemonSet }))
        const prepared = prepareDaemonSet(daemonSet)
        plan.changes.forEach(({ change, reason }, at) => {
          const { reasons, shouldRun } = explain(prepared, world.nodes[at] ?? {})
          expect(change === 'none' && shouldRun).toBe(false)
          if (change === 'none') expect(reason).toBe(reasons.map(({ message }) => message).join('; '))
        })
      }
    }),
    runs(60),
  )
})
