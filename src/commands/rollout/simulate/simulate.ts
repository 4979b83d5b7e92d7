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
import type { SimulatedFailure } from '#controller/simulate/blocked.ts'
import type { Simulation } from '#controller/simulate/simulate.ts'
import { simulate } from '#controller/simulate/simulate.ts'
import type { SimulateInput } from '#controller/simulate/start.ts'
import { parseGoDuration } from '#kube/duration.ts'
import type { DaemonSet, IntOrString } from '#kube/types.ts'
import { objectName } from '#views/names.ts'
import type { TextOptions } from '#views/sections.ts'
import { simulationDocument, simulationListDocument } from '#views/simulate/document.ts'
import { comparisonText, type SimulatedDaemonSet, simulationText } from '#views/simulate/text.ts'

type Strategy = NonNullable<SimulateInput['strategy']>

interface Knobs
  extends Pick<
    SimulateInput,
    | 'readyAfterSeconds'
    | 'terminateAfterSeconds'
    | 'failures'
    | 'seed'
    | 'serverVersion'
    | 'comparisonOperators'
  > {
  /** Strategies to try beside the manifest's own; empty: only that. */
  readonly strategies: readonly { readonly label: string; readonly strategy: Strategy }[]
}

const failures: readonly SimulatedFailure[] = ['image', 'crash', 'never-ready']

function seconds(invocation: Invocation, flag: string): number {
  const text = invocation.text(flag) ?? '0'
  try {
    const ms = parseGoDuration(text)
    if (ms >= 0) return ms / 1000
  } catch {
    // Told below, in the words of a wrong flag.
  }
  throw new UsageError(
    `invalid argument "${text}" for "--${flag}" flag: give a duration such as 45s or 2m30s`,
  )
}

function failuresOf(invocation: Invocation): Record<string, SimulatedFailure> {
  const found = invocation.list('fail').map((text): [string, SimulatedFailure] => {
    const at = text.lastIndexOf('=')
    const how = failures.find((failure) => failure === text.slice(at + 1))
    if (at < 1 || !how) {
      throw new UsageError(
        `invalid argument "${text}" for "--fail" flag: write NODE=image, NODE=crash or NODE=never-ready`,
      )
    }
    return [text.slice(0, at), how]
  })
  return Object.fromEntries(found)
}

function budget(flag: string, text: string): IntOrString {
  if (/^\d+$/.test(text)) return Number(text)
  if (/^\d+%$/.test(text) && Number.parseInt(text, 10) <= 100) return text
  throw new UsageError(
    `invalid argument "${text}" for "--${flag}" flag: give a number or a percentage up to 100%`,
  )
}

function strategiesOf(invocation: Invocation): Knobs['strategies'] {
  return [
    ...invocation.list('max-unavailable').map((text) => ({
      label: `maxUnavailable ${text}`,
      strategy: { maxUnavailable: budget('max-unavailable', text), maxSurge: 0 },
    })),
    ...invocation.list('max-surge').map((text) => ({
      label: `maxSurge ${text}`,
      strategy: { maxUnavailable: 0, maxSurge: budget('max-surge', text) },
    })),
  ]
}

function knobsOf(invocation: Invocation): Knobs {
  const seed = Number(invocation.text('seed'))
  if (!Number.isSafeInteger(seed))
    throw new UsageError('invalid argument for "--seed" flag: give a whole number')
  return {
    readyAfterSeconds: seconds(invocation, 'ready-after'),
    terminateAfterSeconds: seconds(invocation, 'terminate-after'),
    failures: failuresOf(invocation),
    seed,
    serverVersion: invocation.text('server-version'),
    comparisonOperators: invocation.on('comparison-operators'),
    strategies: strategiesOf(invocation),
  }
}

const sameObject = (a: DaemonSet, b: DaemonSet) =>
  a.metadata?.name === b.metadata?.name &&
  (a.metadata?.namespace || 'default') === (b.metadata?.namespace || 'default')

function simulateInput(
  daemonSet: DaemonSet,
  snapshot: ClusterSnapshot,
  present: boolean,
  knobs: Knobs,
  now: number,
) {
  const { strategies: _, ...played } = knobs
  const input: SimulateInput = { ...played, daemonSet, nodes: snapshot.nodes, now }
  if (!present) return input
  const { pods, controllerRevisions: revisions, priorityClasses, namespaces } = snapshot
  const current = snapshot.daemonSets.find((other) => sameObject(other, daemonSet))
  const namespace = daemonSet.metadata?.namespace ?? ''
  return {
    ...input,
    pods,
    revisions,
    priorityClasses,
    namespaces,
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
  const knobs = knobsOf(invocation)
  const daemonSets = await readDaemonSets(invocation, context)
  const snapshot = await readSnapshot({ ...inputContext(context), sources })
  requireNodes(snapshot, sources)
  warn(snapshot.diagnostics, context)
  const namespace = invocation.text('namespace') ?? 'default'
  const played = daemonSets.map(({ loaded }) => {
    const daemonSet = storedDaemonSet(loaded.value, namespace)
    const input = simulateInput(daemonSet, snapshot, present, knobs, presentTime(invocation, context))
    const own = { label: 'as written', simulation: simulate(input) }
    const tried = knobs.strategies.map(({ label, strategy }) => ({
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
