/** The RuntimeClass plugin. Mirrors plugin/pkg/admission/runtimeclass. */
import { getKey } from '#base/json.ts'
import { goQuote } from '#kube/go-text.ts'
import { compareQuantities } from '#kube/quantity.ts'
import { entriesIn, objectIn, objectOrNone, objectsIn, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { quantitiesIn } from '../validation/resources.ts'
import { mergeTolerations } from './tolerations.ts'
import type { Answer, DraftPod } from './types.ts'

function sameAmounts(one: JsonObject, other: JsonObject): boolean {
  const [a, b] = [quantitiesIn({ one }, 'one'), quantitiesIn({ other }, 'other')]
  return (
    a.size === b.size &&
    [...a].every(([name, amount]) => {
      const same = b.get(name)
      return same !== undefined && compareQuantities(amount, same) === 0
    })
  )
}

function setScheduling(spec: JsonObject, scheduling: JsonObject): Answer {
  const selector = { ...objectIn(spec, 'nodeSelector') }
  for (const [key, value] of entriesIn(scheduling, 'nodeSelector')) {
    const given = getKey(selector, key)
    if (given !== undefined && given !== value)
      return `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${given}`
    selector[key] = value
  }
  if (Object.keys(selector).length > 0) spec.nodeSelector = selector
  const tolerations = mergeTolerations(objectsIn(spec, 'tolerations'), objectsIn(scheduling, 'tolerations'))
  if (tolerations.length > 0) spec.tolerations = tolerations
  return undefined
}

/** Gives the pod what its class costs and where it runs. Undefined classes: any is believed. */
export function applyRuntimeClass({ spec }: DraftPod, classes: readonly JsonObject[] | undefined): Answer {
  const name = stringOrNone(spec, 'runtimeClassName')
  const found = classes?.find((one) => stringIn(objectIn(one, 'metadata'), 'name') === name)
  if (name !== undefined && !found)
    return classes ? `pod rejected: RuntimeClass ${goQuote(name)} not found` : undefined
  const overhead = objectOrNone(spec, 'overhead')
  const costs = found && objectOrNone(found, 'overhead')
  if (costs) {
    const podFixed = objectIn(costs, 'podFixed')
    if (overhead && !sameAmounts(overhead, podFixed))
      return "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
    spec.overhead = { ...podFixed }
  } else if (overhead)
    return 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'
  const scheduling = found && objectOrNone(found, 'scheduling')
  return scheduling ? setScheduling(spec, scheduling) : undefined
}
