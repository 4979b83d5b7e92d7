/** What the server warns of in what a pod asks of nodes and of other pods. Mirrors pkg/api/pod/warnings.go. */
import { labelValueErrors } from '#kube/labels.ts'
import { entriesIn, objectIn, objectOrNone, stringIn, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Place } from './place.ts'

/** Node labels of old, and what to use instead (pkg/api/node). */
const deprecatedLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods':
    'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}
const deprecatedLabel = (name: string) =>
  Object.hasOwn(deprecatedLabels, name) ? deprecatedLabels[name] : undefined

const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'

/** Values of preferred terms are not checked when the object is; the server warns of them instead. */
function warnOfTerm(term: JsonObject, checkValues: boolean, at: Place): void {
  for (const [expression, here] of at.items(term, 'matchExpressions')) {
    const key = stringIn(expression, 'key')
    const text = deprecatedLabel(key)
    if (text) here.child('key').warn(`${key} is ${text}`)
    if (!checkValues) continue
    for (const [value, valueAt] of here.child('values').each(stringsIn(expression, 'values'))) {
      for (const error of labelValueErrors(value)) {
        valueAt.warn(`${value} is invalid, ${error}`)
      }
    }
  }
}

/** Node labels of old, where the pod asks for them. */
export function warnOfNodeLabels(spec: JsonObject, at: Place): void {
  for (const [name] of entriesIn(spec, 'nodeSelector')) {
    const text = deprecatedLabel(name)
    if (text) at.child('nodeSelector').key(name).warn(text)
  }
  const affinity = objectIn(objectIn(spec, 'affinity'), 'nodeAffinity')
  const affinityAt = at.child('affinity').child('nodeAffinity')
  const hard = objectIn(affinity, required)
  for (const [term, here] of affinityAt.child(required).items(hard, 'nodeSelectorTerms'))
    warnOfTerm(term, false, here)
  for (const [term, here] of affinityAt.items(affinity, preferred))
    warnOfTerm(objectIn(term, 'preference'), true, here.child('preference'))
}

const noSelector = 'a null labelSelector results in matching no pod'

/** Constraints that count by an old label, or no pod at all. */
export function warnOfSpread(spec: JsonObject, at: Place): void {
  for (const [constraint, here] of at.items(spec, 'topologySpreadConstraints')) {
    const key = stringIn(constraint, 'topologyKey')
    const text = deprecatedLabel(key)
    if (text) here.child('topologyKey').warn(`${key} is ${text}`)
    if (!objectOrNone(constraint, 'labelSelector')) here.child('labelSelector').warn(noSelector)
  }
}

/** Terms about other pods that match none. */
export function warnOfPodAffinity(spec: JsonObject, at: Place): void {
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const affinity = objectIn(objectIn(spec, 'affinity'), kind)
    const here = at.child('affinity').child(kind)
    const terms = [
      ...here.items(affinity, required),
      ...here
        .items(affinity, preferred)
        .map(
          ([weighted, one]) => [objectIn(weighted, 'podAffinityTerm'), one.child('podAffinityTerm')] as const,
        ),
    ]
    for (const [term, termAt] of terms)
      if (!objectOrNone(term, 'labelSelector')) termAt.child('labelSelector').warn(noSelector)
  }
}
