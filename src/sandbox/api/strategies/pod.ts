import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { validateDaemonSet } from '#apiserver/validation/daemon-set.ts'
import type { FieldError } from '#apiserver/validation/types.ts'
import { isObject, sameIgnoringNulls } from '#base/json.ts'
import { dns1123SubdomainErrors } from '#kube/labels.ts'
import { listIn, objectIn, stringIn } from '#kube/read.ts'
import type { Json, JsonObject, Toleration } from '#kube/types.ts'
import { admit, podWarnings } from '../admission.ts'
import { metadataOf, withMetadata } from '../json.ts'
import type { Strategy, WriteContext } from '../resource-type.ts'
import { decodeObject, fieldError, validateMetadata } from './plain.ts'

/** A pod as the template of a DaemonSet: what is known about templates holds for pods, too. */
const asTemplate = (pod: JsonObject): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'pod' },
  spec: { selector: { matchLabels: { pod: 'pod' } }, template: { spec: pod.spec ?? {} } },
})

const underTemplate = (field: string) => field.replace(/^spec\.template\./, '')

function defaults(raw: JsonObject): JsonObject {
  const defaulted = objectIn(defaultDaemonSet(asTemplate(raw)), 'spec')
  const spec = objectIn(objectIn(defaulted, 'template'), 'spec')
  return { ...raw, spec: { enableServiceLinks: true, ...spec } }
}

/** Rules of a DaemonSet's template that do not bind a pod. */
const templateOnly = /^spec\.template\.spec\.(restartPolicy|activeDeadlineSeconds|ephemeralContainers)/

function validate(pod: JsonObject): FieldError[] {
  const errors = validateDaemonSet(asTemplate(pod))
  return [
    ...validateMetadata(pod, dns1123SubdomainErrors),
    ...errors
      .filter(({ field }) => field.startsWith('spec.template.spec') && !templateOnly.test(field))
      .map((error) => ({ ...error, field: underTemplate(error.field) })),
  ]
}

function qualityOfService(spec: JsonObject): string {
  const containers = ['initContainers', 'containers'].flatMap((field) => listIn(spec, field).filter(isObject))
  const resources = containers.map((container) => objectIn(container, 'resources'))
  const any = resources.some(
    (one) => Object.keys(objectIn(one, 'requests')).length + Object.keys(objectIn(one, 'limits')).length > 0,
  )
  if (!any) return 'BestEffort'
  const guaranteed = resources.every((one) => {
    const limits = objectIn(one, 'limits')
    return ['cpu', 'memory'].every(
      (name) =>
        limits[name] !== undefined &&
        sameIgnoringNulls(objectIn(one, 'requests')[name] ?? limits[name], limits[name]),
    )
  })
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

/** `DefaultTolerationSeconds`: five minutes of patience with a failing node, unless the pod says otherwise. */
function withDefaultTolerations(spec: JsonObject): JsonObject {
  const tolerations = listIn(spec, 'tolerations') as readonly Toleration[]
  const added: Toleration[] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter(
      (key) =>
        !tolerations.some(
          (one) => (one.key === key || !one.key) && (!one.effect || one.effect === 'NoExecute'),
        ),
    )
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))
  return added.length === 0 ? spec : { ...spec, tolerations: [...tolerations, ...added] as unknown as Json }
}

/** The Priority admission: a class gives its value, and pods that name none get the cluster's default. */
function withPriority(spec: JsonObject, { store }: WriteContext): JsonObject {
  const classes = store.collection({ group: 'scheduling.k8s.io', plural: 'priorityclasses' })
  let name = stringIn(spec, 'priorityClassName')
  if (!name) for (const one of classes.values()) if (one.globalDefault) name = one.metadata.name
  const found = name ? classes.get(name) : undefined
  const policy = String(found?.preemptionPolicy ?? 'PreemptLowerPriority')
  return {
    ...spec,
    ...(name ? { priorityClassName: name } : {}),
    priority: Number(found?.value ?? 0),
    preemptionPolicy: policy,
  }
}

/**
 * Completes a pod that its controller made from a stored template: the defaults are there already.
 *
 * @throws StatusError where it is not let in
 */
export function completePod(pod: JsonObject, context: WriteContext): JsonObject {
  admit(context.store, pod)
  const spec = objectIn(pod, 'spec')
  const account = stringIn(spec, 'serviceAccountName') || 'default'
  const complete = withDefaultTolerations(
    withPriority(
      {
        ...spec,
        serviceAccountName: account,
        serviceAccount: account,
        enableServiceLinks: spec.enableServiceLinks ?? true,
      },
      context,
    ),
  )
  return {
    ...pod,
    metadata: { ...metadataOf(pod), generation: 1 },
    spec: complete,
    status: { phase: 'Pending', qosClass: qualityOfService(complete) },
  }
}

const notYours =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** The part of a pod's spec that must stay as it is. */
function fixedPart(spec: JsonObject): JsonObject {
  const withoutImages = (field: string): Json =>
    listIn(spec, field).map((container) => (isObject(container) ? { ...container, image: '' } : container))
  return {
    ...spec,
    containers: withoutImages('containers'),
    initContainers: withoutImages('initContainers'),
    tolerations: null,
    activeDeadlineSeconds: null,
  }
}

/** `pkg/registry/core/pod/strategy.go`. */
export const podStrategy: Strategy = {
  decode: decodeObject,
  defaults,
  prepareForCreate: (raw, context) => completePod(defaults(raw), context),
  prepareForUpdate(next, old) {
    const changed = !sameIgnoringNulls(next.spec, old.spec)
    const generation = Number(metadataOf(old).generation ?? 1) + (changed ? 1 : 0)
    return withMetadata({ ...next, status: old.status ?? {} }, { ...metadataOf(next), generation })
  },
  validate,
  validateUpdate(next, old) {
    const errors = validate(next)
    if (!sameIgnoringNulls(fixedPart(objectIn(next, 'spec')), fixedPart(objectIn(old, 'spec'))))
      errors.push(fieldError('FieldValueForbidden', ['spec'], notYours))
    return errors
  },
  warnings: (pod, { store }) => podWarnings(store, pod),
}
