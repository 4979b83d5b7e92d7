/** With how many requests at once a command begins to ask its cluster. What stands below these words begins as they do. */
const requests: Readonly<Record<string, number>> = {
  apply: 1,
  delete: 2,
  describe: 2,
  diff: 1,
  get: 1,
  map: 4,
  overhead: 4,
  plan: 4,
  pods: 2,
  revisions: 3,
  'rollout history': 2,
  'rollout pause': 1,
  'rollout restart': 1,
  'rollout resume': 1,
  'rollout status': 1,
  'rollout undo': 1,
  'rollout waves': 1,
  'set image': 1,
  snapshot: 4,
  'what-if': 4,
  why: 2,
}

/** Flags by which a command does without a cluster. */
const without = /^(?:-h|--(?:help|local|nodes|snapshot)(?:=|$))/

/**
 * How many connections a call will want at once in the beginning, as far as its raw words tell; 0 where it may do without a cluster.
 * A guess, made before the command is known: whatever it says, the call means what the parser makes of it.
 */
export function connectionsOf(argv: readonly string[]): number {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  if (words.some((word) => without.test(word))) return 0
  // Before the command's words stand flags of all commands alone, some with values of their own.
  const first = words[0]?.startsWith('-') ? words.findIndex((_, at) => wanted(words, at) > 0) : 0
  return wanted(words, first)
}

const wanted = (words: readonly string[], at: number): number =>
  requests[`${words[at]} ${words[at + 1]}`] ?? requests[words[at] ?? ''] ?? 0
