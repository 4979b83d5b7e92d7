import type { FieldErrorParts } from '#kube/field-error-text.ts'
import type { JsonObject } from '#kube/types.ts'

/**
 * What stands around a pod that is to be made: what its admission looks at. `undefined` is what nobody knows: what rests on it
 * is not judged. Lists of kinds that live in namespaces hold those of the pod's own.
 */
export interface AdmissionObjects {
  /** `null`: there is no such namespace. */
  readonly namespace: JsonObject | null | undefined
  readonly priorityClasses: readonly JsonObject[] | undefined
  readonly serviceAccounts: readonly JsonObject[] | undefined
  readonly runtimeClasses: readonly JsonObject[] | undefined
  readonly limitRanges: readonly JsonObject[] | undefined
  /** With their status: what is used. */
  readonly resourceQuotas: readonly JsonObject[] | undefined
}

/** The part of {@link AdmissionObjects} that was wanted and is not known. */
export type Unknown = keyof AdmissionObjects

/** A pod on its way through admission: decoded, with its defaults, and nobody else's. */
export interface DraftPod {
  /** `agent-`, while it has no name yet. */
  readonly shownName: string
  metadata: JsonObject
  readonly spec: JsonObject
}

/** A plugin's answer: why the pod is forbidden; undefined lets it pass. */
export type Answer = string | undefined

export interface PodRefusal {
  readonly allowed: false
  readonly status: 403 | 404 | 422
  readonly reason: 'Forbidden' | 'NotFound' | 'Invalid'
  /** The message of the server's Status: `pods "agent-" is forbidden: …`. */
  readonly message: string
  /** Of an invalid pod: every broken rule. */
  readonly errors?: readonly FieldErrorParts[]
}

export interface PodAdmitted {
  readonly allowed: true
  /** As it would be stored, with what admission has set: priority, limits, overhead, tolerations, service account. */
  readonly pod: JsonObject
  readonly warnings: readonly string[]
  /** The quotas with this pod counted in. */
  readonly resourceQuotas: readonly JsonObject[] | undefined
}

export type PodAdmission = PodRefusal | PodAdmitted
