import { addTo } from '#base/grouped.ts'
import { type KubeEvent, type Told, toldBy } from '#kube/events.ts'
import type { DaemonSet, Namespace } from '#kube/types.ts'
import { type RefusalWords, refusalIn } from './refusals.ts'

/** One reason for which pods are not let in, as often as Events tell of it. Times are milliseconds since the epoch. */
export interface Refusal extends RefusalWords {
  /** Undefined: no Event tells of it. */
  readonly times: number | undefined
  readonly first: number | undefined
  readonly last: number | undefined
}

/** What Events tell of one pod beyond its status. */
export interface PodWords {
  /** What kept a container from starting, in the words in which it was said first. */
  readonly first?: string
  /** A probe that fails. */
  readonly probe?: Told
  /** What it waits for before its containers start: a volume, its network. */
  readonly waitsFor?: Told
  /** An image is on its way. */
  readonly pulling?: true
}

/** What Events tell of a DaemonSet and its pods. */
export interface Words {
  readonly refusals: readonly Refusal[]
  readonly pods: ReadonlyMap<string, PodWords>
}

export const nothingTold: Words = { refusals: [], pods: new Map() }

/** Reads Events, whoever they are about; what is not about the DaemonSet or one of these pods is passed over. */
export function wordsOf(
  events: readonly KubeEvent[],
  daemonSet: DaemonSet,
  pods: ReadonlySet<string>,
): Words {
  const { name, namespace, uid } = daemonSet.metadata ?? {}
  const refusals: Told[] = []
  const byPod = new Map<string, Told[]>()
  for (const event of events) {
    const told = toldBy(event)
    const { subject } = told
    if ((subject.namespace ?? namespace) !== namespace) continue
    if (subject.kind === 'Pod' && pods.has(subject.name ?? '')) addTo(byPod, subject.name ?? '', told)
    const isOurs =
      subject.kind === 'DaemonSet' && subject.name === name && (!uid || !subject.uid || subject.uid === uid)
    if (isOurs && told.reason === 'FailedCreate') refusals.push(told)
  }
  return {
    refusals: refusalsOf(refusals),
    pods: new Map([...byPod].map(([pod, told]) => [pod, podWords(told)])),
  }
}

/** What a namespace that is going away says to each new pod: the controller records no Event of it (`NamespaceTerminatingCause`). */
export function refusalBy(namespace: Namespace | undefined): Refusal[] {
  const { name = '', deletionTimestamp } = namespace?.metadata ?? {}
  if (!deletionTimestamp) return []
  const words = refusalIn(`unable to create new content in namespace ${name} because it is being terminated`)
  return [{ ...words, times: undefined, first: Date.parse(deletionTimestamp), last: undefined }]
}

const earlier = (one: number | undefined, other: number | undefined) =>
  one === undefined || (other !== undefined && other < one) ? other : one
const later = (one: number | undefined, other: number | undefined) =>
  one === undefined || (other !== undefined && other > one) ? other : one

/** One for each rule and object, the one told last first. */
function refusalsOf(all: readonly Told[]): Refusal[] {
  const groups = new Map<string, Refusal>()
  for (const { message, count, first, last } of all) {
    const words = refusalIn(message)
    const key = JSON.stringify([words.cause, words.object])
    const known = groups.get(key)
    groups.set(key, {
      ...(known && later(known.last, last) === known.last ? known : words),
      times: (known?.times ?? 0) + count,
      first: earlier(known?.first, first),
      last: later(known?.last, last),
    })
  }
  return [...groups.values()].sort((one, other) => (other.last ?? 0) - (one.last ?? 0))
}

/** What the kubelet says of a container that does not start; `Error: ErrImagePull` and Back-offs only repeat it. */
const repeats = /^(?:Error: (?:ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName)$|Back-off )/
const failures = new Set(['Failed', 'InspectFailed', 'ErrImageNeverPull', 'FailedPostStartHook'])
const waits = new Set([
  'FailedMount',
  'FailedAttachVolume',
  'FailedMapVolume',
  'FailedCreatePodSandBox',
  'NetworkNotReady',
])

/** Whether an Event tells what a pod waits for before its containers start: a volume, its network. */
export const isWait = ({ reason }: Pick<KubeEvent, 'reason'>): boolean => waits.has(reason ?? '')

/** Whether an Event tells anything that is read here: most only tell that all goes its way. */
export const isTelling = (event: KubeEvent): boolean =>
  ['FailedCreate', 'Unhealthy', 'Pulling'].includes(event.reason ?? '') ||
  failures.has(event.reason ?? '') ||
  isWait(event)

function podWords(told: readonly Told[]): PodWords {
  const inOrder = [...told].sort((one, other) => (one.first ?? 0) - (other.first ?? 0))
  const first = inOrder.find(({ reason, message }) => failures.has(reason) && !repeats.test(message))
  const latest = (test: (one: Told) => boolean) =>
    told.filter(test).sort((one, other) => (other.last ?? 0) - (one.last ?? 0))[0]
  const probe = latest(({ reason }) => reason === 'Unhealthy')
  const waitsFor = latest(isWait)
  const pull = latest(({ reason }) => reason === 'Pulling' || reason === 'Pulled' || failures.has(reason))
  return {
    ...(first && { first: first.message }),
    ...(probe && { probe }),
    ...(waitsFor && { waitsFor }),
    ...(pull?.reason === 'Pulling' && { pulling: true }),
  }
}
