import { listOf } from '#kube/read.ts'
import type { Container, KubeObject, OwnerReference, Pod } from '#kube/types.ts'
import { failureAnnotations } from './facts.ts'
import { completionIndex, trackingFinalizer } from './pods.ts'
import { isIndexed, type Job, type JobPod } from './types.ts'

const variable = 'JOB_COMPLETION_INDEX'
/** What a name may have before its five random characters. */
const longestPrefix = 58

/** The reference by which what a Job or CronJob made says whose it is. */
export const batchOwner = (kind: 'Job' | 'CronJob', { metadata }: KubeObject): OwnerReference => ({
  apiVersion: 'batch/v1',
  kind,
  name: metadata?.name,
  uid: metadata?.uid,
  controller: true,
  blockOwnerDeletion: true,
})

type WithEnvironment = Container & { readonly env?: readonly { readonly name?: string }[] }

function withIndexVariable(containers: readonly Container[] | null | undefined): Container[] {
  return (listOf(containers) as readonly WithEnvironment[]).map((container) =>
    container.env?.some(({ name }) => name === variable)
      ? container
      : {
          ...container,
          env: [
            ...(container.env ?? []),
            {
              name: variable,
              valueFrom: {
                fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${completionIndex}']` },
              },
            },
          ],
        },
  )
}

/**
 * The pod that the Job sends to the API server. Admission and defaulting come after.
 *
 * @param index of an Indexed Job's pod
 * @param before the failed pod of that index which it takes over from, where the Job counts failures by index
 */
export function podOfJob(job: Job, index: number | undefined, before: JobPod | undefined): Pod {
  const { metadata, spec } = job.spec.template
  const { name, namespace } = job.metadata
  const indexText = String(index)
  const indexed = index !== undefined
  const suffix = indexed ? `-${indexText}-` : '-'
  const perIndex = typeof job.spec.backoffLimitPerIndex === 'number'
  const annotations = {
    ...metadata?.annotations,
    ...(indexed ? { [completionIndex]: indexText } : {}),
    ...(indexed && perIndex ? failureAnnotations(job, before) : {}),
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${name.slice(0, longestPrefix - suffix.length)}${suffix}`,
      namespace,
      labels: { ...metadata?.labels, ...(indexed ? { [completionIndex]: indexText } : {}) },
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      finalizers: [...new Set([...listOf(metadata?.finalizers), trackingFinalizer])],
      ownerReferences: [batchOwner('Job', job)],
    },
    spec: {
      ...spec,
      ...(isIndexed(job)
        ? {
            containers: withIndexVariable(spec?.containers),
            ...(spec?.initContainers ? { initContainers: withIndexVariable(spec.initContainers) } : {}),
            hostname: `${name}-${indexText}`,
          }
        : {}),
    },
  }
}
