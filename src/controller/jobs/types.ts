/** Jobs and CronJobs as they are stored: what the API server's defaults fill in is there. */
import type { Condition, KubeObject, LabelSelector, Maybe, Pod, PodTemplate } from '#kube/types.ts'

/** A pod of a Job, as far as its controller looks at it: stored, so it has a name and a uid. */
export type JobPod = Pod & { readonly metadata: { readonly name: string; readonly uid: string } }

export interface ExitCodesRequirement {
  readonly containerName?: Maybe<string>
  readonly operator: string
  readonly values: readonly number[]
}

interface PodFailurePolicyRule {
  readonly action: string
  readonly onExitCodes?: Maybe<ExitCodesRequirement>
  readonly onPodConditions?: Maybe<readonly { readonly type: string; readonly status: string }[]>
}

interface PodFailurePolicy {
  readonly rules: readonly PodFailurePolicyRule[]
}

interface SuccessPolicyRule {
  readonly succeededIndexes?: Maybe<string>
  readonly succeededCount?: Maybe<number>
}

interface JobSpec {
  readonly parallelism: number
  readonly completions?: Maybe<number>
  readonly activeDeadlineSeconds?: Maybe<number>
  readonly backoffLimit: number
  readonly backoffLimitPerIndex?: Maybe<number>
  readonly maxFailedIndexes?: Maybe<number>
  readonly podFailurePolicy?: Maybe<PodFailurePolicy>
  readonly successPolicy?: Maybe<{ readonly rules: readonly SuccessPolicyRule[] }>
  readonly podReplacementPolicy?: Maybe<string>
  readonly selector: LabelSelector
  readonly template: PodTemplate
  readonly ttlSecondsAfterFinished?: Maybe<number>
  readonly completionMode?: Maybe<string>
  readonly suspend?: Maybe<boolean>
  readonly managedBy?: Maybe<string>
}

export interface JobCondition extends Condition {
  readonly type: string
  readonly status: string
  readonly lastProbeTime: string
  readonly lastTransitionTime: string
  readonly reason: string
  readonly message: string
}

export interface JobStatus {
  readonly conditions?: readonly JobCondition[]
  readonly startTime?: string
  readonly completionTime?: string
  readonly active?: number
  readonly succeeded?: number
  readonly failed?: number
  readonly terminating?: number
  readonly ready?: number
  readonly completedIndexes?: string
  readonly failedIndexes?: string
  readonly uncountedTerminatedPods?: {
    readonly succeeded?: readonly string[]
    readonly failed?: readonly string[]
  }
}

export interface Job extends KubeObject {
  readonly metadata: NonNullable<KubeObject['metadata']> & { readonly name: string; readonly uid: string }
  readonly spec: JobSpec
  readonly status?: JobStatus
}

/** Something that the controller says of a Job or CronJob in an Event. */
export interface Said {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export interface JobReference {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly resourceVersion?: string
}

export interface CronJobStatus {
  readonly active?: readonly JobReference[]
  readonly lastScheduleTime?: string
  readonly lastSuccessfulTime?: string
}

export interface CronJob extends KubeObject {
  readonly metadata: NonNullable<KubeObject['metadata']> & { readonly name: string; readonly uid: string }
  readonly spec: {
    readonly schedule: string
    readonly timeZone?: Maybe<string>
    readonly startingDeadlineSeconds?: Maybe<number>
    readonly concurrencyPolicy: string
    readonly suspend?: Maybe<boolean>
    readonly jobTemplate: { readonly metadata?: KubeObject['metadata']; readonly spec: object }
    readonly successfulJobsHistoryLimit?: Maybe<number>
    readonly failedJobsHistoryLimit?: Maybe<number>
  }
  readonly status?: CronJobStatus
}

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed'
export const isSuspended = ({ spec }: Job): boolean => spec.suspend === true

export const conditionOf = (status: JobStatus | undefined, type: string): JobCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type && condition.status === 'True')

/** The condition by which a Job has ended, `Complete` or `Failed`; undefined: it has not. */
export const finishedBy = ({ status }: Job): JobCondition | undefined =>
  conditionOf(status, 'Complete') ?? conditionOf(status, 'Failed')
