import { namespaceOf } from '#kube/names.ts'
import { labelValue } from '#kube/requirements.ts'
import type { Selector } from '#kube/selectors.ts'
import { labelSelector, readableSelector } from '#kube/selectors.ts'
import type { LabelSelector, Maybe, Pod, PodAffinityTerm, StringMap } from '#kube/types.ts'
import type { PodInfo } from './pod-info.ts'
import type { Surroundings } from './surroundings.ts'

/** A required term of a pod's affinity or anti-affinity to other pods. */
export interface AffinityTerm {
  readonly topologyKey: string
  readonly matches: (pod: PodInfo) => boolean
  /** `app=db in zone`: for people. */
  readonly text: string
}

/** What pods with these labels are asked for: the selector, with the values that the keys have on the pod itself. */
export function selectorWithKeys(
  selector: Maybe<LabelSelector>,
  labels: StringMap,
  keys: { readonly same?: Maybe<readonly string[]>; readonly other?: Maybe<readonly string[]> },
): Selector {
  const asked = (of: Maybe<readonly string[]>, operator: string) =>
    (of ?? []).flatMap((key) => {
      const value = labelValue(labels, key)
      return value === undefined ? [] : { key, operator, values: [value] }
    })
  const added = [...asked(keys.same, 'In'), ...asked(keys.other, 'NotIn')]
  return readSelector(
    selector && { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] },
  )
}

/** One that is not well formed selects nothing. */
const readSelector = (selector: Maybe<LabelSelector>): Selector =>
  readableSelector(selector) ?? labelSelector(undefined)

function affinityTerm(term: PodAffinityTerm, pod: Pod, around: Surroundings): AffinityTerm {
  const labels = pod.metadata?.labels ?? {}
  const keys = { same: term.matchLabelKeys, other: term.mismatchLabelKeys }
  const selector = selectorWithKeys(term.labelSelector, labels, keys)
  const bySelector = term.namespaceSelector ? readSelector(term.namespaceSelector) : undefined
  const named = new Set(term.namespaces ?? [])
  if (named.size === 0 && !bySelector) named.add(namespaceOf(pod))
  const inNamespace = (namespace: string): boolean => {
    if (named.has(namespace)) return true
    if (!bySelector) return false
    const known = around.namespaceLabels(namespace)
    if (!known && !bySelector.empty) around.missing(`the labels of namespace ${namespace} are not known`)
    return bySelector.matches({ ...known, 'kubernetes.io/metadata.name': namespace })
  }
  const topologyKey = term.topologyKey ?? ''
  return {
    topologyKey,
    matches: (other) => selector.matches(other.pod.metadata?.labels) && inNamespace(other.namespace),
    text: `${selector.text || 'any pod'} in the same ${topologyKey}`,
  }
}

/** Mirrors `GetAffinityTerms` and `GetPodAntiAffinityTerms` of the scheduler's framework. */
export function requiredTerms(
  pod: Pod,
  kind: 'podAffinity' | 'podAntiAffinity',
  around: Surroundings,
): AffinityTerm[] {
  const terms = pod.spec?.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  return terms.map((term) => affinityTerm(term ?? {}, pod, around))
}
