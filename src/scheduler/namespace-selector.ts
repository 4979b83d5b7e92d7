import type { Diagnostic } from '#base/errors.ts'
import { labelValueErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { parseLabelSelector } from '#kube/selectors.ts'
import type { Namespace, Node, StringMap } from '#kube/types.ts'

export interface NamespaceSelector {
  readonly annotation: 'scheduler.alpha.kubernetes.io/node-selector' | 'openshift.io/node-selector'
  readonly text: string
  readonly labels: Readonly<Record<string, string>>
  /**
   * Who heeds it. `controller`: OpenShift's makes no pods on other nodes. `scheduler`: elsewhere the admission plugin
   * PodNodeSelector, where it is switched on, adds it to each pod; the controller does not know, so pods for other nodes are
   * made and stay Pending.
   */
  readonly heededBy: 'controller' | 'scheduler'
}

const admissionAnnotation = 'scheduler.alpha.kubernetes.io/node-selector'
const openShiftAnnotation = 'openshift.io/node-selector'

/** What a namespace's node selector does to a DaemonSet's pods. */
export interface NamespaceRule {
  readonly selector: NamespaceSelector
  readonly matches: (node: Node) => boolean
  /** Admission refuses every pod: the template's own selector asks for another value of the same label. */
  readonly conflict: string | undefined
}

/**
 * The rule that a namespace's annotations make, or why they cannot be read. Mirrors the admission plugin PodNodeSelector, and
 * `namespaceNodeSelectorMatches` of OpenShift's own DaemonSet controller. A cluster-wide default selector is not known here.
 */
export function namespaceRule(
  namespace: Namespace | undefined,
  templateSelector: StringMap,
): { readonly rule?: NamespaceRule; readonly warning?: Diagnostic } {
  const annotations = namespace?.metadata?.annotations ?? {}
  const annotation = admissionAnnotation in annotations ? admissionAnnotation : openShiftAnnotation
  const text = annotations[annotation]
  if (!text?.trim()) return {}
  const openShift = Object.keys(annotations).some((key) => key.startsWith('openshift.io/'))
  const labels = openShift ? undefined : labelPairs(text)
  const test = openShift ? selectorTest(text) : labels && equalTest(labels)
  if (!test) {
    const message = `cannot read annotation ${annotation} of namespace ${namespace?.metadata?.name ?? ''}: ${text}`
    return { warning: { severity: 'warning', code: 'NamespaceNodeSelector', message } }
  }
  return {
    rule: {
      selector: {
        annotation,
        text,
        labels: labels ?? labelPairs(text) ?? {},
        heededBy: openShift ? 'controller' : 'scheduler',
      },
      matches: (node) => test(node.metadata?.labels ?? {}),
      conflict: labels && conflictOf(labels, templateSelector),
    },
  }
}

/** The namespace's selector in words, for a node that does not match it. */
export const mismatchText = (rule: NamespaceRule): string =>
  `the node does not match the namespace's ${rule.selector.annotation}: ${rule.selector.text}`

/** Why a pod that the controller makes for the node never starts there; undefined when this rule is not in its way. */
export function refusalOn(rule: NamespaceRule | undefined, node: Node): string | undefined {
  if (rule?.selector.heededBy !== 'scheduler') return undefined
  if (rule.conflict !== undefined) return `admission refuses the pod: ${rule.conflict}`
  return rule.matches(node) ? undefined : `the pod stays Pending: ${mismatchText(rule)}`
}

type LabelTest = (labels: StringMap) => boolean

/** `key=value` pairs, as `ConvertSelectorToLabelsMap` reads them for the admission plugin. */
function labelPairs(text: string): Record<string, string> | undefined {
  const pairs: Record<string, string> = {}
  for (const part of text.split(',')) {
    const [key, value, ...more] = part.split('=').map((side) => side.trim())
    if (key === undefined || value === undefined || more.length > 0) return undefined
    if (qualifiedNameErrors(key).length + labelValueErrors(value).length > 0) return undefined
    pairs[key] = value
  }
  return pairs
}

function selectorTest(text: string): LabelTest | undefined {
  try {
    return parseLabelSelector(text).matches
  } catch {
    return undefined
  }
}

const equalTest =
  (wanted: StringMap): LabelTest =>
  (labels) =>
    Object.entries(wanted).every(([key, value]) => labels[key] === value)

function conflictOf(wanted: StringMap, template: StringMap): string | undefined {
  const key = Object.keys(wanted).find((one) => Object.hasOwn(template, one) && template[one] !== wanted[one])
  return key === undefined
    ? undefined
    : `pod node label selector conflicts with its namespace node label selector: ${key}=${template[key]}, ${key}=${wanted[key]}`
}
