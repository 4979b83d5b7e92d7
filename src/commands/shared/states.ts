import type { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import type { ClusterSnapshot } from '#cluster/snapshot/types.ts'
import type { DaemonSetState, StateSummary } from '#controller/state/types.ts'
import type { DaemonSet } from '#kube/types.ts'
import { readStates, type StatesOptions } from '#rollout/states.ts'
import { readSummaries } from '#rollout/summaries.ts'
import type { Connected } from './connection.ts'
import { requireNodes } from './inputs/cluster.ts'
import { inputContext, warn } from './inputs/context.ts'
import { presentTime } from './inputs/present-time.ts'
import { snapshotStates } from './snapshot-states.ts'
import { chosenFrom } from './snapshot-targets.ts'

/** How DaemonSets are, wherever that was read. */
export interface FoundStates<S extends StateSummary = DaemonSetState> {
  readonly states: readonly S[]
  /** One for each name that could not be had. */
  readonly errors: readonly KdsError[]
  /** Rows may be of several namespaces. */
  readonly allNamespaces: boolean
  readonly namespace: string
  /** Undefined: it was read from files. */
  readonly live: Connected | undefined
  /** Undefined: it was read from a cluster. */
  readonly snapshot: ClusterSnapshot | undefined
  /** Reads them anew from a cluster. */
  readonly again: () => Promise<FoundStates<S>>
}

type StatesWish = Pick<StatesOptions, 'node' | 'revisions' | 'withoutNodes'>

/**
 * Hands the states of the DaemonSets that arguments, `-n`, `-A` and `-l` name (all, where none is named) to `use`: from the
 * cluster that the connection flags name, or from `--snapshot` and `--nodes`. Answers the exit code.
 */
export const withStates = (
  invocation: Invocation,
  context: Context,
  wish: StatesWish,
  use: (found: FoundStates) => Promise<number>,
): Promise<number> =>
  withStatesBy(
    invocation,
    context,
    (cluster, daemonSets, options) => readStates(cluster, daemonSets, { ...wish, ...options }),
    use,
  )

/** The same in short, for lists of many: see `readSummaries`. */
export const withSummaries = (
  invocation: Invocation,
  context: Context,
  use: (found: FoundStates<StateSummary>) => Promise<number>,
): Promise<number> => withStatesBy<StateSummary>(invocation, context, readSummaries, use)

async function withStatesBy<S extends StateSummary>(
  invocation: Invocation,
  context: Context,
  readAll: (
    cluster: Connected['cluster'],
    daemonSets: readonly DaemonSet[],
    options: StatesOptions,
  ) => Promise<readonly (S | DaemonSetState)[]>,
  use: (found: FoundStates<S | DaemonSetState>) => Promise<number>,
): Promise<number> {
  const sources = [...invocation.list('snapshot'), ...invocation.list('nodes')]
  if (sources.length > 0) return use(await fromFiles(invocation, context, sources))
  const { getTargets, onLiveCluster, orAll, requestedTargets } = await import('../bundles/live.ts')
  return onLiveCluster(invocation, context, async (connected) => {
    const requested = orAll(await requestedTargets(invocation, context))
    const read = async (): Promise<FoundStates<S | DaemonSetState>> => {
      const { daemonSets, errors } = await getTargets(requested, connected)
      const { cluster, namespace, signal } = connected
      const states = await readAll(cluster, daemonSets, { now: context.clock.now(), signal })
      const { allNamespaces } = requested
      return { states, errors, allNamespaces, namespace, live: connected, snapshot: undefined, again: read }
    }
    return use(await read())
  })
}

async function fromFiles(
  invocation: Invocation,
  context: Context,
  sources: readonly string[],
): Promise<FoundStates> {
  const { readSnapshot } = await import('../bundles/files.ts')
  const snapshot = await readSnapshot({ ...inputContext(context), sources })
  requireNodes(snapshot, sources)
  warn(snapshot.diagnostics, context)
  const { orAll, requestedTargets } = await import('../bundles/live.ts')
  const requested = orAll(await requestedTargets(invocation, context))
  const namespace = invocation.given('namespace') ? invocation.text('namespace') : undefined
  const { daemonSets, errors } = chosenFrom(snapshot, requested, namespace)
  const now = presentTime(invocation, context)
  const states = snapshotStates(snapshot, daemonSets, {
    now,
    serverVersion: invocation.text('server-version'),
  })
  const found: FoundStates = {
    states,
    errors,
    allNamespaces: namespace === undefined,
    namespace: namespace ?? 'default',
    live: undefined,
    snapshot,
    again: () => Promise.resolve(found),
  }
  return found
}

/** Tells on stderr what could not be had: nodes, some of the names, or anything. Answers the exit code. */
export async function tellStateErrors(
  found: FoundStates<StateSummary | DaemonSetState>,
  context: Context,
): Promise<number> {
  const { allNamespaces, errors, live, namespace, snapshot, states } = found
  if (states.some((state) => 'rows' in state && !state.nodes))
    context.stderr.write('Warning: you may not list nodes: this is told from the pods alone\n')
  const { Failures, tellNothingFound } = await import('../bundles/live.ts')
  const failures = new Failures()
  failures.add(...errors)
  if (states.length === 0 && errors.length === 0)
    await tellNothingFound(allNamespaces, live ?? { namespace, elsewhere: namespacesIn(snapshot) }, context)
  return failures.report(live, context)
}

/** The namespaces that have DaemonSets in a dump. */
const namespacesIn = (snapshot: ClusterSnapshot | undefined) =>
  (snapshot?.daemonSets ?? []).map(({ metadata }) => metadata?.namespace || 'default')
