/** The ResourceQuota plugin. Mirrors staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota. */
import { byBytes } from '#kube/go-text.ts'
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  type Quantity,
  zeroQuantity,
} from '#kube/quantity.ts'
import { listIn, objectIn, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { quantitiesIn } from '../validation/resources.ts'
import { addedUsage, objectResourcesOf, objectUsage } from './object-usage.ts'
import { type Amounts, inScopes, podResourcesOf, podUsage, quotaAmounts } from './quota-usage.ts'
import type { Answer } from './types.ts'

const nameOf = (quota: JsonObject) => stringIn(objectIn(quota, 'metadata'), 'name')

/** Resources that every container must speak of once a quota counts them. */
const mustBeGiven = new Set(['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]))

/** What the containers fail to say: `must specify requests.cpu for: a; …`. */
function unspecified(spec: JsonObject, counted: readonly string[]): Answer {
  const own = objectIn(spec, 'resources')
  if (Object.keys(objectIn(own, 'requests')).length + Object.keys(objectIn(own, 'limits')).length > 0)
    return undefined
  const containers = ['containers', 'initContainers'].flatMap((list) => objectsIn(spec, list))
  const missing = counted
    .filter((name) => mustBeGiven.has(name))
    .sort(byBytes)
    .flatMap((name) => {
      const silent = containers.filter((container) => {
        const resources = objectIn(container, 'resources')
        return !quotaAmounts(quantitiesIn(resources, 'requests'), quantitiesIn(resources, 'limits')).has(name)
      })
      const names = [...new Set(silent.map((container) => stringIn(container, 'name')))].sort(byBytes)
      return names.length > 0 ? [`${name} for: ${names.join(',')}`] : []
    })
  return missing.length > 0 ? `must specify ${missing.join('; ')}` : undefined
}

const listText = (names: readonly string[], amounts: ReadonlyMap<string, Quantity>): string =>
  [...names]
    .sort(byBytes)
    .flatMap((name) => {
      const amount = amounts.get(name)
      return amount ? [`${name}=${formatQuantity(amount)}`] : []
    })
    .join(',')

const textsOf = (amounts: ReadonlyMap<string, Quantity>): JsonObject =>
  Object.fromEntries([...amounts].map(([name, amount]) => [name, formatQuantity(amount)]))

/** Counts one pod's usage into a quota. Answers the quota after it, or why there is no room. */
function charge(quota: JsonObject, usage: Amounts): JsonObject | string {
  const status = objectIn(quota, 'status')
  const hard = quantitiesIn(status, 'hard')
  const used = quantitiesIn(status, 'used')
  const requested: Amounts = new Map(
    [...usage].filter(([name, { mantissa }]) => mantissa !== 0n && hard.has(name)),
  )
  const after: Amounts = new Map(used)
  for (const [name, amount] of requested)
    after.set(name, addQuantities(used.get(name) ?? zeroQuantity, amount))
  const exceeded = [...requested.keys()].filter(
    (name) => compareQuantities(after.get(name) ?? zeroQuantity, hard.get(name) ?? zeroQuantity) > 0,
  )
  if (exceeded.length === 0) return { ...quota, status: { ...status, used: textsOf(after) } }
  const [asked, taken, limited] = [requested, used, hard].map((amounts) => listText(exceeded, amounts))
  return `exceeded quota: ${nameOf(quota)}, requested: ${asked}, used: ${taken}, limited: ${limited}`
}

type Counted = { readonly quotas: readonly JsonObject[] } | { readonly refused: string }

/** What something new means to quotas. */
interface Charge {
  /** Which of a quota's resources it counts against. */
  readonly resourcesOf: (names: readonly string[]) => string[]
  readonly matches: (quota: JsonObject) => boolean
  /** What it fails to say of resources that are counted. */
  readonly unspecified: (counted: readonly string[]) => Answer
  readonly usage: () => Amounts
}

/** Counts something new into the namespace's quotas. All that match are looked over before any is counted. */
function count(charged: Charge, quotas: readonly JsonObject[]): Counted {
  const matching = new Set<JsonObject>()
  for (const quota of quotas) {
    const status = objectIn(quota, 'status')
    const counted = charged.resourcesOf(Object.keys(objectIn(status, 'hard')))
    if (counted.length === 0 || !charged.matches(quota)) continue
    const silent = charged.unspecified(counted)
    if (silent !== undefined) return { refused: `failed quota: ${nameOf(quota)}: ${silent}` }
    if (counted.some((name) => !Object.hasOwn(objectIn(status, 'used'), name)))
      return {
        refused: `status unknown for quota: ${nameOf(quota)}, resources: ${counted.sort(byBytes).join(',')}`,
      }
    matching.add(quota)
  }
  if (matching.size === 0) return { quotas }
  const usage = charged.usage()
  const after: JsonObject[] = []
  for (const quota of quotas) {
    const one = matching.has(quota) ? charge(quota, usage) : quota
    if (typeof one === 'string') return { refused: one }
    after.push(one)
  }
  return { quotas: after }
}

/** Counts a new pod into the namespace's quotas: answers them as they are with it, or why one of them refuses it. */
export function checkQuotas(pod: JsonObject, quotas: readonly JsonObject[]): Counted {
  const spec = objectIn(pod, 'spec')
  return count(
    {
      resourcesOf: podResourcesOf,
      matches: (quota) => inScopes(spec, quota),
      unspecified: (counted) => unspecified(spec, counted),
      // It is new: whatever time it is, it is not over.
      usage: () => podUsage(pod, 0),
    },
    quotas,
  )
}

/** Scopes speak of pods: a quota that has any counts nothing else. */
const hasScopes = (quota: JsonObject) => {
  const spec = objectIn(quota, 'spec')
  return (
    listIn(spec, 'scopes').length + objectsIn(objectIn(spec, 'scopeSelector'), 'matchExpressions').length > 0
  )
}

/**
 * As {@link checkQuotas} for any other object, new or changed.
 *
 * @param resource `configmaps`, `jobs.batch`
 */
export const checkObjectQuotas = (
  resource: string,
  next: JsonObject,
  old: JsonObject | undefined,
  quotas: readonly JsonObject[],
): Counted =>
  count(
    {
      resourcesOf: (names) => objectResourcesOf(resource, names),
      matches: (quota) => !hasScopes(quota),
      unspecified: () => undefined,
      usage: () => addedUsage(resource, next, old),
    },
    quotas,
  )

/** The quotas once a pod that counts against them is gone. */
export function releaseUsage(
  pod: JsonObject,
  quotas: readonly JsonObject[],
  now: number,
): readonly JsonObject[] {
  const usage = podUsage(pod, now)
  return quotas.map((quota) => {
    if (!inScopes(objectIn(pod, 'spec'), quota)) return quota
    const status = objectIn(quota, 'status')
    const used = quantitiesIn(status, 'used')
    for (const [name, amount] of used) {
      const freed = usage.get(name)
      if (freed) used.set(name, addQuantities(amount, { ...freed, mantissa: -freed.mantissa }))
    }
    return { ...quota, status: { ...status, used: textsOf(used) } }
  })
}

/** Objects of a quota's namespace that are no pods. */
interface CountedObjects {
  /** `configmaps`, `jobs.batch`. */
  readonly resource: string
  readonly objects: readonly JsonObject[]
}

/**
 * A quota with the status that its controller writes: what the spec allows, and what of its namespace uses of it.
 *
 * @param now milliseconds since the epoch
 */
export function withUsage(
  quota: JsonObject,
  pods: readonly JsonObject[],
  now: number,
  others: readonly CountedObjects[] = [],
): JsonObject {
  const hard = objectIn(objectIn(quota, 'spec'), 'hard')
  const used: Amounts = new Map(Object.keys(hard).map((name) => [name, zeroQuantity]))
  const add = (usage: Amounts) => {
    for (const [name, amount] of usage) {
      const before = used.get(name)
      if (before) used.set(name, addQuantities(before, amount))
    }
  }
  for (const pod of pods) if (inScopes(objectIn(pod, 'spec'), quota)) add(podUsage(pod, now))
  if (!hasScopes(quota))
    for (const { resource, objects } of others) for (const one of objects) add(objectUsage(resource, one))
  return { ...quota, status: { hard, used: textsOf(used) } }
}
