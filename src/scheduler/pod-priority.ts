import type { PodSpec, PriorityClass } from '#kube/types.ts'

/** The two classes that every cluster has. */
const systemClasses = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
])

export interface PodPriority {
  readonly value: number
  readonly className: string | undefined
  /** False: a class is named that is not among those given, so its value is taken as 0. */
  readonly known: boolean
  /** May it displace others? */
  readonly preempts: boolean
}

/**
 * The priority that admission gives a pod: its class's, else that of the class with `globalDefault` (the lowest if there
 * are several), else 0. A pod that has been admitted carries its value.
 */
export function podPriority(
  spec: PodSpec | null | undefined,
  classes: readonly PriorityClass[],
): PodPriority {
  const named = spec?.priorityClassName || undefined
  const found =
    named === undefined ? globalDefault(classes) : classes.find((one) => one.metadata?.name === named)
  const className = named ?? found?.metadata?.name ?? undefined
  const ofClass = found?.value ?? systemClasses.get(className ?? '')
  const policy = spec?.preemptionPolicy ?? found?.preemptionPolicy
  return {
    value: spec?.priority ?? ofClass ?? 0,
    className,
    known: typeof spec?.priority === 'number' || named === undefined || ofClass !== undefined,
    preempts: policy !== 'Never',
  }
}

const globalDefault = (classes: readonly PriorityClass[]) =>
  classes
    .filter((one) => one.globalDefault === true)
    .sort((one, other) => (one.value ?? 0) - (other.value ?? 0))[0]
