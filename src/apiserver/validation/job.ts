/** Jobs. Mirrors ValidateJob and ValidateJobUpdate of pkg/apis/batch/validation and the strategy of pkg/registry/batch/job. */
import { isObject, sameIgnoringNulls } from '#base/json.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors, utf8Length } from '#kube/labels.ts'
import {
  boolIn,
  listIn,
  numberIn,
  numberOrNone,
  objectIn,
  objectOrNone,
  objectsIn,
  stringIn,
  stringOrNone,
} from '#kube/read.ts'
import { matchesLabelSelector } from '#kube/selectors.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import {
  controllerUidLabel,
  jobNameLabel,
  legacyControllerUidLabel,
  legacyJobNameLabel,
} from '../defaults/job.ts'
import { FieldErrors } from './field-errors.ts'
import { checkPodFailurePolicy, checkSuccessPolicy } from './job-policies.ts'
import { checkLabelSelector } from './labels.ts'
import { checkObjectMeta, checkObjectMetaUpdate } from './metadata.ts'
import { Place } from './place.ts'
import { checkSelects, checkTemplate } from './pod-template.ts'
import type { FieldError } from './types.ts'

const mostParallel = 100_000
const mostFailedIndexes = 100_000
/** Above this many completions, few of them at a time, and few that may fail. */
const manyCompletions = 100_000
const mostOfMany = 10_000

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
] as const

function checkIndexed(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const completions = numberOrNone(spec, 'completions')
  const parallelism = numberOrNone(spec, 'parallelism')
  const failed = numberOrNone(spec, 'maxFailedIndexes')
  const mode = 'when completion mode is Indexed'
  if (completions === undefined) errors.required(at.child('completions'), mode)
  if (parallelism !== undefined && parallelism > mostParallel)
    errors.invalid(
      at.child('parallelism'),
      parallelism,
      `must be less than or equal to ${mostParallel} ${mode}`,
    )
  if (completions !== undefined && failed !== undefined && failed > completions)
    errors.invalid(at.child('maxFailedIndexes'), failed, 'must be less than or equal to completions')
  if (failed !== undefined && failed > mostFailedIndexes)
    errors.invalid(at.child('maxFailedIndexes'), failed, `must be less than or equal to ${mostFailedIndexes}`)
  if (completions === undefined || completions <= manyCompletions) return
  if (numberOrNone(spec, 'backoffLimitPerIndex') === undefined) return
  const many = `when completions are above ${manyCompletions} and used with backoff limit per index`
  if (failed === undefined)
    errors.required(
      at.child('maxFailedIndexes'),
      `must be specified when completions is above ${manyCompletions}`,
    )
  if (parallelism !== undefined && parallelism > mostOfMany)
    errors.invalid(
      at.child('parallelism'),
      parallelism,
      `must be less than or equal to ${mostOfMany} ${many}`,
    )
  if (failed !== undefined && failed > mostOfMany)
    errors.invalid(
      at.child('maxFailedIndexes'),
      failed,
      `must be less than or equal to ${mostOfMany} ${many}`,
    )
}

function checkCompletionMode(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const mode = stringOrNone(spec, 'completionMode')
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed')
    errors.notSupported(at.child('completionMode'), mode, ['NonIndexed', 'Indexed'])
  if (mode === 'Indexed') checkIndexed(spec, at, errors)
  if (mode !== undefined && mode !== 'NonIndexed') return
  for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes']) {
    const value = numberOrNone(spec, name)
    if (value !== undefined) errors.invalid(at.child(name), value, 'requires indexed completion mode')
  }
}

function checkReplacement(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const policy = stringOrNone(spec, 'podReplacementPolicy')
  if (policy === undefined) return
  const supported = objectOrNone(spec, 'podFailurePolicy') ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  if (!supported.includes(policy)) errors.notSupported(at.child('podReplacementPolicy'), policy, supported)
}

function checkRestartPolicy(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const policy = stringIn(objectIn(objectIn(spec, 'template'), 'spec'), 'restartPolicy')
  const here = at.child('template').child('spec').child('restartPolicy')
  if (policy === '' || policy === 'Always') errors.required(here, 'valid values: "OnFailure", "Never"')
  else if (policy !== 'OnFailure' && policy !== 'Never')
    errors.notSupported(here, policy, ['OnFailure', 'Never'])
  else if (policy !== 'Never' && objectOrNone(spec, 'podFailurePolicy'))
    errors.invalid(here, policy, 'only "Never" is supported when podFailurePolicy is specified')
}

const longestManager = 63
const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

/** `IsDomainPrefixedPath`: `acme.io/foo`. */
function checkManagedBy(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const manager = stringOrNone(spec, 'managedBy')
  if (manager === undefined) return
  const here = at.child('managedBy')
  const slash = manager.indexOf('/')
  const [host, path] = [manager.slice(0, slash), manager.slice(slash + 1)]
  if (manager === '') errors.required(here)
  else if (slash <= 0 || path === '')
    errors.invalid(here, manager, 'must be a domain-prefixed path (such as "acme.io/foo")')
  else {
    errors.invalidEach(here, host, dns1123SubdomainErrors(host))
    if (!new RegExp(`^${httpPath}$`).test(path))
      errors.invalid(here, path, `Invalid path (regex used for validation is '${httpPath}')`)
  }
  if (utf8Length(manager) > longestManager) errors.tooLong(here, longestManager)
}

/** What a Job's spec and that of a CronJob's template have in common (`validateJobSpec`). */
export function checkJobSpec(spec: JsonObject, at: Place, errors: FieldErrors): void {
  for (const name of counts) errors.nonnegative(at.child(name), numberOrNone(spec, name) ?? 0)
  const failed = numberOrNone(spec, 'maxFailedIndexes')
  if (failed !== undefined) {
    errors.nonnegative(at.child('maxFailedIndexes'), failed)
    if (numberOrNone(spec, 'backoffLimitPerIndex') === undefined)
      errors.required(at.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified')
  }
  checkManagedBy(spec, at, errors)
  checkCompletionMode(spec, at, errors)
  checkPodFailurePolicy(spec, at, errors)
  checkSuccessPolicy(spec, at, errors)
  checkReplacement(spec, at, errors)
  checkTemplate(objectIn(spec, 'template'), at.child('template'), errors)
  checkRestartPolicy(spec, at, errors)
}

/** The labels that the server made must still be there, and the selector match them (`ValidateGeneratedSelector`). */
function checkGenerated(job: JsonObject, errors: FieldErrors): void {
  const spec = objectIn(job, 'spec')
  const selector = objectOrNone(spec, 'selector')
  if (boolIn(spec, 'manualSelector') || !selector) return
  const metadata = objectIn(job, 'metadata')
  const labels = objectIn(objectIn(objectIn(spec, 'template'), 'metadata'), 'labels')
  const uid = stringIn(metadata, 'uid')
  const name = stringIn(metadata, 'name')
  const expected = {
    [legacyControllerUidLabel]: uid,
    [legacyJobNameLabel]: name,
    [controllerUidLabel]: uid,
    [jobNameLabel]: name,
  }
  const at = Place.root('spec').child('template').child('metadata').child('labels')
  for (const [label, value] of Object.entries(expected)) {
    if (labels[label] === undefined) errors.required(at.key(label), `must be '${value}'`)
    else if (labels[label] !== value) errors.invalid(at.key(label), labels, `must be '${value}'`)
  }
  if (!matches(selector, expected))
    errors.invalid(Place.root('spec').child('selector'), selector, '`selector` not auto-generated')
}

function matches(selector: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  try {
    return matchesLabelSelector(selector)(labels)
  } catch {
    return true
  }
}

function checkSpecWithSelector(spec: JsonObject, at: Place, errors: FieldErrors): void {
  checkJobSpec(spec, at, errors)
  const selector = objectOrNone(spec, 'selector')
  if (selector) checkLabelSelector(selector, at.child('selector'), errors)
  else errors.required(at.child('selector'))
  checkSelects(spec, at, errors)
}

/** Pods of an Indexed Job are called by its name and their index, which has to be a DNS label. */
function checkHostnames(job: JsonObject, errors: FieldErrors): void {
  const spec = objectIn(job, 'spec')
  const completions = numberOrNone(spec, 'completions') ?? 0
  if (stringIn(spec, 'completionMode') !== 'Indexed' || completions <= 0) return
  const name = stringIn(objectIn(job, 'metadata'), 'name')
  const longest = `${name}-${completions - 1}`
  if (dns1123LabelErrors(longest).length > 0)
    errors.invalid(
      Place.root('metadata').child('name'),
      name,
      `will not able to create pod with invalid DNS label: ${longest}`,
    )
}

/**
 * Every rule that a new Job breaks, in the server's order.
 *
 * @param job decoded and defaulted, as `defaultJob` answers it, with its uid in its metadata
 */
export function validateJob(job: JsonObject): FieldError[] {
  const errors = new FieldErrors()
  checkObjectMeta(objectIn(job, 'metadata'), true, Place.root('metadata'), errors)
  checkGenerated(job, errors)
  checkSpecWithSelector(objectIn(job, 'spec'), Place.root('spec'), errors)
  checkHostnames(job, errors)
  return errors.list
}

/** What may not change beside the selector and the template, in the server's order. */
const fixed = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy']

const withoutResources = (containers: Json | undefined): Json =>
  listIn({ containers: containers ?? null }, 'containers').map((container) =>
    isObject(container) ? { ...container, resources: null } : container,
  )

/**
 * While a Job is suspended and none of its pods is active, what its template says of where pods run may change, and what they
 * ask for (MutableSchedulingDirectivesForSuspendedJobs and MutablePodResourcesForSuspendedJobs, on since v1.36).
 */
function isMovable({ spec, status }: JsonObject): boolean {
  if (!boolIn(objectIn({ spec: spec ?? null }, 'spec'), 'suspend')) return false
  const now = objectIn({ status: status ?? null }, 'status')
  const isSuspended = objectsIn(now, 'conditions').some(
    (one) => one.type === 'Suspended' && one.status === 'True',
  )
  return stringIn(now, 'startTime') === '' || (isSuspended && numberIn(now, 'active') === 0)
}

/** A template without what may change in that time. */
function withoutDirectives(template: JsonObject): JsonObject {
  const {
    nodeSelector: _s,
    affinity,
    tolerations: _t,
    schedulingGates: _g,
    ...spec
  } = objectIn(template, 'spec')
  const { nodeAffinity: _n, ...others } = objectIn({ affinity: affinity ?? null }, 'affinity')
  const { labels: _l, annotations: _a, ...metadata } = objectIn(template, 'metadata')
  return {
    ...template,
    metadata,
    spec: {
      ...spec,
      affinity: Object.keys(others).length > 0 ? others : null,
      containers: withoutResources(spec.containers),
      initContainers: withoutResources(spec.initContainers),
    },
  }
}

function checkTemplateUpdate(next: JsonObject, old: JsonObject, movable: boolean, errors: FieldErrors): void {
  const [after, before] = [next, old].map((spec) => {
    const template = objectIn(spec, 'template')
    return movable ? withoutDirectives(template) : template
  })
  if (!sameIgnoringNulls(after, before))
    errors.invalid(Place.root('spec').child('template'), objectIn(next, 'template'), 'field is immutable')
}

function checkCompletionsUpdate(next: JsonObject, old: JsonObject, errors: FieldErrors): void {
  const completions = next.completions ?? null
  if (completions === (old.completions ?? null)) return
  const here = Place.root('spec').child('completions')
  if (stringIn(next, 'completionMode') !== 'Indexed') errors.invalid(here, completions, 'field is immutable')
  else if (completions !== null && completions !== (next.parallelism ?? null))
    errors.invalid(here, completions, 'can only be modified in tandem with spec.parallelism')
}

function checkFixed(name: string, next: JsonObject, old: JsonObject, errors: FieldErrors): void {
  if (!sameIgnoringNulls(next[name], old[name]))
    errors.invalid(Place.root('spec').child(name), next[name] ?? null, 'field is immutable')
}

/** Every rule that an update breaks. Both must be decoded and defaulted, and `next` hold the old status. */
export function validateJobUpdate(next: JsonObject, old: JsonObject): FieldError[] {
  const errors = new FieldErrors()
  checkObjectMetaUpdate(objectIn(next, 'metadata'), objectIn(old, 'metadata'), Place.root('metadata'), errors)
  const spec = objectIn(next, 'spec')
  const before = objectIn(old, 'spec')
  checkSpecWithSelector(spec, Place.root('spec'), errors)
  checkCompletionsUpdate(spec, before, errors)
  checkFixed('selector', spec, before, errors)
  checkTemplateUpdate(spec, before, isMovable(old), errors)
  for (const name of fixed) checkFixed(name, spec, before, errors)
  return errors.list
}
