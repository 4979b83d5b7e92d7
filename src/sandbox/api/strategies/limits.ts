/** What bounds the pods of a namespace, and what they run in: LimitRange, ResourceQuota, RuntimeClass. */
import { isHugePage, quantitiesIn } from '#apiserver/validation/resources.ts'
import type { FieldError, FieldPath } from '#apiserver/validation/types.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { compareQuantities, formatQuantity, type Quantity, quantityMilliValue } from '#kube/quantity.ts'
import { objectIn, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { plainStrategy, fieldError as problem, validateMetadata } from './plain.ts'

const wrong = (path: FieldPath, value: unknown, detail: string) =>
  problem('FieldValueInvalid', path, detail, value)

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

function limitErrors(limit: JsonObject, at: FieldPath): FieldError[] {
  const errors: FieldError[] = []
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
      errors.push(wrong([...at, `${order.at}[${name}]`], shown, detail))
    }
  for (const [name, ratio] of figures('maxLimitRequestRatio'))
    if (quantityMilliValue(ratio) < 1000n) {
      const shown = formatQuantity(ratio)
      errors.push(wrong([...at, `maxLimitRequestRatio[${name}]`], shown, `ratio ${shown} is less than 1`))
    }
  return errors
}

/** `ValidateLimitRange`. */
function validateLimitRange(object: JsonObject): FieldError[] {
  const errors = validateMetadata(object, dns1123SubdomainErrors)
  const seen = new Set<string>()
  objectsIn(objectIn(object, 'spec'), 'limits').forEach((limit, index) => {
    const at = ['spec', `limits[${index}]`]
    const type = stringIn(limit, 'type')
    if (!['Pod', 'Container', 'PersistentVolumeClaim'].includes(type) && !type.includes('/'))
      errors.push(wrong([...at, 'type'], type, 'must be a standard limit type or fully qualified'))
    if (seen.has(type)) errors.push(problem('FieldValueDuplicate', [...at, 'type'], '', type))
    seen.add(type)
    for (const field of ['default', 'defaultRequest'])
      if (type === 'Pod' && Object.keys(objectIn(limit, field)).length > 0)
        errors.push(
          problem('FieldValueForbidden', [...at, field], "may not be specified when `type` is 'Pod'"),
        )
    errors.push(...limitErrors(limit, at))
  })
  return errors
}

export const limitRangeStrategy = plainStrategy(dns1123SubdomainErrors, {
  defaults: withImplied,
  prepareForCreate: withImplied,
  prepareForUpdate: withImplied,
  validate: validateLimitRange,
  validateUpdate: validateLimitRange,
})

const computed = ['cpu', 'memory', 'ephemeral-storage']
const countable = new Set([
  ...computed.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
  ...['requests.storage', 'pods', 'resourcequotas', 'services', 'services.nodeports'],
  ...['services.loadbalancers', 'replicationcontrollers', 'secrets', 'persistentvolumeclaims', 'configmaps'],
])

/** `ValidateResourceQuotaSpec`, but for which resources go with which scopes. */
function validateQuota(object: JsonObject): FieldError[] {
  const errors = validateMetadata(object, dns1123SubdomainErrors)
  for (const [name, quantity] of quantitiesIn(objectIn(object, 'spec'), 'hard')) {
    const at = ['spec', `hard[${name}]`]
    const malformed = qualifiedNameErrors(name)
    errors.push(...malformed.map((detail) => wrong(at, name, detail)))
    const known = name.includes('/') || countable.has(name) || isHugePage(name.replace(/^requests\./, ''))
    if (malformed.length === 0 && !known)
      errors.push(wrong(at, name, 'must be a standard resource for quota'))
    if (quantity.mantissa < 0n)
      errors.push(wrong(at, formatQuantity(quantity), 'must be greater than or equal to 0'))
  }
  return errors
}

/** `pkg/registry/core/resourcequota/strategy.go`: the status is its controller's. */
export const quotaStrategy = plainStrategy(dns1123SubdomainErrors, {
  prepareForCreate: (object) => ({ ...object, status: {} }),
  prepareForUpdate: (next, old) => ({ ...next, status: old.status ?? {} }),
  validate: validateQuota,
  validateUpdate(next, old) {
    const [scopes, before] = [next, old].map((one) => objectIn(one, 'spec').scopes)
    if (sameIgnoringNulls({ scopes: scopes ?? null }, { scopes: before ?? null })) return validateQuota(next)
    return [...validateQuota(next), wrong(['spec', 'scopes'], scopes ?? null, 'field is immutable')]
  },
})

function validateRuntimeClass(object: JsonObject): FieldError[] {
  const handler = stringIn(object, 'handler')
  return [
    ...validateMetadata(object, dns1123SubdomainErrors),
    ...(handler === '' ? [problem('FieldValueRequired', ['handler'], '')] : []),
    ...(handler === ''
      ? []
      : dns1123LabelErrors(handler).map((detail) => wrong(['handler'], handler, detail))),
  ]
}

/** `pkg/apis/node/validation`. */
export const runtimeClassStrategy = plainStrategy(dns1123SubdomainErrors, {
  validate: validateRuntimeClass,
  validateUpdate: (next, old) => [
    ...validateRuntimeClass(next),
    ...(next.handler === old.handler ? [] : [wrong(['handler'], next.handler, 'field is immutable')]),
  ],
})
