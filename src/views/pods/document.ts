import type { DaemonSetState, PodRow, StateRow } from '#controller/state/types.ts'
import { labelValue } from '#kube/requirements.ts'
import { timeText } from '../clock-text.ts'
import { causeText } from './cause.ts'
import type { LabelColumn } from './label-columns.ts'

const podDocument = (state: DaemonSetState, row: StateRow, pod: PodRow): object => ({
  name: pod.facts.name,
  revision: pod.revision,
  updated: pod.updated,
  phase: pod.phase,
  since: timeText(pod.since),
  restarts: pod.state.restarts,
  createdAt: timeText(pod.facts.createdAt),
  reason: pod.state.trouble?.reason || undefined,
  cause: causeText(state, row, pod, true) || undefined,
})

/** A row of the table as data, with what `-L` asks for. */
export const rowDocument = (
  state: DaemonSetState,
  row: StateRow,
  labels: readonly LabelColumn[],
): object => ({
  node: row.node,
  exists: row.object !== undefined,
  shouldRun: row.shouldRun,
  misscheduled: row.misscheduled,
  phase: row.phase,
  ...(labels.length > 0
    ? {
        labels: Object.fromEntries(
          labels.map(({ key }) => [key, labelValue(row.object?.metadata?.labels, key) ?? null]),
        ),
      }
    : {}),
  ...(row.pods.length === 0 ? { cause: causeText(state, row, undefined, true) || undefined } : {}),
  pods: row.pods.map((pod) => podDocument(state, row, pod)),
})

/** What `kds pods -o json` prints; docs/pods.schema.json describes it. */
export const podsDocument = (states: readonly DaemonSetState[], labels: readonly LabelColumn[]): object => ({
  apiVersion: 'kds/v1',
  kind: 'DaemonSetPodsList',
  items: states.map((state) => ({
    namespace: state.daemonSet.metadata?.namespace ?? '',
    name: state.daemonSet.metadata?.name ?? '',
    verdict: state.verdict,
    phases: state.counts,
    nodes: state.rows.map((row) => rowDocument(state, row, labels)),
  })),
})
