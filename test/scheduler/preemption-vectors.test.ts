import { describe, expect, it } from 'vitest'
import { DisruptionBudgets } from '#scheduler/disruption-budgets.ts'
import type { NodeFilter } from '#scheduler/filter.ts'
import { nodePorts } from '#scheduler/node-ports.ts'
import { PodInfo } from '#scheduler/pod-info.ts'
import { podPriority } from '#scheduler/pod-priority.ts'
import { resourcesFit } from '#scheduler/resources-fit.ts'
import { schedule } from '#scheduler/schedule.ts'
import { unschedulableMessage } from '#scheduler/unschedulable-message.ts'
import { type Scene, scenes } from '../helpers/preemption-scenes.ts'

function play({ daemonSet, nodes, pods, pdbs, priorityClasses: classes }: Scene) {
  const spec = daemonSet.spec?.template?.spec
  const pod = new PodInfo({ metadata: daemonSet.metadata, spec }, classes)
  const filters = [nodePorts(pod), resourcesFit(pod)].filter((filter): filter is NodeFilter => !!filter)
  return nodes.map((node) => {
    const name = node.metadata?.name ?? ''
    const there = pods.filter((one) => one.spec?.nodeName === name).map((one) => new PodInfo(one, classes))
    const outcome = schedule({
      pod,
      preempts: podPriority(spec, classes).preempts,
      node,
      pods: there,
      filters,
      budgets: () => new DisruptionBudgets(pdbs),
    })
    const bound = !outcome.refusal || outcome.victims.length > 0
    return [
      name,
      {
        bound,
        victims: outcome.victims.map((one) => one.name),
        ...(bound ? {} : { message: unschedulableMessage([outcome], nodes.length) }),
      },
    ] as const
  })
}

describe('what the scheduler did with the pods of a DaemonSet on full nodes', () => {
  it('is recorded for 24 scenes of 12 nodes', () => {
    expect(scenes.length).toBeGreaterThanOrEqual(24)
    for (const [, { outcome }] of scenes) expect(Object.keys(outcome)).toHaveLength(12)
  })

  it.each(scenes)('%s', (_, scene) => {
    const played = Object.fromEntries(play(scene))
    const recorded = Object.fromEntries(
      Object.entries(scene.outcome).map(([node, outcome]) => [
        node,
        { ...outcome, victims: outcome.victims ?? [] },
      ]),
    )
    expect(played).toEqual(recorded)
  })
})
