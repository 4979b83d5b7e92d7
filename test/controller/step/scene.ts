import { step } from '#controller/step.ts'
import type { StepInput } from '#controller/step-input.ts'
import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import { isoTime } from '../cluster.ts'

export const now = Date.parse('2026-01-01T12:00:00Z')

export const owner = { kind: 'DaemonSet', uid: 'ds', controller: true }

export function daemonSet(
  rollingUpdate: object = { maxUnavailable: 1, maxSurge: 0 },
  more: object = {},
): DaemonSet {
  return {
    metadata: {
      name: 'a',
      namespace: 'n',
      uid: 'ds',
      generation: 4,
      annotations: { 'deprecated.daemonset.template.generation': '3' },
    },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate },
      revisionHistoryLimit: 10,
      ...more,
    },
  }
}

export const node = (name: string, effect?: string): Node => ({
  metadata: { name },
  spec: effect ? { taints: [{ key: 'k', effect }] } : {},
})

interface PodFacts {
  readonly hash?: string
  readonly generation?: string
  readonly ageSeconds?: number
  readonly readySeconds?: number
  readonly phase?: string
  readonly deleting?: boolean
  readonly unbound?: boolean
  readonly labels?: Record<string, string>
  readonly owned?: boolean
}

/** A pod of the DaemonSet that has been ready for an hour, unless told otherwise; `readySeconds: -1` is not ready. */
export function pod(name: string, on: string, facts: PodFacts = {}): Pod {
  const { hash = 'new', generation = '', ageSeconds = 7200, readySeconds = 3600, phase = 'Running' } = facts
  const ready = {
    type: 'Ready',
    status: readySeconds < 0 ? 'False' : 'True',
    lastTransitionTime: isoTime(now - readySeconds * 1000),
  }
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [on] }] }
  const required = { nodeSelectorTerms: [term] }
  return {
    metadata: {
      name,
      namespace: 'n',
      labels: facts.labels ?? {
        app: 'a',
        'controller-revision-hash': hash,
        'pod-template-generation': generation,
      },
      ownerReferences: facts.owned === false ? [] : [owner],
      creationTimestamp: isoTime(now - ageSeconds * 1000),
      ...(facts.deleting && { deletionTimestamp: isoTime(now) }),
    },
    spec: facts.unbound
      ? { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } }
      : { nodeName: on },
    status: { phase, conditions: [ready] },
  }
}

export function sync(input: Partial<StepInput>) {
  const result = step({
    daemonSet: daemonSet(),
    revisions: [],
    nodes: [],
    pods: [],
    now,
    hashFor: () => 'new',
    ...input,
  })
  const pods = result.actions.flatMap((action) => {
    if (action.kind === 'CreatePod') return [`+${action.node} ${action.reason}`]
    if (action.kind === 'DeletePod') return [`-${action.name} ${action.reason}`]
    return action.kind === 'AdoptPod' || action.kind === 'ReleasePod' ? [`${action.kind} ${action.name}`] : []
  })
  return { ...result, pods }
}

export const surge = daemonSet({ maxUnavailable: 0, maxSurge: 1 })
