import type { KubeObject } from '#kube/types.ts'
import { Registry } from './api/registry.ts'
import type { SandboxClock } from './clock.ts'
import { loadFirstObjects } from './first-objects.ts'
import type { BehaviourOptions } from './loops/behaviour.ts'
import { type LoopContext, podsOf } from './loops/context.ts'
import { runCronJobs } from './loops/cron-job-controller.ts'
import { runDaemonSets } from './loops/daemon-set-controller.ts'
import { keepBudgets } from './loops/disruption-controller.ts'
import { collectGarbage } from './loops/garbage-collector.ts'
import { runJobs } from './loops/job-controller.ts'
import { runKubelets } from './loops/kubelet.ts'
import { keepNamespaces } from './loops/namespace-controller.ts'
import { keepNodes } from './loops/node-lifecycle.ts'
import { NodeRoom } from './loops/node-room.ts'
import { collectPods } from './loops/pod-collector.ts'
import { keepQuotas } from './loops/quota-controller.ts'
import { Recorder } from './loops/recorder.ts'
import { schedulePods } from './loops/scheduler.ts'
import type { Names } from './names.ts'
import { Store } from './store/store.ts'

export interface ClusterOptions {
  /** Instead of a clock that runs at the sandbox's speed; watches then time out by it, too. */
  readonly clock: SandboxClock
  readonly names: Names
  /** What the cluster holds at the start: nodes, a whole snapshot, Lists. Kinds that are not served are passed over. */
  readonly objects: readonly KubeObject[]
  readonly behaviour: BehaviourOptions
  /** How many changes of each resource a watch can reach back. Default 10,000. */
  readonly logCapacity: number
  /** How many Events are kept at most. Default 40,000. */
  readonly eventCapacity: number
}

/** The simulated cluster behind the API: its objects, and the loops that move them. */
export interface Cluster {
  readonly store: Store
  readonly registry: Registry
}

/** Makes a cluster and sets its loops going. Objects of kinds that are not served are passed over. */
export function startCluster(options: ClusterOptions): Cluster {
  const { clock, names, behaviour } = options
  const store = new Store(options.logCapacity)
  const registry = new Registry(store, clock, names)
  loadFirstObjects(registry, options.objects, clock, names)
  const recorder = new Recorder(store, names, clock, options.eventCapacity)
  const context: LoopContext = { registry, store, clock, names, recorder }
  const room = new NodeRoom()
  for (const pod of podsOf(store).values()) room.note(undefined, pod)
  podsOf(store).subscribe(({ type, object, previous }) =>
    room.note(previous, type === 'DELETED' ? undefined : object),
  )
  // Before the controllers that make pods: they find the room that a pod has left.
  keepQuotas(context)
  keepNamespaces(context)
  keepNodes(context, room)
  schedulePods(context, room)
  runKubelets(context, behaviour)
  collectGarbage(context)
  collectPods(context)
  runDaemonSets(context)
  keepBudgets(context)
  runJobs(context)
  runCronJobs(context)
  return { store, registry }
}
