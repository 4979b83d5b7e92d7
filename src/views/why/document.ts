import type { OnNode } from '#controller/state/on-node.ts'
import { formatTime } from '#kube/duration.ts'
import { holdDocument } from '../state/document.ts'
import { remediesDocument } from './remedies.ts'
import { causeOf } from './text.ts'

const timeOf = (ms: number | undefined) => (ms === undefined ? undefined : formatTime(ms, 0))

function itemOf(one: OnNode): object {
  const { decision, holds, node, remedies, row, standing, state } = one
  const subject = {
    namespace: state.daemonSet.metadata?.namespace ?? '',
    name: state.daemonSet.metadata?.name ?? '',
  }
  return {
    daemonSet: subject,
    standing,
    cause: causeOf(one),
    shouldRun: decision.shouldRun,
    shouldContinueRunning: decision.shouldContinueRunning,
    reasons: decision.reasons.map(({ code, message }) => ({ code, message })),
    passes: decision.passes.map(({ code, message }) => ({ code, message })),
    pods: (row?.pods ?? []).map(
      ({ pod, phase, since, revision, updated, state: { restarts, lastExit } }) => ({
        name: pod.metadata?.name ?? '',
        phase,
        since: timeOf(since),
        revision,
        updated,
        restarts,
        lastExit,
      }),
    ),
    holds: holds.map((hold) => holdDocument(hold, subject)),
    ...(remedies && { remedies: remediesDocument(remedies, node.metadata?.name ?? '') }),
  }
}

/** A `kds/v1` document: `docs/why.schema.json` describes it. */
export const whyDocument = (node: string, all: readonly OnNode[]): object => ({
  apiVersion: 'kds/v1',
  kind: 'Why',
  node,
  items: all.map(itemOf),
})
