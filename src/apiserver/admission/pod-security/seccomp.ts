/** Seccomp profiles, for both levels. Mirrors k8s.io/pod-security-admission/policy check_seccompProfile_*.go. */
import { getKey, type JsonObject } from '#base/json.ts'
import { goQuote } from '#kube/go-text.ts'
import { objectOrNone, stringIn, textOf } from '#kube/read.ts'
import {
  badHolders,
  type Check,
  type CheckedPod,
  containersText,
  holdersOf,
  namesOf,
  plural,
  quoted,
  securityOf,
  sortedSet,
  type Violation,
} from './violation.ts'

const reason = 'seccompProfile'
const isAllowed = (profile: JsonObject) => ['Localhost', 'RuntimeDefault'].includes(stringIn(profile, 'type'))
const isAllowedAnnotation = (value: string) =>
  value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/')

/** Before 1.19 profiles were annotations. */
export const seccompAnnotations: Check = ({ annotations, containers }) => {
  const keys = [
    'seccomp.security.alpha.kubernetes.io/pod',
    ...namesOf(containers).map((name) => `container.seccomp.security.alpha.kubernetes.io/${name}`),
  ]
  const forbidden = sortedSet(
    keys.flatMap((key) => {
      const value = getKey(annotations, key)
      if (value === undefined || isAllowedAnnotation(textOf(value))) return []
      return [`${key}=${goQuote(textOf(value))}`]
    }),
  )
  if (forbidden.length === 0) return undefined
  const noun = plural(forbidden.length, 'annotation', 'annotations')
  return { reason, detail: `forbidden ${noun} ${forbidden.join(', ')}` }
}

function forbiddenProfiles(pod: CheckedPod): Violation | undefined {
  const { values, who } = badHolders(pod, 'seccompProfile', (profile) => !isAllowed(profile))
  if (values.length === 0) return undefined
  const types = quoted(sortedSet(values.map((profile) => stringIn(profile, 'type'))))
  return { reason, detail: `${who} must not set securityContext.seccompProfile.type to ${types}` }
}

/** Baseline since 1.19: what is set must be allowed. */
export const seccompProfile: Check = forbiddenProfiles

/** Restricted since 1.19: and something must be set. */
export const requiredSeccompProfile: Check = (pod) => {
  const forbidden = forbiddenProfiles(pod)
  if (forbidden) return forbidden
  if (objectOrNone(securityOf(pod.spec), 'seccompProfile')) return undefined
  const setting = new Set(holdersOf(pod, 'seccompProfile'))
  const missing = namesOf(pod.containers).filter((name) => !setting.has(name))
  if (missing.length === 0) return undefined
  const rule = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
  return { reason, detail: `pod or ${containersText(missing)} ${rule}` }
}
