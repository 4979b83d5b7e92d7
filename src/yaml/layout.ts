/** Where the parts of one document stand, as offsets of its text; `key` is undefined for the items of a list. */
export interface Place<Ref> {
  readonly key: number | undefined
  readonly value: number
  readonly ref: Ref
}

/** One syntax's way to tell what is directly below a node. Costs nothing until it is asked. */
export interface Layout<Ref> {
  root(): Place<Ref>
  /** The entries of a mapping by name, the items of a list by index, undefined for a scalar. */
  children(ref: Ref): ReadonlyMap<string | number, Place<Ref>> | undefined
}

/**
 * The offset of the field at `path`, of its name (`key`) or of its value. For a path that does not exist it is the
 * name of the nearest ancestor that does.
 */
export function findOffset<Ref>(
  layout: Layout<Ref>,
  path: readonly (string | number)[],
  part: 'key' | 'value',
): number {
  let place = layout.root()
  for (const step of path) {
    const next = layout.children(place.ref)?.get(step)
    if (!next) return place.key ?? place.value
    place = next
  }
  return part === 'key' ? (place.key ?? place.value) : place.value
}
