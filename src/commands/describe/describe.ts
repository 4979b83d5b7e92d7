import type { Context } from '#cli/context.ts'
import type { Command } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { type FoundStates, tellStateErrors, withStates } from '#commands/shared/states.ts'
import { hashLabel } from '#controller/daemon-pod.ts'
import type { DaemonSetState } from '#controller/state/types.ts'
import type { DaemonSet } from '#kube/types.ts'
import { lint } from '#lint/lint.ts'
import { type Finding, severities } from '#lint/types.ts'
import { planPlacement } from '#placement/plan.ts'
import { changeCauseAnnotation } from '#rollout/own.ts'
import { descriptionsDocument } from '#views/describe/document.ts'
import { eventGroups } from '#views/describe/event-groups.ts'
import type { DescribedRevision, DescriptionFacts } from '#views/describe/facts.ts'
import { descriptionPage } from '#views/describe/page.ts'
import { type Surroundings, surroundingsOf } from './surroundings.ts'

function revisionsOf({ revisions, rolledOut, rows }: DaemonSetState): DescribedRevision[] | undefined {
  const pods = rows.flatMap((row) => row.pods)
  return revisions?.map(({ data, metadata, revision }) => {
    const hash = metadata?.labels?.[hashLabel] ?? ''
    const own = pods.filter(({ facts }) => facts.hash === hash)
    const { spec } = (data ?? {}) as Pick<DaemonSet, 'spec'>
    return {
      revision: revision ?? 0,
      current: (revision ?? 0) === rolledOut.number,
      hash,
      createdAt: metadata?.creationTimestamp ?? '',
      changeCause: metadata?.annotations?.[changeCauseAnnotation] ?? '',
      images: (spec?.template?.spec?.containers ?? []).map(({ image }) => image ?? ''),
      pods: { ready: own.filter(({ facts }) => facts.ready).length, total: own.length },
    }
  })
}

/** What a person wrote of it: the server's own fields and kubectl's copy are none of theirs. */
function asWritten({ apiVersion, kind, metadata, spec }: DaemonSet): DaemonSet {
  const { annotations, labels, name, namespace } = metadata ?? {}
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...kept } = annotations ?? {}
  return {
    apiVersion: apiVersion ?? 'apps/v1',
    kind: kind ?? 'DaemonSet',
    metadata: { name, namespace, ...(labels && { labels }), annotations: kept },
    spec,
  }
}

function findingsOf({ daemonSet, nodes }: DaemonSetState, around: Surroundings): Finding[] {
  const { daemonSets = [], priorityClasses } = around
  const written = asWritten(daemonSet)
  const cluster = nodes && { nodes, daemonSets, priorityClasses }
  const input = { daemonSets: [written], beside: [], cluster }
  const found = lint(written, input, { disabled: new Set(), severity: new Map() })
  return found.sort((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity))
}

async function factsOf(state: DaemonSetState, around: Surroundings): Promise<DescriptionFacts> {
  const { daemonSet, nodes } = state
  const events = await around.eventsOf(state)
  return {
    state,
    plan: nodes && planPlacement(daemonSet, nodes, daemonSet.metadata?.namespace ?? ''),
    revisions: revisionsOf(state),
    events: events && eventGroups(events),
    findings: findingsOf(state, around),
  }
}

async function tell(found: FoundStates, output: string, { stdout, style }: Context): Promise<void> {
  const around = await surroundingsOf(found)
  const all: DescriptionFacts[] = []
  for (const state of found.states) all.push(await factsOf(state, around))
  if (output === 'json' || output === 'yaml') {
    stdout.write(await structured(descriptionsDocument(all), output))
    return
  }
  const width = stdout.isTerminal ? stdout.columns : Number.POSITIVE_INFINITY
  stdout.write(all.map((facts) => descriptionPage(facts, { style: style.stdout, width })).join('\n\n'))
}

export const describeCommand: Command = {
  run(invocation, context) {
    const output = invocation.text('output') ?? ''
    return withStates(invocation, context, { revisions: true, withoutNodes: true }, async (found) => {
      if (found.states.length > 0 || found.errors.length === 0) await tell(found, output, context)
      return tellStateErrors(found, context)
    })
  },
}
