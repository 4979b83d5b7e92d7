import { grouped } from '#base/grouped.ts'
import { type KubeEvent, type Told, toldBy } from '#kube/events.ts'
import type { DaemonSet } from '#kube/types.ts'

/** Events that tell the same, about the DaemonSet or about any of its pods. */
export interface EventGroup {
  readonly type: string
  readonly reason: string
  /** `DaemonSet` or `Pod`. */
  readonly kind: string
  /** Whom it was told about last. */
  readonly name: string
  /** How many objects it was told about, and how often in all. */
  readonly objects: number
  readonly times: number
  /** Milliseconds since the epoch. */
  readonly last: number | undefined
  /** The words of the last one. */
  readonly message: string
}

/** Whether an Event is about a DaemonSet, or about one of its pods: one that is there, or was by its name. */
export function concerns(event: KubeEvent, { metadata }: DaemonSet, pods: ReadonlySet<string>): boolean {
  const { kind, name = '', namespace } = event.involvedObject ?? event.regarding ?? {}
  if ((namespace ?? metadata?.namespace) !== metadata?.namespace) return false
  if (kind === 'DaemonSet') return name === metadata?.name
  return kind === 'Pod' && (pods.has(name ?? '') || isNamedLike(name ?? '', metadata?.name ?? ''))
}

/** `agent-x7k2p`: a pod's name is its DaemonSet's with five characters behind it. */
const isNamedLike = (pod: string, daemonSet: string) =>
  pod.startsWith(`${daemonSet}-`) &&
  /^[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(pod.slice(daemonSet.length + 1))

/** Groups Events by what they tell, warnings by their words and others by their reason: warnings first, then the latest. */
export function eventGroups(events: readonly KubeEvent[]): EventGroup[] {
  const groups = grouped(events.map(toldBy), ({ message, reason, subject, type }) =>
    JSON.stringify([type, reason, subject.kind, type === 'Warning' ? withoutNames(message) : '']),
  )
  return [...groups.values()].map(groupOf).sort(worstFirst)
}

/** What a warning says whichever pod it is about. */
const withoutNames = (message: string) =>
  message
    .replace(/^\(combined from similar events\): /, '')
    .replaceAll(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '')
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '')

function groupOf(all: readonly Told[]): EventGroup {
  const latest = all.reduce((one, other) => ((other.last ?? 0) > (one.last ?? 0) ? other : one))
  return {
    type: latest.type,
    reason: latest.reason,
    kind: latest.subject.kind ?? '',
    name: latest.subject.name ?? '',
    objects: new Set(all.map(({ subject }) => subject.name)).size,
    times: all.reduce((sum, { count }) => sum + count, 0),
    last: latest.last,
    message: latest.message,
  }
}

const worstFirst = (one: EventGroup, other: EventGroup) =>
  Number(other.type === 'Warning') - Number(one.type === 'Warning') || (other.last ?? 0) - (one.last ?? 0)
