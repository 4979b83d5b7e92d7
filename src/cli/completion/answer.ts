import { commands, groups, root } from '../registry.ts'
import { topics } from '../topics/topics.ts'
import { complete } from './complete.ts'
import { type CompletionOutside, liveSources } from './live-sources.ts'
import { failedText, protocolText } from './protocol.ts'

/** How long a user may be kept waiting after TAB, in milliseconds. */
const patience = 2000

/**
 * Answers a shell that asks with `kds __complete WORD…` what may stand in place of the last word. Never throws. What talks to
 * a cluster is loaded only when a cluster is asked.
 */
export async function answerCompletion(
  words: readonly string[],
  outside: CompletionOutside,
): Promise<string> {
  try {
    const tree = { commands, groups: groups.filter((group) => group !== root), topics }
    return protocolText(
      await complete(words, tree, (typed) => liveSources(typed, outside, AbortSignal.timeout(patience))),
    )
  } catch {
    return failedText
  }
}
