/** What the server warns of in what a pod asks of nodes and of other pods. Mirrors pkg/api/pod/warnings.go. */
import { labelValueErrors } from '#kube/labels.ts'
import { entriesOf } from '#kube/read.ts'
import type { Place } from './place.ts'
import { preferred, required } from './scheduling.ts'

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

/** Values of preferred terms are not checked when the object is; the server warns of them instead. */
function warnOfTerm(term: Place, checkValues: boolean): void {
  for (const expression of term.items('matchExpressions')) {
    warnOfLabel(expression.child('key'))
    for (const value of checkValues ? expression.items('values') : [])
      for (const error of labelValueErrors(value.text)) value.warn(`${value.text} is invalid, ${error}`)
  }
}

function warnOfLabel(name: Place): void {
  const text = deprecatedLabel(name.text)
  if (text) name.warn(`${name.text} is ${text}`)
}

/** Node labels of old, where the pod asks for them. */
export function warnOfNodeLabels(spec: Place): void {
  const selector = spec.child('nodeSelector')
  for (const [name] of entriesOf(selector.value)) {
    const text = deprecatedLabel(name)
    if (text) selector.key(name).warn(text)
  }
  const affinity = spec.child('affinity').child('nodeAffinity')
  for (const term of affinity.child(required).items('nodeSelectorTerms')) warnOfTerm(term, false)
  for (const weighted of affinity.items(preferred)) warnOfTerm(weighted.child('preference'), true)
}

function warnOfNoSelector(holder: Place): void {
  const selector = holder.child('labelSelector')
  if (!selector.given) selector.warn('a null labelSelector results in matching no pod')
}

/** Constraints that count by an old label, or no pod at all. */
export function warnOfSpread(spec: Place): void {
  for (const constraint of spec.items('topologySpreadConstraints')) {
    warnOfLabel(constraint.child('topologyKey'))
    warnOfNoSelector(constraint)
  }
}

/** Terms about other pods that match none. */
export function warnOfPodAffinity(spec: Place): void {
  for (const affinity of ['podAffinity', 'podAntiAffinity'].map((kind) =>
    spec.child('affinity').child(kind),
  )) {
    const weighted = affinity.items(preferred).map((one) => one.child('podAffinityTerm'))
    for (const term of [...affinity.items(required), ...weighted]) warnOfNoSelector(term)
  }
}
