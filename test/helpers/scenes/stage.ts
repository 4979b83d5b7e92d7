/** A simulated cluster that is played by hand up to a moment and then written down as `kubectl get -o yaml` would. */
import type { JsonObject, Node } from '#kube/types.ts'
import { groupVersionOf, type ResourceType } from '#sandbox/api/resource-type.ts'
import { types } from '#sandbox/api/resources.ts'
import { type StatusCause, StatusError } from '#sandbox/api/status-errors.ts'
import { type Cluster, startCluster } from '#sandbox/cluster.ts'
import { annotation, type BehaviourOptions } from '#sandbox/loops/behaviour.ts'
import { randomNames } from '#sandbox/names.ts'
import type { StoredObject } from '#sandbox/store/objects.ts'
import { manualClock } from '../manual-clock.ts'

/** The moment at which every scene was written down. */
export const sceneTime = Date.UTC(2026, 10, 21, 12)

const minute = 60_000
const beginning = sceneTime - 5 * 24 * 60 * minute

const dumped: readonly ResourceType[] = [
  types.namespaces,
  types.priorityClasses,
  types.nodes,
  types.limitRanges,
  types.resourceQuotas,
  types.podDisruptionBudgets,
  types.daemonSets,
  types.controllerRevisions,
  types.pods,
  types.events,
]

/** The same numbers in each run (the generator of Numerical Recipes). */
function seededRandom(): () => number {
  let state = 20_261_121
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const manager = 'kubectl'
const metadataOf = (object: JsonObject) => object.metadata as JsonObject

export class Stage {
  readonly #clock = manualClock(beginning)
  readonly #cluster: Cluster

  constructor(nodes: readonly Node[], behaviour: BehaviourOptions) {
    let uid = 0
    const nextUid = () => `5ce7e000-0000-4000-8000-${String(++uid).padStart(12, '0')}`
    this.#cluster = startCluster({
      clock: this.#clock,
      names: randomNames(seededRandom(), nextUid),
      objects: nodes,
      behaviour: { pullSeconds: 12, startSeconds: 1, readySeconds: 4, terminationSeconds: 3, ...behaviour },
      logCapacity: 10,
      eventCapacity: 10_000,
    })
    this.#clock.advance(10 * minute)
  }

  /** Plays on until so many minutes before the scene is written down. */
  until(minutesBefore: number): void {
    const left = sceneTime - minutesBefore * minute - this.#clock.now()
    if (left < 0) throw new Error(`${minutesBefore} minutes before the end are over`)
    this.#clock.advance(left)
  }

  create(type: ResourceType, body: JsonObject): void {
    const { namespace } = metadataOf(body)
    const home = typeof namespace === 'string' ? namespace : undefined
    this.#cluster.registry.create(type, home, body, { manager })
  }

  change(
    type: ResourceType,
    name: string,
    namespace: string | undefined,
    how: (object: JsonObject) => JsonObject,
    status = false,
  ): void {
    this.#cluster.registry.update(type, namespace, name, how, { manager, status })
  }

  remove(type: ResourceType, name: string, namespace?: string): void {
    this.#cluster.registry.delete(type, namespace, name)
  }

  /** From now on containers do not end: their pods stay terminating, as with a runtime that hangs. */
  hangContainers(): void {
    const { registry } = this.#cluster
    const remove = registry.delete.bind(registry)
    registry.delete = (type, namespace, name, options) =>
      type === types.pods && options?.gracePeriodSeconds === 0
        ? { object: registry.get(type, namespace, name), done: false }
        : remove(type, namespace, name, options)
  }

  /** The pods on a node that are not on their way out. */
  podsOn(node: string): readonly StoredObject[] {
    return [...this.#cluster.store.collection(types.pods).values()].filter(
      ({ metadata, spec }) =>
        !metadata.deletionTimestamp && (spec as { nodeName?: string } | undefined)?.nodeName === node,
    )
  }

  /** From now on something that the sandbox does not have, a webhook or a policy, lets no new pod in. */
  refusePods(status: number, reason: string, why: (pod: string) => string, causes?: StatusCause[]): void {
    const { registry } = this.#cluster
    const insert = registry.insert.bind(registry)
    registry.insert = (type, object, dryRun) => {
      if (type !== types.pods) return insert(type, object, dryRun)
      throw new StatusError(status, reason, why(String(metadataOf(object).name)), causes && { causes })
    }
  }

  /** Another image, as `kubectl set image` writes it, with its change cause. */
  release(name: string, namespace: string, image: string): void {
    this.change(types.daemonSets, name, namespace, (old) => {
      const spec = old.spec as { template: { spec: { containers: [JsonObject] } } } & JsonObject
      const [container] = spec.template.spec.containers
      const template = {
        ...spec.template,
        spec: { ...spec.template.spec, containers: [{ ...container, image }] },
      }
      const annotations = {
        ...(metadataOf(old).annotations as JsonObject),
        'kubernetes.io/change-cause': `agent ${image.split(':')[1]}`,
      }
      return {
        ...old,
        metadata: { ...metadataOf(old), annotations },
        spec: { ...spec, template },
      } as unknown as JsonObject
    })
  }

  taint(node: string, ...taints: JsonObject[]): void {
    this.change(types.nodes, node, undefined, (old) => ({
      ...old,
      spec: { ...(old.spec as JsonObject), taints },
    }))
  }

  /** The node's kubelet dies. */
  silence(node: string): void {
    this.change(types.nodes, node, undefined, (old) => ({
      ...old,
      metadata: { ...metadataOf(old), annotations: { [annotation.kubelet]: 'down' } },
    }))
  }

  /** What `kubectl get … -A` answers at the scene's time, as a List. */
  dump(end?: (stage: Stage) => void): JsonObject {
    this.until(0)
    end?.(this)
    const { store } = this.#cluster
    const items = dumped.flatMap((type) => {
      const objects = [...store.collection(type).values()].map((object) => written(type, object))
      return (type === types.events ? tidyEvents(objects) : objects).sort((a, b) =>
        compare(placeOf(a), placeOf(b)),
      )
    })
    return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items }
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const placeOf = (object: JsonObject) => `${metadataOf(object).namespace ?? ''}/${metadataOf(object).name}`

/**
 * Those that a real server would still have: it forgets an Event an hour after it was last written. Their names and uids are
 * drawn anew, so that they depend on what is told and not on how busy the sandbox was.
 */
function tidyEvents(events: readonly JsonObject[]): JsonObject[] {
  const sortKey = (event: JsonObject) =>
    JSON.stringify([event.firstTimestamp, event.involvedObject, event.reason, event.message])
  return events
    .filter(({ lastTimestamp }) => Date.parse(String(lastTimestamp)) > sceneTime - 60 * minute)
    .sort((a, b) => compare(sortKey(a), sortKey(b)))
    .map((event, at) => {
      const involved = event.involvedObject as JsonObject
      const number = (at + 1).toString(16).padStart(6, '0')
      const name = `${involved.name}.18ea0d9d22${number}`
      const uid = `5ce7e000-0000-4000-9000-000000${number}`
      return { ...event, metadata: { ...metadataOf(event), name, uid } }
    })
}

/** Nothing tells that a sandbox drew it, nor how many writes that took. */
function written(type: ResourceType, object: StoredObject): JsonObject {
  const json = object as unknown as JsonObject
  const { managedFields: _, resourceVersion: __, annotations, ...metadata } = metadataOf(json)
  const { resourceVersion: ___, ...involvedObject } = (json.involvedObject ?? {}) as JsonObject
  const kept = Object.entries(annotations ?? {}).filter(([name]) => !name.startsWith('sandbox.kds.dev/'))
  return {
    ...json,
    apiVersion: groupVersionOf(type),
    kind: type.kind,
    ...(json.involvedObject ? { involvedObject } : {}),
    metadata: { ...metadata, ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}) },
  }
}
