/** The defaults of Jobs and CronJobs. Mirrors pkg/apis/batch/v1 defaults.go and the strategies of pkg/registry/batch. */
import { objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { decode } from '../schema/decode.ts'
import { dropDisabledFields } from './daemon-set.ts'
import { defaultPodSpec } from './pod-spec.ts'

/** The labels by which a Job knows its pods: those of old and those with a prefix. */
export const controllerUidLabel = 'batch.kubernetes.io/controller-uid'
export const jobNameLabel = 'batch.kubernetes.io/job-name'
export const legacyControllerUidLabel = 'controller-uid'
export const legacyJobNameLabel = 'job-name'

const noLimit = 2 ** 31 - 1

function defaultPodFailurePolicy(policy: JsonObject | undefined): void {
  for (const rule of objectsIn(policy, 'rules'))
    for (const pattern of objectsIn(rule, 'onPodConditions')) pattern.status ||= 'True'
}

function fillTemplate(spec: JsonObject): void {
  const podSpec = objectIn(objectIn(spec, 'template'), 'spec')
  defaultPodSpec(podSpec)
  dropDisabledFields(podSpec)
}

/** `SetDefaults_Job`, in place; the template's own defaults come first, as upstream. */
function fillJob(job: JsonObject): void {
  const spec = objectIn(job, 'spec')
  fillTemplate(spec)
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : noLimit
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.manualSelector ??= false
  const policy = objectOrNone(spec, 'podFailurePolicy')
  defaultPodFailurePolicy(policy)
  spec.podReplacementPolicy ??= policy ? 'Failed' : 'TerminatingOrFailed'
}

/** A Job that has no labels takes those of its template. */
function labelLikeTemplate(job: JsonObject): void {
  const metadata = objectIn(job, 'metadata')
  const labels = objectIn(objectIn(objectIn(objectIn(job, 'spec'), 'template'), 'metadata'), 'labels')
  if (Object.keys(objectIn(metadata, 'labels')).length === 0 && Object.keys(labels).length > 0)
    metadata.labels = { ...labels }
}

/** `generateSelector`: labels and a selector that no other Job has, unless the user chose (`manualSelector`). */
function generateSelector(job: JsonObject, uid: string): void {
  const spec = objectIn(job, 'spec')
  if (spec.manualSelector === true) return
  const template = objectIn(spec, 'template')
  const metadata = objectIn(template, 'metadata')
  const name = stringIn(objectIn(job, 'metadata'), 'name')
  metadata.labels = {
    [controllerUidLabel]: uid,
    [jobNameLabel]: name,
    [legacyControllerUidLabel]: uid,
    [legacyJobNameLabel]: name,
    ...objectIn(metadata, 'labels'),
  }
  template.metadata = metadata
  spec.template = template
  const selector = objectIn(spec, 'selector')
  spec.selector = {
    ...selector,
    matchLabels: { [controllerUidLabel]: uid, ...objectIn(selector, 'matchLabels') },
  }
}

/**
 * A new Job as a v1.36 server stores it: decoded, with all defaults, the selector and labels made from its uid, and no status
 * yet. Its name must be settled.
 */
export function defaultJob(raw: unknown, uid: string): JsonObject {
  const job = decode(raw, 'Job')
  fillJob(job)
  generateSelector(job, uid)
  labelLikeTemplate(job)
  job.status = {}
  return job
}

/** An update of a Job, decoded and with the defaults of what it leaves out. */
export function defaultJobUpdate(raw: unknown): JsonObject {
  const job = decode(raw, 'Job')
  fillJob(job)
  labelLikeTemplate(job)
  return job
}

/** A CronJob as a v1.36 server stores it. Of its job template only the pod template is completed. */
export function defaultCronJob(raw: unknown): JsonObject {
  const cronJob = decode(raw, 'CronJob')
  const spec = objectIn(cronJob, 'spec')
  spec.concurrencyPolicy ||= 'Allow'
  spec.suspend ??= false
  spec.successfulJobsHistoryLimit ??= 3
  spec.failedJobsHistoryLimit ??= 1
  const jobSpec = objectIn(objectIn(spec, 'jobTemplate'), 'spec')
  defaultPodFailurePolicy(objectOrNone(jobSpec, 'podFailurePolicy'))
  fillTemplate(jobSpec)
  return cronJob
}
