/** What a Job says of failed pods and of an early success. Mirrors pkg/apis/batch/validation. */
import { qualifiedNameErrors } from '#kube/labels.ts'
import {
  listIn,
  numberIn,
  numberOrNone,
  objectIn,
  objectOrNone,
  objectsIn,
  stringIn,
  stringOrNone,
} from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkChoice } from './choices.ts'
import type { Place } from './place.ts'

const mostRules = 20
const mostExitCodes = 255
const mostIndexesBytes = 65_536

/** A choice that is told where nothing is chosen. */
const checkListed = (holder: JsonObject, name: string, supported: readonly string[], at: Place) =>
  checkChoice(holder, name, supported, at, `valid values: ${supported.map((one) => `"${one}"`).join(', ')}`)

function checkExitCodes(requirement: JsonObject, containers: ReadonlySet<string>, at: Place): void {
  const operator = stringIn(requirement, 'operator')
  checkListed(requirement, 'operator', ['In', 'NotIn'], at)
  const container = stringOrNone(requirement, 'containerName')
  if (container !== undefined && !containers.has(container)) {
    const rule = 'must be one of the container or initContainer names in the pod template'
    at.child('containerName').invalid(container, rule)
  }
  const values = listIn(requirement, 'values').map(Number)
  if (values.length === 0)
    at.child('values').invalid(requirement.values ?? null, 'at least one value is required')
  else if (values.length > mostExitCodes) at.child('values').tooMany(values.length, mostExitCodes)
  let ordered = true
  const seen = new Set<number>()
  for (const [index, value] of values.entries()) {
    const here = at.child('values').index(index)
    if (operator === 'In' && value === 0) here.invalid(value, 'must not be 0 for the In operator')
    if (seen.has(value)) here.duplicate(value)
    seen.add(value)
    if ((values[index - 1] ?? value) > value) ordered = false
  }
  if (!ordered) at.child('values').invalid(values, 'must be ordered')
}

function checkConditions(patterns: readonly JsonObject[], at: Place): void {
  if (patterns.length > mostRules) at.tooMany(patterns.length, mostRules)
  for (const [pattern, here] of at.each(patterns)) {
    const type = stringIn(pattern, 'type')
    here.child('type').invalidEach(type, qualifiedNameErrors(type))
    checkListed(pattern, 'status', ['False', 'True', 'Unknown'], here)
  }
}

function checkRule(rule: JsonObject, spec: JsonObject, containers: ReadonlySet<string>, at: Place): void {
  const action = stringIn(rule, 'action')
  checkListed(rule, 'action', ['Count', 'FailIndex', 'FailJob', 'Ignore'], at)
  if (action === 'FailIndex' && numberOrNone(spec, 'backoffLimitPerIndex') === undefined)
    at.child('action').invalid(action, 'requires the backoffLimitPerIndex to be set')
  const exitCodes = objectOrNone(rule, 'onExitCodes')
  const conditions = objectsIn(rule, 'onPodConditions')
  if (exitCodes) checkExitCodes(exitCodes, containers, at.child('onExitCodes'))
  if (conditions.length > 0) checkConditions(conditions, at.child('onPodConditions'))
  if (exitCodes && conditions.length > 0)
    at.invalid(undefined, 'specifying both OnExitCodes and OnPodConditions is not supported')
  if (!exitCodes && conditions.length === 0)
    at.invalid(undefined, 'specifying one of OnExitCodes and OnPodConditions is required')
}

/** `validatePodFailurePolicy`. `at`: the spec's own place. */
export function checkPodFailurePolicy(spec: JsonObject, at: Place): void {
  const policy = objectOrNone(spec, 'podFailurePolicy')
  if (!policy) return
  const rules = objectsIn(policy, 'rules')
  const here = at.child('podFailurePolicy').child('rules')
  if (rules.length > mostRules) here.tooMany(rules.length, mostRules)
  const pod = objectIn(objectIn(spec, 'template'), 'spec')
  const names = ['containers', 'initContainers'].flatMap((list) => objectsIn(pod, list))
  const containers = new Set(names.map((container) => stringIn(container, 'name')))
  for (const [index, rule] of rules.entries()) checkRule(rule, spec, containers, here.index(index))
}

/**
 * Checks a text such as `1,3-5` (validateIndexesFormat).
 *
 * @returns how many indexes it names, or what is wrong
 */
function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0
  let last = -1
  let total = 0
  for (const interval of text.split(',')) {
    const limits = interval.split('-')
    if (limits.length > 2)
      return `the fragment "${interval}" violates the requirement that an index interval can have at most two parts separated by '-'`
    const [first = 0, end = first] = limits.map((limit) =>
      /^[+-]?\d+$/.test(limit) ? Number(limit) : Number.NaN,
    )
    if (Number.isNaN(first)) return `cannot convert string to integer for index: "${limits[0]}"`
    if (first >= completions) return `too large index: "${limits[0]}"`
    if (limits.length > 1) {
      if (Number.isNaN(end)) return `cannot convert string to integer for index: "${limits[1]}"`
      if (end >= completions) return `too large index: "${limits[1]}"`
      if (first >= end) return `non-increasing order, previous: ${first}, current: ${end}`
    }
    if (last >= first) return `non-increasing order, previous: ${last}, current: ${first}`
    total += end - first + 1
    last = end
  }
  return total
}

function checkSuccessRule(rule: JsonObject, completions: number, at: Place): void {
  const count = numberOrNone(rule, 'succeededCount')
  const indexes = stringOrNone(rule, 'succeededIndexes')
  if (count === undefined && indexes === undefined)
    at.required('at least one of succeededCount or succeededIndexes must be specified')
  let named = 0
  if (indexes !== undefined) {
    const here = at.child('succeededIndexes')
    if (indexes.length > mostIndexesBytes) here.tooLong(mostIndexesBytes)
    const counted = countIndexes(indexes, completions)
    if (typeof counted === 'string') here.invalid(indexes, `error parsing succeededIndexes: ${counted}`)
    else named = counted
  }
  if (count === undefined) return
  const here = at.child('succeededCount')
  here.nonnegative(count)
  if (count > completions)
    here.invalid(count, `must be less than or equal to ${completions} (the number of specified completions)`)
  if (indexes !== undefined && count > named)
    here.invalid(
      count,
      `must be less than or equal to ${named} (the number of indexes in the specified succeededIndexes field)`,
    )
}

/** `validateSuccessPolicy`: only Indexed Jobs have one. */
export function checkSuccessPolicy(spec: JsonObject, at: Place): void {
  const policy = objectOrNone(spec, 'successPolicy')
  if (!policy) return
  const here = at.child('successPolicy')
  if (stringIn(spec, 'completionMode') !== 'Indexed') {
    here.invalid(policy, 'requires indexed completion mode')
    return
  }
  const rules = objectsIn(policy, 'rules')
  if (rules.length === 0)
    here.child('rules').required('at least one rules must be specified when the successPolicy is specified')
  if (rules.length > mostRules) here.child('rules').tooMany(rules.length, mostRules)
  for (const [index, rule] of rules.entries())
    checkSuccessRule(rule, numberIn(spec, 'completions'), here.child('rules').index(index))
}
