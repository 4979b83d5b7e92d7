import { KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { readNodes, readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import type { ClusterSnapshot, NodesSnapshot } from '#cluster/snapshot/types.ts'
import { besideOf } from '#commands/shared/admission.ts'
import { requireNodes } from '#commands/shared/inputs/cluster.ts'
import { inputContext, warn } from '#commands/shared/inputs/context.ts'
import { hasManifests } from '#commands/shared/inputs/manifest-files.ts'
import { readDaemonSets, refuseSharedStdin } from '#commands/shared/inputs/manifests.ts'
import { mergedAll } from '#commands/shared/inputs/merging.ts'
import { presentTime } from '#commands/shared/inputs/present-time.ts'
import { policyRules } from '#commands/shared/policies.ts'
import { chosenFrom } from '#commands/shared/snapshot-targets.ts'
import { askObjects } from '#planning/ask-objects.ts'
import type { ToPlan } from '#planning/plan.ts'
import { refuseAsServer } from '#planning/refusals.ts'
import { planLive } from './live.ts'
import { olderQuestion, type PlanInput, planAll } from './plan-all.ts'
import type { PlanOutput } from './show.ts'

/** Which DaemonSets are meant. `all`: where none is named, those of the cluster. @throws UsageError where that is not said */
function requireTargets(invocation: Invocation, { offline, snapshotSources }: PlanInput, all: boolean): void {
  const named = invocation.args.length > 0
  const chosen = invocation.given('selector') || invocation.on('all-namespaces')
  if (hasManifests(invocation)) {
    if (named) throw new UsageError('only one of a file and ds/NAME can be planned at a time')
    if (chosen)
      throw new UsageError(
        '-l and -A choose among the DaemonSets that are there: they cannot be used with -f or -k',
      )
    return
  }
  const nodesAlone = offline && snapshotSources.length === 0
  if (named && nodesAlone)
    throw new UsageError('ds/NAME is looked up in a cluster or a --snapshot: --nodes has only Nodes')
  if (named || (all && !nodesAlone)) return
  const there = nodesAlone ? '' : `, or one of the ${offline ? 'snapshot' : 'cluster'} with ds/NAME`
  throw new UsageError(
    `no DaemonSet given: name a manifest with -f FILE or a kustomization with -k DIR${there}`,
  )
}

function toInput(invocation: Invocation, map: boolean, context: Context): PlanInput {
  const nodeSources = invocation.list('nodes')
  const snapshotSources = invocation.list('snapshot')
  const from = invocation.text('from')
  const offline = nodeSources.length + snapshotSources.length > 0
  if (offline && invocation.on('server-dry-run'))
    throw new UsageError('--server-dry-run asks the cluster: it cannot be used with --nodes or --snapshot')
  refuseSharedStdin(invocation, ['filename', 'nodes', 'snapshot', 'from'])
  if (from !== undefined && snapshotSources.length > 0) {
    throw new UsageError('--from compares two manifests without any pods: it cannot be used with --snapshot')
  }
  const detailedExitCode = invocation.on('detailed-exitcode')
  if (detailedExitCode && offline && from === undefined && snapshotSources.length === 0) {
    throw new UsageError(
      '--detailed-exitcode is about changes: it needs --snapshot or --from to compare with',
    )
  }
  const traced = [...invocation.list('node'), ...invocation.list('explain')]
  const output = (invocation.text('output') ?? 'summary') as PlanOutput
  if (traced.length > 0 && ['name', 'markdown', 'wide', 'html'].includes(output)) {
    throw new UsageError(`--node and --explain show one node's trace: -o ${output} cannot`)
  }
  if (invocation.on('map') && (traced.length > 0 || invocation.given('output')))
    throw new UsageError('--map draws all nodes: it cannot be used with --node, --explain or -o')
  if (invocation.given('label-columns') && !map && !invocation.on('map'))
    throw new UsageError('-L groups the nodes of a map: it needs --map')
  const isMap = (map || invocation.on('map')) && !invocation.given('output')
  return {
    offline,
    ...(isMap ? { mapBy: invocation.list('label-columns') } : {}),
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
      '--fail-on and --max-change are about changes: they need --snapshot or --from to compare with',
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

/** The DaemonSets of a snapshot that the arguments name, else all. @throws KdsError for one that is not there */
async function fromSnapshot(
  invocation: Invocation,
  snapshot: ClusterSnapshot,
  context: Context,
): Promise<ToPlan[]> {
  const { orAll, requestedTargets } = await import('../bundles/live.ts')
  const namespace = invocation.given('namespace') ? invocation.text('namespace') : undefined
  const requested = orAll(await requestedTargets(invocation, context))
  const { daemonSets, errors } = chosenFrom(snapshot, requested, namespace)
  const [error] = errors
  if (error) throw error
  if (daemonSets.length === 0) {
    const where = namespace === undefined ? 'the snapshot' : `the namespace ${namespace} of the snapshot`
    throw new KdsError('no-target', `there is no such DaemonSet in ${where}`, {
      hint: 'plan a manifest against it with -f FILE',
    })
  }
  return daemonSets.map((value) => ({ value, findings: [] }))
}

async function planFiles(invocation: Invocation, input: PlanInput, context: Context): Promise<number> {
  // Begun first: the system reads a dump while the manifest is checked. What is wrong with the manifest is reported first.
  const cluster = readCluster(input, context)
  cluster.catch(() => {})
  const checked = hasManifests(invocation) ? await readDaemonSets(invocation, context) : []
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
  const isThere = snapshot && !hasManifests(invocation)
  const fromFiles = () =>
    snapshot
      ? mergedAll(checked, snapshot.daemonSets, namespace, context)
      : checked.map(({ loaded: { locate, value }, findings }) => ({ value, findings, locate }))
  const toPlan = await (isThere ? fromSnapshot(invocation, snapshot, context) : fromFiles())
  return planAll(toPlan, given.nodes, question, input, context)
}

/** Runs `kds plan`, or the same as a map. */
async function run(invocation: Invocation, map: boolean, context: Context): Promise<number> {
  const input = toInput(invocation, map, context)
  requireTargets(invocation, input, map)
  if (input.offline) return planFiles(invocation, input, context)
  return planLive(invocation, input, context)
}

export const planCommand: Command = { run: (invocation, context) => run(invocation, false, context) }
export const mapCommand: Command = { run: (invocation, context) => run(invocation, true, context) }
