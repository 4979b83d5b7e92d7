/** Jobs. Mirrors ValidateJob and ValidateJobUpdate of pkg/apis/batch/validation and the strategy of pkg/registry/batch/job. */
import { isObject, sameIgnoringNulls } from '#base/json.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors, utf8Length } from '#kube/labels.ts'
import { boolIn, listIn, numberIn, objectIn, objectsIn, stringIn } from '#kube/read.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import {
  controllerUidLabel,
  jobNameLabel,
  legacyControllerUidLabel,
  legacyJobNameLabel,
} from '../defaults/job.ts'
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

function checkIndexed(spec: Place): void {
  const completions = spec.child('completions')
  const parallelism = spec.child('parallelism')
  const failed = spec.child('maxFailedIndexes')
  const mode = 'when completion mode is Indexed'
  const atMost = (count: Place, most: number, when: string) => {
    if (count.number > most) count.wrong(`must be less than or equal to ${most}${when}`)
  }
  if (completions.numberOrNone === undefined) completions.required(mode)
  atMost(parallelism, mostParallel, ` ${mode}`)
  if (Number(failed.numberOrNone) > Number(completions.numberOrNone))
    failed.wrong('must be less than or equal to completions')
  atMost(failed, mostFailedIndexes, '')
  if (completions.number <= manyCompletions) return
  if (spec.child('backoffLimitPerIndex').numberOrNone === undefined) return
  const many = ` when completions are above ${manyCompletions} and used with backoff limit per index`
  if (failed.numberOrNone === undefined)
    failed.required(`must be specified when completions is above ${manyCompletions}`)
  atMost(parallelism, mostOfMany, many)
  atMost(failed, mostOfMany, many)
}

function checkCompletionMode(spec: Place): void {
  const mode = spec.child('completionMode')
  mode.optionalChoice(['NonIndexed', 'Indexed'])
  if (mode.text === 'Indexed') checkIndexed(spec)
  if (mode.textOrNone !== undefined && mode.text !== 'NonIndexed') return
  for (const count of ['backoffLimitPerIndex', 'maxFailedIndexes'].map((name) => spec.child(name)))
    if (count.numberOrNone !== undefined) count.wrong('requires indexed completion mode')
}

function checkRestartPolicy(spec: Place): void {
  const policy = spec.child('template').child('spec').child('restartPolicy')
  if (policy.text === '' || policy.text === 'Always') policy.required('valid values: "OnFailure", "Never"')
  else policy.oneOf(['OnFailure', 'Never'])
  if (policy.text === 'OnFailure' && spec.child('podFailurePolicy').given)
    policy.wrong('only "Never" is supported when podFailurePolicy is specified')
}

const longestManager = 63
const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

/** `IsDomainPrefixedPath`: `acme.io/foo`. */
function checkManagedBy(at: Place): void {
  const manager = at.textOrNone
  if (manager === undefined) return
  const slash = manager.indexOf('/')
  const [host, path] = [manager.slice(0, slash), manager.slice(slash + 1)]
  if (manager === '') at.required()
  else if (slash <= 0 || path === '') at.wrong('must be a domain-prefixed path (such as "acme.io/foo")')
  else {
    at.invalidEach(host, dns1123SubdomainErrors(host))
    if (!new RegExp(`^${httpPath}$`).test(path))
      at.invalid(path, `Invalid path (regex used for validation is '${httpPath}')`)
  }
  if (utf8Length(manager) > longestManager) at.tooLong(longestManager)
}

/** What a Job's spec and that of a CronJob's template have in common (`validateJobSpec`). */
export function checkJobSpec(spec: Place): void {
  for (const name of counts) spec.child(name).nonnegative()
  const failed = spec.child('maxFailedIndexes')
  const limit = spec.child('backoffLimitPerIndex')
  failed.nonnegative()
  if (failed.numberOrNone !== undefined && limit.numberOrNone === undefined)
    limit.required('when maxFailedIndexes is specified')
  checkManagedBy(spec.child('managedBy'))
  checkCompletionMode(spec)
  checkPodFailurePolicy(spec)
  checkSuccessPolicy(spec)
  const replacements = spec.child('podFailurePolicy').given ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  spec.child('podReplacementPolicy').optionalChoice(replacements)
  checkTemplate(spec.child('template'))
  checkRestartPolicy(spec)
}

/** The labels that the server made must still be there, and the selector match them (`ValidateGeneratedSelector`). */
function checkGenerated(metadata: Place, spec: Place): void {
  const selector = spec.child('selector')
  if (spec.child('manualSelector').value === true || !selector.given) return
  const uid = metadata.child('uid').text
  const name = metadata.child('name').text
  const expected = {
    [legacyControllerUidLabel]: uid,
    [legacyJobNameLabel]: name,
    [controllerUidLabel]: uid,
    [jobNameLabel]: name,
  }
  const labels = spec.child('template').child('metadata').child('labels')
  for (const [label, value] of Object.entries(expected)) {
    const here = labels.key(label)
    if (here.value === undefined) here.required(`must be '${value}'`)
    else if (here.value !== value) here.invalid(labels.object, `must be '${value}'`)
  }
  if (!selects(selector, expected)) selector.wrong('`selector` not auto-generated')
}

function checkSpecWithSelector(spec: Place): void {
  checkJobSpec(spec)
  const selector = spec.child('selector')
  if (selector.given) checkLabelSelector(selector)
  else selector.required()
  checkSelects(spec)
}

/** Pods of an Indexed Job are called by its name and their index, which has to be a DNS label. */
function checkHostnames(name: Place, spec: Place): void {
  const completions = spec.child('completions').number
  if (spec.child('completionMode').text !== 'Indexed' || completions <= 0) return
  const longest = `${name.text}-${completions - 1}`
  if (dns1123LabelErrors(longest).length > 0)
    name.wrong(`will not able to create pod with invalid DNS label: ${longest}`)
}

/**
 * Every rule that a new Job breaks, in the server's order.
 *
 * @param job decoded and defaulted, as `defaultJob` answers it, with its uid in its metadata
 */
export function validateJob(job: JsonObject): FieldError[] {
  const found = new Findings(job)
  const metadata = found.at('metadata')
  const spec = found.at('spec')
  checkObjectMeta(metadata, true)
  checkGenerated(metadata, spec)
  checkSpecWithSelector(spec)
  checkHostnames(metadata.child('name'), spec)
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

function checkTemplateUpdate(next: Place, old: JsonObject, movable: boolean): void {
  const [after, before] = [next.object, old].map((template) =>
    movable ? withoutDirectives(template) : template,
  )
  if (!sameIgnoringNulls(after, before)) next.invalid(next.object, 'field is immutable')
}

function checkCompletionsUpdate(next: Place, old: JsonObject): void {
  const here = next.child('completions')
  const completions = here.value ?? null
  if (completions === (old.completions ?? null)) return
  if (next.child('completionMode').text !== 'Indexed') here.invalid(completions, 'field is immutable')
  else if (completions !== null && completions !== (next.object.parallelism ?? null))
    here.invalid(completions, 'can only be modified in tandem with spec.parallelism')
}

/** Every rule that an update breaks. Both must be decoded and defaulted, and `next` hold the old status. */
export function validateJobUpdate(next: JsonObject, old: JsonObject): FieldError[] {
  const found = new Findings(next)
  checkObjectMetaUpdate(found.at('metadata'), objectIn(old, 'metadata'))
  const spec = found.at('spec')
  const before = objectIn(old, 'spec')
  checkSpecWithSelector(spec)
  checkCompletionsUpdate(spec, before)
  spec.immutable('selector', before)
  checkTemplateUpdate(spec.child('template'), objectIn(before, 'template'), isMovable(old))
  for (const name of fixed) spec.immutable(name, before)
  return found.errors
}
