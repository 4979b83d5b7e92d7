import { checkQuotas, releaseUsage } from '#apiserver/admission/resource-quota.ts'
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import type { DaemonSet, JsonObject, Pod } from '#kube/types.ts'
import { type AskedPod, askRules, isRefusedOutright } from './plan-admission.ts'

/** Lets the new pods of a DaemonSet in one after the other, or not. */
interface Admitting {
  /** Why the next one is refused, in the server's words; undefined: it is let in, and counts. */
  readonly admit: () => string | undefined
  /** A pod is gone: one that was there at the start, or (undefined) a new one. */
  readonly release: (pod: Pod | undefined) => void
}

/** What admission says of new pods, and what stands around them. */
export interface AskedAdmission {
  readonly asked: AskedPod
  readonly objects: AdmissionObjects
}

/** Asks nobody, many times over. */
const freely: Admitting = { admit: () => undefined, release: () => {} }

/** The pod as it would be stored; undefined: it is refused for more than a quota. */
function admittedPod(daemonSet: DaemonSet, { asked, objects }: AskedAdmission): JsonObject | undefined {
  if (isRefusedOutright(asked, objects)) return undefined
  return asked.answer.pod ?? askRules(daemonSet, { ...objects, resourceQuotas: [] }).answer.pod
}

/** Quotas count each pod and are given back what those leave that are gone; whatever else refuses one refuses all. */
export function admittingOf(daemonSet: DaemonSet, admission: AskedAdmission, now: number): Admitting {
  const { answer } = admission.asked
  const pod = admittedPod(daemonSet, admission)
  if (!pod) return { admit: () => answer.message ?? 'refused', release: () => {} }
  const namespace = daemonSet.metadata?.namespace ?? ''
  let quotas = admission.objects.resourceQuotas ?? []
  if (quotas.length === 0) return freely
  return {
    admit() {
      const counted = checkQuotas(pod, quotas)
      if ('refused' in counted)
        return `pods "${daemonSet.metadata?.name ?? ''}-" is forbidden: ${counted.refused}`
      quotas = counted.quotas
      return undefined
    },
    release(gone) {
      if ((gone?.metadata?.namespace ?? namespace) === namespace)
        quotas = releaseUsage((gone ?? pod) as unknown as JsonObject, quotas, now)
    },
  }
}
