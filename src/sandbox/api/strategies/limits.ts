/** What bounds the pods of a namespace, and what they run in: LimitRange, ResourceQuota, RuntimeClass. */
import { impliedBy } from '#apiserver/admission/limit-ranger.ts'
import type { Findings, Place } from '#apiserver/validation/place.ts'
import { isHugePage, quantitiesIn } from '#apiserver/validation/resources.ts'
import { dns1123LabelErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { compareQuantities, formatQuantity, type Quantity, quantityMilliValue } from '#kube/quantity.ts'
import { objectIn, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { plainStrategy } from './plain.ts'

/** A LimitRange is stored with what its figures imply (`SetDefaults_LimitRangeItem`). */
function withImplied(object: JsonObject): JsonObject {
  const spec = objectIn(object, 'spec')
  const limits = objectsIn(spec, 'limits').map((limit): JsonObject => {
    if (stringIn(limit, 'type') !== 'Container') return limit
    const { limits, requests } = impliedBy(limit)
    return { ...limit, default: limits, defaultRequest: requests }
  })
  return { ...object, spec: { ...spec, limits } }
}

const words: Readonly<Record<string, string>> = {
  min: 'min value',
  max: 'max value',
  default: 'default value',
  defaultRequest: 'default request value',
}

/** Of two figures for a resource the first must not be above the second; the complaint stands at one, and may show the other. */
const orders = [
  { low: 'min', high: 'max', at: 'min', shown: 'min' },
  { low: 'min', high: 'defaultRequest', at: 'defaultRequest', shown: 'defaultRequest' },
  { low: 'defaultRequest', high: 'max', at: 'defaultRequest', shown: 'defaultRequest' },
  { low: 'defaultRequest', high: 'default', at: 'defaultRequest', shown: 'defaultRequest' },
  { low: 'min', high: 'default', at: 'default', shown: 'min' },
  { low: 'default', high: 'max', at: 'default', shown: 'max' },
] as const

function checkFigures(at: Place): void {
  const figures = (field: string): ReadonlyMap<string, Quantity> => quantitiesIn(at.object, field)
  for (const order of orders)
    for (const [name, quantity] of figures(order.low)) {
      const bound = figures(order.high).get(name)
      if (!bound || compareQuantities(quantity, bound) <= 0) continue
      const [value, above] = [quantity, bound].map(formatQuantity)
      const limit =
        order.high === 'default' && order.low !== 'min' ? 'default limit value' : words[order.high]
      const shown = order.shown === order.high ? above : value
      const detail = `${words[order.low]} ${value} is greater than ${limit} ${above}`
      at.child(order.at).key(name).invalid(shown, detail)
    }
  for (const [name, ratio] of figures('maxLimitRequestRatio')) {
    const shown = formatQuantity(ratio)
    if (quantityMilliValue(ratio) < 1000n)
      at.child('maxLimitRequestRatio').key(name).invalid(shown, `ratio ${shown} is less than 1`)
  }
}

/** `ValidateLimitRange`. */
function checkLimitRange(_: JsonObject, found: Findings): void {
  const seen = new Set<string>()
  for (const limit of found.at('spec').items('limits')) {
    const type = limit.child('type')
    if (!['Pod', 'Container', 'PersistentVolumeClaim'].includes(type.text) && !type.text.includes('/'))
      type.wrong('must be a standard limit type or fully qualified')
    type.unique(seen)
    for (const figures of ['default', 'defaultRequest'].map((field) => limit.child(field)))
      if (type.text === 'Pod' && Object.keys(figures.object).length > 0)
        figures.forbidden("may not be specified when `type` is 'Pod'")
    checkFigures(limit)
  }
}

export const limitRangeStrategy = plainStrategy({
  defaults: withImplied,
  prepareForCreate: withImplied,
  prepareForUpdate: withImplied,
  check: checkLimitRange,
})

const computed = ['cpu', 'memory', 'ephemeral-storage']
const countable = new Set([
  ...computed.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
  ...['requests.storage', 'pods', 'resourcequotas', 'services', 'services.nodeports'],
  ...['services.loadbalancers', 'replicationcontrollers', 'secrets', 'persistentvolumeclaims', 'configmaps'],
])

/** `ValidateResourceQuotaSpec`, but for which resources go with which scopes. */
function checkQuota(_: JsonObject, found: Findings, old: JsonObject | undefined): void {
  const spec = found.at('spec')
  for (const [name, quantity] of quantitiesIn(spec.object, 'hard')) {
    const here = spec.child('hard').key(name)
    const wellFormed = here.invalidEach(name, qualifiedNameErrors(name))
    const known = name.includes('/') || countable.has(name) || isHugePage(name.replace(/^requests\./, ''))
    if (wellFormed && !known) here.invalid(name, 'must be a standard resource for quota')
    if (quantity.mantissa < 0n) here.invalid(formatQuantity(quantity), 'must be greater than or equal to 0')
  }
  if (old) spec.immutable('scopes', objectIn(old, 'spec'))
}

/** `pkg/registry/core/resourcequota/strategy.go`: the status is its controller's. */
export const quotaStrategy = plainStrategy({
  prepareForCreate: (object) => ({ ...object, status: {} }),
  prepareForUpdate: (next, old) => ({ ...next, status: old.status ?? {} }),
  check: checkQuota,
})

/** `pkg/apis/node/validation`. */
export const runtimeClassStrategy = plainStrategy({
  check(_, found, old) {
    const handler = found.at('handler')
    handler.keepsText(dns1123LabelErrors)
    if (old && handler.text !== stringIn(old, 'handler')) handler.wrong('field is immutable')
  },
})
