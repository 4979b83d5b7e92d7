import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { requireNodesNamed } from '#commands/shared/inputs/cluster.ts'
import { warn } from '#commands/shared/inputs/context.ts'
import type { Simulation } from '#controller/simulate/simulate.ts'
import { simulate } from '#controller/simulate/simulate.ts'
import { withStrategy } from '#controller/simulate/start.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import type { DaemonSet } from '#kube/types.ts'
import { nearestMiss, prepareDaemonSet } from '#placement/placement.ts'
import { objectName } from '#views/names.ts'
import type { TextOptions } from '#views/sections.ts'
import { simulationDocument, simulationListDocument } from '#views/simulate/document.ts'
import { comparisonText, type SimulatedDaemonSet, simulationText } from '#views/simulate/text.ts'
import { type SimulateFlags, simulateFlags } from './flags.ts'
import { refuseLiveUsage, type Scene, sceneInput, sceneOfCluster, sceneOfFiles } from './inputs.ts'

/** One DaemonSet, played as written and by every strategy to try. */
interface Played {
  readonly name: SimulatedDaemonSet['daemonSet']
  readonly nearestMiss: SimulatedDaemonSet['nearestMiss']
  readonly runs: readonly { readonly label: string; readonly simulation: Simulation }[]
}

function show({ name, nearestMiss, runs }: Played, options: TextOptions): string {
  const [first] = runs
  const simulated = runs.map(({ label, simulation }) => ({
    label,
    simulated: { daemonSet: name, simulation },
  }))
  if (!first) return ''
  if (runs.length === 1)
    return simulationText({ daemonSet: name, simulation: first.simulation, nearestMiss }, options)
  return `${options.style.bold(objectName(name))}\n\n${comparisonText(simulated, options)}`
}

/** Throws for a strategy of the flags that the API server would not store, in its words. */
function refuseStrategies(daemonSet: DaemonSet, { strategies }: SimulateFlags): void {
  for (const { flag, strategy } of strategies) {
    const { errors } = admitDaemonSet(withStrategy(daemonSet, strategy))
    const [first] = errors.filter(({ field }) => field.startsWith('spec.updateStrategy'))
    if (!first) continue
    throw new KdsError('refused', `the API server would refuse ${flag}: ${fieldErrorText(first)}`, {
      hint: 'give a number or a percentage above 0, or continue anyway with --force',
    })
  }
}

function play(daemonSet: DaemonSet, scene: Scene, flags: SimulateFlags): Played {
  const { strategies, ...played } = flags
  const input = { ...played, ...sceneInput(daemonSet, scene) }
  const own = { label: 'as written', simulation: simulate(input) }
  const tried = strategies.map(({ label, strategy }) => ({
    label,
    simulation: simulate({ ...input, strategy }),
  }))
  const { name = '', namespace = '' } = daemonSet.metadata ?? {}
  const comparisonOperators = flags.comparisonOperators === true
  const none = own.simulation.end.state === 'nothing-desired'
  return {
    name: { namespace: namespace || 'default', name: name ?? '' },
    nearestMiss: none
      ? nearestMiss(prepareDaemonSet(daemonSet, { comparisonOperators }), scene.snapshot.nodes)
      : null,
    runs: [own, ...tried],
  }
}

async function playScene(
  scene: Scene,
  flags: SimulateFlags,
  invocation: Invocation,
  context: Context,
): Promise<number> {
  requireNodesNamed(Object.keys(flags.failures ?? {}), scene.snapshot.nodes)
  if (!invocation.on('force')) for (const one of scene.daemonSets) refuseStrategies(one, flags)
  const played = scene.daemonSets.map((daemonSet) => play(daemonSet, scene, flags))
  for (const { runs } of played) warn(runs[0]?.simulation.warnings ?? [], context)
  await write(played, invocation.text('output') as 'json' | 'yaml' | undefined, context)
  return 0
}

async function run(invocation: Invocation, context: Context): Promise<number> {
  const flags = simulateFlags(invocation)
  if (invocation.list('snapshot').length + invocation.list('nodes').length > 0)
    return playScene(await sceneOfFiles(invocation, context), flags, invocation, context)
  refuseLiveUsage(invocation)
  const { onLiveCluster } = await import('../../bundles/live.ts')
  return onLiveCluster(invocation, context, async (connected) =>
    playScene(await sceneOfCluster(invocation, connected, context), flags, invocation, context),
  )
}

async function write(
  played: readonly Played[],
  output: 'json' | 'yaml' | undefined,
  context: Context,
): Promise<void> {
  const { stdout, style } = context
  if (output === undefined) {
    const options: TextOptions = { style: style.stdout, width: stdout.columns, symbols: stdout.isTerminal }
    return stdout.write(played.map((one) => show(one, options)).join('\n'))
  }
  const items = played.flatMap(({ name, runs }) =>
    runs.map(({ label, simulation }) => simulationDocument(name, label, simulation)),
  )
  stdout.write(await structured(simulationListDocument(items), output))
}

export const simulateCommand: Command = { run }
