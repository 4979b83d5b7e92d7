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
import type { Json, JsonObject } from '#kube/types.ts'
import {
  controllerUidLabel,
  jobNameLabel,
  legacyControllerUidLabel,
  legacyJobNameLabel,
} from '../defaults/job.ts'
import { checkOptionalChoice } from './choices.ts'
import { checkPodFailurePolicy, checkSuccessPolicy } from './job-policies.ts'
import { checkLabelSelector } from './labels.ts'
import { checkObjectMeta, checkObjectMetaUpdate } from './metadata.ts'
import { Findings, type Place } from './place.ts'
import { checkSelects, checkTemplate, selects } from './pod-template.ts'
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

function checkIndexed(spec: JsonObject, at: Place): void {
  const completions = numberOrNone(spec, 'completions')
  const parallelism = numberOrNone(spec, 'parallelism')
  const failed = numberOrNone(spec, 'maxFailedIndexes')
  const mode = 'when completion mode is Indexed'
  if (completions === undefined) at.child('completions').required(mode)
  if (parallelism !== undefined && parallelism > mostParallel)
    at.child('parallelism').invalid(parallelism, `must be less than or equal to ${mostParallel} ${mode}`)
  if (completions !== undefined && failed !== undefined && failed > completions)
    at.child('maxFailedIndexes').invalid(failed, 'must be less than or equal to completions')
  if (failed !== undefined && failed > mostFailedIndexes)
    at.child('maxFailedIndexes').invalid(failed, `must be less than or equal to ${mostFailedIndexes}`)
  if (completions === undefined || completions <= manyCompletions) return
  if (numberOrNone(spec, 'backoffLimitPerIndex') === undefined) return
  const many = `when completions are above ${manyCompletions} and used with backoff limit per index`
  if (failed === undefined)
    at.child('maxFailedIndexes').required(`must be specified when completions is above ${manyCompletions}`)
  if (parallelism !== undefined && parallelism > mostOfMany)
    at.child('parallelism').invalid(parallelism, `must be less than or equal to ${mostOfMany} ${many}`)
  if (failed !== undefined && failed > mostOfMany)
    at.child('maxFailedIndexes').invalid(failed, `must be less than or equal to ${mostOfMany} ${many}`)
}

function checkCompletionMode(spec: JsonObject, at: Place): void {
  const mode = stringOrNone(spec, 'completionMode')
  checkOptionalChoice(spec, 'completionMode', ['NonIndexed', 'Indexed'], at)
  if (mode === 'Indexed') checkIndexed(spec, at)
  if (mode !== undefined && mode !== 'NonIndexed') return
  for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes']) {
    const value = numberOrNone(spec, name)
    if (value !== undefined) at.child(name).invalid(value, 'requires indexed completion mode')
  }
}

function checkReplacement(spec: JsonObject, at: Place): void {
  const supported = objectOrNone(spec, 'podFailurePolicy') ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  checkOptionalChoice(spec, 'podReplacementPolicy', supported, at)
}

function checkRestartPolicy(spec: JsonObject, at: Place): void {
  const policy = stringIn(objectIn(objectIn(spec, 'template'), 'spec'), 'restartPolicy')
  const here = at.child('template').child('spec').child('restartPolicy')
  if (policy === '' || policy === 'Always') here.required('valid values: "OnFailure", "Never"')
  else here.oneOf(policy, ['OnFailure', 'Never'])
  if (policy === 'OnFailure' && objectOrNone(spec, 'podFailurePolicy'))
    here.invalid(policy, 'only "Never" is supported when podFailurePolicy is specified')
}

const longestManager = 63
const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

/** `IsDomainPrefixedPath`: `acme.io/foo`. */
function checkManagedBy(spec: JsonObject, at: Place): void {
  const manager = stringOrNone(spec, 'managedBy')
  if (manager === undefined) return
  const here = at.child('managedBy')
  const slash = manager.indexOf('/')
  const [host, path] = [manager.slice(0, slash), manager.slice(slash + 1)]
  if (manager === '') here.required()
  else if (slash <= 0 || path === '')
    here.invalid(manager, 'must be a domain-prefixed path (such as "acme.io/foo")')
  else {
    here.invalidEach(host, dns1123SubdomainErrors(host))
    if (!new RegExp(`^${httpPath}$`).test(path))
      here.invalid(path, `Invalid path (regex used for validation is '${httpPath}')`)
  }
  if (utf8Length(manager) > longestManager) here.tooLong(longestManager)
}

/** What a Job's spec and that of a CronJob's template have in common (`validateJobSpec`). */
export function checkJobSpec(spec: JsonObject, at: Place): void {
  for (const name of counts) at.child(name).nonnegative(numberOrNone(spec, name) ?? 0)
  const failed = numberOrNone(spec, 'maxFailedIndexes')
  if (failed !== undefined) {
    at.child('maxFailedIndexes').nonnegative(failed)
    if (numberOrNone(spec, 'backoffLimitPerIndex') === undefined)
      at.child('backoffLimitPerIndex').required('when maxFailedIndexes is specified')
  }
  checkManagedBy(spec, at)
  checkCompletionMode(spec, at)
  checkPodFailurePolicy(spec, at)
  checkSuccessPolicy(spec, at)
  checkReplacement(spec, at)
  checkTemplate(objectIn(spec, 'template'), at.child('template'))
  checkRestartPolicy(spec, at)
}

/** The labels that the server made must still be there, and the selector match them (`ValidateGeneratedSelector`). */
function checkGenerated(job: JsonObject, found: Findings): void {
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
  const at = found.at('spec').child('template').child('metadata').child('labels')
  for (const [label, value] of Object.entries(expected)) {
    if (labels[label] === undefined) at.key(label).required(`must be '${value}'`)
    else if (labels[label] !== value) at.key(label).invalid(labels, `must be '${value}'`)
  }
  if (!selects(selector, expected))
    found.at('spec').child('selector').invalid(selector, '`selector` not auto-generated')
}

function checkSpecWithSelector(spec: JsonObject, at: Place): void {
  checkJobSpec(spec, at)
  const selector = objectOrNone(spec, 'selector')
  if (selector) checkLabelSelector(selector, at.child('selector'))
  else at.child('selector').required()
  checkSelects(spec, at)
}

/** Pods of an Indexed Job are called by its name and their index, which has to be a DNS label. */
function checkHostnames(job: JsonObject, found: Findings): void {
  const spec = objectIn(job, 'spec')
  const completions = numberOrNone(spec, 'completions') ?? 0
  if (stringIn(spec, 'completionMode') !== 'Indexed' || completions <= 0) return
  const name = stringIn(objectIn(job, 'metadata'), 'name')
  const longest = `${name}-${completions - 1}`
  if (dns1123LabelErrors(longest).length > 0)
    found
      .at('metadata')
      .child('name')
      .invalid(name, `will not able to create pod with invalid DNS label: ${longest}`)
}

/**
 * Every rule that a new Job breaks, in the server's order.
 *
 * @param job decoded and defaulted, as `defaultJob` answers it, with its uid in its metadata
 */
export function validateJob(job: JsonObject): FieldError[] {
  const found = new Findings()
  checkObjectMeta(objectIn(job, 'metadata'), true, found.at('metadata'))
  checkGenerated(job, found)
  checkSpecWithSelector(objectIn(job, 'spec'), found.at('spec'))
  checkHostnames(job, found)
  return found.errors
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

function checkTemplateUpdate(next: JsonObject, old: JsonObject, movable: boolean, at: Place): void {
  const [after, before] = [next, old].map((spec) => {
    const template = objectIn(spec, 'template')
    return movable ? withoutDirectives(template) : template
  })
  if (!sameIgnoringNulls(after, before))
    at.child('template').invalid(objectIn(next, 'template'), 'field is immutable')
}

function checkCompletionsUpdate(next: JsonObject, old: JsonObject, at: Place): void {
  const completions = next.completions ?? null
  if (completions === (old.completions ?? null)) return
  const here = at.child('completions')
  if (stringIn(next, 'completionMode') !== 'Indexed') here.invalid(completions, 'field is immutable')
  else if (completions !== null && completions !== (next.parallelism ?? null))
    here.invalid(completions, 'can only be modified in tandem with spec.parallelism')
}

/** Every rule that an update breaks. Both must be decoded and defaulted, and `next` hold the old status. */
export function validateJobUpdate(next: JsonObject, old: JsonObject): FieldError[] {
  const found = new Findings()
  checkObjectMetaUpdate(objectIn(next, 'metadata'), objectIn(old, 'metadata'), found.at('metadata'))
  const spec = objectIn(next, 'spec')
  const before = objectIn(old, 'spec')
  const at = found.at('spec')
  checkSpecWithSelector(spec, at)
  checkCompletionsUpdate(spec, before, at)
  at.immutable('selector', spec, before)
  checkTemplateUpdate(spec, before, isMovable(old), at)
  for (const name of fixed) at.immutable(name, spec, before)
  return found.errors
}
