import { type Diagnostic, KdsError, UsageError } from '#base/errors.ts'
import { readNodes, readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import type { ClusterSnapshot, NodesSnapshot } from '#cluster/snapshot/types.ts'
import type { DaemonSet, Node } from '#kube/types.ts'
import type { LoadedObject } from '#manifest/types.ts'
import { type PlacementPlan, planPlacement } from '#placement/plan.ts'
import type { Context } from '../context.ts'
import { requireNodes } from '../inputs/cluster.ts'
import {
  type CheckedDaemonSet,
  inputContext,
  presentTime,
  readDaemonSets,
  refuseSharedStdin,
  warn,
} from '../inputs/manifests.ts'
import type { Command, Invocation } from '../spec.ts'
import type { ChangeQuestion } from './changes.ts'
import { type PlannedManifest, type PlanOutput, showPlans } from './show.ts'

interface PlanInput {
  readonly nodeSources: readonly string[]
  readonly snapshotSources: readonly string[]
  /** A manifest to compare with, without any pods. */
  readonly from: string | undefined
  /** Nodes to trace; empty: the whole plan. */
  readonly traced: readonly string[]
  readonly output: PlanOutput
  readonly namespace: string
  readonly comparisonOperators: boolean
  readonly serverVersion: string | undefined
  readonly detailedExitCode: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

const someChange = 2

function toInput(invocation: Invocation, context: Context): PlanInput {
  const nodeSources = invocation.list('nodes')
  const snapshotSources = invocation.list('snapshot')
  const from = invocation.text('from')
  if (nodeSources.length + snapshotSources.length === 0) {
    throw new UsageError(
      'no nodes given: name a file with --nodes FILE, or a whole dump with --snapshot FILE',
      {
        hint: 'kubectl get nodes -o yaml | kds plan -f daemonset.yaml --nodes -',
      },
    )
  }
  refuseSharedStdin(invocation, ['filename', 'nodes', 'snapshot', 'from'])
  if (from !== undefined && snapshotSources.length > 0) {
    throw new UsageError('--from compares two manifests without any pods: it cannot be used with --snapshot')
  }
  const detailedExitCode = invocation.on('detailed-exitcode')
  if (detailedExitCode && from === undefined && snapshotSources.length === 0) {
    throw new UsageError('--detailed-exitcode tells changes: it needs --snapshot or --from to compare with')
  }
  const traced = [...invocation.list('node'), ...invocation.list('explain')]
  const output = (invocation.text('output') ?? 'summary') as PlanOutput
  if (traced.length > 0 && ['name', 'markdown', 'wide'].includes(output)) {
    throw new UsageError(`--node and --explain show one node's trace: -o ${output} cannot`)
  }
  return {
    nodeSources,
    snapshotSources,
    from,
    traced,
    output,
    namespace: invocation.text('namespace') ?? 'default',
    comparisonOperators: invocation.on('comparison-operators'),
    serverVersion: invocation.text('server-version'),
    detailedExitCode,
    now: presentTime(invocation, context),
  }
}

function placementWarnings(plan: PlacementPlan, loaded: LoadedObject<DaemonSet>): Diagnostic[] {
  return plan.warnings.map(({ code, message, path }) => ({
    severity: 'warning',
    code,
    message,
    location: loaded.locate(path),
  }))
}

function tracedNodes(snapshot: NodesSnapshot, names: readonly string[]): readonly Node[] {
  const known = new Map(snapshot.nodes.map((node) => [node.metadata?.name ?? '', node]))
  return names.map((name) => {
    const node = known.get(name)
    if (node) return node
    throw new KdsError('no-such-node', `no node "${name}" among the ${snapshot.nodes.length} nodes given`)
  })
}

/** What the present state, or an older manifest, is asked; undefined: where it may run is all that is asked. */
async function changeQuestion(
  input: PlanInput,
  { snapshot }: Cluster,
  context: Context,
): Promise<ChangeQuestion | undefined> {
  const { comparisonOperators, from, namespace, serverVersion } = input
  const shared = { namespace, comparisonOperators, serverVersion, now: input.now }
  if (snapshot) return { ...shared, snapshot }
  if (from === undefined) return undefined
  const { requireDaemonSets } = await import('#manifest/daemon-sets.ts')
  const { readManifests } = await import('#manifest/read-manifests.ts')
  const older = await readManifests({ ...inputContext(context), files: [from] })
  requireDaemonSets(older, [from])
  warn(older.diagnostics, context)
  return { ...shared, older: older.daemonSets.map((loaded) => loaded.value) }
}

/** The nodes, and the present state where `--snapshot` gives one. */
interface Cluster {
  readonly nodes: NodesSnapshot
  readonly snapshot?: ClusterSnapshot
}

async function readCluster(input: PlanInput, context: Context): Promise<Cluster> {
  const options = { ...inputContext(context), sources: [...input.snapshotSources, ...input.nodeSources] }
  if (input.snapshotSources.length === 0) {
    const nodes = await readNodes(options)
    warn(nodes.diagnostics, context)
    return { nodes }
  }
  const snapshot = await readSnapshot(options)
  requireNodes(snapshot, options.sources)
  warn(snapshot.diagnostics, context)
  return { nodes: snapshot, snapshot }
}

function planOne(checked: CheckedDaemonSet, nodes: readonly Node[], input: PlanInput): PlannedManifest {
  const { loaded, findings } = checked
  const { comparisonOperators, namespace } = input
  const plan = planPlacement(loaded.value, nodes, namespace, { comparisonOperators })
  return { plan, warnings: [...findings, ...placementWarnings(plan, loaded)] }
}

async function withChanges(planned: PlannedManifest, question: ChangeQuestion): Promise<PlannedManifest> {
  const { answerChanges } = await import('./changes.ts')
  const changes = answerChanges(planned.plan, question)
  return { ...planned, changes, warnings: [...planned.warnings, ...changes.warnings] }
}

async function run(invocation: Invocation, context: Context): Promise<number> {
  const input = toInput(invocation, context)
  const daemonSets = await readDaemonSets(invocation, context)
  const cluster = await readCluster(input, context)
  const nodes = input.traced.length > 0 ? tracedNodes(cluster.nodes, input.traced) : cluster.nodes.nodes
  const question = await changeQuestion(input, cluster, context)
  const planned: PlannedManifest[] = []
  for (const checked of daemonSets) {
    const one = planOne(checked, nodes, input)
    const full = question ? await withChanges(one, question) : one
    warn(full.warnings.slice(checked.findings.length), context)
    planned.push(full)
  }
  await showPlans(planned, input.output, input.traced.length > 0, context)
  return input.detailedExitCode && planned.some((one) => one.changes?.some) ? someChange : 0
}

export const planCommand: Command = { run }
