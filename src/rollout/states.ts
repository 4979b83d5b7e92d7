import { ifReadable } from '#cluster/found.ts'
import { stateNodes, stateOfPod, statePods } from '#cluster/needed.ts'
import type { CallOptions, Cluster, ListQuery } from '#cluster/port.ts'
import {
  configMaps,
  controllerRevisions,
  events,
  nameOf,
  namespaces,
  nodes,
  pods,
  priorityClasses,
  type Resource,
  runtimeClasses,
  secrets,
  serviceAccounts,
} from '#cluster/resources.ts'
import { targetNodeOf } from '#controller/daemon-pod.ts'
import { daemonSetState } from '#controller/state/daemon-set-state.ts'
import { missingIn, missingText } from '#controller/state/missing.ts'
import { startsLong } from '#controller/state/trouble.ts'
import type { DaemonSetState, Room, StateInput } from '#controller/state/types.ts'
import { isTelling, isWait, refusalBy } from '#controller/state/words.ts'
import type { KubeEvent } from '#kube/events.ts'
import { podsToClaim } from '#kube/owned-pods.ts'
import { controllerOf } from '#kube/owners.ts'
import type { ControllerRevision, DaemonSet, Node, Pod } from '#kube/types.ts'
import type { LiveObjects } from './live-objects.ts'
import { ownQuery } from './own.ts'

/** What was said first of a pod's trouble, by the pod's uid; kept by one who looks again and again. */
export type FirstWords = Map<string, string>

export interface StatesOptions extends CallOptions {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Undefined: it is asked for where it matters. */
  readonly serverVersion?: string | undefined
  readonly firstWords?: FirstWords
  /** Of this node alone: other nodes, and pods that are not for it, are left out. */
  readonly node?: string | undefined
  /** Where nodes may not be read, what the pods alone tell will do. */
  readonly withoutNodes?: boolean
  /** Only the verdict matters: nothing is read for words and advice alone. */
  readonly brief?: boolean
  /** Where nodes and pods are kept up to date: they are not read anew. */
  readonly live?: LiveObjects | undefined
  /** Revisions of all DaemonSets, not only of those that are being updated. */
  readonly revisions?: boolean
}

/**
 * At most so many pods of a DaemonSet are asked about by name, those on their way only while there are so few of these, and so many
 * nodes for who has the room on them; the pods of so many DaemonSets are listed alone, of more all pods there are.
 */
const asked = { pods: 8, moving: 32, nodes: 4, alone: 8 }

/**
 * How these DaemonSets are, in the order given: nodes and their own pods in one go; then, only for those in trouble, revisions,
 * Events and who has the room. What may not be read (403) is left out.
 *
 * @throws ApiError where pods may not be read, or nodes
 */
export async function readStates(
  cluster: Cluster,
  daemonSets: readonly DaemonSet[],
  options: StatesOptions,
): Promise<DaemonSetState[]> {
  const { signal } = options
  const [prepared, own] = await Promise.all([
    options.live?.nodes() ?? readNodes(cluster, options),
    options.live ? livePods(options.live, daemonSets) : readPods(cluster, daemonSets, options),
  ])
  let version: Promise<string | undefined> | undefined
  const serverVersion = () => {
    const ask = () => ifReadable(cluster.version({ signal })).then((one) => one?.gitVersion)
    version ??= options.serverVersion
      ? Promise.resolve(options.serverVersion)
      : (options.live?.version(ask) ?? ask())
    return version
  }
  return inTurns(daemonSets, (daemonSet) => {
    const given = { daemonSet, pods: own(daemonSet), nodes: prepared, now: options.now }
    return stateOf(cluster, given, serverVersion, options)
  })
}

/** So many requests of one kind are under way at a time. */
const atATime = 3

/** Does work for each, a few at a time, and answers in their order. */
async function inTurns<T, U>(all: readonly T[], work: (one: T) => Promise<U>): Promise<U[]> {
  const results: U[] = []
  const left = all.entries()
  const worker = async () => {
    for (const [at, one] of left) results[at] = await work(one)
  }
  await Promise.all(Array.from({ length: atATime }, worker))
  return results
}

async function readNodes(
  cluster: Cluster,
  { node, signal, withoutNodes }: StatesOptions,
): Promise<readonly Node[] | undefined> {
  const fieldSelector = node === undefined ? {} : { fieldSelector: `metadata.name=${node}` }
  const list = cluster.list(nodes, { signal, ...stateNodes, ...fieldSelector })
  return (await (withoutNodes ? ifReadable(list) : list))?.items
}

async function livePods(live: LiveObjects, daemonSets: readonly DaemonSet[]) {
  const lists = await Promise.all(daemonSets.map((one) => live.pods(one)))
  return (daemonSet: DaemonSet) => lists[daemonSets.indexOf(daemonSet)] ?? []
}

/** The pods of each of these: one list for one DaemonSet, one for all of them otherwise. */
async function readPods(
  cluster: Cluster,
  daemonSets: readonly DaemonSet[],
  { signal, node }: StatesOptions,
): Promise<(daemonSet: DaemonSet) => readonly Pod[]> {
  const [first, ...others] = daemonSets
  if (!first) return () => []
  const uids = new Set(daemonSets.map(({ metadata }) => metadata?.uid))
  const keep = (pod: Pod) => {
    const owner = controllerOf(pod)
    if (owner && !uids.has(owner.uid)) return undefined
    return node === undefined || targetNodeOf(pod) === node ? stateOfPod(pod) : undefined
  }
  const list = async (query: ListQuery) =>
    (await cluster.list(pods, { ...query, signal, keep, fields: statePods.fields })).items
  const lists =
    daemonSets.length <= asked.alone
      ? inTurns(daemonSets, (one) => list(ownQuery(one)))
      : listTogether(daemonSets, list)
  const kept = (await lists).flat().filter((pod) => pod !== undefined)
  return others.length === 0 ? () => kept : (daemonSet) => podsToClaim(daemonSet, kept)
}

/** All pods where that is allowed, or those of the DaemonSets' namespaces. */
async function listTogether<T>(
  daemonSets: readonly DaemonSet[],
  list: (query: ListQuery) => Promise<readonly T[]>,
): Promise<(readonly T[])[]> {
  const places = [...new Set(daemonSets.map((one) => nameOf(one).namespace))]
  const [place] = places
  const all = places.length === 1 && place ? await list({ namespace: place }) : await ifReadable(list({}))
  return all ? [all] : Promise.all(places.map((namespace) => list({ namespace })))
}

type Given = Pick<StateInput, 'daemonSet' | 'pods' | 'nodes' | 'now'>

async function stateOf(
  cluster: Cluster,
  given: Given,
  serverVersion: () => Promise<string | undefined>,
  options: StatesOptions,
): Promise<DaemonSetState> {
  const { signal, firstWords } = options
  const { daemonSet } = given
  const memory = options.live?.memory(daemonSet)
  const first = options.revisions ? undefined : daemonSetState(given, memory)
  if (first && (isPlain(first, given.now) || (options.brief && isPlainInBrief(first)))) return first
  const askRevisions = () =>
    ifReadable(cluster.list(controllerRevisions, { ...ownQuery(daemonSet), signal })).then(
      (list) => list?.items as readonly ControllerRevision[] | undefined,
    )
  const [revisions, version] = await Promise.all([
    options.live?.revisions(daemonSet, askRevisions) ?? askRevisions(),
    serverVersion(),
  ])
  const input: StateInput = {
    ...given,
    revisions,
    serverVersion: version,
    firstWords: remembered(firstWords, given.pods),
  }
  const bare = daemonSetState(input, memory)
  const lacking = bare.holds.find(({ cause }) => cause === 'not-created')?.nodes ?? []
  const { current, desired } = bare.counters
  // Between the old pod and the new one a node has none for a moment.
  const lacks = (options.live?.lackStill(daemonSet, lacking) ?? true) && current < desired
  if (bare.holds.length === 0 && !lacks) return bare
  const [events, room, namespace] = await Promise.all([
    readEvents(cluster, bare, lacks, options),
    readRoom(cluster, bare, signal),
    lacks
      ? ifReadable(cluster.get(namespaces, { name: nameOf(daemonSet).namespace }, { signal }))
      : undefined,
  ])
  const more = { ...input, events, room, namespace }
  const telling = room || refusalBy(namespace).length > 0 || events.some(isTelling)
  const told = telling ? daemonSetState(more, memory) : bare
  const there = await foundByNow(cluster, told, signal)
  const state = there.size > 0 ? daemonSetState({ ...more, there }, memory) : told
  if (firstWords) remember(firstWords, state)
  return state
}

/** All that can be said is said without revisions, Events and who has the room. */
const isPlain = ({ counters, holds }: DaemonSetState, now: number) =>
  counters.updated === counters.desired &&
  holds.every(
    (hold) => hold.side === 'nodes' || (hold.side === 'time' && !hold.stuck && !startsLong(hold, now)),
  )

/** Holds whose verdict rests on what else can be read: Events, revisions, who has the room. */
const unclear = new Set(['not-created', 'no-room', 'starting'])

const isPlainInBrief = ({ counters, holds }: DaemonSetState) =>
  counters.updated === counters.desired && !holds.some(({ cause }) => unclear.has(cause))

/** The Events about what is in trouble: the DaemonSet where it lacks pods, and of each hold some pods. */
async function readEvents(
  cluster: Cluster,
  { daemonSet, holds }: DaemonSetState,
  lacks: boolean,
  { now, signal }: StatesOptions,
): Promise<readonly KubeEvent[]> {
  const { name, namespace } = nameOf(daemonSet)
  const about = async (kind: string, what: string) => {
    const fieldSelector = `involvedObject.kind=${kind},${what}`
    return (await ifReadable(cluster.list(events, { namespace, fieldSelector, signal })))?.items ?? []
  }
  const moving = holds.reduce(
    (sum, { pods, side, stuck }) => sum + (stuck || side !== 'time' ? 0 : pods.length),
    0,
  )
  const told = holds.filter(
    (hold) =>
      hold.side !== 'nodes' &&
      hold.cause !== 'no-room' &&
      hold.cause !== 'terminating' &&
      // Of many that are on their way, a few words about some tell nothing.
      (hold.stuck ||
        hold.side !== 'time' ||
        (moving <= asked.moving && hold.pods.length <= asked.pods) ||
        startsLong(hold, now)),
  )
  const some = new Set<string>()
  for (let turn = 0; turn < asked.pods; turn++)
    for (const { pods: of } of told)
      if (of[turn] !== undefined && some.size < asked.pods) some.add(of[turn] ?? '')
  const subjects = [
    ...(lacks ? [['DaemonSet', name] as const] : []),
    ...[...some].map((pod) => ['Pod', pod] as const),
  ]
  const found = (await inTurns(subjects, ([kind, of]) => about(kind, `involvedObject.name=${of}`))).flat()
  // What some of many wait for is asked of all of them.
  const crowded = told.some((hold) => startsLong(hold, now) && hold.pods.length > asked.pods)
  const reason = crowded ? found.find(isWait)?.reason : undefined
  return reason ? [...found, ...(await about('Pod', `reason=${reason}`))] : found
}

const creatable: readonly Resource[] = [serviceAccounts, priorityClasses, runtimeClasses, configMaps, secrets]

/** Of what is called missing that which is there by now: Events stay until somebody tries again. */
async function foundByNow(
  cluster: Cluster,
  { daemonSet, holds }: DaemonSetState,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const { namespace } = nameOf(daemonSet)
  const found = holds.map(async ({ message }) => {
    const missing = missingIn(message)
    const resource = creatable.find(({ kind }) => kind === missing?.kind)
    if (!resource || !missing) return []
    const name = { name: missing.name, ...(resource.namespaced && { namespace }) }
    return (await ifReadable(cluster.get(resource, name, { signal }))) ? [missingText(missing)] : []
  })
  return new Set((await Promise.all(found)).flat())
}

/** Who has the room on nodes where a pod does not fit. */
async function readRoom(
  cluster: Cluster,
  { holds }: DaemonSetState,
  signal: AbortSignal | undefined,
): Promise<Room | undefined> {
  const names = holds.filter(({ cause }) => cause === 'no-room').flatMap(({ nodes: of }) => of)
  if (names.length === 0) return undefined
  const on = (node: string) =>
    ifReadable(cluster.list(pods, { fieldSelector: `spec.nodeName=${node}`, signal })).then(
      (list) => list?.items,
    )
  const [classes, ...lists] = await Promise.all([
    ifReadable(cluster.list(priorityClasses, { signal })).then((list) => list?.items),
    ...names.slice(0, asked.nodes).map(on),
  ])
  if (lists.some((list) => list === undefined)) return undefined
  return {
    pods: lists.flatMap((list) => list ?? []),
    priorityClasses: classes,
    nodes: new Set(names.slice(0, asked.nodes)),
  }
}

const uidOf = ({ metadata }: Pod) => metadata?.uid ?? metadata?.name ?? ''

const remembered = (
  words: FirstWords | undefined,
  own: readonly Pod[],
): ReadonlyMap<string, string> | undefined =>
  words && words.size > 0
    ? new Map(
        own.flatMap((pod) => {
          const said = words.get(uidOf(pod))
          return said === undefined ? [] : [[pod.metadata?.name ?? '', said] as const]
        }),
      )
    : undefined

/** A pull that fails is told once; from then on the pod only says that it backs off. */
function remember(words: FirstWords, { rows }: DaemonSetState): void {
  for (const { pods: on } of rows)
    for (const { pod, state } of on) {
      const { cause, message = '', reason = '' } = state.trouble ?? {}
      const first = (cause === 'image' || cause === 'config') && !reason.endsWith('BackOff') && message !== ''
      if (first && !words.has(uidOf(pod))) words.set(uidOf(pod), message)
    }
}
