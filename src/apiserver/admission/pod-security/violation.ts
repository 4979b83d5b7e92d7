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

/** The names of containers that hold a field of `securityContext`. */
export const holdersOf = (pod: CheckedPod, field: string): string[] =>
  namesOf(pod.containers.filter((container) => objectOrNone(securityOf(container), field)))

/** What is bad in a field of `securityContext`, the pod's own first, and who has it: empty where nobody does. */
export function badHolders(pod: CheckedPod, field: string, isBad: (value: JsonObject) => boolean) {
  const badIn = (holder: JsonObject) => [objectOrNone(securityOf(holder), field) ?? []].flat().filter(isBad)
  const containers = pod.containers.filter((container) => badIn(container).length > 0)
  const own = badIn(pod.spec)
  return {
    values: [...own, ...containers.flatMap(badIn)],
    who: setters(own.length > 0, namesOf(containers)),
  }
}

/**
 * A check of each container: what it has that is `bad`, and how this is told.
 *
 * @param detail told of the containers that have any, by their names, and of all that they have, each once and sorted
 */
export const ofContainers =
  (
    reason: string,
    bad: (container: JsonObject) => readonly string[],
    detail: (names: readonly string[], values: readonly string[]) => string,
  ): Check =>
  ({ containers }) => {
    const found = containers.filter((container) => bad(container).length > 0)
    if (found.length === 0) return undefined
    return { reason, detail: detail(namesOf(found), sortedSet(found.flatMap(bad))) }
  }

/** In a user namespace root is nobody, so some checks let go. */
export const inUserNamespace = ({ spec }: CheckedPod): boolean => boolOrNone(spec, 'hostUsers') === false
