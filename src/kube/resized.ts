import { compareQuantities, parseQuantity } from './quantity.ts'
import type { Condition, Container, ContainerStatus, Maybe, Pod, PodSpec, QuantityMap } from './types.ts'

/** What a kubelet tells of a container, or of a whole pod. */
type Told = Pick<ContainerStatus, 'allocatedResources' | 'resources'>

type Field = 'requests' | 'limits'
type Amount = QuantityMap[string]
const nothing: QuantityMap = {}

function isMore(amount: Amount, than: Amount): boolean {
  if (amount === than) return false
  const [one, other] = [parseQuantity(amount), parseQuantity(than)]
  return one.ok && (!other.ok || compareQuantities(one.quantity, other.quantity) > 0)
}

/** Of each resource the larger amount; the first itself where the second has no larger. */
function larger(first: QuantityMap, second: Maybe<QuantityMap>): QuantityMap {
  let result = first
  for (const [name, amount] of Object.entries(second ?? nothing))
    if (!Object.hasOwn(result, name) || isMore(amount, result[name] ?? 0))
      result = { ...result, [name]: amount }
  return result
}

function saysTheSame(told: Maybe<QuantityMap>, wished: Maybe<QuantityMap>): boolean {
  if (told === wished) return true
  for (const name in told) if (told[name] !== wished?.[name]) return false
  return true
}

/** Looked at of each pod of a cluster: kubelets tell of all what they have set aside, nearly always what is wished. */
function differ(
  containers: Maybe<readonly Container[]>,
  statuses: Maybe<readonly ContainerStatus[]>,
): boolean {
  for (const status of statuses ?? []) {
    if (!status?.resources) continue
    const { allocatedResources, name, resources } = status
    const wished = containers?.find((one) => one?.name === name)?.resources
    if (
      !saysTheSame(allocatedResources, wished?.requests) ||
      (resources !== wished &&
        !(saysTheSame(resources.requests, wished?.requests) && saysTheSame(resources.limits, wished?.limits)))
    )
      return true
  }
  return false
}

const isPending = (one: Maybe<Condition>) => one?.type === 'PodResizePending'

/** Whether the status of a pod may say otherwise than its spec what is set aside for it. */
export const isResizing = ({ spec, status }: Pod): boolean =>
  differ(spec?.containers, status?.containerStatuses) ||
  differ(spec?.initContainers, status?.initContainerStatuses) ||
  Boolean(spec?.resources && status?.resources) ||
  (status?.conditions?.some(isPending) ?? false)

/** The API server takes a limit for the request where none is given. */
function wishedOf(container: Container, field: Field): QuantityMap {
  const { limits, requests } = container.resources ?? {}
  const given = (field === 'limits' ? limits : requests) ?? nothing
  return Object.keys(limits ?? nothing).every((name) => Object.hasOwn(given, name))
    ? given
    : { ...limits, ...given }
}

/** What a kubelet has set aside, and what is wished unless the node could never hold that. */
function heldOf(wished: QuantityMap, told: Told, field: Field, infeasible: boolean): QuantityMap {
  const inEffect = larger(infeasible ? nothing : wished, told.resources?.[field])
  return field === 'requests' ? larger(inEffect, told.allocatedResources) : inEffect
}

/** For a whole pod only what is asked for as such. */
function heldAsWhole(wished: QuantityMap, status: Told, infeasible: boolean): QuantityMap {
  const held = heldOf(wished, status, 'requests', infeasible)
  const names = Object.keys(wished)
  if (names.every((name) => held[name] === wished[name])) return wished
  return Object.fromEntries(names.map((name) => [name, held[name] ?? 0]))
}

/** The list itself where no item becomes another. */
function mapped<T>(items: Maybe<readonly T[]>, change: (item: T) => T): Maybe<readonly T[]> {
  const changed = items?.map(change)
  return changed?.some((item, at) => item !== items?.[at]) ? changed : items
}

/**
 * The spec of a pod with what is set aside for it while it is resized in place: for each container of which its kubelet tells
 * the largest of what is wished, allocated and in effect; a wish that is infeasible does not count, and init containers that
 * end are never resized. Mirrors `PodRequests` and `PodLimits` of k8s.io/component-helpers 1.36 with UseStatusResources and
 * InPlacePodLevelResourcesVerticalScaling.
 *
 * @param field What is looked at: containers that are resized have nothing else.
 * @returns The spec itself where nothing differs.
 */
export function heldSpec({ spec, status }: Pod, field: Field): Maybe<PodSpec> {
  if (!spec || !status || !isResizing({ spec, status })) return spec
  const told = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].filter(
    (one) => one?.resources,
  )
  const whole = field === 'requests' && status.resources ? spec.resources?.requests : undefined
  const infeasible = status.conditions?.find(isPending)?.reason === 'Infeasible'
  const held = (container: Container): Container => {
    const own = told.find(({ name }) => name === container?.name)
    const wished = own && wishedOf(container, field)
    const amounts = wished && heldOf(wished, own, field, infeasible)
    return amounts === wished ? container : { ...container, resources: { [field]: amounts } }
  }
  const containers = mapped(spec.containers, held)
  const initContainers = mapped(spec.initContainers, (one) =>
    one?.restartPolicy === 'Always' ? held(one) : one,
  )
  const asWhole = whole && heldAsWhole(whole, status, infeasible)
  if (containers === spec.containers && initContainers === spec.initContainers && asWhole === whole)
    return spec
  const resources = asWhole ? { ...spec.resources, requests: asWhole } : spec.resources
  return { ...spec, containers, initContainers, resources }
}
