/** What becomes of all DaemonSets' pods when nodes change. */
import { controllerOf } from '#kube/owners.ts'
import type { DaemonSet, Node } from '#kube/types.ts'
import { podPriority } from '#scheduler/pod-priority.ts'
import type { AskedAdmission } from '../changes/admitting.ts'
import { admittedSpec } from '../changes/plan-admission.ts'
import { departuresFrom } from './departures.ts'
import { effectOn } from './effects.ts'
import { InTurn, type Surroundings } from './in-turn.ts'
import { editNodes, type NodesEdit } from './node-edits.ts'
import type { WhatIf } from './types.ts'

/** The cluster, and what is done to it. */
interface WhatIfInput extends Omit<Surroundings, 'daemonSets'> {
  /** As the server stores them. */
  readonly daemonSets: readonly DaemonSet[]
  readonly edits: readonly NodesEdit[]
  readonly added: readonly Node[]
  /** Admission's word on a new pod of a DaemonSet. */
  readonly ask: (daemonSet: DaemonSet) => AskedAdmission
}

interface Asked {
  readonly daemonSet: DaemonSet
  readonly admission: AskedAdmission
  readonly priority: number
}

const keyOf = ({ metadata }: DaemonSet) => `${metadata?.namespace}/${metadata?.name}`

/**
 * What the controller, the taint manager, the garbage collector and the scheduler come to after the edits: the plan of each
 * DaemonSet as it stands, on the nodes before and after. Pods that are created come to the scheduler in the order of their
 * priority, and each finds the room that those before it have left; among equals that is left to chance, and their names tell.
 */
export function whatIf(input: WhatIfInput): WhatIf {
  const nodes = [...editNodes(input.nodes, input.edits), ...input.added]
  const asked = input.daemonSets
    .map((daemonSet): Asked => {
      const admission = input.ask(daemonSet)
      const spec = admittedSpec(admission.asked) ?? daemonSet.spec?.template?.spec
      return { daemonSet, admission, priority: podPriority(spec, input.priorityClasses ?? []).value }
    })
    .sort((a, b) => b.priority - a.priority || (keyOf(a.daemonSet) < keyOf(b.daemonSet) ? -1 : 1))
  const [leaveNow, leaveThen] = [departuresFrom(input.pods, input.nodes), departuresFrom(input.pods, nodes)]
  const departures = new Map([...leaveThen].filter(([pod]) => !leaveNow.has(pod)))
  const [before, after] = [new InTurn(input, leaveNow), new InTurn({ ...input, nodes }, leaveThen)]
  const daemonSets = asked.map(({ daemonSet, admission }) => {
    const plans = { before: before.plan(daemonSet, admission), after: after.plan(daemonSet, admission) }
    return effectOn(daemonSet, plans, { pods: input.pods, nodes, departures })
  })
  return {
    daemonSets: daemonSets.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
    nodes,
    otherPods: [...departures.keys()].filter((pod) => controllerOf(pod)?.kind !== 'DaemonSet').length,
  }
}

const nameOf = ({ daemonSet }: WhatIf['daemonSets'][number]) => `${daemonSet.namespace}/${daemonSet.name}`
