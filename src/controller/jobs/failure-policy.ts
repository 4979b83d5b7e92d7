import { listOf } from '#kube/read.ts'
import type { ContainerStatus } from '#kube/types.ts'
import type { ExitCodesRequirement, Job, JobPod } from './types.ts'

/** What a Job's podFailurePolicy makes of a failed pod. */
interface PolicyMatch {
  /** Of the rule that matched: `FailJob`, `FailIndex`, `Ignore`, `Count`. */
  readonly action?: string
  /** Whether the failure counts towards the limits. */
  readonly counts: boolean
  /** Why the Job fails, for `FailJob`. */
  readonly message?: string
}

function exitMatching(
  statuses: readonly ContainerStatus[],
  { containerName, operator, values }: ExitCodesRequirement,
): { readonly name: string; readonly code: number } | undefined {
  for (const { name, state } of statuses) {
    const code = state?.terminated?.exitCode ?? 0
    if (code === 0 || (containerName && containerName !== name)) continue
    if (values.includes(code) === (operator === 'In')) return { name: name ?? '', code }
  }
  return undefined
}

/** The first rule that fits decides (`matchPodFailurePolicy`); without one, every failure counts. */
export function matchFailurePolicy({ spec }: Job, pod: JobPod): PolicyMatch {
  const { namespace, name } = pod.metadata
  for (const [at, { action, onExitCodes, onPodConditions }] of listOf(
    spec.podFailurePolicy?.rules,
  ).entries()) {
    const exit = onExitCodes
      ? (exitMatching(listOf(pod.status?.containerStatuses), onExitCodes) ??
        exitMatching(listOf(pod.status?.initContainerStatuses), onExitCodes))
      : undefined
    const condition = listOf(pod.status?.conditions).find((one) =>
      onPodConditions?.some((pattern) => pattern.type === one.type && pattern.status === one.status),
    )
    const what = exit
      ? `Container ${exit.name} for pod ${namespace}/${name} failed with exit code ${exit.code}`
      : condition
        ? `Pod ${namespace}/${name} has condition ${condition.type}`
        : undefined
    if (what === undefined) continue
    if (action === 'FailJob')
      return { action, counts: true, message: `${what} matching ${action} rule at index ${at}` }
    return { action, counts: action === 'Count' }
  }
  return { counts: true }
}
