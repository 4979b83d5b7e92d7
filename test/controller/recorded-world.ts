import { readFileSync } from 'node:fs'
import { revisionData } from '#controller/revision-data.ts'
import type { ControllerRevision, DaemonSet, DaemonSetStatus, JsonObject, Node, Pod } from '#kube/types.ts'
import { isoTime } from './cluster.ts'

export interface RecordedEvent {
  readonly ms: number
  readonly type: string
  readonly kind: 'DaemonSet' | 'Pod' | 'ControllerRevision' | 'Event'
  readonly name: string
  readonly generation?: number | string
  readonly images?: readonly string[]
  readonly status?: DaemonSetStatus
  readonly node?: string | null
  readonly target?: string
  readonly hash?: string
  readonly phase?: string
  readonly ready?: string
  readonly deleting?: boolean
  readonly revision?: number
}

export interface Scene {
  readonly scene: string
  readonly events: readonly RecordedEvent[]
}

export const scenes: readonly Scene[] = JSON.parse(
  readFileSync('test/fixtures/controller/scenes.json', 'utf8'),
)

const host = (number: number) => `ip-10-0-0-${number}.ec2.internal`
const eligible = [1, 2, 4, 6, 7, 8, 9, 10]

/** What the recording does not hold: the spec by generation, but for its image. Later ones keep what earlier ones set. */
const specs: readonly {
  readonly from: number
  readonly rollingUpdate?: { readonly maxUnavailable: number | string; readonly maxSurge: number }
  readonly onDelete?: boolean
  readonly minReadySeconds?: number
  readonly nodeSelector?: Record<string, string>
  readonly revisionHistoryLimit?: number
  readonly templateGeneration?: number
}[] = [
  {
    from: 1,
    rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    revisionHistoryLimit: 10,
    templateGeneration: 1,
  },
  { from: 2, templateGeneration: 2 },
  { from: 3, rollingUpdate: { maxUnavailable: '50%', maxSurge: 0 } },
  { from: 4, templateGeneration: 3 },
  { from: 5, rollingUpdate: { maxUnavailable: 0, maxSurge: 2 } },
  { from: 6, templateGeneration: 4 },
  { from: 7, templateGeneration: 5 },
  { from: 8, templateGeneration: 6 },
  { from: 9, rollingUpdate: { maxUnavailable: 2, maxSurge: 0 } },
  { from: 10, templateGeneration: 7 },
  { from: 11, templateGeneration: 8 },
  { from: 12, minReadySeconds: 2, templateGeneration: 9 },
  { from: 13, nodeSelector: { chosen: 'yes' }, templateGeneration: 10 },
  { from: 14, onDelete: true, templateGeneration: 11 },
  { from: 15, revisionHistoryLimit: 1 },
]

/** What was done to nodes before a scene, by its place in the recording. */
const nodeChanges: Readonly<Record<number, (node: Node, number: number) => Node>> = {
  10: (node, number) => (number === 1 ? tainted(node, 'NoSchedule') : node),
  12: (node, number) => (number === 1 ? { ...node, spec: {} } : node),
  13: (node, number) => (number === 1 ? tainted(node, 'NoExecute') : node),
  14: (node, number) => (number === 1 ? { ...node, spec: {} } : node),
  15: (node, number) =>
    number === 1 ? tainted(node, 'NoSchedule', 'node.kubernetes.io/unschedulable') : node,
  16: (node, number) => (number === 1 ? { ...node, spec: {} } : node),
  17: (node, number) => (number === 2 || number === 4 ? chosen(node) : node),
  18: (node, number) => (number === 6 ? chosen(node) : node),
}

const tainted = (node: Node, effect: string, key = 'scene'): Node => ({
  ...node,
  spec: { taints: [{ key, effect }] },
})
const chosen = (node: Node): Node => ({ ...node, metadata: { ...node.metadata, labels: { chosen: 'yes' } } })

function daemonSetOf(event: RecordedEvent): DaemonSet {
  const generation = Number(event.generation)
  const spec = Object.assign({}, ...specs.filter((one) => one.from <= generation)) as (typeof specs)[number]
  const { rollingUpdate, onDelete, minReadySeconds = 0, nodeSelector, revisionHistoryLimit = 10 } = spec
  const annotations = { 'deprecated.daemonset.template.generation': String(spec.templateGeneration) }
  return {
    metadata: { name: 'roll', namespace: 'default', uid: 'roll', generation, annotations },
    spec: {
      selector: { matchLabels: { app: 'roll' } },
      template: {
        metadata: { labels: { app: 'roll' } },
        spec: {
          containers: (event.images ?? []).map((image) => ({ name: 'c', image })),
          ...(nodeSelector && { nodeSelector }),
        },
      },
      minReadySeconds,
      revisionHistoryLimit,
      updateStrategy: onDelete
        ? { type: 'OnDelete' }
        : { type: 'RollingUpdate', ...(rollingUpdate && { rollingUpdate }) },
    },
    ...(event.status && { status: event.status }),
  }
}

const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'roll', uid: 'roll', controller: true }

/** The recorded cluster, event by event, as objects that the controller model takes. */
export class RecordedWorld {
  daemonSet: DaemonSet | undefined
  pods = new Map<string, Pod>()
  revisions = new Map<string, ControllerRevision>()
  nodes: Node[] = Array.from({ length: 12 }, (_, index) => {
    const node: Node = { metadata: { name: host(index + 1), labels: {} }, spec: {} }
    return eligible.includes(index + 1) ? node : tainted(node, 'NoSchedule', 'not-for-all')
  })
  /** Milliseconds; each scene begins when the one before has ended. */
  now = Date.parse('2026-01-01T00:00:00Z')
  readonly #hashes = new Map<string, string>()

  beginScene(index: number): void {
    const change = nodeChanges[index]
    if (change) this.nodes = this.nodes.map((node, at) => change(node, at + 1))
  }

  /** The hash that the server gave to a template; it is learnt when its revision appears. */
  learnHashes(): void {
    const world = new RecordedWorld()
    for (const { events } of scenes) for (const event of events) world.apply(event, 0)
    for (const [data, hash] of world.#hashes) this.#hashes.set(data, hash)
  }

  hashOf(data: string): string {
    return this.#hashes.get(data) ?? 'unknown'
  }

  apply(event: RecordedEvent, sceneStart: number): void {
    this.now = sceneStart + event.ms
    if (event.kind === 'DaemonSet') this.daemonSet = event.type === 'DELETED' ? undefined : daemonSetOf(event)
    else if (event.kind === 'ControllerRevision') this.#applyRevision(event)
    else if (event.kind === 'Pod') this.#applyPod(event)
  }

  #applyRevision({ type, name, revision = 0, hash = '' }: RecordedEvent): void {
    if (type === 'DELETED') this.revisions.delete(name)
    else if (type === 'ADDED') {
      const data = revisionData((this.daemonSet ?? {}) as unknown as JsonObject)
      this.#hashes.set(data, hash)
      const labels = { app: 'roll', 'controller-revision-hash': hash }
      const metadata = { name, namespace: 'default', labels, ownerReferences: [owner] }
      this.revisions.set(name, { metadata, data: JSON.parse(data), revision })
    } else this.revisions.set(name, { ...this.revisions.get(name), revision })
  }

  #applyPod(event: RecordedEvent): void {
    const { name } = event
    const before = this.pods.get(name)
    if (event.type === 'DELETED') {
      this.pods.delete(name)
      return
    }
    const wasReady = before?.status?.conditions?.[0]
    const lastTransitionTime =
      wasReady?.status === event.ready ? wasReady?.lastTransitionTime : isoTime(this.now)
    const inNames = [{ key: 'metadata.name', operator: 'In', values: [event.target ?? ''] }]
    const required = { nodeSelectorTerms: [{ matchFields: inNames }] }
    this.pods.set(name, {
      metadata: {
        name,
        namespace: 'default',
        labels: {
          app: 'roll',
          'controller-revision-hash': event.hash ?? '',
          'pod-template-generation': String(event.generation),
        },
        ownerReferences: [owner],
        creationTimestamp: before?.metadata?.creationTimestamp ?? isoTime(this.now),
        ...(event.deleting && { deletionTimestamp: isoTime(this.now) }),
      },
      spec: {
        ...(event.node && { nodeName: event.node }),
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
      },
      status: {
        ...(event.phase && { phase: event.phase }),
        ...(event.ready && {
          conditions: [
            { type: 'Ready', status: event.ready, ...(lastTransitionTime && { lastTransitionTime }) },
          ],
        }),
      },
    })
  }
}
