/** The LimitRanger plugin. Mirrors plugin/pkg/admission/limitranger. */
import { aggregate as errorsText } from '#kube/field-error-text.ts'
import { compareQuantities, formatQuantity, type Quantity, quantityMilliValue } from '#kube/quantity.ts'
import { entriesIn, objectIn, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { podAmounts } from '../validation/pod-resources.ts'
import { quantitiesIn } from '../validation/resources.ts'
import type { Answer, DraftPod } from './types.ts'

type Amounts = ReadonlyMap<string, Quantity>

const limitsOf = (range: JsonObject) => objectsIn(objectIn(range, 'spec'), 'limits')

/** What a container gets that asks for nothing (SetDefaults_LimitRangeItem): the maximum, then the minimum stand in. */
export function impliedBy(limit: JsonObject) {
  const limits = { ...objectIn(limit, 'max'), ...objectIn(limit, 'default') }
  return { limits, requests: { ...objectIn(limit, 'min'), ...limits, ...objectIn(limit, 'defaultRequest') } }
}

function defaultsOf(range: JsonObject) {
  const implied = limitsOf(range)
    .filter(({ type }) => type === 'Container')
    .map(impliedBy)
  const all = (field: 'limits' | 'requests'): JsonObject =>
    Object.assign({}, ...implied.map((one) => one[field]))
  return { limits: all('limits'), requests: all('requests') }
}

/** Sets what is absent, and answers the names of what was set, sorted. */
function fillIn(resources: JsonObject, field: string, defaults: JsonObject): string[] {
  const given = objectIn(resources, field)
  const added = entriesIn({ defaults }, 'defaults').filter(([name]) => !Object.hasOwn(given, name))
  if (added.length > 0) resources[field] = { ...given, ...Object.fromEntries(added) }
  return added.map(([name]) => name)
}

/** Gives containers the defaults of the namespace's ranges, and the pod an annotation that tells. */
export function setDefaultLimits(pod: DraftPod, ranges: readonly JsonObject[]): void {
  for (const range of ranges) {
    const { limits, requests } = defaultsOf(range)
    const told: string[] = []
    for (const [list, kind] of [
      ['containers', 'container'],
      ['initContainers', 'init container'],
    ] as const) {
      for (const container of objectsIn(pod.spec, list)) {
        const resources = { ...objectIn(container, 'resources') }
        container.resources = resources
        const setLimits = fillIn(resources, 'limits', limits)
        const setRequests = fillIn(resources, 'requests', requests)
        const who = `${kind} ${stringIn(container, 'name')}`
        if (setRequests.length > 0) told.push(`${setRequests.join(', ')} request for ${who}`)
        if (setLimits.length > 0) told.push(`${setLimits.join(', ')} limit for ${who}`)
      }
    }
    if (told.length === 0) continue
    const text = `LimitRanger plugin set: ${told.join('; ')}`
    const annotations = { ...objectIn(pod.metadata, 'annotations'), 'kubernetes.io/limit-ranger': text }
    pod.metadata = { ...pod.metadata, annotations }
  }
}

interface Usage {
  readonly requests: Amounts
  readonly limits: Amounts
}

type Constraint = (type: string, name: string, bound: Quantity, usage: Usage) => Answer

const shown = formatQuantity

/** Of requests and limits the `first` must be there, and neither may be on the bad `side` of the bound. */
const keeping =
  (what: 'minimum' | 'maximum', first: keyof Usage, second: keyof Usage, side: 1 | -1): Constraint =>
  (type, name, bound, usage) => {
    const rule = `${what} ${name} usage per ${type} is ${shown(bound)}`
    const word = (of: keyof Usage) => of.slice(0, -1)
    if (!usage[first].has(name)) return `${rule}.  No ${word(first)} is specified`
    for (const of of [first, second]) {
      const amount = usage[of].get(name)
      if (amount && side * compareQuantities(amount, bound) > 0)
        return `${rule}, but ${word(of)} is ${shown(amount)}`
    }
    return undefined
  }

const ratioAtMost: Constraint = (type, name, bound, { requests, limits }) => {
  const rule = `${name} max limit to request ratio per ${type} is ${shown(bound)}`
  const [request, limit] = [requests.get(name), limits.get(name)]
  if (!request || request.mantissa === 0n) return `${rule}, but no request is specified or request is 0`
  if (!limit || limit.mantissa === 0n) return `${rule}, but no limit is specified or limit is 0`
  const ratio = Number(quantityMilliValue(limit)) / Number(quantityMilliValue(request))
  if (ratio * 1000 <= Number(quantityMilliValue(bound))) return undefined
  return `${rule}, but provided ratio is ${ratio.toFixed(6)}`
}

const constraints: readonly (readonly [field: string, constraint: Constraint])[] = [
  ['min', keeping('minimum', 'requests', 'limits', -1)],
  ['max', keeping('maximum', 'limits', 'requests', 1)],
  ['maxLimitRequestRatio', ratioAtMost],
]

const broken = (limit: JsonObject, usage: Usage): string[] =>
  constraints.flatMap(([field, constraint]) =>
    [...quantitiesIn(limit, field)].flatMap(
      ([name, bound]) => constraint(stringIn(limit, 'type'), name, bound, usage) ?? [],
    ),
  )

function usagesOf(type: string, spec: JsonObject): Usage[] {
  if (type === 'Pod') return [{ requests: podAmounts(spec, 'requests'), limits: podAmounts(spec, 'limits') }]
  if (type !== 'Container') return []
  return ['containers', 'initContainers'].flatMap((list) =>
    objectsIn(spec, list).map((container) => {
      const resources = objectIn(container, 'resources')
      return { requests: quantitiesIn(resources, 'requests'), limits: quantitiesIn(resources, 'limits') }
    }),
  )
}

/** Whether containers and the pod keep within the namespace's ranges; the first range that they break answers. */
export function checkLimits({ spec }: DraftPod, ranges: readonly JsonObject[]): Answer {
  for (const range of ranges) {
    const errors = limitsOf(range).flatMap((limit) =>
      usagesOf(stringIn(limit, 'type'), spec).flatMap((usage) => broken(limit, usage)),
    )
    if (errors.length > 0) return errorsText(errors)
  }
  return undefined
}
