import { KdsError } from '#base/errors.ts'
import { escapeText } from '#base/escape.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { Json, LabelSelector, Maybe, PodTemplate } from '#kube/types.ts'
import { describeContainers } from './containers.ts'
import { describeVolumes } from './volumes.ts'
import {
  DescribeWriter,
  listOf,
  numberOf,
  objectOf,
  sortedEntries,
  textOf,
  writeAnnotations,
  writeLabels,
  writeLines,
} from './writer.ts'

export interface PodTemplateOptions {
  /** Whether the text goes to a terminal: control characters from the cluster are then shown escaped. */
  readonly terminal?: boolean
}

/**
 * The description of a pod template that `kubectl rollout history --revision` and `rollout undo --dry-run=client` print,
 * byte for byte: tabs between name and value, a newline at the end.
 *
 * Mirrors DescribePodTemplate of k8s.io/kubectl/pkg/describe. A template as the API server stores it (defaulted) is
 * expected.
 */
export function describePodTemplate(template: Maybe<PodTemplate>, options: PodTemplateOptions = {}): string {
  const to = new DescribeWriter()
  to.write(0, 'Pod Template:\n')
  const object = template as Maybe<Json>
  const metadata = objectOf(object, 'metadata')
  const spec = objectOf(object, 'spec')
  writeLabels(to, '  Labels', sortedEntries(metadata, 'labels'))
  const annotations = sortedEntries(metadata, 'annotations')
  if (annotations.length > 0) writeAnnotations(to, '  Annotations', annotations)
  const account = textOf(spec, 'serviceAccountName')
  if (account !== '') to.write(1, `Service Account:\t${account}\n`)
  const initContainers = listOf(spec, 'initContainers')
  if (initContainers.length > 0) describeContainers(to, 'Init Containers', initContainers)
  describeContainers(to, 'Containers', listOf(spec, 'containers'))
  describeVolumes(to, listOf(spec, 'volumes'))
  describeSpread(to, listOf(spec, 'topologySpreadConstraints'))
  const priority = textOf(spec, 'priorityClassName')
  if (priority !== '') to.write(1, `Priority Class Name:\t${priority}\n`)
  writeLabels(to, '  Node-Selectors', sortedEntries(spec, 'nodeSelector'))
  const tolerations = sortLikeGo(listOf(spec, 'tolerations'), (toleration) => textOf(toleration, 'key'))
  writeLines(to, '  Tolerations', tolerations.map(tolerationText))
  const group = objectOf(spec, 'schedulingGroup')
  if (group) {
    to.write(0, '  SchedulingGroup:\n')
    to.write(1, `PodGroupName:\t${textOf(group, 'podGroupName')}\n`)
  }
  const text = to.toString()
  return options.terminal ? escapeText(text) : text
}

function describeSpread(to: DescribeWriter, constraints: readonly Json[]): void {
  if (constraints.length === 0) return
  const lines = sortLikeGo(constraints, (constraint) => textOf(constraint, 'topologyKey')).map(
    (constraint) => {
      const selector = objectOf(constraint, 'labelSelector') as LabelSelector | undefined
      const rule = `${textOf(constraint, 'topologyKey')}:${textOf(constraint, 'whenUnsatisfiable')} when max skew ${numberOf(constraint, 'maxSkew')} is exceeded`
      return selector ? `${rule} for selector ${selectorText(selector)}` : rule
    },
  )
  to.write(0, '  Topology Spread Constraints:\t')
  for (const [at, line] of lines.entries()) to.write(0, `${at > 0 ? '  \t' : ''}${line}\n`)
}

function selectorText(selector: LabelSelector): string {
  try {
    return labelSelector(selector).text || '<none>'
  } catch (error) {
    if (error instanceof KdsError) return '<error>'
    throw error
  }
}

function tolerationText(toleration: Json): string {
  const [key, value, effect, seconds] = ['key', 'value', 'effect', 'tolerationSeconds'].map((field) =>
    textOf(toleration, field),
  )
  const what = `${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}`
  const all = textOf(toleration, 'operator') === 'Exists' && !value
  const operator = all ? (what === '' ? 'op=Exists' : ' op=Exists') : ''
  return `${what}${operator}${seconds === '' ? '' : ` for ${seconds}s`}`
}

/** Sorts by key and keeps equal ones in place, which Go's sort.Slice does too for up to twelve of them. */
function sortLikeGo(list: readonly Json[], keyOf: (item: Json) => string): Json[] {
  return list.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)]
    return left < right ? -1 : left > right ? 1 : 0
  })
}
