interface Known<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): unknown
}

/** The value of a key; made, and kept, where there is none yet. */
export function getOrMake<K, V extends NonNullable<unknown>>(known: Known<K, V>, key: K, make: () => V): V {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  known.set(key, made)
  return made
}

/**
 * Answers of `work`, each worked out when it is asked for first, and kept as long as its object is. For lists that many are held
 * against, as a cluster's nodes and pods: they must not change, and whoever has other ones makes another list.
 */
export function oncePer<K extends object, V extends NonNullable<unknown>>(work: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, V>()
  return (of) => known.get(of) ?? getOrMake(known, of, () => work(of))
}
