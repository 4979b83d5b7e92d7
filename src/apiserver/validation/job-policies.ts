/** What a Job says of failed pods and of an early success. Mirrors pkg/apis/batch/validation. */
import { qualifiedNameErrors } from '#kube/labels.ts'
import type { Place } from './place.ts'

const mostRules = 20
const mostExitCodes = 255
const mostIndexesBytes = 65_536

/** A choice that is told where nothing is chosen. */
const checkListed = (at: Place, supported: readonly string[]) =>
  at.choice(supported, `valid values: ${supported.map((one) => `"${one}"`).join(', ')}`)

function checkExitCodes(requirement: Place, containers: ReadonlySet<string>): void {
  checkListed(requirement.child('operator'), ['In', 'NotIn'])
  const container = requirement.child('containerName')
  if (container.textOrNone !== undefined && !containers.has(container.text))
    container.wrong('must be one of the container or initContainer names in the pod template')
  const list = requirement.child('values')
  if (list.each().length === 0) list.invalid(list.value ?? null, 'at least one value is required')
  else list.atMost(mostExitCodes)
  const seen = new Set<number>()
  for (const here of list.each()) {
    if (requirement.child('operator').text === 'In' && here.number === 0)
      here.invalid(0, 'must not be 0 for the In operator')
    if (seen.has(here.number)) here.duplicate(here.number)
    seen.add(here.number)
  }
  const values = list.each().map(({ number }) => number)
  if (values.some((value, index) => (values[index - 1] ?? value) > value))
    list.invalid(values, 'must be ordered')
}

function checkConditions(patterns: Place): void {
  patterns.atMost(mostRules)
  for (const pattern of patterns.each()) {
    pattern.child('type').keeps(qualifiedNameErrors)
    checkListed(pattern.child('status'), ['False', 'True', 'Unknown'])
  }
}

function checkRule(rule: Place, spec: Place, containers: ReadonlySet<string>): void {
  const action = rule.child('action')
  checkListed(action, ['Count', 'FailIndex', 'FailJob', 'Ignore'])
  if (action.text === 'FailIndex' && spec.child('backoffLimitPerIndex').numberOrNone === undefined)
    action.wrong('requires the backoffLimitPerIndex to be set')
  const exitCodes = rule.child('onExitCodes')
  const conditions = rule.child('onPodConditions')
  const hasConditions = conditions.each().length > 0
  if (exitCodes.given) checkExitCodes(exitCodes, containers)
  checkConditions(conditions)
  if (exitCodes.given && hasConditions)
    rule.invalid(undefined, 'specifying both OnExitCodes and OnPodConditions is not supported')
  if (!exitCodes.given && !hasConditions)
    rule.invalid(undefined, 'specifying one of OnExitCodes and OnPodConditions is required')
}

/** `validatePodFailurePolicy`. */
export function checkPodFailurePolicy(spec: Place): void {
  const rules = spec.child('podFailurePolicy').child('rules')
  rules.atMost(mostRules)
  const pod = spec.child('template').child('spec')
  const containers = ['containers', 'initContainers'].flatMap((list) => pod.items(list))
  const names = new Set(containers.map((container) => container.child('name').text))
  for (const rule of rules.each()) checkRule(rule, spec, names)
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

function checkSuccessRule(rule: Place, completions: number): void {
  const count = rule.child('succeededCount')
  const indexes = rule.child('succeededIndexes')
  const hasIndexes = indexes.textOrNone !== undefined
  if (count.numberOrNone === undefined && !hasIndexes)
    rule.required('at least one of succeededCount or succeededIndexes must be specified')
  if (indexes.text.length > mostIndexesBytes) indexes.tooLong(mostIndexesBytes)
  const named = countIndexes(indexes.text, completions)
  if (typeof named === 'string') indexes.wrong(`error parsing succeededIndexes: ${named}`)
  if (count.numberOrNone === undefined) return
  count.nonnegative()
  const most = (limit: number, what: string) => {
    if (count.number > limit) count.wrong(`must be less than or equal to ${limit} (the number of ${what})`)
  }
  most(completions, 'specified completions')
  if (hasIndexes)
    most(typeof named === 'string' ? 0 : named, 'indexes in the specified succeededIndexes field')
}

/** `validateSuccessPolicy`: only Indexed Jobs have one. */
export function checkSuccessPolicy(spec: Place): void {
  const policy = spec.child('successPolicy')
  if (!policy.given) return
  if (spec.child('completionMode').text !== 'Indexed') {
    policy.wrongStruct('SuccessPolicy', 'requires indexed completion mode')
    return
  }
  const rules = policy.child('rules')
  if (rules.each().length === 0)
    rules.required('at least one rules must be specified when the successPolicy is specified')
  rules.atMost(mostRules)
  for (const rule of rules.each()) checkSuccessRule(rule, spec.child('completions').number)
}
