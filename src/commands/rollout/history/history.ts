import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import { Failures, tellNothingFound } from '#commands/shared/failures.ts'
import { revisionNumber } from '#commands/shared/flag-values.ts'
import { objectText, type Printer, printerOf } from '#commands/shared/printer/printer.ts'
import { diffRange, revisionDiff } from '#commands/shared/revision-diff.ts'
import { getTargets, requestedTargets } from '#commands/shared/targets.ts'
import type { DaemonSet } from '#kube/types.ts'
import {
  daemonSetAt,
  loadHistory,
  podsByHash,
  type Revision,
  revisionNumbered,
  revisionsAhead,
} from '#rollout/history.ts'
import { historyDocument } from '#views/history/document.ts'
import { historyText, revisionText, wideHistory } from '#views/history/history.ts'
import { describePodTemplate } from '#views/pod-template/pod-template.ts'

interface HistoryQuestion {
  readonly revision: number
  /** `A..B` as it was written; undefined where no difference is asked for. */
  readonly range: string | undefined
  readonly printer: Printer | undefined
}

interface Told {
  readonly daemonSet: DaemonSet
  readonly history: readonly Revision[]
  readonly pods: ReadonlyMap<string, { readonly ready: number; readonly total: number }> | undefined
}

function questionOf(
  invocation: Invocation,
  context: Context,
): { question: HistoryQuestion; invocation: Invocation } {
  const printer = printerOf(invocation, context, ['wide'])
  const revision = revisionNumber(invocation)
  const { range, args } = diffRange(invocation)
  if (range !== undefined && (revision > 0 || printer !== undefined))
    throw new UsageError('--diff shows two revisions: --revision and -o do not go with it')
  return {
    question: { revision, range, printer },
    invocation: Object.create(invocation, { args: { value: args } }),
  }
}

const rowOf = (revision: Revision, { pods }: Told) => ({
  ...revision,
  pods: pods && (pods.get(revision.hash) ?? { ready: 0, total: 0 }),
})

/** One DaemonSet in the form that was asked for; json and yaml without --revision are printed together instead. */
async function block(told: Told, question: HistoryQuestion, context: Context): Promise<string> {
  const { daemonSet, history } = told
  const { printer, range, revision } = question
  const format = printer?.output.kind
  const name = daemonSet.metadata?.name ?? ''
  if (range !== undefined) return revisionDiff(daemonSet, history, { range, style: context.style.stdout })
  if (format === 'wide' && revision === 0) {
    const { table } = await import('#commands/bundles/tables.ts')
    const rows = history.map((one) => rowOf(one, told))
    return table(wideHistory(rows, context.clock.now()))
  }
  if (printer && format !== 'wide') {
    const chosen = revision > 0 ? [revisionNumbered(history, revision)] : history
    const texts = await Promise.all(chosen.map((one) => objectText(daemonSetAt(daemonSet, one), printer)))
    return texts.join('')
  }
  if (revision === 0) return historyText(name, history)
  const { template } = revisionNumbered(history, revision)
  return revisionText(name, revision, describePodTemplate(template))
}

function documentOf(all: readonly Told[], output: 'json' | 'yaml'): Promise<string> {
  const document = historyDocument(
    all.map((told) => ({
      namespace: told.daemonSet.metadata?.namespace ?? '',
      name: told.daemonSet.metadata?.name ?? '',
      rows: told.history.map((one) => rowOf(one, told)),
    })),
  )
  return structured(document, output)
}

async function tell(
  invocation: Invocation,
  question: HistoryQuestion,
  connected: Connected,
  context: Context,
): Promise<number> {
  const requested = await requestedTargets(invocation, context)
  const { cluster, namespace, signal } = connected
  const ahead = requested.request.kind === 'names' ? revisionsAhead(cluster, namespace, signal) : undefined
  const targets = await getTargets(requested, connected)
  const { printer, revision, range } = question
  const output = printer?.output.kind
  const together = (output === 'json' || output === 'yaml') && revision === 0 && range === undefined
  const withPods = (output === 'wide' && revision === 0) || together
  const failures = new Failures()
  const all: Told[] = []
  for (const daemonSet of targets.daemonSets) {
    await failures.collect(async () => {
      const [history, pods] = await Promise.all([
        loadHistory(cluster, daemonSet, { signal, ahead }),
        withPods ? podsByHash(cluster, daemonSet, { signal }) : undefined,
      ])
      const told = { daemonSet, history, pods }
      if (together) all.push(told)
      else context.stdout.write(await block(told, question, context))
    })
  }
  if (together && (all.length > 0 || !failures.some)) context.stdout.write(await documentOf(all, output))
  failures.add(...targets.errors)
  if (targets.daemonSets.length === 0 && !failures.some)
    await tellNothingFound(requested.allNamespaces, connected, context)
  return failures.report(connected, context)
}

export const historyCommand: Command = {
  run(given, context) {
    const { question, invocation } = questionOf(given, context)
    return withCluster(invocation, context, (connected) => tell(invocation, question, connected, context))
  },
}
