import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { readNodes, readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import type { ClusterSnapshot, NodesSnapshot } from '#cluster/snapshot/types.ts'
import { besideOf } from '#commands/shared/admission.ts'
import { asInSnapshot } from '#commands/shared/inputs/as-in-snapshot.ts'
import { requireNodes } from '#commands/shared/inputs/cluster.ts'
import { inputContext, warn } from '#commands/shared/inputs/context.ts'
import { readDaemonSets, refuseSharedStdin } from '#commands/shared/inputs/manifests.ts'
import { presentTime } from '#commands/shared/inputs/present-time.ts'
import { policyRules } from '#commands/shared/policies.ts'
import { askObjects } from '#planning/ask-objects.ts'
import { refuseAsServer } from '#planning/refusals.ts'
import { planLive } from './live.ts'
import { olderQuestion, type PlanInput, planAll } from './plan-all.ts'
import type { PlanOutput } from './show.ts'

function toInput(invocation: Invocation, context: Context): PlanInput {
  const nodeSources = invocation.list('nodes')
  const snapshotSources = invocation.list('snapshot')
  const from = invocation.text('from')
  const offline = nodeSources.length + snapshotSources.length > 0
  if (offline && (invocation.args.length > 0 || invocation.on('server-dry-run'))) {
    const asked = invocation.args.length > 0 ? 'ds/NAME' : '--server-dry-run'
    throw new UsageError(`${asked} asks the cluster: it cannot be used with --nodes or --snapshot`)
  }
  refuseSharedStdin(invocation, ['filename', 'nodes', 'snapshot', 'from'])
  if (from !== undefined && snapshotSources.length > 0) {
    throw new UsageError('--from compares two manifests without any pods: it cannot be used with --snapshot')
  }
  const detailedExitCode = invocation.on('detailed-exitcode')
  if (detailedExitCode && offline && from === undefined && snapshotSources.length === 0) {
    throw new UsageError('--detailed-exitcode tells changes: it needs --snapshot or --from to compare with')
  }
  const traced = [...invocation.list('node'), ...invocation.list('explain')]
  const output = (invocation.text('output') ?? 'summary') as PlanOutput
  if (traced.length > 0 && ['name', 'markdown', 'wide'].includes(output)) {
    throw new UsageError(`--node and --explain show one node's trace: -o ${output} cannot`)
  }
  return {
    offline,
    nodeSources,
    snapshotSources,
    from,
    traced,
    output,
    namespace: invocation.text('namespace') ?? 'default',
    comparisonOperators: invocation.on('comparison-operators'),
    serverVersion: invocation.text('server-version'),
    detailedExitCode,
    rules: rulesOf(invocation, { offline, from, snapshotSources }),
    now: presentTime(invocation, context),
  }
}

/** @throws UsageError for rules about changes where nothing is compared */
function rulesOf(
  invocation: Invocation,
  { from, offline, snapshotSources }: Pick<PlanInput, 'offline' | 'from' | 'snapshotSources'>,
) {
  const rules = policyRules(invocation)
  const aboutChanges = rules && (rules.maxChange !== undefined || rules.failOn.some((one) => one !== 'zero'))
  if (aboutChanges && offline && from === undefined && snapshotSources.length === 0)
    throw new UsageError(
      '--fail-on and --max-change tell changes: they need --snapshot or --from to compare with',
    )
  return rules
}

/** The nodes, and the present state where `--snapshot` gives one. */
interface Cluster {
  readonly nodes: NodesSnapshot
  readonly snapshot?: ClusterSnapshot
}

async function readCluster(input: PlanInput, context: Context): Promise<Cluster> {
  const options = { ...inputContext(context), sources: [...input.snapshotSources, ...input.nodeSources] }
  if (input.snapshotSources.length === 0) {
    return { nodes: await readNodes(options) }
  }
  const snapshot = await readSnapshot(options)
  requireNodes(snapshot, options.sources)
  return { nodes: snapshot, snapshot }
}

async function planFiles(invocation: Invocation, input: PlanInput, context: Context): Promise<number> {
  // Begun first: the system reads a dump while the manifest is checked. What is wrong with the manifest is reported first.
  const cluster = readCluster(input, context)
  cluster.catch(() => {})
  const checked = await readDaemonSets(invocation, context)
  const { nodes: given, snapshot } = await cluster
  warn(given.diagnostics, context)
  const { comparisonOperators, namespace, serverVersion, now } = input
  const beside = besideOf(checked, namespace)
  if (snapshot && !invocation.on('force')) {
    const values = checked.map(({ loaded }) => loaded.value)
    refuseAsServer(values, snapshot, beside, namespace)
  }
  const question = snapshot
    ? {
        namespace,
        comparisonOperators,
        serverVersion,
        now,
        snapshot,
        ask: askObjects(snapshot, beside, now),
      }
    : await olderQuestion(input, context)
  const hidden = await asInSnapshot(snapshot?.daemonSets ?? [], namespace)
  const toPlan = checked.map(({ loaded, findings }) => ({
    value: hidden(loaded.value),
    findings,
    locate: loaded.locate,
  }))
  return planAll(toPlan, given.nodes, question, input, context)
}

async function run(invocation: Invocation, context: Context): Promise<number> {
  const input = toInput(invocation, context)
  if (input.offline) return planFiles(invocation, input, context)
  return planLive(invocation, input, context)
}

export const planCommand: Command = { run }
