import { byText } from '#base/compare.ts'
import { KdsError } from '#base/errors.ts'
import { entriesIn, listIn, numberIn, objectOrNone, textIn } from '#kube/read.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { Json, LabelSelector, Maybe, PodTemplate } from '#kube/types.ts'
import { describeContainers } from './containers.ts'
import { describeVolumes } from './volumes.ts'
import { DescribeWriter, writeAnnotations, writeLabels, writeLines } from './writer.ts'

/**
 * The description of a pod template that `kubectl rollout history --revision` and `rollout undo --dry-run=client` print,
 * byte for byte: tabs between name and value, a newline at the end.
 *
 * Mirrors DescribePodTemplate of k8s.io/kubectl/pkg/describe. A template as the API server stores it (defaulted) is
 * expected.
 */
export function describePodTemplate(template: Maybe<PodTemplate>): string {
  const to = new DescribeWriter()
  to.write(0, 'Pod Template:\n')
  const object = template as Maybe<Json>
  const metadata = objectOrNone(object, 'metadata')
  const spec = objectOrNone(object, 'spec')
  writeLabels(to, '  Labels', entriesIn(metadata, 'labels'))
  const annotations = entriesIn(metadata, 'annotations')
  if (annotations.length > 0) writeAnnotations(to, '  Annotations', annotations)
  const account = textIn(spec, 'serviceAccountName')
  if (account !== '') to.write(1, `Service Account:\t${account}\n`)
  const initContainers = listIn(spec, 'initContainers')
  if (initContainers.length > 0) describeContainers(to, 'Init Containers', initContainers)
  describeContainers(to, 'Containers', listIn(spec, 'containers'))
  describeVolumes(to, listIn(spec, 'volumes'))
  describeSpread(to, listIn(spec, 'topologySpreadConstraints'))
  const priority = textIn(spec, 'priorityClassName')
  if (priority !== '') to.write(1, `Priority Class Name:\t${priority}\n`)
  writeLabels(to, '  Node-Selectors', entriesIn(spec, 'nodeSelector'))
  const tolerations = listIn(spec, 'tolerations').toSorted(byText((toleration) => textIn(toleration, 'key')))
  writeLines(to, '  Tolerations', tolerations.map(tolerationText))
  const group = objectOrNone(spec, 'schedulingGroup')
  if (group) {
    to.write(0, '  SchedulingGroup:\n')
    to.write(1, `PodGroupName:\t${textIn(group, 'podGroupName')}\n`)
  }
  return to.toString()
}

function describeSpread(to: DescribeWriter, constraints: readonly Json[]): void {
  if (constraints.length === 0) return
  // Equal ones stay in place, as by Go's sort.Slice for up to twelve of them.
  const sorted = constraints.toSorted(byText((constraint) => textIn(constraint, 'topologyKey')))
  const lines = sorted.map((constraint) => {
    const selector = objectOrNone(constraint, 'labelSelector') as LabelSelector | undefined
    const rule = `${textIn(constraint, 'topologyKey')}:${textIn(constraint, 'whenUnsatisfiable')} when max skew ${numberIn(constraint, 'maxSkew')} is exceeded`
    return selector ? `${rule} for selector ${selectorText(selector)}` : rule
  })
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
    textIn(toleration, field),
  )
  const what = `${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}`
  const all = textIn(toleration, 'operator') === 'Exists' && !value
  const operator = all ? (what === '' ? 'op=Exists' : ' op=Exists') : ''
  return `${what}${operator}${seconds === '' ? '' : ` for ${seconds}s`}`
}
