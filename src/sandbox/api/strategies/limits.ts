/** What bounds the pods of a namespace, and what they run in: LimitRange, ResourceQuota, RuntimeClass. */
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
    const ofLimit = { ...objectIn(limit, 'max'), ...objectIn(limit, 'default') }
    const requests = { ...objectIn(limit, 'min'), ...ofLimit, ...objectIn(limit, 'defaultRequest') }
    return { ...limit, default: ofLimit, defaultRequest: requests }
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

function checkFigures(limit: JsonObject, at: Place): void {
  const figures = (field: string): ReadonlyMap<string, Quantity> => quantitiesIn(limit, field)
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
function checkLimitRange(object: JsonObject, found: Findings): void {
  const seen = new Set<string>()
  for (const [limit, at] of found.at('spec').items(objectIn(object, 'spec'), 'limits')) {
    const type = stringIn(limit, 'type')
    if (!['Pod', 'Container', 'PersistentVolumeClaim'].includes(type) && !type.includes('/'))
      at.child('type').invalid(type, 'must be a standard limit type or fully qualified')
    if (seen.has(type)) at.child('type').duplicate(type)
    seen.add(type)
    for (const field of ['default', 'defaultRequest'])
      if (type === 'Pod' && Object.keys(objectIn(limit, field)).length > 0)
        at.child(field).forbidden("may not be specified when `type` is 'Pod'")
    checkFigures(limit, at)
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
function checkQuota(object: JsonObject, found: Findings, old: JsonObject | undefined): void {
  const spec = objectIn(object, 'spec')
  const at = found.at('spec')
  for (const [name, quantity] of quantitiesIn(spec, 'hard')) {
    const here = at.child('hard').key(name)
    const malformed = qualifiedNameErrors(name)
    here.invalidEach(name, malformed)
    const known = name.includes('/') || countable.has(name) || isHugePage(name.replace(/^requests\./, ''))
    if (malformed.length === 0 && !known) here.invalid(name, 'must be a standard resource for quota')
    if (quantity.mantissa < 0n) here.invalid(formatQuantity(quantity), 'must be greater than or equal to 0')
  }
  if (old) at.immutable('scopes', spec, objectIn(old, 'spec'))
}

/** `pkg/registry/core/resourcequota/strategy.go`: the status is its controller's. */
export const quotaStrategy = plainStrategy({
  prepareForCreate: (object) => ({ ...object, status: {} }),
  prepareForUpdate: (next, old) => ({ ...next, status: old.status ?? {} }),
  check: checkQuota,
})

/** `pkg/apis/node/validation`. */
export const runtimeClassStrategy = plainStrategy({
  check(object, found, old) {
    const handler = stringIn(object, 'handler')
    const at = found.at('handler')
    if (handler === '') at.required()
    else at.invalidEach(handler, dns1123LabelErrors(handler))
    if (old && handler !== stringIn(old, 'handler')) at.invalid(handler, 'field is immutable')
  },
})
