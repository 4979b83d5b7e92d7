import type { JsonObject, OwnerReference, Pod } from '#kube/types.ts'
import { asJson, asStored } from '../api/json.ts'
import { requireNamespace } from '../api/namespaces.ts'
import type { ResourceType } from '../api/resource-type.ts'
import { types } from '../api/resources.ts'
import { StatusError } from '../api/status-errors.ts'
import { completePod } from '../api/strategies/pod.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import { type LoopContext, podsOf } from './context.ts'

const by = { manager: 'kube-controller-manager' }

/** What controllers do to pods and what else is theirs, with the Events about it (`controller_utils.go`, `controller_ref_manager.go`). */
export class PodControl {
  readonly #context: LoopContext
  readonly #component: string

  constructor(context: LoopContext, component: string) {
    this.#context = context
    this.#component = component
  }

  /** Records an Event about the owner. */
  say(owner: StoredObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.recorder.record(owner, { type, reason, message, source: { component: this.#component } })
  }

  /** False: the API refused it, which an Event tells. */
  create(owner: StoredObject, draft: Pod): boolean {
    const { registry, store } = this.#context
    return this.#tried(owner, 'FailedCreate', 'creating', () => {
      requireNamespace(store, types.pods, owner.metadata.namespace, `${owner.metadata.name}-`)
      const named = registry.named(draft as unknown as JsonObject)
      const pod = completePod(named, { ...registry.context(types.pods), generated: true })
      const { metadata } = registry.insert(types.pods, pod)
      this.say(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${metadata.name}`)
    })
  }

  /** As {@link create}; a pod that is gone is no failure. */
  delete(owner: StoredObject, name: string): boolean {
    const { namespace } = owner.metadata
    if (!podsOf(this.#context.store).get(keyOf(namespace, name))) return true
    return this.#tried(owner, 'FailedDelete', 'deleting', () => {
      this.#context.registry.delete(types.pods, namespace, name, {})
      this.say(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
    })
  }

  #tried(owner: StoredObject, reason: string, verb: string, act: () => void): boolean {
    try {
      act()
      return true
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      const causes = error.status.details?.causes ?? []
      if (causes.some((one) => one.reason === 'NamespaceTerminating')) return false
      this.say(owner, 'Warning', reason, `Error ${verb}: ${error.message}`)
      return false
    }
  }

  /** Makes an object the owner's, or no longer. */
  own(type: ResourceType, object: StoredObject, owner: OwnerReference, adopt: boolean): void {
    const others = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.uid)
    const ownerReferences = adopt ? [...others, owner] : others
    const { ownerReferences: _old, ...metadata } = object.metadata
    const next = { ...metadata, ...(ownerReferences.length > 0 ? { ownerReferences } : {}) }
    const changed = asStored({ ...asJson(object), metadata: next as unknown as JsonObject })
    this.#context.registry.write(type, changed, by)
  }

  /** Puts a finalizer on a pod, or takes it off. */
  finalize(namespace: string | undefined, name: string, finalizer: string, present: boolean): void {
    const pod = podsOf(this.#context.store).get(keyOf(namespace, name))
    if (!pod || (pod.metadata.finalizers ?? []).includes(finalizer) === present) return
    const { finalizers = [], ...metadata } = pod.metadata
    const next = present ? [...finalizers, finalizer] : finalizers.filter((one) => one !== finalizer)
    const changed = { ...pod, metadata: { ...metadata, ...(next.length > 0 ? { finalizers: next } : {}) } }
    this.#context.registry.write(types.pods, changed, by)
  }
}
