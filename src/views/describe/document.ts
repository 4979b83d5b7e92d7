import { fieldText } from '#base/field-path.ts'
import type { PlacementPlan } from '#placement/plan.ts'
import { timeText } from '../clock-text.ts'
import { groupReasons } from '../plan/reason-text.ts'
import { rowDocument } from '../pods/document.ts'
import { stateDocument } from '../state/document.ts'
import type { DescriptionFacts } from './facts.ts'
import { strategyText } from './strategy.ts'

const placementOf = ({ count, groups, nodes }: PlacementPlan): object => ({
  nodes: nodes.length,
  runs: count.run,
  others: groups
    .filter(({ result }) => result !== 'run')
    .map((group) => ({ result: group.result, reasons: groupReasons(group), nodes: [...group.nodes.names] })),
})

/** What `kds describe -o json` prints; docs/description.schema.json describes it. */
export const descriptionsDocument = (all: readonly DescriptionFacts[]): object => ({
  apiVersion: 'kds/v1',
  kind: 'DaemonSetDescriptionList',
  items: all.map(({ events, findings, plan, revisions, state }) => ({
    state: stateDocument(state),
    strategy: {
      type: state.daemonSet.spec?.updateStrategy?.type ?? 'RollingUpdate',
      minReadySeconds: state.daemonSet.spec?.minReadySeconds ?? 0,
      text: strategyText(state),
    },
    ...(plan ? { placement: placementOf(plan) } : {}),
    ...(revisions ? { revisions } : {}),
    nodes: state.rows.map((row) => rowDocument(state, row, [])),
    ...(events ? { events: events.map(({ last, ...event }) => ({ ...event, last: timeText(last) })) } : {}),
    findings: findings.map(({ check, fix, message, path, severity }) => ({
      check: check.id,
      severity,
      field: fieldText(path),
      message,
      why: check.why,
      ...(fix ? { fix: fix.text } : {}),
    })),
  })),
})
