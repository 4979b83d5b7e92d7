/** A simulated cluster that is played by hand up to a moment and then written down as `kubectl get -o yaml` would. */
import type { JsonObject, Node } from '#kube/types.ts'
import { groupVersionOf, type ResourceType } from '#sandbox/api/resource-type.ts'
import { types } from '#sandbox/api/resources.ts'
import { type Cluster, startCluster } from '#sandbox/cluster.ts'
import { annotation, type BehaviourOptions } from '#sandbox/loops/behaviour.ts'
import { manualClock } from '#sandbox/manual-clock.ts'
import { randomNames } from '#sandbox/names.ts'
import { keyOf, type StoredObject } from '#sandbox/store/objects.ts'

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
  ): void {
    this.#cluster.registry.update(type, namespace, name, how, { manager })
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
  dump(): JsonObject {
    this.until(0)
    const { store } = this.#cluster
    const items = dumped.flatMap((type) =>
      [...store.collection(type).values()]
        .sort((a, b) =>
          keyOf(a.metadata.namespace, a.metadata.name) < keyOf(b.metadata.namespace, b.metadata.name)
            ? -1
            : 1,
        )
        .map((object) => written(type, object))
        .filter(isKept),
    )
    return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items }
  }
}

/** A real server forgets an Event an hour after it was last written. */
const isKept = ({ lastTimestamp }: JsonObject) =>
  typeof lastTimestamp !== 'string' || Date.parse(lastTimestamp) > sceneTime - 60 * minute

/** Nothing tells that a sandbox drew it. */
function written(type: ResourceType, object: StoredObject): JsonObject {
  const { managedFields: _, annotations, ...metadata } = metadataOf(object as unknown as JsonObject)
  const kept = Object.entries(annotations ?? {}).filter(([name]) => !name.startsWith('sandbox.kds.dev/'))
  return {
    ...(object as unknown as JsonObject),
    apiVersion: groupVersionOf(type),
    kind: type.kind,
    metadata: { ...metadata, ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}) },
  }
}
