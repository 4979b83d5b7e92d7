import { validateNode } from '#apiserver/validation/node.ts'
import type { FieldError } from '#apiserver/validation/types.ts'
import { isObject, sameIgnoringNulls } from '#base/json.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors } from '#kube/labels.ts'
import { listIn, objectIn, stringIn } from '#kube/read.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import { metadataOf, withMetadata } from '../json.ts'
import type { Strategy } from '../resource-type.ts'
import { forbidden } from '../status-errors.ts'
import { fieldError, plainStrategy, validateMetadata } from './plain.ts'

const notReady = 'node.kubernetes.io/not-ready'

/** `pkg/registry/core/node/strategy.go`, and the TaintNodesByCondition admission: a node joins tainted. */
export const nodeStrategy: Strategy = plainStrategy(dns1123SubdomainErrors, {
  prepareForCreate(object) {
    const spec = objectIn(object, 'spec')
    const taints = listIn(spec, 'taints').filter((taint) => !isObject(taint) || taint.key !== notReady)
    return {
      ...object,
      spec: { ...spec, taints: [...taints, { key: notReady, effect: 'NoSchedule' }] },
      status: objectIn(object, 'status'),
    }
  },
  prepareForUpdate: (next, old) => ({ ...next, spec: next.spec ?? {}, status: old.status ?? {} }),
  validate: (object) => [...validateMetadata(object, dns1123SubdomainErrors), ...validateNode(object)],
  validateUpdate: (next) => [...validateMetadata(next, dns1123SubdomainErrors), ...validateNode(next)],
})

const nameLabel = 'kubernetes.io/metadata.name'

function withNameLabel(object: JsonObject): JsonObject {
  const metadata = metadataOf(object)
  const labels = { ...objectIn(metadata, 'labels'), [nameLabel]: stringIn(metadata, 'name') }
  return withMetadata(object, { ...metadata, labels })
}

/** `pkg/registry/core/namespace/strategy.go`. */
export const namespaceStrategy: Strategy = plainStrategy(dns1123LabelErrors, {
  defaults: withNameLabel,
  prepareForCreate: (object) => ({
    ...withNameLabel(object),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }),
  prepareForUpdate: (next, old) => ({
    ...withNameLabel(next),
    spec: old.spec ?? {},
    status: old.status ?? {},
  }),
})

const largestUserPriority = 1_000_000_000

function validatePriorityClass(object: JsonObject): FieldError[] {
  const errors = validateMetadata(object, dns1123SubdomainErrors)
  const name = stringIn(metadataOf(object), 'name')
  const { value } = object
  if (name.startsWith('system-'))
    errors.push(
      fieldError(
        'FieldValueForbidden',
        ['metadata', 'name'],
        "priority class names with 'system-' prefix are reserved for system use only",
      ),
    )
  else if (typeof value === 'number' && value > largestUserPriority)
    errors.push(
      fieldError(
        'FieldValueForbidden',
        ['value'],
        `maximum allowed value of a user defined priority is ${largestUserPriority}`,
      ),
    )
  const policy = object.preemptionPolicy
  if (policy !== 'PreemptLowerPriority' && policy !== 'Never')
    errors.push({
      ...fieldError(
        'FieldValueNotSupported',
        ['preemptionPolicy'],
        'supported values: "Never", "PreemptLowerPriority"',
        policy,
      ),
    })
  return errors
}

const withPolicy = (object: JsonObject): JsonObject => ({
  ...object,
  value: object.value ?? 0,
  preemptionPolicy: object.preemptionPolicy ?? 'PreemptLowerPriority',
})

/** `pkg/registry/scheduling/priorityclass`, and its admission: one default at most. */
export const priorityClassStrategy: Strategy = plainStrategy(dns1123SubdomainErrors, {
  defaults: withPolicy,
  prepareForCreate(object, { store, type }) {
    const name = stringIn(metadataOf(object), 'name')
    for (const other of store.collection(type).values())
      if (object.globalDefault === true && other.globalDefault) {
        const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`
        throw forbidden(type, name, why)
      }
    return { ...withPolicy(object), metadata: { ...metadataOf(object), generation: 1 } }
  },
  prepareForUpdate: (next) => withPolicy(next),
  validate: validatePriorityClass,
  validateUpdate(next, old) {
    const errors = validatePriorityClass(next).filter((error) => error.field !== 'metadata.name')
    for (const field of ['value', 'preemptionPolicy'] as const)
      if (!sameIgnoringNulls(next[field], old[field]))
        errors.push(fieldError('FieldValueForbidden', [field], 'may not be changed in an update.'))
    return errors
  },
})

/** `pkg/registry/apps/controllerrevision`: the data never changes, the number may rise. */
export const controllerRevisionStrategy: Strategy = plainStrategy(dns1123SubdomainErrors, {
  validate(object) {
    const errors = validateMetadata(object, dns1123SubdomainErrors)
    if (typeof object.revision === 'number' && object.revision < 0)
      errors.push(
        fieldError('FieldValueInvalid', ['revision'], 'must be greater than or equal to 0', object.revision),
      )
    if (object.data === undefined || object.data === null)
      errors.push(fieldError('FieldValueRequired', ['data'], 'data is mandatory'))
    return errors
  },
  validateUpdate(next, old) {
    const errors = validateMetadata(next, dns1123SubdomainErrors)
    if (!sameIgnoringNulls(next.data, old.data))
      errors.push(fieldError('FieldValueInvalid', ['data'], 'field is immutable', next.data as Json))
    return errors
  },
})

/** A Secret's text fields are stored encoded. */
export const secretStrategy: Strategy = plainStrategy(dns1123SubdomainErrors, {
  defaults: asOpaque,
  prepareForCreate: asOpaque,
  prepareForUpdate: (next, old) => ({
    ...withEncodedText(next),
    type: stringIn(next, 'type') || stringIn(old, 'type'),
  }),
})

function asOpaque(object: JsonObject): JsonObject {
  return { ...withEncodedText(object), type: stringIn(object, 'type') || 'Opaque' }
}

function withEncodedText({ stringData, ...object }: JsonObject): JsonObject {
  if (!isObject(stringData)) return object
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(String(text)).toString('base64'),
  ])
  return { ...object, data: { ...objectIn(object, 'data'), ...Object.fromEntries(encoded) } }
}
