import type { Registry } from '../registry.ts'
import { complete } from './complete.ts'
import { failedText, protocolText } from './protocol.ts'
import type { NamedKind, NamesOf } from './sources.ts'
import type { TypedWords } from './typed.ts'

/** How long a user may be kept waiting after TAB, in milliseconds. */
const patience = 2000

/**
 * Answers a shell that asks with `kds __complete WORD…` what may stand in place of the last word. Never throws. Names have until
 * the signal to be found.
 */
export async function answerCompletion(
  words: readonly string[],
  registry: Registry,
  names: (kind: NamedKind, typed: TypedWords, signal: AbortSignal) => ReturnType<NamesOf>,
): Promise<string> {
  try {
    return protocolText(
      await complete(words, registry, (kind, typed) => names(kind, typed, AbortSignal.timeout(patience))),
    )
  } catch {
    return failedText
  }
}
