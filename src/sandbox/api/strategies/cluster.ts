import { validateNode } from '#apiserver/validation/node.ts'
import type { Findings } from '#apiserver/validation/place.ts'
import { isObject, sameIgnoringNulls } from '#base/json.ts'
import { dns1123LabelErrors } from '#kube/labels.ts'
import { listIn, objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { metadataOf, withMetadata } from '../json.ts'
import type { Strategy } from '../resource-type.ts'
import { forbidden } from '../status-errors.ts'
import { plainStrategy } from './plain.ts'

const notReady = 'node.kubernetes.io/not-ready'

/** `pkg/registry/core/node/strategy.go`, and the TaintNodesByCondition admission: a node joins tainted. */
export const nodeStrategy: Strategy = plainStrategy({
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
  validate: validateNode,
  validateUpdate: validateNode,
})

const nameLabel = 'kubernetes.io/metadata.name'

function withNameLabel(object: JsonObject): JsonObject {
  const metadata = metadataOf(object)
  const labels = { ...objectIn(metadata, 'labels'), [nameLabel]: stringIn(metadata, 'name') }
  return withMetadata(object, { ...metadata, labels })
}

/** `pkg/registry/core/namespace/strategy.go`. */
export const namespaceStrategy: Strategy = plainStrategy({
  nameErrors: dns1123LabelErrors,
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

function checkPriorityClass(object: JsonObject, found: Findings, old: JsonObject | undefined): void {
  const { value } = object
  if (stringIn(metadataOf(object), 'name').startsWith('system-')) {
    const rule = "priority class names with 'system-' prefix are reserved for system use only"
    if (!old) found.at('metadata').child('name').forbidden(rule)
  } else if (typeof value === 'number' && value > largestUserPriority)
    found.at('value').forbidden(`maximum allowed value of a user defined priority is ${largestUserPriority}`)
  found.at('preemptionPolicy').oneOf(['Never', 'PreemptLowerPriority'])
  for (const field of ['value', 'preemptionPolicy'])
    if (old && !sameIgnoringNulls(object[field], old[field]))
      found.at(field).forbidden('may not be changed in an update.')
}

const withPolicy = (object: JsonObject): JsonObject => ({
  ...object,
  value: object.value ?? 0,
  preemptionPolicy: object.preemptionPolicy ?? 'PreemptLowerPriority',
})

/** `pkg/registry/scheduling/priorityclass`, and its admission: one default at most. */
export const priorityClassStrategy: Strategy = plainStrategy({
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
  check: checkPriorityClass,
})

/** `pkg/registry/apps/controllerrevision`: the data never changes, the number may rise. */
export const controllerRevisionStrategy: Strategy = plainStrategy({
  check(object, found, old) {
    if (old) {
      if (!sameIgnoringNulls(object.data, old.data))
        found.at('data').invalid(object.data, 'field is immutable')
      return
    }
    found.at('revision').nonnegative()
    if (object.data === undefined || object.data === null) found.at('data').required('data is mandatory')
  },
})
