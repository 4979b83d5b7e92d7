import { ifReadable } from '#cluster/found.ts'
import { daemonSets, events, nameOf, priorityClasses } from '#cluster/resources.ts'
import type { Connected } from '#commands/shared/connection.ts'
import type { FoundStates } from '#commands/shared/states.ts'
import type { DaemonSetState } from '#controller/state/types.ts'
import type { KubeEvent } from '#kube/events.ts'
import type { DaemonSet, PriorityClass } from '#kube/types.ts'
import { concerns } from '#views/describe/event-groups.ts'

/** What a page tells beyond the state. What may not be read is undefined. */
export interface Surroundings {
  readonly daemonSets: readonly DaemonSet[] | undefined
  readonly priorityClasses: readonly PriorityClass[] | undefined
  /** About the DaemonSet and its pods. */
  readonly eventsOf: (state: DaemonSetState) => Promise<readonly KubeEvent[] | undefined>
}

const podNames = ({ rows }: DaemonSetState): ReadonlySet<string> =>
  new Set(rows.flatMap(({ pods }) => pods.map(({ facts }) => facts.name)))

/** Undefined for what the server does not let one have. */
const allowed = async <T>(
  reading: Promise<{ readonly items: readonly T[] }>,
): Promise<readonly T[] | undefined> => (await ifReadable(reading))?.items

async function live({ cluster, signal }: Connected): Promise<Surroundings> {
  const [others, classes] = await Promise.all([
    allowed(cluster.list(daemonSets, { signal })),
    allowed(cluster.list(priorityClasses, { signal })),
  ])
  return {
    daemonSets: others,
    priorityClasses: classes,
    async eventsOf(state) {
      const { daemonSet } = state
      const names = podNames(state)
      const keep = (event: KubeEvent) => (concerns(event, daemonSet, names) ? event : undefined)
      const { namespace } = nameOf(daemonSet)
      const found = await allowed(cluster.list(events, { namespace, signal, keep }))
      return found?.filter((event) => event !== undefined)
    },
  }
}

/** Reads them from where the states were read. */
export async function surroundingsOf({ live: connected, snapshot }: FoundStates): Promise<Surroundings> {
  if (connected) return live(connected)
  const { events: all = [] } = snapshot ?? {}
  return {
    daemonSets: snapshot?.daemonSets,
    priorityClasses: snapshot?.priorityClasses,
    async eventsOf(state) {
      const names = podNames(state)
      return all.filter((event) => concerns(event, state.daemonSet, names))
    },
  }
}
