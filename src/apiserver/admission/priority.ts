/** The Priority plugin. Mirrors plugin/pkg/admission/priority. */
import { boolIn, numberIn, numberOrNone, objectIn, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Answer, DraftPod } from './types.ts'

const systemClass = (name: string, value: number): JsonObject => ({
  metadata: { name },
  value,
  preemptionPolicy: 'PreemptLowerPriority',
})

/** Every cluster has them. */
const systemClasses = [
  systemClass('system-node-critical', 2_000_001_000),
  systemClass('system-cluster-critical', 2_000_000_000),
]

const nameOf = (one: JsonObject) => stringIn(objectIn(one, 'metadata'), 'name')

/** Of several defaults the one with the lowest value. */
const defaultClass = (classes: readonly JsonObject[]): JsonObject | undefined =>
  classes
    .filter((one) => boolIn(one, 'globalDefault'))
    .sort((a, b) => numberIn(a, 'value') - numberIn(b, 'value'))[0]

export const isSystemClass = (name: string): boolean => systemClasses.some((one) => nameOf(one) === name)

/** Gives the pod its class's value and policy, or those of the default class. Undefined classes: a class by name is believed. */
export function resolvePriority({ spec }: DraftPod, classes: readonly JsonObject[] | undefined): Answer {
  const name = stringIn(spec, 'priorityClassName')
  const known = [...(classes ?? []), ...systemClasses]
  const found = name === '' ? defaultClass(known) : known.find((one) => nameOf(one) === name)
  if (name !== '' && !found) return classes ? `no PriorityClass with name ${name} was found` : undefined
  const value = found ? numberIn(found, 'value') : 0
  const policy = (found && stringOrNone(found, 'preemptionPolicy')) ?? 'PreemptLowerPriority'
  const tail = 'from the given PriorityClass name'
  const given = numberOrNone(spec, 'priority')
  if (given !== undefined && given !== value)
    return `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} ${tail}`
  const givenPolicy = stringOrNone(spec, 'preemptionPolicy')
  if (givenPolicy !== undefined && givenPolicy !== policy)
    return `the string value of PreemptionPolicy (${givenPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} ${tail}`
  if (found) spec.priorityClassName = nameOf(found)
  Object.assign(spec, { priority: value, preemptionPolicy: policy })
  return undefined
}
