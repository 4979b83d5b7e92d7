import { byBytes } from '#kube/go-text.ts'
import { boolOrNone, objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'

/** What the checks look at: a pod's annotations and spec, or those of a template. */
export interface CheckedPod {
  readonly annotations: JsonObject
  readonly spec: JsonObject
  /** In the order in which upstream visits them: init, regular, ephemeral. */
  readonly containers: readonly JsonObject[]
}

/** Why a check refuses: `reason (detail)`. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

export type Check = (pod: CheckedPod) => Violation | undefined

export function checkedPod(annotations: JsonObject, spec: JsonObject): CheckedPod {
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    objectsIn(spec, list),
  )
  return { annotations, spec, containers }
}

export const securityOf = (holder: JsonObject): JsonObject => objectIn(holder, 'securityContext')

/** Names of containers as they stand in a message: `"a", "b"`. Not escaped, as upstream. */
export const quoted = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(', ')

export const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many)

/** `container "a"`, `containers "a", "b"`. */
export const containersText = (names: readonly string[]): string =>
  `${plural(names.length, 'container', 'containers')} ${quoted(names)}`

/** Each once, sorted as Go sorts strings. */
export const sortedSet = (values: Iterable<string>): string[] => [...new Set(values)].sort(byBytes)

/** Those who set something that is refused, the pod first: `pod and container "a"`; empty when nobody does. */
export function setters(pod: boolean, containers: readonly string[]): string {
  return [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [containersText(containers)] : [])].join(
    ' and ',
  )
}

export const namesOf = (containers: readonly JsonObject[]): string[] =>
  containers.map((container) => stringIn(container, 'name'))

/** The pod as a holder of a field of `securityContext`, and the containers that hold it, too. */
export function holdersOf(pod: CheckedPod, field: string) {
  return {
    pod: objectOrNone(securityOf(pod.spec), field),
    containers: pod.containers.flatMap((container) => {
      const value = objectOrNone(securityOf(container), field)
      return value ? [{ name: stringIn(container, 'name'), value }] : []
    }),
  }
}

/** In a user namespace root is nobody, so some checks let go. */
export const inUserNamespace = ({ spec }: CheckedPod): boolean => boolOrNone(spec, 'hostUsers') === false
