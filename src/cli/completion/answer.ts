import type { Registry } from '../registry.ts'
import { complete } from './complete.ts'
import { failedText, protocolText } from './protocol.ts'
import type { CompletionSources } from './sources.ts'
import type { TypedWords } from './typed.ts'

/** How long a user may be kept waiting after TAB, in milliseconds. */
const patience = 2000

/**
 * Answers a shell that asks with `kds __complete WORD…` what may stand in place of the last word. Never throws. `sources`
 * are made only when one of them is asked; they have until the signal to answer.
 */
export async function answerCompletion(
  words: readonly string[],
  registry: Registry,
  sources: (typed: TypedWords, signal: AbortSignal) => CompletionSources,
): Promise<string> {
  try {
    return protocolText(
      await complete(words, registry, (typed) => sources(typed, AbortSignal.timeout(patience))),
    )
  } catch {
    return failedText
  }
}
