import { presentDaemonSet, storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import type { ClusterSnapshot } from '#cluster/snapshot/types.ts'
import { requireNodes } from '#commands/shared/inputs/cluster.ts'
import { inputContext, warn } from '#commands/shared/inputs/context.ts'
import { presentTime, readDaemonSets, refuseSharedStdin } from '#commands/shared/inputs/manifests.ts'
import type { Simulation } from '#controller/simulate/simulate.ts'
import { simulate } from '#controller/simulate/simulate.ts'
import type { SimulateInput } from '#controller/simulate/start.ts'
import type { DaemonSet } from '#kube/types.ts'
import { objectName } from '#views/names.ts'
import type { TextOptions } from '#views/sections.ts'
import { simulationDocument, simulationListDocument } from '#views/simulate/document.ts'
import { comparisonText, type SimulatedDaemonSet, simulationText } from '#views/simulate/text.ts'
import { type SimulateFlags, simulateFlags } from './flags.ts'

const sameObject = (a: DaemonSet, b: DaemonSet) =>
  a.metadata?.name === b.metadata?.name &&
  (a.metadata?.namespace || 'default') === (b.metadata?.namespace || 'default')

function simulateInput(
  daemonSet: DaemonSet,
  snapshot: ClusterSnapshot,
  present: boolean,
  flags: SimulateFlags,
  now: number,
) {
  const { strategies: _, ...played } = flags
  const input: SimulateInput = { ...played, daemonSet, nodes: snapshot.nodes, now }
  if (!present) return input
  const { pods, controllerRevisions: revisions, priorityClasses, namespaces, disruptionBudgets } = snapshot
  const current = snapshot.daemonSets.find((other) => sameObject(other, daemonSet))
  const namespace = daemonSet.metadata?.namespace ?? ''
  return {
    ...input,
    pods,
    revisions,
    priorityClasses,
    namespaces,
    disruptionBudgets,
    current: current && presentDaemonSet(current, namespace),
  }
}

function show(
  name: SimulatedDaemonSet['daemonSet'],
  runs: readonly { readonly label: string; readonly simulation: Simulation }[],
  options: TextOptions,
): string {
  const [first] = runs
  const simulated = runs.map(({ label, simulation }) => ({
    label,
    simulated: { daemonSet: name, simulation },
  }))
  if (!first) return ''
  if (runs.length === 1) return simulationText({ daemonSet: name, simulation: first.simulation }, options)
  return `${options.style.bold(objectName(name))}\n\n${comparisonText(simulated, options)}`
}

async function run(invocation: Invocation, context: Context): Promise<number> {
  const present = invocation.list('snapshot').length > 0
  const sources = [...invocation.list('snapshot'), ...invocation.list('nodes')]
  if (sources.length === 0) {
    throw new UsageError(
      'no cluster given: name a dump with --snapshot FILE, or nodes alone with --nodes FILE',
      {
        hint: 'kubectl get nodes,pods,daemonsets,controllerrevisions -A -o json > cluster.json',
      },
    )
  }
  refuseSharedStdin(invocation, ['filename', 'nodes', 'snapshot'])
  const flags = simulateFlags(invocation)
  const daemonSets = await readDaemonSets(invocation, context)
  const snapshot = await readSnapshot({ ...inputContext(context), sources })
  requireNodes(snapshot, sources)
  warn(snapshot.diagnostics, context)
  const namespace = invocation.text('namespace') ?? 'default'
  const played = daemonSets.map(({ loaded }) => {
    const daemonSet = storedDaemonSet(loaded.value, namespace)
    const input = simulateInput(daemonSet, snapshot, present, flags, presentTime(invocation, context))
    const own = { label: 'as written', simulation: simulate(input) }
    const tried = flags.strategies.map(({ label, strategy }) => ({
      label,
      simulation: simulate({ ...input, strategy }),
    }))
    const name = {
      namespace: daemonSet.metadata?.namespace || namespace,
      name: daemonSet.metadata?.name ?? '',
    }
    return { name, runs: [own, ...tried] }
  })
  for (const { runs } of played) warn(runs[0]?.simulation.warnings ?? [], context)
  await write(played, invocation.text('output') as 'json' | 'yaml' | undefined, context)
  return 0
}

async function write(
  played: readonly {
    readonly name: SimulatedDaemonSet['daemonSet']
    readonly runs: readonly { readonly label: string; readonly simulation: Simulation }[]
  }[],
  output: 'json' | 'yaml' | undefined,
  context: Context,
): Promise<void> {
  const { stdout, style } = context
  if (output === undefined) {
    const options: TextOptions = { style: style.stdout, width: stdout.columns, symbols: stdout.isTerminal }
    return stdout.write(played.map(({ name, runs }) => show(name, runs, options)).join('\n'))
  }
  const items = played.flatMap(({ name, runs }) =>
    runs.map(({ label, simulation }) => simulationDocument(name, label, simulation)),
  )
  stdout.write(await structured(simulationListDocument(items), output))
}

export const simulateCommand: Command = { run }
