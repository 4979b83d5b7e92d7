import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import type { DaemonSetState, Phase, PodRow, StateRow } from '#controller/state/types.ts'
import { humanDuration } from '#kube/duration.ts'
import { labelValue } from '#kube/requirements.ts'
import { badness, phaseText } from '../state/phase-text.ts'
import { causeText } from './cause.ts'
import type { LabelColumn } from './label-columns.ts'

export interface PodsLayout {
  readonly namespaces: boolean
  /** Rows are of several DaemonSets. */
  readonly several: boolean
  readonly labels: readonly LabelColumn[]
  readonly wide: boolean
  /** The worst first, instead of by name of the node. */
  readonly problems: boolean
}

/** What a terminal that is too narrow does without, in this order. */
export const dispensable = ['AGE', 'RESTARTS', 'REVISION', 'POD']

/** The heads of `kds pods`. */
export const podsHead = ({ labels, namespaces, several }: PodsLayout): string[] => [
  ...(namespaces ? ['NAMESPACE'] : []),
  ...(several ? ['DAEMONSET'] : []),
  ...['NODE', 'POD', 'REVISION', 'STATE', 'RESTARTS', 'AGE'],
  ...labels.map(({ title }) => title),
  'CAUSE',
]

/** A pod on its node, or a node that waits for one. */
interface Entry {
  readonly row: StateRow
  readonly pod: PodRow | undefined
}

function entriesOf({ rows }: DaemonSetState, { problems }: PodsLayout): readonly Entry[] {
  const sorted = problems ? [...rows].sort((one, other) => badness(one) - badness(other)) : rows
  return sorted.flatMap((row) => (row.pods.length > 0 ? row.pods : [undefined]).map((pod) => ({ row, pod })))
}

/** A row for each pod, and one for each node that waits for one; cells are escaped. */
export const podsRows = (state: DaemonSetState, layout: PodsLayout, style: Style): string[][] =>
  entriesOf(state, layout).map(({ pod, row }) => cells(state, row, pod, layout, style))

/** What tells each of those rows from what it was before, the time aside. */
export const podsKeys = (state: DaemonSetState, layout: PodsLayout): string[] =>
  entriesOf(state, layout).map(({ pod, row }) =>
    JSON.stringify([
      state.daemonSet.metadata?.uid,
      row.node,
      row.misscheduled,
      pod && [pod.facts.name, pod.updated, pod.phase, pod.state.restarts, pod.state.trouble?.reason],
    ]),
  )

function cells(
  state: DaemonSetState,
  row: StateRow,
  pod: PodRow | undefined,
  layout: PodsLayout,
  style: Style,
): string[] {
  const { metadata } = state.daemonSet
  const made = pod?.facts.createdAt
  const of = row.object?.metadata?.labels
  const before = [
    ...(layout.namespaces ? [metadata?.namespace ?? ''] : []),
    ...(layout.several ? [metadata?.name ?? ''] : []),
    row.node,
    pod?.facts.name ?? '<none>',
    revisionText(pod),
  ]
  const after = [
    pod ? String(pod.state.restarts) : '<none>',
    made === undefined || Number.isNaN(made) ? '<none>' : humanDuration(state.now - made),
    ...layout.labels.map(({ key }) => labelValue(of, key) ?? '<none>'),
  ]
  const how = paint(pod?.phase ?? 'none', style)(phaseText(pod, state.now))
  const cause = causeText(state, row, pod, layout.wide) || '<none>'
  return [...before.map(escapeLine), how, ...after.map(escapeLine), cause]
}

/** `3`, and `2 old` for one that is not rolled out. */
function revisionText(pod: PodRow | undefined): string {
  if (!pod) return '<none>'
  const number = pod.revision === undefined ? '?' : String(pod.revision)
  return pod.updated ? number : `${number} old`
}

function paint(phase: Phase, style: Style): (text: string) => string {
  if (phase === 'ready') return style.good
  return phase === 'failing' || phase === 'none' ? style.bad : style.warn
}
