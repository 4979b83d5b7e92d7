/** An object that a pod needs and that is not there, as kubectl names it. */
export interface Missing {
  readonly kind: string
  readonly name: string
}

/** In the words of the API server's admission and of the kubelet, which sets volumes and environments up. */
const patterns: readonly (readonly [kind: string, RegExp])[] = [
  ['ServiceAccount', /serviceaccount "([^"]+)" not found/],
  ['PriorityClass', /no PriorityClass with name (\S+) was found/],
  ['RuntimeClass', /RuntimeClass "([^"]+)" not found/],
  ['ConfigMap', /\bconfigmap "([^"]+)" not found/],
  ['Secret', /\bsecret "([^"]+)" not found/],
]

/** What a message calls missing: whoever reads it later may find that it is there by now. */
export function missingIn(message: string): Missing | undefined {
  for (const [kind, pattern] of patterns) {
    const [, name] = pattern.exec(message) ?? []
    if (name !== undefined) return { kind, name }
  }
  return undefined
}

/** `ServiceAccount agent` */
export const missingText = ({ kind, name }: Missing): string => `${kind} ${name}`
