import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { nameOf, nodes, pods } from '#cluster/resources.ts'
import { type Connected, withCluster } from '#commands/shared/connection.ts'
import { hinted } from '#commands/shared/hints.ts'
import { wavesRecord } from '#controller/waves/annotations.ts'
import { foreignChange, nextStep } from '#controller/waves/decide.ts'
import { leaseMs, type WavesRecord } from '#controller/waves/plan.ts'
import { surveyOf } from '#controller/waves/survey.ts'
import { waveSets } from '#controller/waves/wave-sets.ts'
import type { DaemonSet } from '#kube/types.ts'
import { loadHistory, type Revision } from '#rollout/history.ts'
import { ownQuery } from '#rollout/own.ts'
import { standingDocument, type WavesStanding } from '#views/waves/document.ts'
import { standingText } from '#views/waves/standing.ts'
import { carryOn } from '../carry-on.ts'
import { getTarget, requiredTarget } from '../target.ts'

const imagesOf = (template: Revision['template'] | undefined) =>
  (template?.spec?.containers ?? []).map(({ image }) => image ?? '')

/** Where the waves of a DaemonSet stand, from what is read now. */
async function standingOf(
  daemonSet: DaemonSet,
  record: WavesRecord,
  { cluster, signal }: Connected,
  now: number,
): Promise<WavesStanding> {
  const { plan, state, strategy } = record
  const [history, podList, nodeList] = await Promise.all([
    loadHistory(cluster, daemonSet, { signal }),
    cluster.list(pods, { ...ownQuery(daemonSet), signal }),
    cluster.list(nodes, { signal }),
  ])
  const observed = (daemonSet.metadata?.generation ?? 0) <= (daemonSet.status?.observedGeneration ?? 0)
  const target = observed ? history.find((one) => one.current)?.hash : undefined
  const input = {
    ...record,
    daemonSet,
    nodes: nodeList.items,
    pods: podList.items,
    now,
    movedAt: now,
    gate: { state: 'idle' as const },
  }
  const { progress } = nextStep({ ...input, target })
  const foreign = foreignChange(daemonSet, record)
  const sets =
    target === undefined || state.phase === 'aborting' ? [] : waveSets(plan, surveyOf({ ...input, target }))
  const from = history.find((one) => one.hash === plan.from.hash)
  return {
    daemonSet: nameOf(daemonSet),
    state: foreign
      ? 'changed'
      : state.phase === 'aborting'
        ? 'aborting'
        : state.paused === undefined
          ? state.phase
          : 'paused',
    progress,
    since: state.since,
    ...(state.phase === 'baking' ? { bakesUntil: state.since + plan.bake } : {}),
    why: foreign ? `someone else has changed the ${foreign}` : (state.paused ?? (state.failure || undefined)),
    holder: state.lease && {
      name: state.lease.holder,
      renewed: state.lease.renewed,
      alive: now < state.lease.renewed + leaseMs,
    },
    images:
      state.phase === 'aborting'
        ? undefined
        : { from: imagesOf(from?.template), to: imagesOf(daemonSet.spec?.template ?? undefined) },
    strategy,
    gate: plan.gate,
    waves: sets.map((set, at) => {
      const before = new Set(sets[at - 1]?.nodes.map((one) => one.state.name) ?? [])
      const own = set.nodes.filter((one) => !before.has(one.state.name))
      return {
        label: set.label,
        nodes: own.map((one) => one.state.name),
        updated: own.filter((one) => one.updated).length,
        available: own.filter((one) => one.updated && one.available).length,
      }
    }),
  }
}

/** What can be said to waves that stand like this. */
function commandsFor({ daemonSet: { name, namespace }, holder, state }: WavesStanding): string[] {
  const command = (verb: string) => `kds rollout waves ${verb} ds/${name} -n ${namespace}`
  const alive = holder?.alive ?? false
  switch (state) {
    case 'none':
      return []
    case 'changed':
      return [command('abort')]
    case 'aborting':
      return alive ? [] : [command('resume')]
    case 'paused':
      return [command('resume'), command('promote'), command('abort')]
    default:
      return [command(alive ? 'pause' : 'resume'), command('promote'), command('abort')]
  }
}

async function show(
  standing: WavesStanding,
  format: 'json' | 'yaml' | undefined,
  { clock, stdout, style }: Context,
): Promise<void> {
  const options = { style: style.stdout, width: stdout.columns, symbols: stdout.isTerminal }
  stdout.write(
    format === undefined
      ? standingText(standing, commandsFor(standing), clock.now(), options)
      : await structured(standingDocument(standing), format),
  )
}

export const wavesStatusCommand: Command = {
  async run(invocation, context) {
    const format = invocation.text('output') as 'json' | 'yaml' | undefined
    const watch = invocation.on('watch')
    if (watch && format === 'yaml') throw new UsageError('--watch prints lines, or events with -o json')
    return withCluster(invocation, context, async (connected) => {
      try {
        const target = await requiredTarget(invocation.args, connected)
        const daemonSet = await getTarget(target, connected)
        const record = wavesRecord(daemonSet)
        if (record && watch)
          return await carryOn(
            daemonSet,
            { gate: undefined, json: format === 'json', follow: 'to-the-end' },
            connected,
            context,
          )
        const standing: WavesStanding = record
          ? await standingOf(daemonSet, record, connected, context.clock.now())
          : { daemonSet: nameOf(daemonSet), state: 'none' }
        await show(standing, format, context)
        return 0
      } catch (error) {
        throw await hinted(error, connected)
      }
    })
  },
}
