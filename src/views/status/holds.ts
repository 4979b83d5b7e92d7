import { escapeLine } from '#base/escape.ts'
import { counted, sampleNames } from '../names.ts'

/** A pod that is not available, as far as it is shown. */
export interface ShownHold {
  readonly pod: string
  readonly node: string
  /** Whether the pod is of the revision that is rolled out. */
  readonly updated: boolean
  /** Who has to act. */
  readonly side: 'release' | 'nodes' | 'time'
  /** Kubernetes' word: `ImagePullBackOff`. */
  readonly reason: string
  /** Kubernetes' sentence, possibly empty. */
  readonly message: string
  readonly restarts: number
}

/**
 * One line for each reason, the most frequent first: `ImagePullBackOff: 2 pods on node-1, node-2: Back-off pulling …`, `1 old
 * pod on unreachable node-07`.
 */
export function holdLines(holds: readonly ShownHold[], most = 10): string[] {
  const groups = new Map<string, ShownHold[]>()
  for (const hold of holds) {
    const key = `${hold.reason}\n${hold.updated}`
    groups.set(key, [...(groups.get(key) ?? []), hold])
  }
  const sorted = [...groups.values()].sort((a, b) => b.length - a.length)
  const lines = sorted.slice(0, most).map(groupLine)
  const more = sorted.slice(most).reduce((sum, group) => sum + group.length, 0)
  return more > 0 ? [...lines, `and ${counted(more, 'more pod')}`] : lines
}

/** How a node is whose pod is held by it. */
const nodeStates: Readonly<Record<string, string>> = {
  NodeUnreachable: 'unreachable',
  NodeNotReady: 'unready',
}

function groupLine(group: readonly ShownHold[]): string {
  const [first] = group
  if (!first) return ''
  const which = first.updated ? 'new pod' : 'old pod'
  const state = nodeStates[first.reason]
  const nodes = [...new Set(group.map((hold) => hold.node).filter((node) => node !== ''))]
  const where = nodes.length > 0 ? ` on ${state ? `${state} ` : ''}${sampleNames(nodes, 60)}` : ''
  const restarts = Math.max(...group.map((hold) => hold.restarts))
  const again = restarts > 0 ? `, ${counted(restarts, 'restart')}` : ''
  const message = first.message === '' ? '' : `: ${escapeLine(first.message)}`
  const pods = `${counted(group.length, which)}${where}${again}${message}`
  return state && nodes.length > 0 ? pods : `${escapeLine(first.reason)}: ${pods}`
}

/** Why a roll-out does not go on, in a sentence; undefined while it moves. */
export function healthText(health: 'moving' | 'release' | 'admission' | 'nodes'): string | undefined {
  switch (health) {
    case 'moving':
      return undefined
    case 'release':
      return 'the roll-out cannot finish: new pods fail, and waiting will not help'
    case 'admission':
      return 'the roll-out cannot finish: the API server refuses new pods, and waiting will not help'
    case 'nodes':
      return 'the roll-out is blocked by nodes: the new pods are healthy'
  }
}
