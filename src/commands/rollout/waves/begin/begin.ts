import { KdsError, UsageError } from '#base/errors.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import { meant } from '#base/nearest.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { backoff } from '#cluster/live/retry.ts'
import { nameOf, nodes, pods } from '#cluster/resources.ts'
import { durationFlag } from '#commands/shared/behaviour-flags.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import { tellWarning } from '#commands/shared/failures.ts'
import { type DryRun, dryRunOf } from '#commands/shared/flag-values.ts'
import { hinted } from '#commands/shared/hints.ts'
import { generationAnnotation } from '#controller/daemon-pod.ts'
import { allowance, podRules, templateGeneration } from '#controller/update-strategy.ts'
import type { WavesPlan, WavesRecord } from '#controller/waves/plan.ts'
import { type Survey, surveyOf } from '#controller/waves/survey.ts'
import { timelineOf } from '#controller/waves/timeline.ts'
import { groupOf, waveSets } from '#controller/waves/wave-sets.ts'
import type { DaemonSet } from '#kube/types.ts'
import { loadHistory, type Revision } from '#rollout/history.ts'
import { changeCauseAnnotation, ownQuery } from '#rollout/own.ts'
import { beginWaves, refuseWaves } from '#rollout/waves/begin.ts'
import { counted } from '#views/names.ts'
import { plannedWavesDocument } from '#views/waves/document.ts'
import { plannedWavesText } from '#views/waves/plan.ts'
import { budgetText } from '#views/waves/text.ts'
import { carryOn } from '../carry-on.ts'
import { holderName } from '../holder.ts'
import { getTarget, namedTarget, requiredTarget } from '../target.ts'
import { type Change, changeOf, type WantedChange, wantedChange } from './change.ts'
import { type WavesFlags, wavesFlags } from './flags.ts'

/** The DaemonSet that the arguments name, or the manifest does. */
async function targetOf(
  wanted: WantedChange,
  args: readonly string[],
  connected: Connected,
): Promise<string> {
  if (wanted.kind !== 'manifest') return requiredTarget(args, connected)
  const inFile = wanted.manifest.metadata?.name ?? ''
  const named = namedTarget(args)
  if (named !== undefined && named !== inFile)
    throw new UsageError(`the manifest is of ds/${inFile}, not of ds/${named}`)
  return inFile
}

/** Where the manifest says which namespace it is of, the command line may not say another. */
function connectedTo(wanted: WantedChange, connected: Connected): Connected {
  const own = wanted.kind === 'manifest' ? wanted.manifest.metadata?.namespace : undefined
  if (!own || own === connected.namespace) return connected
  if (connected.namespaceGiven)
    throw new KdsError(
      'usage',
      `the namespace from the provided object "${own}" does not match the namespace "${connected.namespace}". You must pass '--namespace=${own}' to perform this operation.`,
    )
  return { ...connected, namespace: own }
}

/** @throws KdsError where no pod may ever be down, or none is ever replaced, unless the flags say how many may be */
function refuseWithoutBudget({ result }: Change, { maxUnavailable }: WavesFlags): void {
  if (maxUnavailable !== undefined) return
  const { name = '', namespace = '' } = result.metadata ?? {}
  const strategy = result.spec?.updateStrategy
  const allowed = allowance(podRules({ daemonSet: result, now: 0 }, ''), 100)
  const onDelete = strategy?.type === 'OnDelete'
  if (!onDelete && 'maxUnavailable' in allowed && allowed.maxSurge === 0) return
  const why = onDelete
    ? 'has the strategy OnDelete, which says nothing of how many pods may be down'
    : 'may have no pod down (maxSurge): waves delete the old pod before the new one is created'
  throw new KdsError('no-budget', `daemonset.apps/${name} ${why}`, {
    hint: `say how many pods may be down: --max-unavailable 1 (kds rollout waves ds/${name} -n ${namespace} …)`,
  })
}

interface Prepared {
  readonly daemonSet: DaemonSet
  readonly change: Change
  readonly plan: WavesPlan
  readonly survey: Survey
}

/** Reads what the waves start from, and refuses what cannot be. */
async function prepare(
  name: string,
  wanted: WantedChange,
  flags: WavesFlags,
  force: boolean,
  connected: Connected,
  context: Context,
): Promise<Prepared> {
  const { cluster, signal } = connected
  const daemonSet = await getTarget(name, connected)
  refuseWaves(daemonSet, force)
  const [history, podList, nodeList] = await Promise.all([
    loadHistory(cluster, daemonSet, { signal }),
    cluster.list(pods, { ...ownQuery(daemonSet), signal }),
    cluster.list(nodes, { signal }),
  ])
  const change = changeOf(daemonSet, history, wanted)
  refuseWithoutBudget(change, flags)
  const current = history.find((one) => one.current)
  if (!current)
    throw new KdsError(
      'unobserved',
      `the controller has not observed the current template of daemonset.apps/${name} yet`,
      {
        hint: 'try it again in a moment',
      },
    )
  if (sameIgnoringNulls(change.result.spec?.template, daemonSet.spec?.template))
    throw new KdsError(
      'no-change',
      `daemonset.apps/${name} has this template already: there is nothing to roll out`,
      {
        hint: `kds rollout restart ds/${name} -n ${connected.namespace} replaces its pods anyway`,
      },
    )
  const changeCause = daemonSet.metadata?.annotations?.[changeCauseAnnotation] ?? undefined
  const plan: WavesPlan = {
    ...flags,
    from: { hash: current.hash, ...(changeCause === undefined ? {} : { changeCause }) },
    templateGeneration: String(BigInt(templateGeneration(daemonSet) ?? '0') + 1n),
  }
  const survey = surveyOf({
    daemonSet: withGeneration(change.result, plan.templateGeneration),
    plan,
    strategy: change.result.spec?.updateStrategy ?? {},
    nodes: nodeList.items,
    pods: podList.items,
    target: sameTemplate(history, change) ?? '',
    now: context.clock.now(),
  })
  refuseNodes(name, plan, survey)
  return { daemonSet, change, plan, survey }
}

/** The DaemonSet as the server will have counted its templates. */
const withGeneration = (daemonSet: DaemonSet, generation: string): DaemonSet => ({
  ...daemonSet,
  metadata: {
    ...daemonSet.metadata,
    annotations: { ...daemonSet.metadata?.annotations, [generationAnnotation]: generation },
  },
})

/** The hash of the revision that has the new template already. */
const sameTemplate = (history: readonly Revision[], { result }: Change): string | undefined =>
  history.find((one) => sameIgnoringNulls(one.template, result.spec?.template))?.hash

function refuseNodes(name: string, plan: WavesPlan, survey: Survey): void {
  const { canary } = plan
  if (survey.nodes.length === 0)
    throw new KdsError('no-node', `no node matches daemonset.apps/${name}: there is nothing to roll out`, {
      hint: `see why with: kds plan ds/${name}`,
    })
  const there = new Set(survey.nodes.map(({ state }) => state.name))
  const strange = canary?.kind === 'nodes' ? canary.names.filter((node) => !there.has(node)) : []
  if (strange.length > 0)
    throw new KdsError('no-node', `daemonset.apps/${name} runs no pod on ${strange.join(', ')}`, {
      hint: `see why with: kds plan ds/${name} --explain ${strange[0]}`,
    })
  const { by } = plan
  if (by !== undefined && survey.nodes.every(({ node }) => groupOf(node, by) === '')) {
    const keys = survey.nodes.flatMap(({ node }) => Object.keys(node.metadata?.labels ?? {}))
    const known = ['zone', 'pool', ...new Set(keys)].filter((one) => one !== by)
    const label = by === 'zone' || by === 'pool' ? `that tells its ${by}` : JSON.stringify(by)
    throw new KdsError('no-node', `no node of daemonset.apps/${name} has a label ${label}`, {
      hint: 'without --by, nodes are taken by their names',
      ...meant(by, known, (one) => `did you mean --by=${one}?`),
    })
  }
  const [first] = waveSets(plan, survey)
  if (canary && first?.nodes.length === 0)
    throw new KdsError(
      'no-node',
      `daemonset.apps/${name} runs no pod on a node that ${JSON.stringify(canary.kind === 'selector' ? canary.selector : '')} selects`,
    )
}

/** The record of a roll-out that begins now. */
function recordOf({ change, plan, survey }: Prepared, holder: string, now: number): WavesRecord {
  const group = waveSets(plan, survey)[0]?.group
  return {
    plan,
    strategy: change.result.spec?.updateStrategy ?? { type: 'RollingUpdate' },
    state: { wave: 0, group, phase: 'updating', since: now, restarts: 0, lease: { holder, renewed: now } },
  }
}

async function showPlan(prepared: Prepared, invocation: Invocation, context: Context): Promise<void> {
  const { daemonSet, plan, survey } = prepared
  const planned = {
    daemonSet: nameOf(daemonSet),
    timeline: timelineOf(plan, survey, {
      readyAfter: durationFlag(invocation, 'ready-after', '10s'),
      terminateAfter: durationFlag(invocation, 'terminate-after', '5s'),
    }),
    bake: plan.bake,
    gate: plan.gate,
    onFailure: plan.onFailure,
    leaving: survey.leaving,
  }
  const { stdout, style } = context
  stdout.write(
    invocation.text('output') === 'json'
      ? await structured(plannedWavesDocument(planned), 'json')
      : plannedWavesText(planned, { style: style.stdout, width: stdout.columns, symbols: stdout.isTerminal }),
  )
}

/** A roll-out in waves that is asked for. */
export interface WantedWaves {
  readonly name: string
  readonly wanted: WantedChange
  readonly flags: WavesFlags
  /** Shows what it would be, and begins nothing. */
  readonly dryRun: DryRun
}

/** Begins a roll-out in waves and carries it on. Answers the exit code. */
export async function rollOutInWaves(
  { dryRun, flags, name, wanted }: WantedWaves,
  invocation: Invocation,
  connected: Connected,
  context: Context,
): Promise<number> {
  const { cluster, signal } = connected
  const given = invocation.given('change-cause') ? (invocation.text('change-cause') ?? '') : undefined
  const prepared = await prepare(name, wanted, flags, invocation.on('force'), connected, context)
  const holder = holderName()
  const record = recordOf(prepared, holder, context.clock.now())
  const { change, daemonSet, survey } = prepared
  const beginning = {
    daemonSet,
    change: change.patch,
    record,
    changeCause: given ?? change.changeCause,
  }
  const options = {
    signal,
    pause: (attempt: number) => context.clock.sleep(backoff(attempt, Math.random), signal),
  }
  if (dryRun === 'server') await beginWaves(cluster, beginning, { ...options, dryRun: true })
  if (dryRun !== 'none') {
    await showPlan(prepared, invocation, context)
    return 0
  }
  const begun = await beginWaves(cluster, beginning, options)
  const sets = waveSets(prepared.plan, survey)
  const budget = { allowed: survey.allowed, desired: survey.nodes.length }
  const first = `daemonset.apps/${name}: ${counted(sets.length, 'wave')}, ${budgetText(budget)}`
  return carryOn(
    begun,
    {
      gate: invocation.text('gate') ?? '',
      json: invocation.text('output') === 'json',
      holder,
      first: ['begun', first, { waves: sets.length, ...budget }],
    },
    connected,
    context,
  )
}

async function run(invocation: Invocation, context: Context): Promise<number> {
  const { args, flags } = wavesFlags(invocation)
  const dryRun = dryRunText(invocation, context)
  const wanted = await wantedChange(invocation, context)
  return withCluster(invocation, context, async (there) => {
    const connected = connectedTo(wanted, there)
    const name = await targetOf(wanted, args, connected)
    try {
      return await rollOutInWaves({ dryRun, flags, name, wanted }, invocation, connected, context)
    } catch (error) {
      throw await hinted(error, connected)
    }
  })
}

/** Bare `--dry-run` is no kubectl habit to warn of here. */
const dryRunText = (invocation: Invocation, context: Context) =>
  invocation.text('dry-run') === 'unchanged'
    ? 'client'
    : dryRunOf(invocation, (text) => tellWarning(text, context))

export const wavesCommand: Command = { run }
