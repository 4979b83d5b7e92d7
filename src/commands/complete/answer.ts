import '../bundles/common.ts'
import { answerCompletion } from '#cli/completion/answer.ts'
import { registry } from '../registry.ts'
import { liveNames } from './live-names.ts'
import type { CompletionOutside } from './look-ups.ts'

/** Answers `kds __complete WORD…` from the registry and from what the user has. Never throws. */
export const answerFor = (words: readonly string[], outside: CompletionOutside): Promise<string> =>
  answerCompletion(words, registry, (kind, typed, signal) => liveNames(kind, typed, signal, outside))
