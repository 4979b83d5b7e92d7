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
import type { FieldErrors } from './field-errors.ts'
import type { Place } from './place.ts'

const mostRules = 20
const mostExitCodes = 255
const mostIndexesBytes = 65_536

function checkExitCodes(
  requirement: JsonObject,
  containers: ReadonlySet<string>,
  at: Place,
  errors: FieldErrors,
): void {
  const operator = stringIn(requirement, 'operator')
  if (operator === '') errors.required(at.child('operator'), 'valid values: "In", "NotIn"')
  else if (operator !== 'In' && operator !== 'NotIn')
    errors.notSupported(at.child('operator'), operator, ['In', 'NotIn'])
  const container = stringOrNone(requirement, 'containerName')
  if (container !== undefined && !containers.has(container)) {
    const rule = 'must be one of the container or initContainer names in the pod template'
    errors.invalid(at.child('containerName'), container, rule)
  }
  const values = listIn(requirement, 'values').map(Number)
  if (values.length === 0)
    errors.invalid(at.child('values'), requirement.values ?? null, 'at least one value is required')
  else if (values.length > mostExitCodes) errors.tooMany(at.child('values'), values.length, mostExitCodes)
  let ordered = true
  const seen = new Set<number>()
  for (const [index, value] of values.entries()) {
    const here = at.child('values').index(index)
    if (operator === 'In' && value === 0) errors.invalid(here, value, 'must not be 0 for the In operator')
    if (seen.has(value)) errors.duplicate(here, value)
    seen.add(value)
    if ((values[index - 1] ?? value) > value) ordered = false
  }
  if (!ordered) errors.invalid(at.child('values'), values, 'must be ordered')
}

function checkConditions(patterns: readonly JsonObject[], at: Place, errors: FieldErrors): void {
  if (patterns.length > mostRules) errors.tooMany(at, patterns.length, mostRules)
  for (const [index, pattern] of patterns.entries()) {
    const here = at.index(index)
    const type = stringIn(pattern, 'type')
    const status = stringIn(pattern, 'status')
    errors.invalidEach(here.child('type'), type, qualifiedNameErrors(type))
    const known = ['False', 'True', 'Unknown']
    if (status === '')
      errors.required(here.child('status'), `valid values: ${known.map((one) => `"${one}"`).join(', ')}`)
    else if (!known.includes(status)) errors.notSupported(here.child('status'), status, known)
  }
}

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']

function checkRule(
  rule: JsonObject,
  spec: JsonObject,
  containers: ReadonlySet<string>,
  at: Place,
  errors: FieldErrors,
): void {
  const action = stringIn(rule, 'action')
  if (action === '')
    errors.required(at.child('action'), `valid values: ${actions.map((one) => `"${one}"`).join(', ')}`)
  else if (action === 'FailIndex') {
    if (numberOrNone(spec, 'backoffLimitPerIndex') === undefined)
      errors.invalid(at.child('action'), action, 'requires the backoffLimitPerIndex to be set')
  } else if (!actions.includes(action)) errors.notSupported(at.child('action'), action, actions)
  const exitCodes = objectOrNone(rule, 'onExitCodes')
  const conditions = objectsIn(rule, 'onPodConditions')
  if (exitCodes) checkExitCodes(exitCodes, containers, at.child('onExitCodes'), errors)
  if (conditions.length > 0) checkConditions(conditions, at.child('onPodConditions'), errors)
  if (exitCodes && conditions.length > 0)
    errors.invalid(at, undefined, 'specifying both OnExitCodes and OnPodConditions is not supported')
  if (!exitCodes && conditions.length === 0)
    errors.invalid(at, undefined, 'specifying one of OnExitCodes and OnPodConditions is required')
}

/** `validatePodFailurePolicy`. `at`: the spec's own place. */
export function checkPodFailurePolicy(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const policy = objectOrNone(spec, 'podFailurePolicy')
  if (!policy) return
  const rules = objectsIn(policy, 'rules')
  const here = at.child('podFailurePolicy').child('rules')
  if (rules.length > mostRules) errors.tooMany(here, rules.length, mostRules)
  const pod = objectIn(objectIn(spec, 'template'), 'spec')
  const names = ['containers', 'initContainers'].flatMap((list) => objectsIn(pod, list))
  const containers = new Set(names.map((container) => stringIn(container, 'name')))
  for (const [index, rule] of rules.entries()) checkRule(rule, spec, containers, here.index(index), errors)
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

function checkSuccessRule(rule: JsonObject, completions: number, at: Place, errors: FieldErrors): void {
  const count = numberOrNone(rule, 'succeededCount')
  const indexes = stringOrNone(rule, 'succeededIndexes')
  if (count === undefined && indexes === undefined)
    errors.required(at, 'at least one of succeededCount or succeededIndexes must be specified')
  let named = 0
  if (indexes !== undefined) {
    const here = at.child('succeededIndexes')
    if (indexes.length > mostIndexesBytes) errors.tooLong(here, mostIndexesBytes)
    const counted = countIndexes(indexes, completions)
    if (typeof counted === 'string')
      errors.invalid(here, indexes, `error parsing succeededIndexes: ${counted}`)
    else named = counted
  }
  if (count === undefined) return
  const here = at.child('succeededCount')
  errors.nonnegative(here, count)
  if (count > completions)
    errors.invalid(
      here,
      count,
      `must be less than or equal to ${completions} (the number of specified completions)`,
    )
  if (indexes !== undefined && count > named)
    errors.invalid(
      here,
      count,
      `must be less than or equal to ${named} (the number of indexes in the specified succeededIndexes field)`,
    )
}

/** `validateSuccessPolicy`: only Indexed Jobs have one. */
export function checkSuccessPolicy(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const policy = objectOrNone(spec, 'successPolicy')
  if (!policy) return
  const here = at.child('successPolicy')
  if (stringIn(spec, 'completionMode') !== 'Indexed') {
    errors.invalid(here, policy, 'requires indexed completion mode')
    return
  }
  const rules = objectsIn(policy, 'rules')
  if (rules.length === 0)
    errors.required(
      here.child('rules'),
      'at least one rules must be specified when the successPolicy is specified',
    )
  if (rules.length > mostRules) errors.tooMany(here.child('rules'), rules.length, mostRules)
  for (const [index, rule] of rules.entries())
    checkSuccessRule(rule, numberIn(spec, 'completions'), here.child('rules').index(index), errors)
}
