/** `kds/placement`: the models of kds as a module for other programs, in Node and in browsers. Its types stand in `api.ts`. */
import { KdsError } from '#base/errors.ts'
import { isDaemonSet, sortedObjects } from '#kube/sorted-objects.ts'
import type { DaemonSet, KubeObject, Node } from '#kube/types.ts'
import * as placement from '#placement/placement.ts'
import { planDocument } from '#views/plan/document.ts'
import type { PlanList } from '#views/plan/plan-types.ts'
import type * as api from './api.ts'
import { askObjects } from './ask-objects.ts'
import type { ChangeQuestion } from './changes.ts'
import { checkDaemonSet } from './check.ts'
import { merged } from './merged.ts'
import { PlacementError } from './placement-error.ts'
import { planOne, type ToPlan } from './plan.ts'
import { refuseAsServer } from './refusals.ts'

export { PlacementError }

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a value is, for people. */
function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (!isObject(value)) return value === null ? 'null' : `a value of type ${typeof value}`
  const { apiVersion, kind } = value as KubeObject
  return typeof kind === 'string' ? `a ${kind} of ${apiVersion}` : 'an object without a kind'
}

function badInput(what: string, found: unknown, hint: string): PlacementError {
  return new PlacementError('bad-input', `${what} is ${nameOf(found)}`, { hint })
}

function daemonSetOf(value: unknown, what: string): DaemonSet {
  if (isObject(value) && isDaemonSet(value)) return value
  throw badInput(what, value, 'give a DaemonSet with apiVersion: apps/v1 and kind: DaemonSet, as parsed JSON')
}

function nodeOf(value: unknown, what: string): Node {
  const hint = 'give Nodes as kubectl get nodes -o json lists them under items'
  const kind = isObject(value) ? (value as KubeObject).kind : undefined
  // Lists of the API's own name no kinds in their items.
  if (!isObject(value) || (kind !== 'Node' && kind !== undefined && kind !== null))
    throw badInput(what, value, hint)
  const node = value as Node
  if (typeof node.metadata?.name !== 'string' || node.metadata.name === '')
    throw new PlacementError('bad-input', `${what} has no metadata.name`, { hint })
  return node
}

/** A list of objects; a single one counts as a list of one. */
function listOf<T>(value: unknown, what: string, of: (one: unknown, what: string) => T): T[] {
  if (!Array.isArray(value)) throw badInput(what, value, `give a list${isObject(value) ? ': its items' : ''}`)
  return value.map((one, at) => of(one, `${what}[${at}]`))
}

const daemonSetsOf = (value: unknown, what: string): DaemonSet[] =>
  Array.isArray(value) ? listOf(value, what, daemonSetOf) : [daemonSetOf(value, what)]

function objectOf(value: unknown, what: string): KubeObject {
  if (!isObject(value) || typeof (value as KubeObject).kind !== 'string')
    throw badInput(what, value, 'give objects with apiVersion and kind, as kubectl get -o json lists them')
  return value
}

/** What the API server would say; refuses what it would refuse. */
function checked(value: DaemonSet, force: boolean): ToPlan {
  const findings = checkDaemonSet(value, 'strict').map(({ path: _, part: __, hint, ...found }) => ({
    ...found,
    ...(hint === undefined ? {} : { hint }),
  }))
  const errors = findings.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (!first || force) return { value, findings }
  const count = errors.length === 1 ? 'an error' : `${errors.length} errors`
  const message = `the API server would refuse DaemonSet ${value.metadata?.name ?? ''} for ${count}: ${first.message}`
  throw new PlacementError('refused', message, { hint: 'fix it, or go on with { force: true }', findings })
}

/** What the DaemonSets are held against; undefined: nothing. */
function questionOf(
  daemonSets: readonly DaemonSet[],
  namespace: string,
  options: api.PlanOptions,
): ChangeQuestion | undefined {
  const { beside = [], cluster, comparisonOperators = false, force, now, older, serverVersion } = options
  const common = { namespace, comparisonOperators, serverVersion }
  if (cluster && older)
    throw new PlacementError('bad-input', 'older and cluster are given', {
      hint: 'compare with an older manifest, or with what the cluster holds',
    })
  if (older !== undefined) return { ...common, now: 0, older: daemonSetsOf(older, 'older') }
  if (cluster === undefined) return undefined
  const moment = now === undefined ? Number.NaN : Number(now)
  if (!Number.isFinite(moment))
    throw new PlacementError('bad-input', 'now is not given', {
      hint: 'give the moment for which to plan, as a Date or in milliseconds since the epoch',
    })
  const snapshot = sortedObjects(listOf(cluster, 'cluster', objectOf))
  const along = listOf(beside, 'beside', objectOf).map((one) => ({
    ...one,
    metadata: { ...one.metadata, namespace: one.metadata?.namespace || namespace },
  }))
  if (!force) refuseAsServer(daemonSets, snapshot, along, namespace)
  return { ...common, now: moment, snapshot, ask: askObjects(snapshot, along, moment) }
}

/** Errors of kds as those of the module. */
function inOwnWords<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof KdsError)) throw error
    const hint = error.hint?.replace('with --force', 'with { force: true }')
    const code = error.code === 'no-older' ? 'no-older' : 'refused'
    const message = error.message.replace('the manifest given by --from', 'older')
    throw new PlacementError(code, message, hint === undefined ? {} : { hint })
  }
}

export const plan: typeof api.plan = (daemonSets, nodes, options = {}) =>
  inOwnWords((): PlanList => {
    const { comparisonOperators = false, explain = false, force = false, namespace = 'default' } = options
    const values = daemonSetsOf(daemonSets, 'daemonSets')
    const nodeList = listOf(nodes, 'nodes', nodeOf)
    const toPlan = values.map((value) => checked(value, force))
    const question = questionOf(values, namespace, options)
    const items = toPlan.map((one) => {
      const present = question && 'snapshot' in question ? question.snapshot.daemonSets : undefined
      const asked = present ? merged(one, present, namespace) : one
      const { changes, plan, warnings } = planOne(asked, nodeList, question, {
        comparisonOperators,
        namespace,
      })
      return planDocument(plan, warnings, {
        passes: explain,
        changes: changes?.present,
        compared: changes?.compared,
        admission: changes?.admission,
      })
    })
    return { apiVersion: 'kds/v1', kind: 'PlanList', items }
  })

const preparedOf = (daemonSet: unknown, { comparisonOperators = false }: api.Options) =>
  placement.prepareDaemonSet(daemonSetOf(daemonSet, 'daemonSet'), { comparisonOperators })

export const decide: typeof api.decide = (daemonSet, node, options = {}) =>
  placement.decide(preparedOf(daemonSet, options), nodeOf(node, 'node'))

export const explain: typeof api.explain = (daemonSet, node, options = {}) =>
  placement.explain(preparedOf(daemonSet, options), nodeOf(node, 'node'))
