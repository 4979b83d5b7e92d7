import type { ClusterObjects } from '#kube/cluster-objects.ts'
import { nameOf } from '#kube/names.ts'
import { controllerOf } from '#kube/owners.ts'
import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import { nodeSelection, selectsNode } from '#placement/placement.ts'
import { firstUntolerated, indexTolerations, nodeTaint, podTolerations } from '#placement/tolerations.ts'
import { DisruptionBudgets } from './disruption-budgets.ts'
import type { NodeFilter } from './filter.ts'
import { filtersFor } from './filters.ts'
import type { Fit } from './fit.ts'
import { fitOf, starts } from './fit.ts'
import { PodInfo } from './pod-info.ts'
import { podPriority } from './pod-priority.ts'
import { podRequests } from './pod-requests.ts'
import { Rooms } from './rooms.ts'
import { type Outcome, schedule } from './schedule.ts'
import type { PodAim } from './surroundings.ts'
import { Storage } from './volumes/storage.ts'

export interface FitterInput extends Omit<ClusterObjects, 'nodes' | 'daemonSets' | 'revisions'> {
  /** Its template is judged. */
  readonly daemonSet: DaemonSet
  readonly nodes?: readonly Node[] | undefined
  /** The label `controller-revision-hash` of the pods that are made. */
  readonly revision?: string | undefined
  /** Who is on the nodes, where others than `pods` are by now. They stay as they are. */
  readonly rooms?: Rooms | undefined
}

const defaultScheduler = 'default-scheduler'
const notJudged: Outcome = { victims: [], violations: 0, noVictims: [] }

/**
 * What the controller's pods ask of nodes: it puts the node's name in the place of the template's own required affinity
 * (`ReplaceDaemonSetPodNodeNameNodeAffinity`), and adds tolerations.
 */
function aimOf({ spec }: DaemonSet): PodAim {
  const template = spec?.template?.spec
  const selection = nodeSelection(template && { nodeSelector: template.nodeSelector })
  const tolerations = indexTolerations(podTolerations(template))
  return {
    pinned: true,
    selects: (node) => selectsNode(selection, node),
    tolerates: ({ spec: of }) =>
      !firstUntolerated(tolerations, (of?.taints ?? []).map(nodeTaint), ['NoSchedule', 'NoExecute']),
  }
}

/**
 * The scheduler, for the pods of one DaemonSet, of which each may go to its own node only. Pods that have ended take no room,
 * terminating ones do.
 */
export class Fitter {
  readonly #input: FitterInput
  readonly #rooms: Rooms
  #made: readonly NodeFilter[] | undefined
  readonly #pod: PodInfo
  readonly #preempts: boolean
  readonly #words: Parameters<typeof fitOf>[4]
  readonly #beyond: readonly string[]
  readonly #missing = new Set<string>()
  readonly #otherScheduler: string | undefined
  #evictedDaemonPods = 0
  #budgets: DisruptionBudgets | undefined

  constructor(input: FitterInput) {
    const classes = input.priorityClasses ?? []
    const { metadata, spec } = input.daemonSet.spec?.template ?? {}
    const { value, className, known, preempts } = podPriority(spec, classes)
    const namespace = input.daemonSet.metadata?.namespace
    this.#input = input
    const scheduler = spec?.schedulerName || defaultScheduler
    this.#otherScheduler = scheduler === defaultScheduler ? undefined : scheduler
    this.#rooms = input.rooms ? new Rooms(input.rooms) : Rooms.of(input.pods, input.priorityClasses)
    const labels = { ...metadata?.labels, 'controller-revision-hash': input.revision ?? '' }
    this.#pod = new PodInfo({ metadata: { labels, namespace }, spec }, classes)
    this.#preempts = preempts
    const unreadable = new Set<string>()
    podRequests(spec, unreadable)
    const unknown = [...unreadable].map((text) => `cannot read the request ${text}`)
    this.#beyond = [
      ...(spec?.resourceClaims?.length ? ['its resource claims (DRA) are not judged'] : []),
      ...(this.#otherScheduler
        ? [`whether it fits is up to its scheduler ${this.#otherScheduler}: not judged`]
        : []),
    ]
    unknown.push(...this.#beyond)
    if (!known) unknown.push(`priority class ${className} is not known`)
    this.#words = { priority: { value, className, known }, unknown }
  }

  /** Made when they are asked first: where nothing is started and nobody leaves, the pods there are do not matter. */
  get #filters(): readonly NodeFilter[] {
    this.#made ??= this.#makeFilters()
    return this.#made
  }

  #makeFilters(): readonly NodeFilter[] {
    const { daemonSet, namespaces = [], nodes = [], storage = {} } = this.#input
    const homes = new Map(namespaces.map((one) => [one.metadata?.name, one.metadata?.labels ?? {}]))
    const around = {
      nodes,
      podsOn: (node: string) => this.#rooms.on(node),
      antiAffineNodes: this.#rooms.antiAffineAmong(nodes),
      namespaceLabels: (name: string) => homes.get(name),
      storage: new Storage(storage),
      missing: (what: string) => this.#missing.add(what),
    }
    return filtersFor(this.#pod, around, aimOf(daemonSet))
  }

  /** What of its pods is not judged on any node, for want of an object or of a rule. */
  get notJudged(): readonly string[] {
    return [...this.#beyond, ...this.#missing]
  }

  /** How many of those that were evicted their own DaemonSets make again. */
  get evictedDaemonPods(): number {
    return this.#evictedDaemonPods
  }

  /**
   * What would become of a pod that the controller makes for the node.
   *
   * @param ownPodsStay With surge the DaemonSet's old pod is still there when the new one starts. Default: it makes room.
   * @param nominated The pod is there already, and the scheduler makes room for it on the node.
   */
  judge(node: Node, ownPodsStay = false, nominated = false): Fit {
    return this.#schedule(node, ownPodsStay, nominated).fit
  }

  /** `judge`, and so it is from now on: the pod is there if it can be, those that it evicts and that made way are not. */
  start(node: Node, ownPodsStay = false): Fit {
    const { fit, pods, victims } = this.#schedule(node, ownPodsStay)
    this.#evictedDaemonPods += victims.filter(({ pod }) => controllerOf(pod)?.kind === 'DaemonSet').length
    if (victims.length > 0 || this.#looksAround) {
      const staying = victims.length === 0 ? pods : pods.filter((one) => !victims.includes(one))
      this.#set(node, starts(fit) ? [...staying, this.#pod] : staying)
    }
    return fit
  }

  /** The DaemonSet's own pods are on the node no more. */
  leave(node: Node): void {
    if (this.#looksAround) this.#set(node, this.#podsOn(node, false))
  }

  /** One of its own pods is gone from the node: this, or the one that was started there. */
  end(node: Node, pod: Pod | undefined): void {
    if (!this.#looksAround) return
    const gone = pod ?? this.#pod.pod
    this.#set(
      node,
      this.#rooms.on(nameOf(node)).filter((one) => one.pod !== gone),
    )
  }

  /** Does what is on one node matter on others? */
  get #looksAround(): boolean {
    return this.#filters.some((filter) => filter.changed)
  }

  #schedule(node: Node, ownPodsStay: boolean, nominated = false) {
    const pods = this.#podsOn(node, ownPodsStay)
    const pod = this.#pod
    const outcome = this.#otherScheduler
      ? notJudged
      : schedule({
          pod,
          preempts: this.#preempts,
          node,
          pods,
          filters: this.#filters,
          budgets: () => this.#readBudgets(),
          nominated,
        })
    return {
      fit: fitOf(node, pod, pods, outcome, this.#wordsOn(node, outcome.victims)),
      pods,
      victims: outcome.victims,
    }
  }

  #podsOn(node: Node, withOwn: boolean): readonly PodInfo[] {
    const all = this.#rooms.on(nameOf(node))
    const counts = (one: PodInfo) => (withOwn || !this.#isOwn(one)) && this.#isBeforeUs(one)
    return all.every(counts) ? all : all.filter(counts)
  }

  #isOwn(one: PodInfo): boolean {
    return one === this.#pod || (one.owner !== '' && one.owner === this.#input.daemonSet.metadata?.uid)
  }

  /** A pod for which room is being made on the node has it, unless ours is more important: `addGENominatedPods`. */
  #isBeforeUs = (one: PodInfo): boolean => !one.isNominated || one.priority >= this.#pod.priority

  #set(node: Node, pods: readonly PodInfo[]): void {
    this.#rooms.set(nameOf(node), pods)
    for (const filter of this.#filters) filter.changed?.(node)
  }

  #readBudgets(): DisruptionBudgets {
    this.#budgets ??= new DisruptionBudgets(this.#input.disruptionBudgets ?? [])
    return this.#budgets
  }

  #wordsOn(node: Node, victims: readonly PodInfo[]) {
    const more: string[] = [...this.#missing]
    if (!node.status?.allocatable) more.push('the node names no allocatable resources')
    if (victims.some((one) => !one.isTerminating) && !this.#input.disruptionBudgets)
      more.push('PodDisruptionBudgets are not known: they may protect some of the pods that are evicted')
    return more.length === 0 ? this.#words : { ...this.#words, unknown: [...this.#words.unknown, ...more] }
  }
}
