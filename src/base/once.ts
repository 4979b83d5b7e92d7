/**
 * Answers of `work`, each worked out when it is asked for first, and kept as long as its object is. For lists that many are held
 * against, as a cluster's nodes and pods: they must not change, and whoever has other ones makes another list.
 */
export function oncePer<K extends object, V extends NonNullable<unknown>>(work: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, V>()
  return (of) => {
    const found = known.get(of) ?? work(of)
    known.set(of, found)
    return found
  }
}
