import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import type { JsonObject } from '#base/json.ts'

const named = (name: string): JsonObject => ({ metadata: { name } })

/** A cluster that holds nothing but a namespace with its account. */
export const around = (parts: Partial<AdmissionObjects> = {}): AdmissionObjects => ({
  namespace: named('default'),
  priorityClasses: [],
  serviceAccounts: [named('default')],
  runtimeClasses: [],
  limitRanges: [],
  resourceQuotas: [],
  ...parts,
})

export const namespaceWith = (labels: Record<string, string>): JsonObject => ({
  metadata: {
    name: 'default',
    labels: Object.fromEntries(
      Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]),
    ),
  },
})

export const podOf = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'agent-', namespace: 'default', ...metadata },
  spec: { containers: [{ name: 'a', image: 'nginx:1.25' }], ...spec },
})

/** A container that asks for and is limited to so much. */
export const container = (name: string, requests: JsonObject = {}, limits: JsonObject = {}): JsonObject => ({
  name,
  image: 'nginx:1.25',
  resources: { requests, limits },
})

/** A quota as its controller leaves it. */
export const quota = (
  name: string,
  hard: JsonObject,
  used: JsonObject = {},
  spec: JsonObject = {},
): JsonObject => ({
  metadata: { name, namespace: 'default' },
  spec: { hard, ...spec },
  status: { hard, used: { ...Object.fromEntries(Object.keys(hard).map((key) => [key, '0'])), ...used } },
})

export const limitRange = (...limits: JsonObject[]): JsonObject => ({
  metadata: { name: 'lr', namespace: 'default' },
  spec: { limits },
})
