import type { Condition, Container, ContainerStatus, Pod } from '#kube/types.ts'
import { type StoredObject, valueAt } from '../store/objects.ts'
import { age } from './age.ts'
import { ageColumn, type Column, column, nameColumn, textAt, wide } from './columns.ts'

interface PodSummary {
  readonly ready: number
  readonly containers: number
  readonly status: string
  readonly restarts: string
}

type State = NonNullable<ContainerStatus['state']> & {
  readonly terminated?: { readonly signal?: number; readonly finishedAt?: string } | null
}
type StatusLine = ContainerStatus & {
  readonly state?: State | null
  readonly lastState?: State | null
  readonly started?: boolean | null
}

const conditionOf = (pod: Pod, type: string): Condition | undefined =>
  pod.status?.conditions?.find((condition) => condition.type === type)

const isSidecar = (containers: readonly Container[] | null | undefined, name: string | null | undefined) =>
  containers?.find((container) => container.name === name)?.restartPolicy === 'Always'

/** `OOMKilled`, `Signal:9`, `ExitCode:1`: why a container ended. */
function endReason(state: State | null | undefined): string | undefined {
  const ended = state?.terminated
  if (!ended) return undefined
  if (ended.reason) return ended.reason
  return ended.signal ? `Signal:${ended.signal}` : `ExitCode:${ended.exitCode ?? 0}`
}

/** Counts restarts and remembers the last one. */
class Restarts {
  #count = 0
  #last = ''

  add(line: StatusLine): void {
    this.#count += line.restartCount ?? 0
    const finished = line.lastState?.terminated?.finishedAt ?? ''
    if (finished > this.#last) this.#last = finished
  }

  text(now: number): string {
    return this.#count > 0 && this.#last ? `${this.#count} (${age(this.#last, now)} ago)` : `${this.#count}`
  }
}

interface InitSummary {
  readonly status: string | undefined
  readonly sidecarsReady: number
  readonly restarts: Restarts
}

/** The init containers' part: the first that isn't done names the pod's status. */
function initSummary(pod: Pod): InitSummary {
  const restarts = new Restarts()
  let status: string | undefined
  let sidecarsReady = 0
  const lines = (pod.status?.initContainerStatuses ?? []) as readonly StatusLine[]
  for (const [index, line] of lines.entries()) {
    restarts.add(line)
    const sidecar = isSidecar(pod.spec?.initContainers, line.name)
    if (line.state?.terminated?.exitCode === 0 && line.state.terminated) continue
    if (sidecar && line.started) {
      if (line.ready) sidecarsReady += 1
      continue
    }
    const ended = endReason(line.state)
    const waiting = line.state?.waiting?.reason
    if (ended) status = `Init:${ended}`
    else if (waiting && waiting !== 'PodInitializing') status = `Init:${waiting}`
    else status = `Init:${index}/${pod.spec?.initContainers?.length ?? 0}`
    break
  }
  return { status, sidecarsReady, restarts }
}

/**
 * What `kubectl get pods` says of a pod: `printPod` of `kubernetes/pkg/printers/internalversion/printers.go`.
 */
export function podSummary(pod: Pod & StoredObject, now: number): PodSummary {
  const scheduled = conditionOf(pod, 'PodScheduled')
  let status = pod.status?.reason || pod.status?.phase || 'Unknown'
  if (scheduled?.reason === 'SchedulingGated') status = 'SchedulingGated'
  const sidecars = (pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').length
  const containers = (pod.spec?.containers?.length ?? 0) + sidecars
  const init = initSummary(pod)
  let { restarts } = init
  let ready = init.sidecarsReady
  if (init.status) status = init.status
  if (!init.status || conditionOf(pod, 'Initialized')?.status === 'True') {
    if (sidecars === 0) restarts = new Restarts()
    let running = false
    for (const line of ((pod.status?.containerStatuses ?? []) as readonly StatusLine[]).toReversed()) {
      restarts.add(line)
      const ended = endReason(line.state)
      if (line.state?.waiting?.reason) status = line.state.waiting.reason
      else if (ended) status = ended
      else if (line.ready && line.state?.running) {
        running = true
        ready += 1
      }
    }
    if (status === 'Completed' && running)
      status = conditionOf(pod, 'Ready')?.status === 'True' ? 'Running' : 'NotReady'
  }
  const finished = pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded'
  if (pod.metadata.deletionTimestamp && pod.status?.reason === 'NodeLost') status = 'Unknown'
  else if (pod.metadata.deletionTimestamp && !finished) status = 'Terminating'
  return { ready, containers, status, restarts: restarts.text(now) }
}

const summary = (object: StoredObject, now: number) => podSummary(object as Pod & StoredObject, now)

const gatesOf = valueAt<readonly { readonly conditionType?: string }[]>('spec.readinessGates')

function gates(object: StoredObject): string {
  const wanted = gatesOf(object) ?? []
  if (wanted.length === 0) return '<none>'
  const met = wanted.filter((gate) => conditionOf(object as Pod, gate.conditionType ?? '')?.status === 'True')
  return `${met.length}/${wanted.length}`
}

export const podColumns: readonly Column[] = [
  nameColumn,
  column(
    'Ready',
    (object, now) => `${summary(object, now).ready}/${summary(object, now).containers}`,
    'The aggregate readiness state of this pod for accepting traffic.',
  ),
  column(
    'Status',
    (object, now) => summary(object, now).status,
    'The aggregate status of the containers in this pod.',
  ),
  column(
    'Restarts',
    (object, now) => summary(object, now).restarts,
    'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
  ),
  ageColumn,
  ...wide(
    column('IP', textAt('status.podIPs.0.ip', '<none>'), 'podIP address allocated to the pod.'),
    column(
      'Node',
      textAt('spec.nodeName', '<none>'),
      'NodeName indicates in which node this pod is scheduled.',
    ),
    column(
      'Nominated Node',
      textAt('status.nominatedNodeName', '<none>'),
      'Set when preemption made room for this pod on a node.',
    ),
    column('Readiness Gates', gates, 'Conditions beyond the containers that must hold.'),
  ),
]
