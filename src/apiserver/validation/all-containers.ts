import type { Place } from './place.ts'

/** Every container of a pod, in the order in which upstream visits them (VisitContainersWithPath). */
export const allContainers = (spec: Place): Place[] =>
  ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => spec.items(list))
