import { getKey, isObject, type Json } from '#base/json.ts'
import { goPrint } from '#kube/go-text.ts'
import { directive, elementOrder, hasDirective } from './directives.ts'
import { PatchError } from './patch-error.ts'

/** The value by which an element of a merging list is told apart: its merge key, or itself where it is a scalar. */
export function identity(element: Json | undefined, mergeKey: string): Json | undefined {
  return isObject(element) ? getKey(element, mergeKey) : element
}

/** Fails unless every element has the merge key, as the server does. */
export function requireMergeKeys(list: readonly Json[], mergeKey: string): void {
  for (const element of list) {
    if (!isObject(element))
      throw new PatchError(500, `expected a map[string]interface {}, but received a ${typeof element}`)
    if (!Object.hasOwn(element, mergeKey)) throw noMergeKey(element, mergeKey)
  }
}

export function noMergeKey(element: Json, mergeKey: string): PatchError {
  return new PatchError(500, `map: ${goPrint(element)} does not contain declared merge key: ${mergeKey}`)
}

/**
 * A merged list in the order that a strategic merge patch promises: the elements that `patchOrder` names in that order,
 * the others in the order of `liveOrder`, and each of these where it stood in relation to its neighbours.
 */
export function orderMerged(
  merged: readonly Json[],
  patchOrder: readonly Json[],
  liveOrder: readonly Json[],
  mergeKey: string,
): Json[] {
  const patchRank = ranks(patchOrder, mergeKey)
  const liveRank = ranks(liveOrder, mergeKey)
  const inPatch = (element: Json) => patchRank.has(identity(element, mergeKey))
  const fromPatch = sorted(merged.filter(inPatch), patchRank, mergeKey)
  const liveOnly = sorted(
    merged.filter((element) => !inPatch(element)),
    liveRank,
    mergeKey,
  )
  const result: Json[] = []
  while (liveOnly.length > 0 && fromPatch.length > 0) {
    const live = liveRank.get(identity(liveOnly[0], mergeKey))
    const patched = liveRank.get(identity(fromPatch[0], mergeKey))
    const liveFirst = live !== undefined && patched !== undefined && live < patched
    result.push(...(liveFirst ? liveOnly : fromPatch).splice(0, 1))
  }
  return [...result, ...fromPatch, ...liveOnly]
}

type Ranks = ReadonlyMap<Json | undefined, number>

function ranks(order: readonly Json[], mergeKey: string): Ranks {
  const map = new Map<Json | undefined, number>()
  for (const [at, element] of order.entries()) {
    const id = identity(element, mergeKey)
    if (!map.has(id)) map.set(id, at)
  }
  return map
}

/** A list in the order in which another one holds its elements. */
export function sortByRank(list: readonly Json[], order: readonly Json[], mergeKey: string): Json[] {
  return sorted(list, ranks(order, mergeKey), mergeKey)
}

function sorted(list: readonly Json[], rank: Ranks, mergeKey: string): Json[] {
  const of = (element: Json) => rank.get(identity(element, mergeKey)) ?? -1
  return list.toSorted((a, b) => of(a) - of(b))
}

/** The elements of the patch must all be in the order, and stand there in the same order. */
export function checkOrder(patched: readonly Json[], order: readonly Json[], mergeKey: string): void {
  if (patched.length === 0 || order.length === 0) return
  const wanted = patched.filter((item) => !isObject(item) || item[directive] !== 'delete')
  let next = 0
  for (let at = 0; at < order.length && next < wanted.length; ) {
    const [item, ordered] = [wanted[next], order[at]]
    if (item !== undefined && hasDirective(item)) next++
    else {
      if (mergeKey !== '') requireMergeKeys([item ?? null, ordered ?? null], mergeKey)
      if (identity(item, mergeKey) === identity(ordered, mergeKey)) next++
      at++
    }
  }
  if (next < wanted.length)
    throw new PatchError(
      500,
      `The order in patch list:\n${goPrint([...patched])}\n doesn't match ${elementOrder} list:\n${goPrint([...order])}\n`,
    )
}

type ElementKind = 'object' | 'string' | 'number' | 'boolean'

/** The one kind of element that both lists hold; lists of lists and mixtures are refused. */
export function elementKind(original: readonly Json[], patch: readonly Json[]): ElementKind | undefined {
  const kinds = new Set(
    [...original, ...patch].map((item) =>
      Array.isArray(item) ? 'list' : item === null ? 'null' : typeof item,
    ),
  )
  if (kinds.has('list')) throw new PatchError(422, 'lists of lists are not supported')
  const [kind, other] = kinds
  if (other !== undefined)
    throw new PatchError(500, `list element types are not identical: ${goPrint([[...original], [...patch]])}`)
  return kind as ElementKind | undefined
}
