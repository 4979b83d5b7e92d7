import type { RefusalCause } from './types.ts'

/** Why the API server lets no pod in. */
export interface RefusalWords {
  readonly cause: RefusalCause
  /** Kubernetes' own word: `PriorityClass`, `PodSecurity`. */
  readonly reason: string
  /** What the server names: the class, the quota, the webhook, the level of PodSecurity. */
  readonly object?: string
  /** The server's words, without the pod's made-up name. */
  readonly message: string
}

type Rule = readonly [pattern: RegExp, cause: RefusalCause, reason: string]

/** In the words of the API server's admission plugins; the first group of a pattern is the object that it names. */
const rules: readonly Rule[] = [
  [/violates PodSecurity "([^":]+)/, 'pod-security', 'PodSecurity'],
  [
    /unable to validate against any (?:pod security policy|security context constraint)/,
    'pod-security',
    'PodSecurity',
  ],
  [/no PriorityClass with name (\S+) was found/, 'priority-class', 'PriorityClass'],
  [
    /priority admission controller computed|PriorityClass .*(?:not permitted|is not allowed)/,
    'priority-class',
    'PriorityClass',
  ],
  [/(?:exceeded|failed) quota: ([^,:]+)/, 'quota', 'ResourceQuota'],
  [/status unknown for quota: ([^,]+)/, 'quota', 'ResourceQuota'],
  [/insufficient quota/, 'quota', 'ResourceQuota'],
  [
    /\b(?:minimum|maximum) \S+ usage per \S+ is |max limit to request ratio per /,
    'limit-range',
    'LimitRange',
  ],
  [
    /error looking up service account \S+: serviceaccount "([^"]+)" not found/,
    'service-account',
    'ServiceAccount',
  ],
  [
    /service account (\S+) does not reference|error looking up service account|no API token found for service account/,
    'service-account',
    'ServiceAccount',
  ],
  [/RuntimeClass "([^"]+)" not found/, 'runtime-class', 'RuntimeClass'],
  [/runtimeClass\.scheduling|RuntimeClass/, 'runtime-class', 'RuntimeClass'],
  [/admission webhook "([^"]+)" denied the request/, 'webhook', 'Webhook'],
  [/failed calling webhook "([^"]+)"/, 'webhook', 'Webhook'],
  [/ValidatingAdmissionPolicy '([^']+)'/, 'policy', 'ValidatingAdmissionPolicy'],
  [/in namespace (\S+) because it is being terminated/, 'namespace', 'Namespace'],
  [/namespaces "([^"]+)" not found/, 'namespace', 'Namespace'],
  [/^Pod "[^"]*" is invalid: /, 'invalid', 'Invalid'],
]

const prefix = /^(?:\(combined from similar events\): )?(?:Error creating: )?/
const subject = /^(?:pods "[^"]*" is forbidden: |Pod "[^"]*" is invalid: )/

/** Reads what a FailedCreate Event says, or the server's own refusal of a pod: which of its rules it was, and about what. */
export function refusalIn(text: string): RefusalWords {
  // Some webhooks answer in several lines.
  const said = text
    .replace(prefix, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
  const message = said.replace(subject, '')
  for (const [pattern, cause, reason] of rules) {
    const found = pattern.exec(said)
    if (found) return { cause, reason, ...(found[1] && { object: found[1] }), message }
  }
  return { cause: 'forbidden', reason: 'Forbidden', message }
}
