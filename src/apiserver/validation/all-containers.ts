import { objectsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Place } from './place.ts'

/** Every container of a pod with its place, in the order in which upstream visits them (VisitContainersWithPath). */
export function allContainers(spec: JsonObject, at: Place): { container: JsonObject; place: Place }[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    objectsIn(spec, list).map((container, index) => ({ container, place: at.child(list).index(index) })),
  )
}
